"""How a mail gets into the outbox, how one that was given up gets another chance, and how mails are turned off."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from laereplads.accounts.models import User
from laereplads.database.locks import lock
from laereplads.notifications.choices import kinds_for
from laereplads.notifications.kinds import mail_kinds
from laereplads.notifications.models import MailChoice, OutgoingMail, RefusedAddress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from laereplads.access.models import Membership
    from laereplads.notifications.kinds import MailKind

NO_COUNTS: Mapping[str, int] = {}


def send(  # noqa: PLR0913  # a mail is told all of it
    kind: MailKind,
    *,
    to: User | str,
    on_behalf_of: Membership | None = None,
    organisation: str = "",
    counts: Mapping[str, int] = NO_COUNTS,
    link: str = "",
    due_at: datetime.datetime | None = None,
) -> OutgoingMail:
    """Put a mail into the outbox, in the transaction of what it tells of; a job sends it when it is due.

    `to` is a user, whose address is read when the mail goes, or the address of somebody who is none yet. With
    `on_behalf_of`, the receiver's own membership, it goes only while that holds and wants the kind; what can be turned
    off is always on behalf of one. `link` is a path of the portal; the database forgets it when the mail has gone.
    Raises ValueError if the kind and what is given do not fit, and ValidationError if the address is none.
    """
    if mail_kinds().get(kind.name) != kind:
        raise ValueError(f"No app declares {kind.name} in its MAIL_KINDS.")
    if set(counts) != kind.numbers or not all(type(number) is int for number in counts.values()):
        raise ValueError(f"{kind.name} tells of {sorted(kind.numbers)}, in whole numbers.")
    if bool(link) != kind.has_link:
        raise ValueError(f"{kind.name} has {'a' if kind.has_link else 'no'} place for a link.")
    if kind.can_be_turned_off and on_behalf_of is None:
        raise ValueError(f"{kind.name} can be turned off: it goes to a membership.")
    user, address = (to, "") if isinstance(to, User) else (None, to.strip().lower())
    if user is None:
        validate_email(address)
    if on_behalf_of and (user is None or on_behalf_of.user_id != user.pk):
        raise ValueError("A mail goes to whoever holds the membership.")
    now = timezone.now()
    mail = OutgoingMail(
        kind=kind.name,
        user=user,
        address=address,
        membership=on_behalf_of,
        organisation=" ".join(organisation.split()) or (on_behalf_of.party_name if on_behalf_of else ""),
        counts=dict(counts),
        link=link,
        created_at=now,
        due_at=due_at or now,
    )
    if "organisation" in kind.places() and not mail.organisation:
        raise ValueError(f"{kind.name} names an organisation.")
    mail.save(force_insert=True)
    return mail


def send_again(mail: OutgoingMail) -> None:
    """Let the job try anew, as often as with a new mail. Raises ValueError if the portal has not given it up."""
    now = timezone.now()
    changed = (
        OutgoingMail.objects.undelivered()
        .filter(pk=mail.pk)
        .update(gave_up_at=None, gave_up_because="", attempts=0, due_at=now)
    )
    if not changed:
        raise ValueError("Only a mail that was given up is sent again.")


@transaction.atomic
def choose_mails(membership: Membership, wanted: Mapping[str, bool]) -> None:
    """Turn kinds of mail on and off for a membership, by their names; others stay as they are.

    Raises ValueError for a kind that the membership cannot turn off.
    """
    offered = {kind.name: kind for kind in kinds_for(membership) if kind.can_be_turned_off}
    if not wanted.keys() <= offered.keys():
        raise ValueError(f"{membership} chooses among {sorted(offered)}, and not among {sorted(wanted)}.")
    # Of two pages that are sent at once the second waits, and holds.
    lock("mail_choices", membership.pk)
    own = MailChoice.objects.visible_to(membership)
    otherwise = {name for name, is_on in wanted.items() if is_on != offered[name].is_on}
    own.filter(kind__in=wanted.keys() - otherwise).delete()
    # A choice that differs from the kind's own word is always the same.
    there = set(own.values_list("kind", flat=True))
    MailChoice.objects.bulk_create(
        MailChoice(membership=membership, kind=name, is_on=wanted[name]) for name in sorted(otherwise - there)
    )


def turn_mails_on_again(membership: Membership) -> bool:
    """Let mails go to the user's address again, which the mail server did not know; returns whether they did not."""
    deleted, _by_model = RefusedAddress.objects.visible_to(membership).delete()
    return bool(deleted)
