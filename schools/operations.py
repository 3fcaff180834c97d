"""What the school's staff do: follow a student, or stop; and look at what is new.

No event is recorded: a star says nothing about the student, only how an employee sorts their own list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from laereplads.people.models import Student
from schools.models import FollowedStudent, OverviewVisit

if TYPE_CHECKING:
    import datetime

    from laereplads.access.models import Membership


@transaction.atomic
def follow_student(student: Student, *, by: Membership) -> None:
    """Put a student on **Mine elever** of `by`. Raises PermissionDenied if the student is not the school's."""
    if not by.grants("schools.follow_student") or not Student.objects.visible_to(by).filter(pk=student.pk).exists():
        raise PermissionDenied
    FollowedStudent.objects.get_or_create(membership=by, student=student)


@transaction.atomic
def unfollow_student(student: Student, *, by: Membership) -> None:
    """Take a student off **Mine elever** of `by`; other employees' lists stay as they are."""
    FollowedStudent.objects.filter(membership=by, student=student).delete()


def note_visit(by: Membership) -> datetime.date | None:
    """Note that `by` looks at who has changed. Returns the day on which they looked before today; None: never."""
    today = timezone.localdate()
    # Where it is written, also on a page that reads from the replica.
    visits = OverviewVisit.objects.using(DEFAULT_DB_ALIAS)
    visit, _is_first = visits.get_or_create(membership=by, defaults={"latest_on": today})
    if visit.latest_on < today:
        visit.before_on, visit.latest_on = visit.latest_on, today
        visit.save(update_fields=["before_on", "latest_on"])
    return visit.before_on
