"""Rules that a reviewer would otherwise have to remember."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.urls import get_resolver, include, path

from laereplads.access import checks
from laereplads.access.checks import every_view_names_its_permission, patterns
from laereplads.access.idempotency import process_once
from laereplads.access.permissions import for_any_role, for_any_user, from_the_replica, public, requires_permission

# Features whose views each have a template of their own name; POST-only views answer with another's page.
FEATURES = ("companies", "schools", "students")


def feature_patterns():
    return [(namespace, pattern) for _route, namespace, pattern in patterns(get_resolver()) if namespace in FEATURES]


def test_a_view_is_called_like_its_url():
    """One name to search for: the URL name is the view's own."""
    assert [
        (pattern.name, pattern.callback.__name__)
        for _namespace, pattern in feature_patterns()
        if pattern.name != pattern.callback.__name__
    ] == []


def test_templates_are_called_like_their_views():
    """A page's template lies where its URL name says; a template that no page is called like is a part or is dead."""
    names = {f"{namespace}/{pattern.name}.html" for namespace, pattern in feature_patterns()}
    pages = {
        str(template.relative_to(settings.BASE_DIR / "templates"))
        for feature in FEATURES
        for template in (settings.BASE_DIR / "templates" / feature).glob("*_*.html")
        if "{% extends" in template.read_text()
    }
    assert pages - names == set()


def test_paths_are_plain_lower_case_words():
    """Addresses are read aloud on the telephone: no capitals, no underscores, no Danish letters."""
    for route, namespace, _pattern in patterns(get_resolver()):
        if namespace != "admin":
            literal = "".join(part.split(">")[-1] for part in route.split("<"))
            assert set(literal) <= set("abcdefghijklmnopqrstuvwxyz-/."), route


def nothing(request):
    """A view that says nothing about who may use it."""


# Django's own checks ask the server for its version.
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("view", "problems"),
    [
        (nothing, ["access.E001"]),
        (requires_permission("risk.burn")(nothing), ["access.E002"]),
        (requires_permission("risk.add_riskassessment")(nothing), []),
        (for_any_user(lambda request: None), []),
        (public(lambda request: None), []),
    ],
)
def test_the_check_refuses_a_view_that_names_no_permission(monkeypatch, view, problems):
    resolver = SimpleNamespace(url_patterns=[path("sti/", view)])
    monkeypatch.setattr(checks, "get_resolver", lambda: resolver)

    assert [problem.id for problem in every_view_names_its_permission()] == problems
    # And the portal does not start with one.
    with pytest.raises(SystemCheckError, match=problems[0]) if problems else nullcontext():
        call_command("check")


def test_every_view_of_the_portal_names_its_permission():
    assert every_view_names_its_permission() == []


def test_the_administration_guards_itself_below_its_own_address_only(monkeypatch):
    """What a page includes is in the same part of the portal as the page."""
    inner = include([path("sti/", nothing)])
    resolver = SimpleNamespace(
        url_patterns=[
            path("a/", include(([path("", inner)], "admin"))),
            path("b/", include(([path("", inner)], "risk"))),
        ]
    )
    monkeypatch.setattr(checks, "get_resolver", lambda: resolver)

    assert [problem.msg for problem in every_view_names_its_permission()] == ["The view at b/sti/ names no permission."]


@pytest.mark.parametrize(
    "decorate", [requires_permission("risk.view_agreement"), for_any_role, from_the_replica, process_once]
)
def test_a_guarded_view_is_called_and_marked_as_before(decorate):
    """Names are compared with addresses, and marks are what Django asks: who need not log in, what needs no token."""

    @login_not_required
    def some_page(request):
        """A page."""

    assert (decorate(some_page).__name__, decorate(some_page).login_required) == ("some_page", False)
