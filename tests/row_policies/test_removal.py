"""Each refusal holds with the other one switched off, on every page of the URLconf."""

import gc
import re
from dataclasses import replace

import pytest
from django.apps import apps
from django.db.models import Q, QuerySet
from django.urls import get_resolver

from laereplads.access.checks import patterns
from laereplads.access.models import Membership
from laereplads.accounts.models import User
from laereplads.database import compiled_queries
from laereplads.delegation import queries
from tests.conventions.test_permission_matrix import PAGES, ROLES, url
from tests.factories import AccessRequestFactory, InvitationFactory

PARAMETER = re.compile(r"<\w+:\w+>")
# One of each kind; whoever maintains the students sees their names in the administration.
OUTSIDE_THE_ADMINISTRATION = ("nobody", "no role", "company", "company workplace", "school", "student")


def content(answer):
    """All bytes of an answer; a file closes when it is read to its end."""
    return answer.getvalue() if answer.streaming else answer.content


def scoped(kind=QuerySet):
    """Every kind of queryset that decides which rows a membership may see."""
    for narrower in kind.__subclasses__():
        if "visible_to" in vars(narrower):
            yield narrower
        yield from scoped(narrower)


def administration():
    """Every page of the administration, with the first row of its table where it is about one."""
    for route, namespace, _pattern in patterns(get_resolver()):
        if namespace != "admin" or "(?P" in route:
            continue
        if not PARAMETER.search(route):
            yield f"/{route}"
            continue
        _admin, app, name, *_rest = route.split("/")
        if row := apps.get_model(app, name)._base_manager.order_by("pk").first():
            yield f"/{PARAMETER.sub(str(row.pk), route)}"


def assert_names_nobody_else(world, role, answer):
    leaked = [name for name in world.foreign[role] if name.encode() in content(answer)]
    assert leaked == [], f"{role} got {leaked}"


@pytest.fixture
def without_permissions(monkeypatch):
    """Every role may use every page, and no query asks whose rows it reads."""
    monkeypatch.setattr(Membership, "grants", lambda membership, permission: True)
    monkeypatch.setattr(User, "has_perm", lambda user, permission, obj=None: True)
    monkeypatch.setattr(User, "has_module_perms", lambda user, app_label: True)
    for kind in set(scoped()):
        monkeypatch.setattr(kind, "visible_to", lambda rows, membership: rows)
    monkeypatch.setattr(queries, "of_own_organisation", lambda membership: Q())
    # Queries that are compiled once would keep their filter, and later ones would be without.
    compiled_queries.forget()
    yield
    compiled_queries.forget()


# A spreadsheet that is refused half-way leaves the library's own file to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("row", PAGES, ids=str)
def test_no_page_leaks_when_views_check_nothing(world, without_permissions, row):
    for role in ROLES:
        client = world.clients[role]
        # What the database refuses is an error here, and never an answer.
        client.raise_request_exception = False
        for answer in (client.get(url(world, row)), client.post(url(world, row), {})):
            assert_names_nobody_else(world, role, answer)
    gc.collect()


@pytest.mark.parametrize("role", OUTSIDE_THE_ADMINISTRATION)
def test_the_administration_leaks_nothing_when_it_checks_nothing(world, without_permissions, role):
    client = world.clients[role]
    client.raise_request_exception = False
    for path in administration():
        for answer in (client.get(path), client.post(path, {})):
            assert_names_nobody_else(world, role, answer)


@pytest.fixture
def without_row_policies(monkeypatch, settings):
    """Requests stay the owner of the tables, whom no policy binds."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("tests.")]
    monkeypatch.setattr("laereplads.database.identity.database_role", lambda role: "none")


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_no_page_leaks_when_the_database_lets_everything_through(world, without_row_policies, row):
    for role in ROLES:
        for answer in (world.clients[role].get(url(world, row)), world.clients[role].post(url(world, row), {})):
            assert_names_nobody_else(world, role, answer)


@pytest.mark.parametrize("role", OUTSIDE_THE_ADMINISTRATION)
def test_the_administration_leaks_nothing_when_the_database_lets_everything_through(world, without_row_policies, role):
    for path in administration():
        assert_names_nobody_else(world, role, world.clients[role].get(path))


# A colleague, and who is invited or asks, of the first company.
USERS = ("Markør Kollega", "Markør Inviteret", "Markør Beder")
PAGES_ABOUT_USERS = [row for row in PAGES if row.name.startswith(("user_", "invitation_", "request_", "student_"))]


@pytest.fixture
def with_users(world):
    company = world.memberships["company"].company
    User.objects.filter(pk=world.memberships["company"].user_id).update(name="Markør Kollega")
    InvitationFactory(company=company, name="Markør Inviteret")
    asked = AccessRequestFactory(company=company, name="Markør Beder")
    return replace(world, ids=world.ids | {"request": asked.public_id})


def assert_users_stay_with_their_own(world, row, *, looks_after=("company users",)):
    for role in ROLES:
        client = world.clients[role]
        client.raise_request_exception = False
        for answer in (client.get(url(world, row)), client.post(url(world, row), {})):
            found = [name for name in USERS if name.encode() in content(answer).partition(b"<main")[2]]
            # One's own name is one's own.
            assert found == [] or role in looks_after or (role, found) == ("company", ["Markør Kollega"]), role


@pytest.mark.parametrize("row", PAGES_ABOUT_USERS, ids=str)
def test_no_page_tells_of_others_users_when_views_check_nothing(with_users, without_permissions, row):
    assert_users_stay_with_their_own(with_users, row)


@pytest.mark.parametrize("row", PAGES_ABOUT_USERS, ids=str)
def test_no_page_tells_of_others_users_when_the_database_lets_everything_through(with_users, without_row_policies, row):
    assert_users_stay_with_their_own(with_users, row)


def test_without_both_others_users_leak(with_users, without_permissions, without_row_policies):
    page = content(with_users.clients["school users"].get("/brugere/"))
    assert [name for name in USERS if name.encode() in page] == list(USERS)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/elever/", "school"),
        ("/frafaldsrisiko/", "company"),
        ("/laerlinge/", "company"),
        ("/frafaldsrisiko/", "company workplace"),
        ("/laerlinge/", "company workplace"),
        ("/admin/people/student/", "school"),
    ],
)
def test_without_both_everything_leaks(world, without_permissions, without_row_policies, path, role):
    """So each proof above takes away what it says it takes away."""
    answer = world.clients[role].get(path)

    assert answer.status_code == 200
    assert [name for name in world.foreign[role] if name.encode() in content(answer)] != []
