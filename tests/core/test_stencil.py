"""What is repeated on pages is cut once and filled in: it looks as if it were written anew, and keeps nothing."""

import re

import pytest
from django.conf import settings
from django.template import RequestContext, engines
from django.utils import translation
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from laereplads.design_system.templatetags.written_once import StencilNode

LOAD = "{% load i18n written_once %}"
INSIDE = (
    "<li{% if row.is_new %} class=new{% endif %} title='50 % {{ row.name }}'>"
    "{% if row.note %}{{ row.note }}: {% translate 'Forside' %}{% else %}{{ row.name }}{% endif %}"
    "{% for number in row.numbers %}{{ number }},{% endfor %}</li>"
)
texts = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
rows = st.fixed_dictionaries(
    {
        "name": texts,
        "note": texts | texts.map(mark_safe) | st.booleans() | st.integers(0, 1),
        "is_new": st.booleans(),
        "numbers": st.lists(st.integers(0, 3), max_size=2).map(tuple),
    }
)


@pytest.fixture(scope="module")
def template():
    return engines["django"].engine.from_string


@pytest.fixture(
    scope="module",
    params=[
        "{% for row in rows %}{% stencil row %}INSIDE{% endstencil %}{% endfor %}",
        "{% stencil row in rows %}INSIDE{% endstencil %}",
    ],
)
def stencilled(request, template):
    return template(LOAD + request.param.replace("INSIDE", INSIDE))


@given(given=st.lists(rows, max_size=4))
def test_it_looks_as_if_it_were_written_anew(template, stencilled, given):
    anew = template(LOAD + "{% for row in rows %}" + INSIDE + "{% endfor %}")

    assert stencilled.render(RequestContext(None, {"rows": given})) == anew.render(
        RequestContext(None, {"rows": given})
    )


def test_it_is_written_for_each_of_several(template):
    page = template(LOAD + "{% stencil who star in lines %}{{ who.name }}{{ star.text }} {% endstencil %}")
    lines = [({"name": "<Anna>"}, {"text": "*"}), ({"name": "Bo"}, {"text": ""})]

    assert page.render(RequestContext(None, {"lines": iter(lines)})) == "&lt;Anna&gt;* Bo "


def test_what_one_says_is_not_taken_for_what_the_other_says(template):
    page = template(LOAD + "{% stencil who star in lines %}{{ who.a }}|{{ star.b }}|{{ who.b }} {% endstencil %}")
    lines = [({"a": "1"}, {"b": "2", "c": "3"}), ({"a": "4", "b": "5"}, {"c": "6"})]

    assert page.render(RequestContext(None, {"lines": lines})) == "1|2| 4||5 "


def test_it_is_cut_for_each_language(stencilled):
    row = {"name": "Anna", "note": "Ny", "is_new": False, "numbers": ()}

    for language, word in (("da", "Forside"), ("en", "Front page"), ("da", "Forside")):
        with translation.override(language):
            assert word in stencilled.render(RequestContext(None, {"rows": [row]}))


def test_it_knows_nothing_else_of_the_page_and_keeps_nothing(template, rf):
    page = template(
        LOAD + "{% stencil row %}{{ row.name }}[{{ other }}{{ request.path }}{{ portal.name }}]{% endstencil %}"
    )

    for name in ("Anna", "Bo"):
        context = RequestContext(rf.get("/"), {"row": {"name": name}, "other": "Cia"})
        assert page.render(context) == f"{name}[{settings.PORTAL_NAME}]"

    (node,) = page.nodelist.get_nodes_by_type(StencilNode)
    assert len(node.cut) == 1
    assert "Anna" not in str(node.cut)


def test_forms_get_each_visitors_own_token(template, rf):
    page = template(LOAD + "{% stencil row %}<form>{% csrf_token %}{{ row.name }}</form>{% endstencil %}")
    field = r'<form><input type="hidden" name="csrfmiddlewaretoken" value="(\w+)">Anna</form>'

    contexts = [RequestContext(rf.get("/"), {"row": {"name": "Anna"}}) for _visitor in range(2)]
    tokens = [re.fullmatch(field, page.render(context)).group(1) for context in contexts]

    assert len(set(tokens)) == 2
    (node,) = page.nodelist.get_nodes_by_type(StencilNode)
    assert not any(token in str(node.cut) for token in tokens)


def test_only_so_many_ways_of_looking_are_kept(template):
    page = template(LOAD + "{% stencil row %}{{ row.number }}{% endstencil %}")

    for number in range(2500):
        assert page.render(RequestContext(None, {"row": {"number": number}})) == str(number)

    (node,) = page.nodelist.get_nodes_by_type(StencilNode)
    assert len(node.cut) <= 1000


def test_lines_that_say_different_things_are_each_cut_for_what_they_say(template):
    page = template(LOAD + "{% stencil row in rows %}[{{ row.name }}{{ row.town }}]{% endstencil %}")
    rows = [{"name": "Anna"}, {"name": "Bo"}, {"town": "Odense"}, {"town": "", "name": "Cia"}]

    assert page.render(RequestContext(None, {"rows": rows})) == "[Anna][Bo][Odense][Cia]"


def test_a_text_cannot_pretend_to_be_several(template):
    """They are escaped together, with the mark between them that no text of the database can hold."""
    page = template(LOAD + "{% stencil row in rows %}[{{ row.name }}|{{ row.town }}]{% endstencil %}")
    rows = [{"name": "<a>\0b", "town": "1"}, {"name": "c", "town": "2"}]

    assert page.render(RequestContext(None, {"rows": rows})) == "[&lt;a&gt;\0b|1][c|2]"
