"""What pages say to everybody alike is made once, and can hold nothing of anybody."""

import pytest
from django.template import RequestContext, engines
from django.test import RequestFactory
from django.utils import translation


@pytest.fixture
def template():
    return engines["django"].engine.from_string


def test_it_is_made_once_for_each_language(template):
    page = template("{% load i18n written_once %}{% unchanging %}{% translate 'Forside' %}{% endunchanging %}")

    def said_in(language):
        with translation.override(language):
            return page.render(RequestContext(RequestFactory().get("/")))

    assert [said_in(language) for language in ("da", "en", "da")] == ["Forside", "Front page", "Forside"]


def test_it_knows_nothing_of_the_page_or_of_whoever_asks(template, rf):
    inside = "{{ name }}{{ request.path }}{% csrf_token %}{% for each in names %}{{ each }}{% endfor %}"
    page = template("{% load written_once %}[{% unchanging %}" + inside + "{% endunchanging %}]{{ name }}")

    for name in ("Anna", "Bo"):
        assert page.render(RequestContext(rf.get("/"), {"name": name, "names": [name]})) == f"[]{name}"
