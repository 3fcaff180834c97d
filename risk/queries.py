"""What the company's pages ask in the same words each time: PostgreSQL keeps how it does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import BigIntegerField, UUIDField
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.database.prepared import Later, Prepared, kept_by_the_server, once_for_each
from laereplads.paging import IsOneOf, Stretch
from laereplads.people.models import Agreement
from risk.models import OF_PROGRESS, OverviewQuerySet, Progress

if TYPE_CHECKING:
    import datetime
    from uuid import UUID

# Whoever asks, and what is asked for.
ANYBODY = Membership(pk=Later("membership", BigIntegerField()), company_id=Later("company", BigIntegerField()))
PUBLIC_ID, ID = Later("public_id", UUIDField()), Later("id", BigIntegerField())


def assessable_with_id(membership: Membership, public_id: UUID) -> Agreement | None:
    """The agreement and its student's name, if the company can assess her now."""
    found = agreement_asked(timezone.localdate()).run(company=membership.company_id, public_id=public_id)
    return found[0] if found else None


@once_for_each
def agreement_asked(today: datetime.date) -> Prepared[Agreement, Any]:
    own = OverviewQuerySet(Agreement).visible_to(ANYBODY).assessable().filter(public_id=PUBLIC_ID)
    return Prepared(own.select_related("student").only("public_id", "student__name"))


def as_it_stands(membership: Membership, agreement: Agreement) -> Agreement:
    """The agreement with all that its row shows."""
    found: list[Agreement] = row_asked(timezone.localdate()).run(company=membership.company_id, id=agreement.pk)
    # One that has just left the list is shown as it was found.
    return found[0] if found else agreement


@once_for_each
def row_asked(today: datetime.date) -> Prepared[Agreement, Any]:
    return Prepared(OverviewQuerySet(Agreement).visible_to(ANYBODY).assessable().for_overview().filter(pk=ID))


def progress_of(membership: Membership) -> Progress:
    found = progress_asked(timezone.localdate()).run(company=membership.company_id)
    return Progress(students=sum(row[0] for row in found), assessed=sum(row[1] for row in found))


@once_for_each
def progress_asked(today: datetime.date) -> Prepared[Agreement, Any]:
    # Grouped by what is the same for all of one company.
    own = OverviewQuerySet(Agreement).visible_to(ANYBODY).assessable().order_by().values("company")
    return Prepared(own.annotate(**OF_PROGRESS).values_list(*OF_PROGRESS))


def stretch_of(found: OverviewQuerySet, stretch: Stretch, keys: tuple[str, ...]) -> list[Agreement]:
    """The rows of a stretch. The inner query asks for what narrows and sorts; what rows show is looked up for these."""
    ids = stretch.of(found, keys).values("pk")
    shown = OverviewQuerySet(Agreement).with_assessed_on().for_overview().filter(IsOneOf("pk", ids))
    with kept_by_the_server(connection):
        return list(shown.order_by(*stretch.ordered(keys)))
