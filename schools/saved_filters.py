"""Gemte filtre: what an employee saves of Elevoversigt, and whom they are told of when a filter finds somebody new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from laereplads.access.models import Membership
from laereplads.database.compiled_queries import compiled_query
from laereplads.database.locks import lock
from laereplads.notifications.choices import wanting
from laereplads.notifications.operations import send
from laereplads.notifications.sending import as_jobs
from laereplads.web.working_days import is_working_day
from schools.forms import StudentFilterForm
from schools.groups import groups_of
from schools.mails import SAVED_FILTER_MATCHES
from schools.models import SavedFilter, SavedFilterMatch, StudentListEntry
from schools.queries import PLACEHOLDER_MEMBERSHIP, ids_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import QuerySet

    from schools.groups import GroupName

CHANGE_FILTERS = "schools.change_savedfilter"
MOST_SAVED = 20
# A filter that finds more is none that one acts on, and all of them would be remembered.
MOST_REMEMBERED = 500
# A name that is searched for is about somebody, and is never stored.
NEVER_SAVED = "name"
READ_BY_JOBS = ("user__email", "user__is_active", "school__name", "role", "starts_on", "ends_on")


class SavedName(NamedTuple):
    """A saved filter as Elevoversigt leads to it."""

    public_id: UUID
    name: str
    query: str


def saved_filters_of(membership: Membership) -> list[SavedName]:
    """One's own, in Danish order."""
    return list(map(SavedName._make, saved_query().run(**ids_of(membership))))


@compiled_query
def saved_query() -> QuerySet[Any, Any]:
    own = SavedFilter.objects.visible_to(PLACEHOLDER_MEMBERSHIP)
    return own.order_by("sort_key", "id").values_list(*SavedName._fields)


def query_to_save(filters: StudentFilterForm) -> str:
    """What is saved of what was chosen, always written the same way; empty where it narrows nothing."""
    if filters.filters in ([], [NEVER_SAVED]):
        return ""
    return filters.query(without=(NEVER_SAVED,)).removeprefix("?")


def filter_of(query: str, groups: Iterable[GroupName]) -> StudentFilterForm:
    """What was saved, as it is understood today."""
    return StudentFilterForm(QueryDict(query), groups)


@transaction.atomic
def save_filter(name: str, query: str, *, tells_of_new: bool, by: Membership) -> SavedFilter:
    """Save what `query_to_save` gave. Raises PermissionDenied, and ValidationError if it cannot be saved so."""
    if not by.grants(CHANGE_FILTERS) or not by.school_id:
        raise PermissionDenied
    lock("saved_filters", by.pk)
    if SavedFilter.objects.visible_to(by).count() >= MOST_SAVED:
        raise ValidationError(_("Du har allerede %(most)d gemte filtre. Slet et af dem først.") % {"most": MOST_SAVED})
    return checked(SavedFilter(membership=by, query=query, tells_of_new=tells_of_new), name)


@transaction.atomic
def change_filter(saved: SavedFilter, name: str, *, tells_of_new: bool, by: Membership) -> SavedFilter:
    """Give it another name, and turn its messages on or off; turned off, it forgets whom it found. Raises as above."""
    lock("saved_filters", by.pk)
    own = SavedFilter.objects.visible_to(by).filter(pk=saved.pk).first()
    if own is None or not by.grants(CHANGE_FILTERS):
        raise PermissionDenied
    if own.tells_of_new and not tells_of_new:
        own.matches.all().delete()
        own.compared_at = None
    own.tells_of_new = tells_of_new
    return checked(own, name)


def checked(saved: SavedFilter, name: str) -> SavedFilter:
    saved.name = " ".join(name.split())
    saved.clean_fields(exclude=["membership", "compared_at"])
    saved.validate_constraints()
    saved.save(update_fields=["name", "tells_of_new", "compared_at"] if saved.pk else None)
    return saved


@transaction.atomic
def delete_filter(saved: SavedFilter, *, by: Membership) -> None:
    """Delete one's own, and whom it found."""
    SavedFilter.objects.visible_to(by).filter(pk=saved.pk).delete()


def tell_of_new_matches(due_at: datetime.datetime) -> int:
    """Tell those who want it how many students their filters find that they did not find before; how many were told.

    On days off nobody is told: it waits for the next working day. Each employee's filters are asked as that employee:
    the database shows jobs one school's students, and whom one employee follows, at a time.
    """
    if not is_working_day(timezone.localdate(due_at)):
        return 0
    with_filters = SavedFilter.objects.filter(tells_of_new=True).values("membership")
    memberships = wanting(SAVED_FILTER_MATCHES, Membership.objects.active().filter(pk__in=with_filters))
    told = 0
    for membership in memberships.select_related("user", "school").only(*READ_BY_JOBS).order_by("id"):
        with as_jobs(membership=membership.pk, school=membership.school_id):
            new = new_matches(membership)
        if new:
            send(SAVED_FILTER_MATCHES, to=membership.user, on_behalf_of=membership, counts={"students": len(new)})
            told += 1
    return told


def new_matches(membership: Membership) -> set[int]:
    """The students whom an employee's filters find for the first time since they were asked last."""
    own = SavedFilter.objects.visible_to(membership).filter(tells_of_new=True)
    # Whoever changes or deletes one of them meanwhile waits.
    held = own.select_for_update(no_key=True).only("query", "compared_at", "membership").order_by("id")
    return set().union(*(compare(saved, membership) for saved in held))


def compare(saved: SavedFilter, membership: Membership) -> set[int]:
    """Whom a filter finds that it did not find last; nobody the first time. It remembers whom it found.

    One that cannot be understood any more, or finds too many, forgets: it begins anew when it can.
    """
    found, known = found_by(saved, membership), set(saved.matches.values_list("student", flat=True))
    saved.matches.exclude(student__in=found or ()).delete()
    if found is None:
        SavedFilter.objects.filter(pk=saved.pk).update(compared_at=None)
        return set()
    SavedFilterMatch.objects.bulk_create(
        SavedFilterMatch(saved_filter=saved, student_id=student) for student in sorted(found - known)
    )
    SavedFilter.objects.filter(pk=saved.pk).update(compared_at=timezone.now())
    return found - known if saved.compared_at else set()


def found_by(saved: SavedFilter, membership: Membership) -> set[int] | None:
    """Whom a filter finds today; None where it does not say, or finds more than are remembered."""
    filters = filter_of(saved.query, groups_of(membership))
    if filters.unusable or not filters.filters:
        return None
    entries = filters.wanted.of(StudentListEntry.objects.visible_to(membership), membership)
    found = set(entries.values_list("student", flat=True)[: MOST_REMEMBERED + 1])
    return found if len(found) <= MOST_REMEMBERED else None
