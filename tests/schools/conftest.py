"""A school with somebody who works there, and a short way to students at each level."""

from __future__ import annotations

import datetime
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from absence.models import AbsenceDay
from risk.models import RiskAssessment
from tests.factories import (
    AbsenceDeliveryFactory,
    AgreementFactory,
    EducationFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    StudentFactory,
    days_from_today,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from laereplads.access.models import Membership
    from laereplads.people.models import Agreement, School, Student


def assess(agreement: Agreement, level: str, recorded_at: datetime.datetime | str) -> RiskAssessment:
    """Store an assessment as recorded at that time, whoever could record it now."""
    at = datetime.datetime.fromisoformat(recorded_at) if isinstance(recorded_at, str) else recorded_at
    by = MembershipFactory(company_staff=True, company=agreement.company)
    return RiskAssessment.objects.create(agreement=agreement, level=level, recorded_at=at, recorded_by=by)


@dataclass
class SchoolWorld:
    """One school: `student("Anna", level="high")` gives it a student, `found("?…")` tells whom its overview lists."""

    membership: Membership
    client: Client

    @property
    def school(self) -> School:
        return self.membership.school

    def student(
        self, name: str = "Testelev", *, level: str = "", at: str = "2026-02-01T12:00:00+01:00", **of_student: Any
    ) -> Student:
        """A student with a running SOSU agreement, assessed when `level` is given."""
        student = StudentFactory(name=name, school=self.school, **of_student)
        agreement = AgreementFactory(student=student, education=student.education or EducationFactory())
        if level:
            assess(agreement, level, at)
        return student

    def without_agreement(self, name: str = "Testelev", **of_student: Any) -> Student:
        return StudentFactory(name=name, school=self.school, **of_student)

    def page(self, query: str = "") -> str:
        response = self.client.get(reverse("schools:student_list") + query)
        assert response.status_code == 200
        return response.content.decode()

    def found(self, query: str = "") -> list[str]:
        """The names on the list, in its order."""
        return re.findall(r'class="student-name"><a [^>]*>([^<]*)<', self.page(query))

    def pages(self, query: str = "", *, way: str = "Næste", start: str = "") -> list[list[str]]:
        """The students' numbers on each page, from the first one on, or as another link leads."""
        page, found = self.page(query + start), []
        while True:
            found.append(re.findall(r'id="elev-([^"]*)"', page))
            link = re.search(rf'href="([^"]*)"[^>]*>{way}</a>', page)
            if link is None:
                return found
            page = self.page(html.unescape(link.group(1)))

    def counts(self, query: str = "") -> dict[str, int]:
        page = self.page(query)
        counts = {key: int(count) for key, count in re.findall(r'id="count-(\w+)">(\d+)<', page)}
        quiet = re.search(r"Desuden (\d+) elev", page)
        return {**counts, "irrelevant": int(quiet.group(1)) if quiet else 0}


@pytest.fixture
def school(logged_in) -> SchoolWorld:
    membership = MembershipFactory(school_staff=True)
    return SchoolWorld(membership, logged_in(membership))


def absent(student: Student, days: Iterable[tuple[int, int, int]], *, last: int = -1) -> None:
    """Deliver school days until the day `last` from today: of each the timetable, lawful and unlawful absence."""
    days = list(days)
    if not days:
        return
    first = last - len(days) + 1
    period = SchoolPeriodFactory(student=student, starts_on=days_from_today(first), ends_on=days_from_today(last))
    delivery = AbsenceDeliveryFactory(school=student.school)
    AbsenceDay.objects.bulk_create(
        AbsenceDay(
            period=period,
            day=days_from_today(day),
            delivery=delivery,
            scheduled=all_of_it,
            lawful=lawful,
            unlawful=not_lawful,
        )
        for day, (all_of_it, lawful, not_lawful) in enumerate(days, first)
    )
