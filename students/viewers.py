"""Which organisations can see the student: why, since when and until when."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from laereplads.audit.models import Event
from laereplads.people.auditing import (
    AGREEMENT_REPORTED,
    AGREEMENT_TAKEN_OVER,
    STUDENT_REENROLLED,
    STUDENT_REPORTED,
)
from laereplads.people.models import Agreement, Student
from laereplads.people.models.agreements import DAYS_IN_VIEW_AFTER_THE_END, longest_ended

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.access.models import Membership

# What begins a school's view, and a company's.
AT_SCHOOL = {STUDENT_REPORTED, STUDENT_REENROLLED}
AT_COMPANY = {AGREEMENT_REPORTED, AGREEMENT_TAKEN_OVER}


@dataclass(frozen=True)
class Viewer:
    """One ground on which an organisation's employees can see the student; `since` is None where no event tells."""

    organisation: str
    why: str
    since: datetime.date | None
    until: str


def viewers_of(membership: Membership) -> list[Viewer]:
    """The school of today first, then schools before it, then companies by their agreements, the latest first."""
    assert membership.student_id  # noqa: S101  # it is a student's page
    events = events_about(membership.student_id)
    return [*schools(membership.student_id, events), *companies(membership, events)]


def events_about(student: int) -> list[Event]:
    """How the student and their agreements came to be known, the latest first."""
    oneself = Student.objects.being(student).values("public_id")
    known = Event.objects.filter(student__in=oneself, action__in=AT_SCHOOL | AT_COMPANY)
    # Those columns that a student's database role may read.
    return list(known.only("id", "at", "action", "student", "changes").order_by("-at", "-id"))


def schools(student: int, events: list[Event]) -> Iterator[Viewer]:
    rows = Student.objects.being(student).filter(signed_off_on=None).select_related("school")
    for row in sorted(rows, key=lambda row: row.pk != student):
        begun = [event for event in events if event.student == row.public_id and event.action in AT_SCHOOL]
        yield Viewer(
            str(row.school),
            _("Du er elev på skolen. Den ser dine oplysninger, dine aftaler, dit fravær og din frafaldsrisiko.")
            if row.pk == student
            else _("Du var elev her, før du flyttede. Skolen ser det, den selv har registreret."),
            day(begun[0]) if begun else None,
            _("Til skolen melder dig ud."),
        )


def companies(membership: Membership, events: list[Event]) -> Iterator[Viewer]:
    agreements = Agreement.objects.visible_to(membership).in_force().filter(last_day__gt=longest_ended())
    for agreement in agreements.select_related("company", "education", "student").order_by("-starts_on", "-id"):
        begun = [event for event in events if event.action in AT_COMPANY and now_at(event) == agreement.company_id]
        # Of several agreements with one company no event says which it is about.
        since = day(begun[0]) if len(begun) == 1 else None
        last_day_in_view = agreement.last_day + datetime.timedelta(days=DAYS_IN_VIEW_AFTER_THE_END - 1)
        yield Viewer(
            str(agreement.company),
            why_at_company(agreement),
            since,
            _("Til og med den %(day)s, hvis aftalen ikke ændres.")
            % {"day": date_format(last_day_in_view, "DATE_FORMAT")},
        )


def why_at_company(agreement: Agreement) -> str:
    if agreement.last_day < timezone.localdate():
        return _(
            "Din uddannelsesaftale er slut. "
            "Virksomheden kan se den og dit fravær i den lidt endnu, så den kan blive færdig."
        )
    if agreement.is_running and agreement.education.is_sosu and not agreement.student.signed_off_on:
        return _(
            "Du har en uddannelsesaftale med virksomheden. Den ser aftalen, dine skoleophold og dit fravær i den. "
            "Den kan vurdere din frafaldsrisiko."
        )
    return _("Du har en uddannelsesaftale med virksomheden. Den ser aftalen, dine skoleophold og dit fravær i den.")


def now_at(event: Event) -> int | None:
    """The company that an agreement got by the event."""
    before_and_after = event.changes.get("company") or [None]
    company: int | None = before_and_after[-1]
    return company


def day(event: Event) -> datetime.date:
    return timezone.localtime(event.at).date()
