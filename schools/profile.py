"""What the profile of one student shows: where she stands today, her assessments and her agreements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, UUIDField
from django.utils import timezone

from laereplads.database.prepared import Later, Prepared, once_for_each
from laereplads.people.models import Agreement
from risk.models import RiskAssessment
from schools.models import Standing
from schools.queries import ANYBODY, ids_of, is_followed

if TYPE_CHECKING:
    import datetime
    from uuid import UUID

    from laereplads.access.models import Membership

STUDENT = Later("student", BigIntegerField())


def one_student(membership: Membership, public_id: UUID) -> Standing | None:
    """The standing of one of the school's students as her profile shows it."""
    found = one_asked(timezone.localdate()).run(**ids_of(membership), public_id=public_id)
    return found[0] if found else None


@once_for_each
def one_asked(today: datetime.date) -> Prepared[Standing, Any]:
    standings = Standing.objects.visible_to(ANYBODY).select_related("student__education")
    chosen = standings.filter(student__public_id=Later("public_id", UUIDField()))
    return Prepared(chosen.annotate(is_followed=is_followed(ANYBODY)))


def assessments_of(membership: Membership, student: int) -> list[RiskAssessment]:
    """The assessments of a student that the school may see, oldest first."""
    return assessments_asked(timezone.localdate()).run(school=membership.school_id, student=student)


@once_for_each
def assessments_asked(today: datetime.date) -> Prepared[RiskAssessment, Any]:
    visible = RiskAssessment.objects.visible_to(ANYBODY).filter(agreement__student=STUDENT)
    return Prepared(visible.with_recorder().select_related("agreement").order_by("id"))


def agreements_of(membership: Membership, student: int) -> list[Agreement]:
    """The agreements of a student that the school may see, newest first."""
    return agreements_asked(timezone.localdate()).run(school=membership.school_id, student=student)


@once_for_each
def agreements_asked(today: datetime.date) -> Prepared[Agreement, Any]:
    visible = Agreement.objects.visible_to(ANYBODY).filter(student=STUDENT)
    return Prepared(visible.select_related("company", "workplace", "education").order_by("-starts_on"))
