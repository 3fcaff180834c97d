"""The filters of the student overview: read from the address, applied, and said back in words."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise as Text

from laereplads.design_system.filter_fields import MARK, Choices, Tick, filled
from laereplads.design_system.forms import DateInput
from laereplads.once import once, once_in_each_language
from laereplads.people.educations import educations
from laereplads.people.models import (
    BasicProgramme,
    EducationStatus,
    ProfileVisibility,
    SchoolRelation,
    StudentType,
)
from laereplads.web.filters import FilterForm
from risk.models import NOT_REGISTERED as NOT_REGISTERED_LABEL
from risk.models import Level
from schools.models import LEVELS, NOT_REGISTERED
from schools.queries import ORDERS, LevelCounts, StudentFilter

YES, NO = "ja", "nej"
BY_NAME = "name"
ORDER_LABELS = {"name": _("Navn"), "risk": _("Højeste risiko"), "oldest": _("Ældste vurdering")}


@dataclass(frozen=True)
class Chip:
    """A filter in force, in words, and the address without it."""

    text: str
    query: str


class Order(TypedDict):
    """The way to the same students in an order."""

    id: str
    query: str
    label: str
    is_chosen: bool


class Group(TypedDict):
    """Filters that are folded and unfolded together, written out."""

    heading: str
    is_active: bool
    fields: SafeString


# The tick boxes of the levels with a mark for each number, whoever asks.
LEVEL_BOXES: dict[Choices, list[str]] = {}
# Filters of addresses in which no name is looked for, as they were read and written out.
READ: dict[tuple[object, ...], StudentFilterForm] = {}


class Ticks(forms.MultipleChoiceField):
    """Tick boxes, any of which may hold. A value that is not among them is left out, not an error: see `unusable`."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, choices: Iterable[tuple[str, Text]], label: Text) -> None:
        super().__init__(choices=list(choices), label=label, required=False)

    @property
    def labels(self) -> dict[str, Text]:
        choices: Any = self.choices
        return dict(choices)

    def to_python(self, value: Any) -> list[str]:
        given = set(super().to_python(value))
        return [code for code in self.labels if code in given] if given else []

    def unknown(self, given: list[str]) -> set[str]:
        """What of it is none of the choices."""
        return set(given) - {"", *self.labels} if given else set()

    def words(self, codes: Sequence[str]) -> str:
        """The labels of `codes` as an alternative: "høj eller middel"."""
        *others, last = [in_a_sentence(str(self.labels[code])) for code in codes]
        return str(_("{} eller {}")).format(", ".join(others), last) if others else last


@functools.lru_cache(maxsize=4)
def ticks_of(offered: tuple[tuple[str, str], ...]) -> Ticks:
    """The field of the educations: made anew only when one of them has changed."""
    return Ticks(choices=offered, label=_("Uddannelse"))


