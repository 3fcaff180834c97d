"""Rules for every template of our own."""

import re

import pytest
from django.conf import settings

TEMPLATES = sorted(
    [
        *(settings.BASE_DIR / "templates").rglob("*.html"),
        *(settings.BASE_DIR / "laereplads").rglob("templates/**/*.html"),
    ]
)


def name(template):
    return str(template.relative_to(settings.BASE_DIR))


# What means the same on every page.
CONSTANT = r"""{% (?:translate|url|static|icon)(?: (?:'[^']*'|"[^"]*"))+ %}|{{ portal[.][a-z]+ }}"""
# The page for when the database is away repeats all that was sent, the token with it.
CSRF_TOKENS = ("{% csrf_token %}", "{% for name, value in sent %}")


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
@pytest.mark.parametrize(
    "forbidden",
    [
        pytest.param(r"\sstyle=", id="inline style"),
        pytest.param(r"<style\b", id="style element"),
        pytest.param(r"<script(?![^>]*\bsrc=)", id="inline script"),
        pytest.param(r"\son[a-z]+=", id="event handler"),
        pytest.param(r"\shx-on", id="htmx event handler"),
        pytest.param(r"\|safe\b", id="unescaped text"),
        pytest.param(r"""(?:src|href)=["'](?:https?:)?//""", id="third party"),
        pytest.param(r"TODO|FIXME", id="unfinished work"),
    ],
)
def test_a_template_holds_nothing_that_csp_or_escaping_would_have_to_stop(template, forbidden):
    found = re.search(forbidden, template.read_text())
    assert found is None, found.group(0)


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_what_is_unchanging_asks_for_nothing_that_changes(template):
    """It would be empty there: what is kept for everybody knows no variable."""
    for inside in re.findall(r"{% unchanging %}(.*?){% endunchanging %}", template.read_text(), re.DOTALL):
        asked = re.sub(CONSTANT, "", inside)
        assert "{{" not in asked
        assert "{%" not in asked


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_a_stencil_shows_and_asks_for_what_it_is_given_as_it_is(template):
    """A filter or a comparison would see the mark that stands for a text, and another variable would be empty."""
    for names, inside in re.findall(
        r"{% stencil ([\w ]+?)(?: in \w+)? %}(.*?){% endstencil %}", template.read_text(), re.DOTALL
    ):
        given = rf"(?:{'|'.join(names.split())})\.\w+"
        # What is no text is known while the stencil is cut: loops may go through it.
        loops = re.findall(rf"{{% for ([\w, ]+?) in {given} %}}", inside)
        each = "|".join([given, *(rf"{name}(?:\.\w+)?" for loop in loops for name in loop.split(", "))])
        plain = (
            rf"{{{{ (?:{each}|portal\.\w+) }}}}|{{% (?:el)?if (?:{each}) %}}|{{% (?:else|endif|endfor|csrf_token) %}}"
        )
        plain += rf"|{{% for [\w, ]+? in {given} %}}"
        handed_on = r"""{% (?:with \w+=\w+|endwith|partial \w+|include "design_system/tick.html") %}"""
        assert re.findall(r"{{.*?}}|{%.*?%}", re.sub(rf"{CONSTANT}|{plain}|{handed_on}", "", inside)) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_every_form_that_changes_something_carries_the_csrf_token(template):
    for form in re.findall(r"<form\b[^>]*method=.post.*?</form>", template.read_text(), re.DOTALL):
        assert any(token in form for token in CSRF_TOKENS)
