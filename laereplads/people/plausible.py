"""Which dates can be a student's and an agreement's. Forms and files ask here; what is wrong is said by field."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from laereplads.people.models import Agreement, Student

YOUNGEST, OLDEST = 14, 80
YOUNGEST_WITH_AGREEMENT = 15
YEARS = 8
# Eight years as the database counts them, with two leap days.
LONGEST_AGREEMENT = datetime.timedelta(days=YEARS * 365 + 2)

STUDENT_DATES = ("education_starts_on", "main_programme_starts_on", "dropped_out_on", "signed_off_on")


def birthday(born: datetime.date, age: int) -> datetime.date:
    """The day on which somebody becomes `age`; who was born on 29 February does on 1 March of other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return datetime.date(born.year + age, 3, 1)


def problems_of_student(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What cannot be, as (field, what to do); fields that are missing are not asked about."""
    born, today = values.get("birth_date"), timezone.localdate()
    if not isinstance(born, datetime.date):
        return
    if not birthday(born, YOUNGEST) <= today < birthday(born, OLDEST + 1):
        yield "birth_date", _("Eleven skal være mellem 14 og 80 år. Ret fødselsdatoen.")
        return
    for field in STUDENT_DATES:
        day = values.get(field)
        if day and day < birthday(born, YOUNGEST):
            yield field, _("Datoen ligger, før eleven fyldte 14 år. Ret den.")
        elif day and day > birthday(today, YEARS):
            yield field, _("Datoen ligger mere end 8 år ude i fremtiden. Ret den.")
    completes = values.get("expected_completion_on")
    if completes and completes <= born:
        yield "expected_completion_on", _("Datoen skal ligge efter fødselsdatoen.")
    elif completes and completes < birthday(born, YOUNGEST_WITH_AGREEMENT):
        yield "expected_completion_on", _("Datoen ligger, før eleven fylder 15 år. Ret den.")
    elif completes and completes > birthday(today, YEARS):
        yield "expected_completion_on", _("Datoen ligger mere end 8 år ude i fremtiden. Ret den.")


def problems_of_agreement(values: Mapping[str, Any], born: datetime.date | None) -> Iterator[tuple[str, str]]:
    """The same of an agreement; `born` is the student's birth date."""
    starts, ends = values.get("starts_on"), values.get("ends_on")
    if starts and born and starts < birthday(born, YOUNGEST_WITH_AGREEMENT):
        yield "starts_on", _("Aftalen begynder, før eleven fylder 15 år. Ret datoen, eller ret elevens fødselsdato.")
    if starts and starts > birthday(timezone.localdate(), YEARS):
        yield "starts_on", _("Datoen ligger mere end 8 år ude i fremtiden. Ret den.")
    if starts and ends and starts < ends and ends > starts + LONGEST_AGREEMENT:
        yield "ends_on", _("Aftalen skal slutte senest 8 år efter, at den er begyndt. Ret datoen.")
    annulled = values.get("annulled_on")
    if annulled and annulled > timezone.localdate():
        yield "annulled_on", _("Datoen ligger i fremtiden. Skriv en dato til og med i dag.")


def check_student(student: Student) -> None:
    """Raise ValidationError, by field, if the student's dates cannot be."""
    refuse(problems_of_student(values_of(student, ("birth_date", *STUDENT_DATES, "expected_completion_on"))))


def check_agreement(agreement: Agreement) -> None:
    """Raise ValidationError, by field, if the agreement's dates cannot be."""
    born = agreement.student.birth_date if agreement.student_id else None
    refuse(problems_of_agreement(values_of(agreement, ("starts_on", "ends_on", "annulled_on")), born))


def values_of(record: Student | Agreement, fields: tuple[str, ...]) -> dict[str, Any]:
    return {field: getattr(record, field) for field in fields}


def refuse(problems: Iterator[tuple[str, str]]) -> None:
    found = dict(problems)
    if found:
        raise ValidationError({field: [text] for field, text in found.items()})
