"""What a student's own pages ask: who she is, her agreements, and how she was assessed."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField

from laereplads.access.models import Membership
from laereplads.database.prepared import Later, Prepared, once_for_each
from laereplads.people.models import Agreement, Student
from risk.models import RiskAssessment

ANYBODY = Membership(student_id=Later("student", BigIntegerField()))


def oneself(membership: Membership) -> Student:
    """The student whose own membership this is, with school and education."""
    student: Student
    (student,) = student_asked().run(student=membership.student_id)
    return student


@once_for_each
def student_asked() -> Prepared[Student, Any]:
    return Prepared(Student.objects.visible_to(ANYBODY).select_related("school", "education"))


def agreements_of(membership: Membership) -> list[Agreement]:
    """The newest first, each with its parties and place."""
    return agreements_asked().run(student=membership.student_id)


@once_for_each
def agreements_asked() -> Prepared[Agreement, Any]:
    own = Agreement.objects.visible_to(ANYBODY)
    return Prepared(own.select_related("company", "workplace", "school", "education").order_by("-starts_on"))


def assessments_of(membership: Membership) -> list[RiskAssessment]:
    """The newest first, each with who made it."""
    return assessments_asked().run(student=membership.student_id)


@once_for_each
def assessments_asked() -> Prepared[RiskAssessment, Any]:
    return Prepared(RiskAssessment.objects.visible_to(ANYBODY).with_recorder().order_by("-id"))
