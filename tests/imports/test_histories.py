"""Random histories of deliveries, moves, annulments, mergers, sign-offs and clocks: nobody's data reach another.

Of each history it holds: an agreement stays one person's and one company's (or its successor's), no assessment is lost,
and no two truths stand beside each other.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from laereplads.access.models import Membership
from laereplads.database import derived_tables
from laereplads.imports.roster.apply import import_roster, plan_roster
from laereplads.people.models import Agreement, Company, Merger, Student
from laereplads.people.operations import merge_companies
from risk.models import CurrentRisk, RiskAssessment
from risk.operations import record_assessment
from tests.factories import CompanyFactory, MembershipFactory, SchoolFactory, WorkplaceFactory
from tests.imports.rosters import HEADERS, NO_AGREEMENT, roster, row, sample_world

if TYPE_CHECKING:
    from laereplads.imports.roster.plan import Plan

# A birth date says who it is, whatever else changes.
PEOPLE = {"05-08-2001": "Tilde Skift", "06-09-2002": "Toke Flyt", "07-10-2003": "Kim Kombi"}
BORN = sorted(PEOPLE)
SCHOOLS = ("280001", "280002")
# Both of a length, so that they follow each other or share days.
PERIODS = (("01-08-2025", "31-07-2026"), ("01-03-2026", "28-02-2027"), ("01-08-2026", "31-07-2027"))
NUMBERS = [f"N-{number}" for number in range(1, 6)]
MORE = [*HEADERS, "aftale_annulleret"]

people, schools = st.sampled_from(BORN), st.sampled_from(SCHOOLS)
answers = st.sampled_from(["ja", "nej", "anden"])
companies = st.integers(0, 1)


class Lives(RuleBasedStateMachine):
    """What can happen, and what must hold after each thing that did."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel("2026-03-02T09:00:00+01:00", tick=False)
        self.time = self.clock.start()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        sample_world()
        SchoolFactory(institution_number="280002")
        self.companies = [Company.objects.get(cvr=cvr) for cvr in ("99000007", "99100001")]
        self.places = ["1000000001", "1000000003"]
        self.third = CompanyFactory()
        WorkplaceFactory(company=self.third)
        self.staff = {
            company.pk: MembershipFactory(company_staff=True, company=company)
            for company in (*self.companies, self.third)
        }
        self.whose: dict[int, datetime.date] = {}
        self.numbers: dict[int, datetime.date] = {}
        self.firms: dict[int, int] = {}
        self.assessed: dict[int, tuple[int, str | None]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.clock.stop()

    def deliver(self, answer: str, **cells: str) -> Plan:
        content = roster({**dict.fromkeys(MORE, ""), **row(**cells)}, headers=MORE)
        asked = plan_roster(content).questions
        return import_roster(content, by=None, answers=dict.fromkeys((each.id for each in asked), answer), partial=True)

    @rule(
        who=people, school=schools, number=st.sampled_from(NUMBERS), company=companies, period=st.sampled_from(PERIODS),
        combines=st.booleans(), signed_off=st.booleans(), annulled=st.sampled_from([False, False, False, True]),
        has_agreement=st.sampled_from([True, True, True, False]), answer=answers,
    )  # fmt: skip
    def a_school_delivers(  # noqa: PLR0913, PLR0917  # a row of the file
        self, who: str, school: str, number: str, company: int, period: tuple[str, str], combines: bool,
        signed_off: bool, annulled: bool, has_agreement: bool, answer: str,
    ) -> None:  # fmt: skip
        today = f"{timezone.localdate():%d-%m-%Y}"
        agreement: dict[str, str] = {
            "aftalenummer": number, "aftaletype": "Kombinationsaftale" if combines else "Ordinær aftale",
            "cvr": self.companies[company].cvr, "p_nummer": self.places[company],
            "aftale_start": period[0], "aftale_slut": period[1], "aftale_annulleret": today if annulled else "",
        }  # fmt: skip
        if not has_agreement:
            agreement = {**NO_AGREEMENT, "aftale_annulleret": ""}
        self.deliver(
            answer, institutionsnummer=school, elevnummer=f"E{BORN.index(who)}", navn=PEOPLE[who], foedselsdato=who,
            udmeldt=today if signed_off else "", forventet_udlaert="", **agreement,
        )  # fmt: skip

    @rule(who=people, other=people, school=schools, answer=answers)
    def a_school_mixes_up_a_number(self, who: str, other: str, school: str, answer: str) -> None:
        number = f"E{BORN.index(who)}"
        is_known = Student.objects.filter(school__institution_number=school, student_number=number).exists()
        if who != other and is_known:
            cells: dict[str, Any] = {**NO_AGREEMENT, "forventet_udlaert": ""}
            plan = self.deliver(
                answer, institutionsnummer=school, elevnummer=number, navn=PEOPLE[other], foedselsdato=other, **cells
            )
            assert plan.left_out == 1

    @rule(company=st.integers(0, 2), level=st.sampled_from(["high", "low", None]), number=st.sampled_from(NUMBERS))
    def a_company_assesses(self, company: int, level: str | None, number: str) -> None:
        by = [*self.staff.values()][company]
        agreement = Agreement.objects.filter(number=number).first()
        if agreement is None:
            return
        try:
            made = record_assessment(agreement, level, by=by)  # type: ignore[arg-type]
        except (PermissionDenied, ValidationError):
            return
        assert agreement.company_id == by.company_id
        if made:
            self.assessed[made.pk] = (agreement.pk, level)

    @rule(company=companies)
    def companies_merge(self, company: int) -> None:
        if not Merger.objects.filter(company=self.companies[company]).exists():
            merge_companies(self.companies[company], self.third, on=timezone.localdate())

    @rule(who=people, school=schools)
    def a_student_gets_a_login(self, who: str, school: str) -> None:
        born = datetime.datetime.strptime(who, "%d-%m-%Y").date()  # noqa: DTZ007
        student = Student.objects.filter(birth_date=born, school__institution_number=school, moved_to=None).first()
        if student and not student.memberships.exists():
            MembershipFactory(of_student=True, student=student)

    @rule(days=st.sampled_from([1, 20, 200]))
    def time_passes(self, days: int) -> None:
        if timezone.localdate() < datetime.date(2027, 6, 1):
            self.time.shift(datetime.timedelta(days=days))

    @invariant()
    def a_number_and_an_agreement_stay_one_persons(self) -> None:
        for student in Student.objects.all():
            assert self.numbers.setdefault(student.pk, student.birth_date) == student.birth_date
        for agreement in Agreement.objects.select_related("student"):
            born = agreement.student.birth_date
            assert self.whose.setdefault(agreement.pk, born) == born

    @invariant()
    def an_agreement_stays_one_companys_or_its_successors(self) -> None:
        successors = dict(Merger.objects.values_list("company", "successor"))
        for pk, company in Agreement.objects.values_list("pk", "company"):
            first = self.firms.setdefault(pk, company)
            assert company in (first, successors.get(first))

    @invariant()
    def no_assessment_is_lost_or_another(self) -> None:
        found = {
            pk: (agreement, level)
            for pk, agreement, level in RiskAssessment.objects.values_list("pk", "agreement", "level")
        }
        assert found == self.assessed
        assert not Agreement.objects.exclude(annulled_on=None).exclude(assessments=None).exists()

    @invariant()
    def there_is_one_truth(self) -> None:
        assert not any(derived_tables.differences(timezone.localdate(), progress=iter).values())
        for student in Student.objects.exclude(moved_to=None).select_related("moved_to"):
            assert student.moved_to.moved_to_id is None
            assert student.moved_to.birth_date == student.birth_date
            assert not student.memberships.filter(ends_on=None).exists()
        latest: dict[int, tuple[int, str | None]] = {}
        for pk, (agreement, level) in sorted(self.assessed.items()):
            latest[agreement] = (pk, level)
        assert dict(CurrentRisk.objects.values_list("agreement", "assessment")) == {
            agreement: pk for agreement, (pk, level) in latest.items() if level
        }

    @invariant()
    def everybody_sees_what_is_theirs(self) -> None:
        for membership in Membership.objects.exclude(student=None).select_related("student"):
            with membership.with_row_policies(), transaction.atomic():
                seen = list(RiskAssessment.objects.visible_to(membership).values_list("agreement__student__birth_date"))
                rows = list(Student.objects.values_list("birth_date"))
            assert {*seen, *rows} <= {(membership.student.birth_date,)}  # type: ignore[union-attr]
        for company, membership in self.staff.items():
            with membership.with_row_policies(), transaction.atomic():
                seen = list(RiskAssessment.objects.values_list("agreement"))
            own = Agreement.objects.filter(company=company).values_list("pk", flat=True)
            assert {pk for (pk,) in seen} <= set(own)


@pytest.mark.django_db
def test_no_history_shows_anybodys_data_to_another_loses_an_assessment_or_leaves_two_truths() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Lives,
        settings=settings(
            max_examples=20, stateful_step_count=20, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
