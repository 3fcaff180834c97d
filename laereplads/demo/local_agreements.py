"""What the made-up schools and companies have agreed about assessments, and whom a company does not assess just now."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.people.demo_world import (
    BAKKEDAL,
    FJORDBY,
    LINDEGAARDEN,
    SOSU_BAKKEDAL,
    SOSU_FJORDBY,
    UNASSESSED_STUDENT,
)
from laereplads.people.models import Agreement, Company, School
from risk.local_agreements import accept, end, propose
from risk.models import AssessmentPause, LocalAgreement

OWN_RULES: dict[str, Any] = {
    "timing": "before_end",
    "weeks": 4,
    "grace_days": 21,
    "shortest_days": 28,
    "assessor": "responsible",
    "student_told": "talk_before",
    "student_told_by": "responsible",
    "change_told": "same",
    "school_told": "high_now",
    "passed_on_to": ["contact_teacher", "mentor"],
    "follow_up_within": 5,
}
USUAL_RULES: dict[str, Any] = {**OWN_RULES, "timing": "middle", "weeks": None, "grace_days": 14, "assessor": "trainer"}
EARLY_RULES: dict[str, Any] = {**OWN_RULES, "timing": "after_start", "weeks": 6, "student_told": "talk_after"}
# So many days ago.
LONG_AGO, CHANGED, ENDED, LATELY = 380, 150, 60, 3


def make() -> None:
    """One that holds and has been changed, one that awaits each party, and one that has ended."""
    fjordby_school, bakkedal_school = (
        School.objects.get(institution_number=number) for number in (SOSU_FJORDBY, SOSU_BAKKEDAL)
    )
    fjordby, bakkedal, lindegaarden = (Company.objects.get(cvr=cvr) for cvr in (FJORDBY, BAKKEDAL, LINDEGAARDEN))
    agree(fjordby_school, fjordby, USUAL_RULES, LONG_AGO)
    agree(fjordby_school, fjordby, OWN_RULES, CHANGED)
    ask(fjordby_school, lindegaarden, EARLY_RULES, by=of_school(fjordby_school))
    ask(fjordby_school, bakkedal, USUAL_RULES, by=of_company(bakkedal))
    ended = agree(bakkedal_school, bakkedal, EARLY_RULES, LONG_AGO)
    end(ended, day(ENDED), by=of_company(bakkedal), at=moment(ENDED))
    # Nobody is written to about what happened before there was anybody.
    now = timezone.now()
    LocalAgreement.objects.update(proposal_told_at=now, answer_told_at=now)
    pause(fjordby)


def agree(school: School, company: Company, rules: dict[str, Any], days_ago: int) -> LocalAgreement:
    """The school proposes, and the company says yes two days later."""
    proposed, accepted = moment(days_ago + 2), moment(days_ago)
    proposal = propose(
        school, company, education=None, valid_from=day(days_ago), rules=rules, by=of_school(school), at=proposed
    )
    return accept(proposal, by=of_company(company), at=accepted)


def ask(school: School, company: Company, rules: dict[str, Any], *, by: Membership) -> None:
    propose(school, company, education=None, valid_from=day(-LATELY), rules=rules, by=by, at=moment(LATELY))


def pause(company: Company) -> None:
    """A student who is not to be assessed for a while."""
    agreement = (
        Agreement.objects.running()
        .on_sosu_educations()
        .filter(company=company)
        .exclude(student__student_number=UNASSESSED_STUDENT)
        .exclude(student__memberships__isnull=False)
        .order_by("number")
        .first()
    )
    if agreement:
        AssessmentPause.objects.create(
            agreement=agreement, set_on=day(LATELY), until=day(-ENDED), set_by=of_company(company)
        )


def day(days_ago: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days_ago)


def moment(days_ago: int) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days_ago)


def of_school(school: School) -> Membership:
    """Who proposes for the school: the last of its personas, who looks after the others."""
    own = Membership.objects.active().filter(role=Role.SCHOOL_STAFF, school=school)
    return own.order_by("-is_user_administrator", "id").select_related("school")[0]


def of_company(company: Company) -> Membership:
    own = Membership.objects.active().filter(role=Role.COMPANY_STAFF, company=company, workplace=None)
    return own.order_by("-is_user_administrator", "id").select_related("company")[0]
