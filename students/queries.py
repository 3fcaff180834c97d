"""What a student's own pages ask: who they are, their agreements, and how they were assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from laereplads.people.models import Agreement, Student
from risk.models import RiskAssessment

if TYPE_CHECKING:
    from laereplads.access.models import Membership


def oneself(membership: Membership) -> Student:
    """The student whose own membership this is, with school and education."""
    return Student.objects.visible_to(membership).select_related("school", "education").get()


def agreements_of(membership: Membership) -> list[Agreement]:
    """The newest first, each with its parties and place."""
    own = Agreement.objects.visible_to(membership)
    return list(own.select_related("company", "workplace", "school", "education").order_by("-starts_on"))


def assessments_of(membership: Membership) -> list[RiskAssessment]:
    """The newest first, each with who made it."""
    return list(RiskAssessment.objects.visible_to(membership).with_recorder().order_by("-id"))
