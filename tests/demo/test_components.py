"""The page that shows all components: it leaves none out, and asks the database nothing."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

COMPONENTS = settings.BASE_DIR / "laereplads" / "design_system" / "jinja2" / "design_system"
PAGE = settings.BASE_DIR / "laereplads" / "demo" / "jinja2" / "demo" / "component_list.html"
# Parts of `field`, and of charts.
INSIDE = {"errors", "hint", "input", "select", "textarea", "drawn", "label", "legend"}


def test_every_component_is_shown():
    texts = [path.read_text() for path in COMPONENTS.glob("*.html")]
    components = {name for text in texts for name in re.findall(r"{% macro (\w+)\(", text)} - INSIDE

    assert {each for each in components if not re.search(rf"(?:{{{{|call) {each}\(", PAGE.read_text())} == set()


@pytest.mark.django_db
def test_it_asks_the_database_nothing(client):
    with CaptureQueriesContext(connection) as asked:
        response = client.get(reverse("demo:component_list"))
    assert [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]] == []

    assert response.status_code == 200
