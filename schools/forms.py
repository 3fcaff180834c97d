"""The filters of the student overview: read from the address, applied, and said back in words."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from django import forms
from django.db.models import Case, Q, Value, When
from django.db.models.lookups import In
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise as Text

from absence.figures import BAND_BOUNDS
from laereplads.design_system.forms import DateField
from laereplads.people.educations import educations
from laereplads.people.models import (
    BasicProgramme,
    Company,
    EducationStatus,
    ProfileVisibility,
    SchoolRelation,
    StudentType,
)
from laereplads.people.models.students import digits_of
from laereplads.web.filters import FilterForm
from risk.models import NOT_REGISTERED as NOT_REGISTERED_LABEL
from risk.models import DueState, Level
from schools.models import LEVELS, NO_ABSENCE, NOT_REGISTERED, Change
from schools.notices import State
from schools.queries import NEVER_ASSESSED, ORDERS, LevelCounts, StudentFilter

if TYPE_CHECKING:
    from schools.groups import GroupName

YES, NO = "ja", "nej"
# What is new to whoever was never here, or not for long.
LONGEST_BACK = datetime.timedelta(days=30)
BY_NAME = "name"
# One word with something that few names have: looking for all words as numbers, too, would make each search for a name
# read all of the school's students (at 20,000 of them 58 ms instead of 35 for each of two statements).
AS_A_NUMBER = re.compile(r"\S*[\d@._+]\S*")
AS_A_PHONE = re.compile(r"[\d\s().+-]*\d[\d\s().+-]*")
ORDER_LABELS = {
    "name": _("Navn"),
    "risk": _("Højeste risiko"),
    "oldest": _("Længst siden vurdering"),
    "absence": _("Fravær"),
}
DUE_LABELS = {
    DueState.DUE.value: DueState.DUE.label,
    DueState.LATE.value: DueState.LATE.label,
    NEVER_ASSESSED: _("Aldrig vurderet"),
}
WITHOUT_FIGURES = "ingen"
BAND_LABELS = {
    "0": _("Under 5 %"),
    "5": _("5–9,9 %"),
    "10": _("10–14,9 %"),
    "15": _("15 % og derover"),
    WITHOUT_FIGURES: _("Ingen oplysninger"),
}
# Which of them an entry stands in. No range of the column: PostgreSQL would look up two of them by the order's index,
# and then each of their rows.
BAND = Case(
    *(
        When(absence_key__lte=NO_ABSENCE - least, then=Value(code))
        for code, least in reversed(list(zip(BAND_LABELS, (0, *BAND_BOUNDS), strict=False)))
    ),
    default=Value(WITHOUT_FIGURES),
)


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


def beginnings(typed: str) -> dict[str, str]:
    """What was typed as the beginning of a number, an e-mail address or a telephone; nothing where it is a name."""
    found = {}
    if AS_A_NUMBER.fullmatch(typed.strip()):
        found["beginning"] = typed.strip().lower()
    if AS_A_PHONE.fullmatch(typed.strip()):
        found["digits"] = digits_of(typed)
    return found


def in_a_sentence(label: str) -> str:
    """A label in the middle of a sentence: "Høj" in lower case, "EUD" as it is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


class ListFilterForm(FilterForm):
    """Filters of a list of the school's, said back in words."""

    @cached_property
    def filters(self) -> list[str]:
        """The filters in force: all that is chosen but the order."""
        return [name for name in self.active if name != "order"]

    @cached_property
    def unusable(self) -> list[Text]:
        """The labels of the filters of which something in the address could not be used."""
        return [
            field.label or name
            for name, field in self.fields.items()
            if (name in self.errors and name != "order")
            or (isinstance(field, Ticks) and field.unknown(self.parameters.getlist(self.add_prefix(name))))
        ]

    @cached_property
    def chips(self) -> list[Chip]:
        return [Chip(self.words(name), self.query(without=(name,))) for name in self.filters]

    @cached_property
    def everybody(self) -> str:
        """The way to the whole list, in this order."""
        return self.query(without=self.filters)

    def words(self, name: str) -> str:
        """A filter in force as its chip says it."""
        field, value = self.fields[name], self.value(name)
        return f"{field.label} {field.words(value)}" if isinstance(field, Ticks) else str(field.label)


