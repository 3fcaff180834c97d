"""Sådan behandles dine oplysninger: what apps declare, to everybody, with how long it is kept."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.html import strip_tags

from laereplads.access_log.purposes import SEARCH, purposes
from laereplads.database.privacy import Person
from laereplads.retention.descriptions import when
from laereplads.retention.notice import processings
from laereplads.retention.rules import RULES


@pytest.fixture
def text(client, db):
    return " ".join(unescape(strip_tags(client.get(reverse("privacy")).text)).split())


def test_each_processing_stands_under_everybody_it_is_about(text):
    parts = re.split(r"Er du elev\?|Er du ansat\?|Har du søgt læreplads\?|Dine rettigheder", text)
    # Behind the links on top of the page, which have the same words.
    sections = dict(zip((Person.STUDENT, Person.EMPLOYEE, Person.APPLICANT), parts[-4:-1], strict=True))
    for processing in processings():
        for person, section in sections.items():
            assert (str(processing.what) in section) is (person in processing.about)
        for person in processing.about:
            for told in (processing.why, processing.ground, processing.recipients):
                assert str(told) in sections[person]


def test_it_says_how_long_by_the_rules_that_are_executed(text):
    rules = {rule.name: rule for rule in RULES}
    for processing in processings():
        assert processing.tables
        for table in processing.tables:
            assert when(rules[table]) in text


def test_all_that_is_published_about_people_is_told():
    told = {table for processing in processings() for table in processing.tables}
    assert {rule.table for rule in RULES if rule.is_published} <= told


def test_students_are_told_what_pages_show_them_for(text):
    for purpose in set(purposes().values()) - {SEARCH}:
        assert str(purpose.label) in text


def test_it_says_who_is_responsible_and_whom_to_write_to(client, db, settings):
    settings.DATA_PROTECTION_EMAIL = "dpo@myndighed.example"
    page = client.get(reverse("privacy")).text
    assert settings.AUTHORITY_NAME in page
    assert f'href="mailto:{settings.AUTHORITY_EMAIL}"' in page
    assert 'href="mailto:dpo@myndighed.example"' in page
    assert "datatilsynet.dk" in page


def test_the_impact_assessment_names_every_processing():
    """After a change: docs/dpia.md."""
    written = (settings.BASE_DIR / "docs" / "dpia.md").read_text()
    for processing in processings():
        assert str(processing.what) in written
        for table in processing.tables:
            assert f"`{table}`" in written
