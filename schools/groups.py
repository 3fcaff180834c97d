"""The school's groups: which there are, who is in them, and what the staff do with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q

from laereplads.database.compiled_queries import compiled_query
from laereplads.database.locks import lock
from laereplads.people.models import Student
from schools.models import StudentGroup, StudentGroupMember
from schools.queries import PLACEHOLDER_MEMBERSHIP, ids_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from django.db.models import QuerySet

    from laereplads.access.models import Membership

CHANGE_GROUPS = "schools.change_studentgroup"
# So many are put into a group or taken out of it at once: as many as somebody can have looked at.
MOST_AT_ONCE = 500


class GroupName(NamedTuple):
    """A group as one chooses it."""

    pk: int
    public_id: UUID
    name: str


def groups_of(membership: Membership) -> list[GroupName]:
    """The school's, in Danish order."""
    return list(map(GroupName._make, groups_query().run(**ids_of(membership))))


@compiled_query
def groups_query() -> QuerySet[Any, Any]:
    own = StudentGroup.objects.visible_to(PLACEHOLDER_MEMBERSHIP)
    return own.order_by("sort_key", "id").values_list(*GroupName._fields)


def groups_with(membership: Membership, student: int) -> list[tuple[GroupName, bool]]:
    """The school's groups, each with whether the student is in it."""
    own = StudentGroupMember.objects.visible_to(membership).filter(student=student)
    held = set(own.values_list("group", flat=True))
    return [(group, group.pk in held) for group in groups_of(membership)]


def groups_with_counts(membership: Membership) -> QuerySet[StudentGroup]:
    """The school's, each with how many `students` its filter finds: those who are signed off are out of sight."""
    seen = Q(members__student__school=membership.school_id, members__student__signed_off_on=None)
    own = StudentGroup.objects.visible_to(membership)
    return own.annotate(students=Count("members", filter=seen)).order_by("sort_key", "id")


@transaction.atomic
def create_group(name: str, *, by: Membership) -> StudentGroup:
    """Make a group without students. Raises PermissionDenied, and ValidationError if the school cannot name one so."""
    if not by.school_id:
        raise PermissionDenied
    return named(StudentGroup(school_id=by.school_id), name, by=by)


@transaction.atomic
def rename_group(group: StudentGroup, name: str, *, by: Membership) -> StudentGroup:
    """Give a group another name. Raises as `create_group` does."""
    return named(locked(group, by=by), name, by=by)


def named(group: StudentGroup, name: str, *, by: Membership) -> StudentGroup:
    if not by.grants(CHANGE_GROUPS):
        raise PermissionDenied
    # Of two who give the same name at once the second waits, and is told.
    lock("group_names", group.school_id)
    group.name = " ".join(name.split())
    # Not the school, which its staff do not read.
    group.clean_fields(exclude=["school"])
    group.validate_constraints()
    group.save(update_fields=["name"] if group.pk else None)
    return group


@transaction.atomic
def delete_group(group: StudentGroup, *, by: Membership) -> None:
    """Delete a group; its students stay what they are. Raises PermissionDenied if it is not the school's."""
    locked(group, by=by).delete()


@transaction.atomic
def add_students(group: StudentGroup, students: Collection[int], *, by: Membership) -> int:
    """Put students into a group by their keys; returns how many of them were not in it.

    Raises PermissionDenied if the group or one of them is not the school's.
    """
    group, wanted = locked(group, by=by), set(students)
    if Student.objects.visible_to(by).filter(pk__in=wanted).count() != len(wanted):
        raise PermissionDenied
    new = sorted(wanted - set(group.members.filter(student__in=wanted).values_list("student", flat=True)))
    StudentGroupMember.objects.bulk_create(StudentGroupMember(group=group, student_id=student) for student in new)
    return len(new)


@transaction.atomic
def remove_students(group: StudentGroup, students: Collection[int], *, by: Membership) -> int:
    """Take students out of a group by their keys; returns how many of them were in it. Raises as `add_students`."""
    deleted, _by_model = locked(group, by=by).members.filter(student__in=students).delete()
    return deleted


def locked(group: StudentGroup, *, by: Membership) -> StudentGroup:
    """The group as it is now, until the end of this transaction. Raises PermissionDenied if it is not the school's."""
    found = StudentGroup.objects.visible_to(by).select_for_update(no_key=True).filter(pk=group.pk).first()
    if found is None or not by.grants(CHANGE_GROUPS):
        raise PermissionDenied
    return found
