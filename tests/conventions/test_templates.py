"""Rules for every template of our own: pages in Jinja2, the admin and mails in Django's language."""

import functools
import re
import sys

import pytest
from django.conf import settings
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.loader import get_template
from markupsafe import Markup

PAGES = {
    str(path.relative_to(folder)): path for folder in engines["jinja2"].template_dirs for path in folder.rglob("*.html")
}
DJANGO = {
    str(path.relative_to(folder)): path
    for folder in engines["django"].template_dirs
    if folder.is_relative_to(settings.BASE_DIR) and ".venv" not in folder.parts
    for path in folder.rglob("*.*")
    if path.is_file()
}
TEMPLATES = sorted(
    {*settings.BASE_DIR.glob("templates/**/*.html"), *(path for path in DJANGO.values() if path.suffix == ".html")}
    | {path for folder in engines["jinja2"].template_dirs for path in folder.rglob("*.html")}
)
OWN = {"companies", "laereplads", "rejections", "risk", "schools", "students"}
# The page for when the database is away repeats all that was sent, the token with it.
CSRF_TOKENS = ("{{ csrf_input }}", "{% csrf_token %}", "{% for name, value in sent %}")


def name(template):
    return str(template.relative_to(settings.BASE_DIR))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_written_in_jinja2(page):
    """Allauth has pages of the same names in Django's language, which stand behind ours."""
    assert isinstance(get_template(page).backend, Jinja2)


def test_only_the_admin_and_mails_are_in_djangos_language():
    mails = ("account/email/", "account/messages/", "notifications/mail.")
    assert [template for template in DJANGO if not template.startswith(("admin/", *mails))] == []
    assert PAGES.keys() & DJANGO.keys() == set()


def test_no_markup_is_kept():
    """What a page shows is made for whoever asks: what processes keep between requests are words, files, addresses."""
    kept = [
        function
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in OWN
        for function in vars(module).values()
        if isinstance(function, functools._lru_cache_wrapper)
    ]

    assert kept
    assert [each for each in kept if each.__annotations__.get("return") in {"Markup", "SafeString", Markup}] == []


@pytest.mark.parametrize("page", PAGES.values(), ids=name)
def test_fields_are_asked_for_by_name(page):
    """`form.login` would be the method of a form that has one; `form["login"]` is always the field."""
    fields = r"field\((?!bound\b|form\[|filters\[|filled\[)"
    assert re.findall(fields, re.sub("{% macro .*? %}", "", page.read_text())) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
@pytest.mark.parametrize(
    "forbidden",
    [
        pytest.param(r"\sstyle=", id="inline style"),
        pytest.param(r"<style\b", id="style element"),
        pytest.param(r"<script(?![^>]*\bsrc=)", id="inline script"),
        pytest.param(r"\son[a-z]+=", id="event handler"),
        pytest.param(r"\shx-on", id="htmx event handler"),
        pytest.param(r"\|\s*safe\b|autoescape", id="unescaped text"),
        pytest.param(r"""(?:src|href)=["'](?:https?:)?//""", id="third party"),
        pytest.param(r"TODO|FIXME", id="unfinished work"),
    ],
)
def test_a_template_holds_nothing_that_csp_or_escaping_would_have_to_stop(template, forbidden):
    found = re.search(forbidden, template.read_text())
    assert found is None, found.group(0)


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_every_form_that_changes_something_carries_the_csrf_token(template):
    for form in re.findall(r"<form\b[^>]*method=.post.*?</form>", template.read_text(), re.DOTALL):
        assert any(token in form for token in CSRF_TOKENS)