class StudentFilterForm(ListFilterForm):
    """All that narrows the overview. No filter is on unless the address says so, and none is hidden."""

    PARAMETERS = {
        "mine": "mine",
        "group": "gruppe",
        "name": "navn",
        "relation": "relation",
        "levels": "niveau",
        "registered_by": "senest",
        "due": "vurdering",
        "changed_since": "siden",
        "changes": "aendring",
        "company": "virksomhed",
        "hold": "hold",
        "absence": "fravaer",
        "basic_programme": "grundforloeb",
        "running": "aftale",
        "student_type": "elevtype",
        "education": "uddannelse",
        "status": "status",
        "visibility": "synlighed",
        "order": "sortering",
    }

    mine = forms.BooleanField(label=_("Mine elever"), required=False)
    group = forms.ChoiceField(
        label=_("Gruppe"), required=False, error_messages={"invalid_choice": _("Vælg en af skolens grupper.")}
    )
    name = forms.CharField(
        label=_("Fritekstsøgning"),
        required=False,
        max_length=100,
        help_text=_(
            "Skriv en del af navnet. Eller begyndelsen af elevnummer, e-mail eller telefon "
            "med mindst et tal eller et @."
        ),
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": _("Skriv højst 100 tegn.")},
    )
    relation = Ticks(choices=SchoolRelation.choices, label=_("Relation til skolen"))
    levels = Ticks(choices=[*Level.choices, (NOT_REGISTERED, NOT_REGISTERED_LABEL)], label=_("Frafaldsrisiko (SOSU)"))
    registered_by = DateField(
        label=_("Senest registreret"),
        required=False,
        help_text=_(
            "Find vurderinger, der er registreret denne dag eller tidligere, så de kan følges op. Skriv dd.mm.åååå."
        ),
        error_messages={"invalid": _("Skriv en dato, der findes, fx 20.12.2021.")},
    )
    due = Ticks(choices=DUE_LABELS.items(), label=_("Vurdering"))
    changed_since = DateField(
        label=_("Ændret siden"),
        required=False,
        help_text=_(
            "Find elever, hvis frafaldsrisiko er en anden end før den dag. Skriv dd.mm.åååå. "
            "Uden en dag gælder dit sidste besøg."
        ),
        error_messages={"invalid": _("Skriv en dato, der findes, fx 20.12.2021.")},
    )
    changes = Ticks(choices=Change.choices, label=_("Ændring"))
    company = forms.CharField(
        label=_("Virksomhed"),
        required=False,
        max_length=200,
        help_text=_("Skriv begyndelsen af navnet, eller CVR-nummeret."),
        error_messages={"max_length": _("Skriv højst 200 tegn.")},
    )
    hold = forms.CharField(
        label=_("Hold"),
        required=False,
        max_length=40,
        help_text=_("Skriv hele holdets navn, fx SSA2701."),
        error_messages={"max_length": _("Skriv højst 40 tegn.")},
    )
    absence = Ticks(choices=BAND_LABELS.items(), label=_("Fravær"))
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
        ("group",),
        ("relation",),
        ("levels", "registered_by"),
        ("due",),
        ("changed_since", "changes"),
        ("company",),
        ("hold",),
        ("absence",),
        ("basic_programme",),
        ("running",),
        ("student_type",),
        ("education",),
        ("status",),
        ("visibility",),
    )
    # The fields that ask for one of several values of one column.
    COLUMNS = ("relation", "basic_programme", "student_type", "status", "visibility")

    def __init__(
        self,
        data: QueryDict,
        groups: Iterable[GroupName],
        *,
        last_visit: Callable[[], datetime.date | None] | None = None,
    ) -> None:
        """`last_visit` tells since when a change is new, where somebody asks for changes and names no day."""
        super().__init__(data)
        self.last_visit = last_visit
        self.groups = {str(group.public_id): group for group in groups}
        self.offer("group", [("", _("Alle elever")), *((key, group.name) for key, group in self.groups.items())])
        self.educations = {education.code: education for education in educations()}
        self.fields["education"] = ticks_of(tuple((code, each.name) for code, each in self.educations.items()))
        self.is_valid()

    def clean_order(self) -> str:
        """Empty for the order that is there unasked, so that it is not taken for a choice."""
        order: str = self.cleaned_data["order"]
        return order if order in ORDERS and order != BY_NAME else ""

    def clean(self) -> None:
        """Where no day is named, changes are new since the last visit, or in the last month."""
        super().clean()
        if not self.cleaned_data.get("changes") or self.cleaned_data.get("changed_since"):
            return
        if self.last_visit and "changed_since" not in self.errors:
            self.cleaned_data["changed_since"] = self.last_visit() or timezone.localdate() - LONGEST_BACK
        else:
            self.cleaned_data["changes"] = []

    @property
    def chosen_group(self) -> GroupName | None:
        """The group that the list is narrowed to."""
        return self.groups.get(self.value("group") or "")

    @property
    def chosen_order(self) -> str:
        return self.value("order") or BY_NAME

    @cached_property
    def wanted(self) -> StudentFilter:
        traits = [Q(**{f"{column}__in": self.value(column)}) for column in self.COLUMNS if self.value(column)]
        if self.value("education"):
            traits.append(Q(education__in=[self.educations[code].pk for code in self.value("education")]))
        if len(self.value("running")) == 1:
            traits.append(Q(is_running=self.value("running") == [YES]))
        if self.value("absence"):
            traits.append(Q(In(BAND, self.value("absence"))))
        return StudentFilter(
            traits=Q(*traits),
            words=self.value("name") or "",
            **beginnings(self.value("name") or ""),
            registered_by=self.value("registered_by"),
            is_followed=bool(self.value("mine")),
            group=self.chosen_group.pk if self.chosen_group else None,
            ranks=tuple(rank for rank, level in LEVELS.items() if level in self.value("levels")),
            due=tuple(self.value("due")),
            changed_since=self.value("changed_since"),
            changes=tuple(map(Change, self.value("changes") or Change)),
            company=(self.value("company") or "").lower(),
            hold=(self.value("hold") or "").lower(),
        )

    def is_open(self, names: Iterable[str]) -> bool:
        """Whether the group of these fields is unfolded: the search, and those in force or with something wrong."""
        return "name" in names or any(name in self.filters or name in self.errors for name in names)

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
    def company_name(self) -> str:
        """The name where a number was written; else what was written."""
        typed: str = self.value("company")
        if not typed.isdigit():
            return typed
        return Company.objects.filter(cvr=typed).values_list("name", flat=True).first() or typed

    @property
    def order_in_words(self) -> str:
        """As one says by what a list is sorted: "højeste risiko"."""
        return in_a_sentence(str(ORDER_LABELS[self.chosen_order]))

    def words(self, name: str) -> str:
        field, value = self.fields[name], self.value(name)
        if name == "levels" and isinstance(field, Ticks):
            # The chip's official wording leaves out what the filter's name has in brackets.
            return f"{_('Frafaldsrisiko')} {field.words(value)}"
        if name in {"registered_by", "changed_since"}:
            return f"{field.label} {date_format(value, 'd.m.Y')}"
        if name == "hold":
            return f"{field.label} {value}"
        if name == "company":
            return f"{field.label} “{self.company_name}”"
        if name == "group" and self.chosen_group:
            return f"{field.label} “{self.chosen_group.name}”"
        return f"{field.label} “{value}”" if name == "name" else super().words(name)


class NoticeFilterForm(ListFilterForm):
    """What narrows the list of notices."""

    PARAMETERS = {"states": "tilstand"}

    states = Ticks(choices=State.choices, label=_("Tilstand"))

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.is_valid()


def numbers_of(counts: LevelCounts) -> dict[str, str]:
    """By level, how many stand at it."""
    return {level: str(counts[rank]) for rank, level in LEVELS.items()}


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
