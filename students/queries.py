"""Who the student is, which each of her own pages asks."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField

from laereplads.access.models import Membership
from laereplads.database.prepared import Later, Prepared, once_for_each
from laereplads.people.models import Student


def oneself(membership: Membership) -> Student:
    """The student whose own membership this is, with school and education."""
    student: Student
    (student,) = student_asked().run(student=membership.student_id)
    return student


@once_for_each
def student_asked() -> Prepared[Student, Any]:
    anybody = Membership(student_id=Later("student", BigIntegerField()))
    return Prepared(Student.objects.visible_to(anybody).select_related("school", "education"))
