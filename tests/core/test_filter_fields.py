"""Fields of filters are written once and kept: they look as if they were written anew, and keep nothing typed."""

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from laereplads.design_system import filter_fields
from laereplads.design_system.forms import BoundField, DateInput
from laereplads.web.filters import FilterForm


class Filters(FilterForm):
    PARAMETERS = {"name": "navn", "day": "dag", "place": "sted", "levels": "niveau"}

    name = forms.CharField(label=_("Navn"), required=False, help_text="Fx Anna", max_length=20)
    day = forms.DateField(label=_("Dato"), required=False, widget=DateInput)
    place = forms.ChoiceField(label=_("Arbejdssted"), required=False)
    levels = forms.MultipleChoiceField(
        label=_("Frafaldsrisiko"), required=False, choices=[("high", _("Høj")), ("low", _("Lav"))],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, query, places=()):
        super().__init__(QueryDict(query))
        self.offer("place", [("", "Alle"), *places])
        self.full_clean()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "navn=Anna",
        "navn=%22%3E%3Cscript%3E+%25s&dag=2026-03-02&sted=b&niveau=low&niveau=high",
        "navn=" + 21 * "a",
        "dag=i+morgen&sted=m%C3%A5nen&niveau=h%C3%B8jest",
        "navn=+++",
    ],
)
def test_a_field_looks_as_if_it_were_written_anew(query):
    for _again in range(2):
        form = Filters(query, [("a", "Åparken"), ("b", "Birkely <b>")])
        for name, field in form.fields.items():
            assert form[name].as_field_group() == BoundField(form, field, name).as_field_group()


def test_each_form_has_its_own_choices():
    first, second = Filters("", [("a", "Åparken")]), Filters("", [("b", "Birkely")])

    assert "Åparken" in first["place"].as_field_group()
    assert "Åparken" not in second["place"].as_field_group()
    assert "Birkely" not in first["place"].as_field_group()


def test_each_language_has_its_own_words():
    with translation.override("en"):
        english = Filters("")["levels"].tick_boxes

    assert "Høj" in Filters("")["levels"].tick_boxes
    assert "Høj" not in english


def test_nothing_typed_is_kept():
    form = Filters("navn=Hemmelig&dag=2026-03-02&sted=hemmelig&niveau=hemmelig")
    for name in form.fields:
        form[name].as_field_group()
    assert form["levels"].tick_boxes

    kept = str([filter_fields.INPUTS, filter_fields.CHOICES, filter_fields.TICKS])
    assert "hemmelig" not in kept.lower()
    assert "2026-03-02" not in kept