def in_a_sentence(label: str) -> str:
    """A label in the middle of a sentence: "Høj" in lower case, "EUD" as it is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


class StudentFilterForm(FilterForm):
    """All that narrows the overview. No filter is on unless the address says so, and none is hidden."""

    PARAMETERS = {
        "mine": "mine",
        "name": "navn",
        "relation": "relation",
        "levels": "niveau",
        "registered_by": "senest",
        "basic_programme": "grundforloeb",
        "running": "aftale",
        "student_type": "elevtype",
        "education": "uddannelse",
        "status": "status",
        "visibility": "synlighed",
        "order": "sortering",
    }

    mine = forms.BooleanField(label=_("Mine elever"), required=False)
    name = forms.CharField(
        label=_("Fritekstsøgning"),
        required=False,
        max_length=100,
        help_text=_("Skriv en del af navnet."),
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": _("Skriv højst 100 tegn.")},
    )
    relation = Ticks(choices=SchoolRelation.choices, label=_("Relation til skolen"))
    levels = Ticks(choices=[*Level.choices, (NOT_REGISTERED, NOT_REGISTERED_LABEL)], label=_("Frafaldsrisiko (SOSU)"))
    registered_by = forms.DateField(
        label=_("Senest registreret"),
        required=False,
        help_text=_("Find vurderinger, der er registreret denne dag eller tidligere, så de kan blive fulgt op."),
        widget=DateInput,
        error_messages={"invalid": _("Skriv en dato, der findes, fx 20.12.2021.")},
    )
    basic_programme = Ticks(
        choices=[(code, label) for code, label in BasicProgramme.choices if code != BasicProgramme.NONE],
        label=_("Grundforløb"),
    )
    running = Ticks(choices=[(YES, _("Ja")), (NO, _("Nej"))], label=_("Igangværende aftale"))
    student_type = Ticks(choices=StudentType.choices, label=_("Elevtype"))
    education = Ticks(choices=[], label=_("Uddannelse"))
    status = Ticks(choices=EducationStatus.choices, label=_("Uddannelsesstatus"))
    visibility = Ticks(choices=ProfileVisibility.choices, label=_("Profilens synlighed"))
    order = forms.CharField(required=False, widget=forms.HiddenInput)

    GROUPS = (
        ("name",),
        ("relation",),
        ("levels", "registered_by"),
        ("basic_programme",),
        ("running",),
        ("student_type",),
        ("education",),
        ("status",),
        ("visibility",),
    )
    # The fields that ask for one of several values of one column.
    COLUMNS = ("relation", "basic_programme", "student_type", "status", "visibility")

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.educations = {education.code: education for education in educations()}
        self.fields["education"] = ticks_of(tuple((code, each.name) for code, each in self.educations.items()))
        self.is_valid()

    @classmethod
    def asked_for(cls, asked: QueryDict) -> StudentFilterForm:
        """The filters in an address, to be read only: where no name is looked for they are kept with all they say."""
        # The page's own form names the order that is there unasked.
        nothing = {(name, "") for name in cls.PARAMETERS.values()} | {(cls.PARAMETERS["order"], BY_NAME)}
        given = [(name, value) for name in cls.PARAMETERS.values() for value in asked.getlist(name)]
        pairs = [pair for pair in given if pair not in nothing]
        if any(name == cls.PARAMETERS["name"] for name, _value in pairs):
            return cls(asked)
        key = (get_language(), tuple((each.pk, each.code, each.name) for each in educations()), *pairs)
        if (kept := READ.get(key)) is not None:
            return kept
        alone = QueryDict(mutable=True)
        for name, value in pairs:
            alone.appendlist(name, value)
        made = cls(alone)
        # What the form does not say back just so may be anything that anybody writes.
        is_plain = not made.errors and pairs == made.chosen()
        return once(READ, key, lambda: made) if is_plain else cls(asked)

    def clean_order(self) -> str:
        """Empty for the order that is there unasked, so that it is not taken for a choice."""
        order: str = self.cleaned_data["order"]
        return order if order in ORDERS and order != BY_NAME else ""

    @property
    def chosen_order(self) -> str:
        return self.value("order") or BY_NAME

    @cached_property
    def filters(self) -> list[str]:
        """The filters in force: all that is chosen but the order."""
        return [name for name in self.active if name != "order"]

    @cached_property
    def wanted(self) -> StudentFilter:
        traits = Q()
        for column in self.COLUMNS:
            if self.value(column):
                traits &= Q(**{f"{column}__in": self.value(column)})
        if self.value("education"):
            traits &= Q(education__in=[self.educations[code].pk for code in self.value("education")])
        if len(self.value("running")) == 1:
            traits &= Q(is_running=self.value("running") == [YES])
        return StudentFilter(
            traits=traits,
            words=self.value("name") or "",
            registered_by=self.value("registered_by"),
            is_followed=bool(self.value("mine")),
            ranks=tuple(rank for rank, level in LEVELS.items() if level in self.value("levels")),
        )

    @cached_property
    def unusable(self) -> list[Text]:
        """The labels of the filters of which something in the address could not be used."""
        return [
            field.label or name
            for name, field in self.fields.items()
            if (name in self.errors and name != "order")
            or (isinstance(field, Ticks) and field.unknown(self.parameters.getlist(self.add_prefix(name))))
        ]

    def groups(self, counts: LevelCounts) -> Iterator[Group]:
        """Each group, with the numbers beside the levels."""
        unfolded, headings = {*self.filters, *self.errors}, heading.here()
        for names in self.GROUPS:
            written = [self.level_boxes(counts) if name == "levels" else self.written[name] for name in names]
            is_active = not unfolded.isdisjoint(names)
            yield {"heading": headings[names[0]], "is_active": is_active, "fields": mark_safe("".join(written))}  # noqa: S308  # fields all

    @cached_property
    def written(self) -> dict[str, SafeString]:
        """The fields as they look, but for the levels with their numbers."""
        fields: dict[str, Any] = {name: self[name] for names in self.GROUPS for name in names if name != "levels"}
        return {
            name: field.tick_boxes if field.kind == "checkboxes" else field.as_field_group()
            for name, field in fields.items()
        }

    def level_boxes(self, counts: LevelCounts) -> SafeString:
        """The tick boxes of the levels, how many stand at each, and beneath them those who cannot be assessed."""
        field: Any = self["levels"]
        choices: Choices = field.choices

        def pieces() -> list[str]:
            ticks = [{**tick, "count": MARK} for tick in field.ticks]
            context = {"label": field.label, "ticks": ticks, "irrelevant": MARK}
            return render_to_string("schools/level_boxes.html", context).split(MARK)

        numbers = [number_at(code, counts) for code, _label in choices.offered]
        return filled(once(LEVEL_BOXES, choices, pieces), [*numbers, irrelevant_in_words(counts)])

    @cached_property
    def mine_tick(self) -> Tick:
        field = self["mine"]
        return {
            "name": field.html_name,
            "id": field.id_for_label,
            "value": "on",
            "label": heading("mine"),
            "is_on": bool(self.value("mine")),
        }

    @cached_property
    def chips(self) -> list[Chip]:
        return [Chip(self.words(name), self.query(without=(name,))) for name in self.filters]

    @cached_property
    def orders(self) -> list[Order]:
        """The ways to the same students in another order."""
        parameter = self.PARAMETERS["order"]
        return [
            {
                "id": f"order-{order}",
                "query": self.query(without=("order",), **{parameter: None if order == BY_NAME else order}),
                "label": str(label),
                "is_chosen": order == self.chosen_order,
            }
            for order, label in ORDER_LABELS.items()
        ]

    @cached_property
    def everybody(self) -> str:
        """The way to all students, in this order."""
        return self.query(without=self.filters)

    def words(self, name: str) -> str:
        """A filter in force as its chip says it."""
        field, value = self.fields[name], self.value(name)
        # The chip's official wording leaves out what the filter's name has in brackets.
        label = _("Frafaldsrisiko") if name == "levels" else field.label
        if isinstance(field, Ticks):
            return f"{label} {field.words(value)}"
        if name == "registered_by":
            return f"{label} {date_format(value, 'd.m.Y')}"
        return f"{label} “{value}”" if name == "name" else str(label)


@once_in_each_language
def heading(name: str) -> str:
    """What a filter is called."""
    return str(StudentFilterForm.base_fields[name].label)


def number_at(level: str, counts: LevelCounts) -> str:
    """How many stand at a level."""
    return str(counts.of([rank for rank, name in LEVELS.items() if name == level]))


def irrelevant_in_words(counts: LevelCounts) -> str:
    """Those who cannot be assessed today, whom no level counts; nothing where there are none."""
    if not counts.not_assessable:
        return ""
    return ngettext(
        "Desuden %(irrelevant)s elev uden igangværende SOSU-aftale",
        "Desuden %(irrelevant)s elever uden igangværende SOSU-aftale",
        counts.not_assessable,
    ) % {"irrelevant": counts.not_assessable}


def hits_in_words(count: int) -> str:
    """How many were found: "1 elev", "3 elever"."""
    return ngettext("%(count)d elev", "%(count)d elever", count) % {"count": count}
