"""Which mails somebody wants: what they chose, and the kind's own word where they chose nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Case, Exists, OuterRef, Q, Value, When

from laereplads.access.models import Membership
from laereplads.database.compiled_queries import Parameter, compiled_query
from laereplads.database.identity import as_web_role
from laereplads.notifications.kinds import mail_kinds
from laereplads.notifications.models import MailChoice

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from laereplads.access.models import MembershipQuerySet
    from laereplads.notifications.kinds import MailKind


def kinds_for(membership: Membership, among: Collection[MailKind] | None = None) -> list[MailKind]:
    """The kinds, of `among` or all, that a membership can get mails of, in the order in which apps declare them."""
    asked = [kind for kind in mail_kinds().values() if among is None or kind in among]
    of_role = [kind for kind in asked if membership.role in kind.roles]
    conditions = {f"meets_{kind.name}": whether(kind.condition) for kind in of_role if kind.condition}
    if not conditions:
        return of_role
    with as_web_role():
        met = Membership.objects.filter(pk=membership.pk).values(**conditions).get()
    return [kind for kind in of_role if met.get(f"meets_{kind.name}", True)]


def whether(condition: Q) -> Case:
    """As a value; what is not known is not so."""
    return Case(When(condition, then=Value(True)), default=Value(False))


def chosen(membership: Membership) -> dict[str, bool]:
    """What the membership has chosen otherwise than the kinds say, by their names."""
    return {str(kind): is_on for kind, is_on in choices_query().run(membership=membership.pk)}


@compiled_query
def choices_query() -> QuerySet[Any, Any]:
    asker = Membership(pk=Parameter("membership", BigIntegerField()))
    return MailChoice.objects.visible_to(asker).values_list("kind", "is_on")


def wanting(kind: MailKind, memberships: MembershipQuerySet) -> MembershipQuerySet:
    """Of `memberships` those that the kind is for and that want it; jobs must be able to read what it asks of them."""
    of_kind = memberships.filter(kind.condition, role__in=kind.roles)
    if not kind.can_be_turned_off:
        return of_kind
    otherwise = Exists(MailChoice.objects.filter(membership=OuterRef("pk"), kind=kind.name, is_on=not kind.is_on))
    return of_kind.filter(~otherwise if kind.is_on else otherwise)
