"""Filters without a name are read once and kept: they say what new ones would, and nothing that anybody wrote."""

import datetime

import pytest
from django.http import QueryDict
from django.utils import translation

from laereplads.people.educations import forget
from laereplads.people.models import Education
from schools import forms
from schools.forms import StudentFilterForm
from schools.models import Rank
from schools.queries import LevelCounts
from tests.factories import EducationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def educations(monkeypatch):
    monkeypatch.setattr(forms, "READ", {})
    return [EducationFactory(name="Social- og sundhedshjælper", code="ssh"), EducationFactory(code="ssa")]


def asked_for(query):
    return StudentFilterForm.asked_for(QueryDict(query))


def said(filters):
    return {
        "wanted": filters.wanted,
        "groups": [list(filters.groups(LevelCounts(dict.fromkeys(Rank, number)))) for number in (2, 7)],
        "mine": filters.mine_tick,
        "chips": filters.chips,
        "orders": filters.orders,
        "everybody": filters.everybody,
        "unusable": filters.unusable,
        "next": filters.query(side="x"),
    }


@pytest.mark.parametrize(
    "query",
    [
        "",
        "niveau=high&niveau=none&sortering=risk",
        "uddannelse=ssa&mine=on&senest=2026-03-02",
        "aftale=nej&niveau=",
        "navn=anna&niveau=high",
        "niveau=zzz",
        "senest=i+morgen",
    ],
)
def test_they_say_what_new_ones_say(query):
    for _again in range(2):
        assert said(asked_for(query)) == said(StudentFilterForm(QueryDict(query)))


def test_they_are_read_once_whatever_else_is_in_the_address():
    assert asked_for("niveau=high&side=abc") is asked_for("side=def&niveau=high&fremmed=ja")
    assert asked_for("niveau=high") is not asked_for("niveau=low")


@pytest.mark.parametrize(
    "query",
    [
        "navn=hemmelig",
        "navn=hemmelig&navn=",
        "niveau=hemmelig",
        "niveau=hemmelig&niveau=high",
        "senest=hemmelig",
        "senest=hemmelig&senest=2026-03-02",
        "sortering=hemmelig",
        "mine=hemmelig",
        "side=hemmelig",
        "hemmelig=x",
    ],
)
def test_nothing_that_somebody_wrote_is_kept(query):
    said(asked_for(query))

    assert "hemmelig" not in str([(key, vars(form)) for key, form in forms.READ.items()])


def test_what_the_pages_own_form_sends_is_kept():
    query = "mine=&navn=&niveau=high&niveau=none&senest=2026-03-02&sortering=name"

    assert asked_for(query) is asked_for("senest=2026-03-02&niveau=high&niveau=none")


def test_only_so_many_are_kept():
    for day in range(1200):
        asked_for(f"senest={datetime.date(2020, 1, 1) + datetime.timedelta(days=day)}")

    assert 0 < len(forms.READ) <= 1000


def test_an_education_that_is_renamed_has_its_new_name():
    before = asked_for("uddannelse=ssh").chips[0].text
    Education.objects.filter(code="ssh").update(name="Omdøbt")
    forget()

    assert before == "Uddannelse social- og sundhedshjælper"
    assert asked_for("uddannelse=ssh").chips[0].text == "Uddannelse omdøbt"


def test_each_language_has_its_own():
    danish = asked_for("")
    with translation.override("en"):
        assert asked_for("") is not danish
