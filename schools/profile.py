"""What the profile of one student shows: their entry of today, their assessments and their agreements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper
from django.utils import timezone

from laereplads.database.compiled_queries import Parameter, compiled_query
from laereplads.people.models import Agreement
from risk.models import DueAssessment, RiskAssessment
from schools.models import StudentListEntry
from schools.queries import PLACEHOLDER_MEMBERSHIP, PUBLIC_ID, ids_of, is_followed

if TYPE_CHECKING:
    import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from laereplads.access.models import Membership

STUDENT = Parameter("student", BigIntegerField())


def one_student(membership: Membership, public_id: UUID) -> StudentListEntry | None:
    """Today's entry of one of the school's students, with whether they are followed."""
    compiled = student_query(timezone.localdate())
    return next(iter(compiled.instances(**ids_of(membership), public_id=public_id)), None)


@compiled_query
def student_query(today: datetime.date) -> QuerySet[Any, Any]:
    entries = StudentListEntry.objects.visible_to(PLACEHOLDER_MEMBERSHIP).select_related("student__education")
    followed = ExpressionWrapper(is_followed(PLACEHOLDER_MEMBERSHIP), output_field=BooleanField())
    return entries.filter(public_id=PUBLIC_ID).annotate(is_followed=followed)


def assessments_of(membership: Membership, student: int) -> list[RiskAssessment]:
    """The assessments of a student that the school may see, oldest first."""
    return assessments_query(timezone.localdate()).instances(**ids_of(membership), student=student)


@compiled_query
def assessments_query(today: datetime.date) -> QuerySet[Any, Any]:
    visible = RiskAssessment.objects.visible_to(PLACEHOLDER_MEMBERSHIP).filter(agreement__student=STUDENT)
    return visible.with_recorder().select_related("agreement").order_by("id")


def next_due_of(membership: Membership, student: int) -> DueAssessment | None:
    """The first assessment of a student that is agreed or suggested and not made, if there is one."""
    own = DueAssessment.objects.visible_to(membership).filter(student=student)
    return own.open(timezone.localdate()).select_related("local_agreement").order_by("due_on").first()


def agreements_of(membership: Membership, student: int) -> list[Agreement]:
    """The agreements of a student that the school may see, newest first."""
    visible = Agreement.objects.visible_to(membership).filter(student=student)
    return list(
        visible.select_related("company", "workplace", "education")
        .prefetch_related("takeovers__merger__company")
        .order_by("-starts_on")
    )
