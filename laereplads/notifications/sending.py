"""How the mails of the outbox are sent: each at most once, whatever happens in between.

Those of kinds that are joined go together, where several to one membership are due. Before a mail is handed to the
server, the row says so, and that is committed. Of a mail whose sender was killed then, nobody knows whether it went: it
is given up as uncertain, and an administrator decides.
"""

from __future__ import annotations

import datetime
import logging
import math
import smtplib
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.mail import mailers
from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from laereplads.access.models import holds_on
from laereplads.database.identity import acting_as
from laereplads.database.locks import lock
from laereplads.database.row_level_security import JOBS
from laereplads.notifications.kinds import mail_kinds
from laereplads.notifications.models import PAUSES, MailChoice, OutgoingMail, Reason, RefusedAddress
from laereplads.notifications.rendering import render, text_of
from laereplads.notifications.smtp import MayHaveGone, is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

logger = logging.getLogger(__name__)
# Of what failed so there is no second try: it may have gone, or would fail again.
FOR_GOOD = {Reason.UNCERTAIN, Reason.BROKEN, Reason.UNKNOWN}


@dataclass
class Sent:
    """What became of the mails that were due: how many went, and of how many rows there is another try or none."""

    sent: int = 0
    failed: int = 0
    gave_up: int = 0
    # Those that there was no time for.
    left: int = 0


@contextmanager
def as_jobs(
    *, membership: int | None = None, company: int | None = None, school: int | None = None, student: int | None = None
) -> Iterator[None]:
    """A transaction that reaches what jobs may reach, and nothing else; of one party, where the ids are given."""
    with (
        transaction.atomic(),
        acting_as(JOBS, membership=membership, company=company, school=school, student=student),
    ):
        yield


def send_due(now: datetime.datetime, *, seconds: float = math.inf) -> Sent:
    """Try every mail once that is due at `now`, the oldest first; after `seconds` no other is begun."""
    done, began = Sent(), time.monotonic()
    with as_jobs():
        done.gave_up += give_up_what_was_left()
        due = list(OutgoingMail.objects.due(now).order_by("due_at", "id").values_list("pk", "kind", "membership"))
    mailer: Any = mailers["default"]
    try:
        for number, (pk, kind, membership) in enumerate(due):
            if number and time.monotonic() - began > seconds:
                done.left = len(due) - number
                break
            is_joined = membership and kind in joined_kinds()
            mails = claim(now, Q(membership=membership, kind__in=joined_kinds()) if is_joined else Q(pk=pk), membership)
            broken = [mail for mail in mails if not can_be_written(mail)]
            done.gave_up += note_failure(broken, Reason.BROKEN)
            mails = [mail for mail in mails if mail not in broken]
            if not mails:
                continue
            problem = hand_over(mails, mailer)
            if problem is None:
                done.sent += 1
                continue
            gave_up = note_failure(mails, problem)
            done.gave_up += gave_up
            done.failed += len(mails) - gave_up
            if problem is Reason.UNREACHABLE:
                # The others wait for the next run, and none of their tries is used up.
                break
    finally:
        close(mailer)
    return done


def joined_kinds() -> list[str]:
    return [name for name, kind in mail_kinds().items() if kind.is_joined]


def give_up_what_was_left() -> int:
    left = OutgoingMail.objects.left_in_the_middle()
    count = left.update(sending_since=None, gave_up_at=timezone.now(), gave_up_because=Reason.UNCERTAIN)
    if count:
        logger.error("mails given up because whoever sent them was stopped: %d", count)
    return count


def claim(now: datetime.datetime, which: Q, membership: int | None) -> list[OutgoingMail]:
    """Mark mails as being sent, for good; not those that somebody else has, or that nobody should get any more."""
    with as_jobs():
        if membership:
            # Before any row: another worker would pass by the one, and send it apart from the others.
            lock("mails", membership)
        mails = list(
            OutgoingMail.objects.due(now)
            .filter(which)
            .annotate(
                to=Case(When(user=None, then=F("address")), default=F("user__email")),
                is_receivers=Case(When(receiver_may_have_it(), then=Value(True)), default=Value(False)),
                is_unknown=Exists(RefusedAddress.objects.in_force().filter(user=OuterRef("user"))),
            )
            .order_by("due_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
        )
        chosen = dict(MailChoice.objects.filter(membership=membership).values_list("kind", "is_on"))
        claimed = [mail for mail in mails if should_go(mail, chosen)]
        others = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails if mail not in claimed])
        others.update(gave_up_at=timezone.now(), gave_up_because=Reason.NO_RECEIVER)
        OutgoingMail.objects.filter(pk__in=[mail.pk for mail in claimed]).update(
            attempts=F("attempts") + 1, sending_since=timezone.now()
        )
    for mail in claimed:
        mail.attempts += 1
    return claimed


def receiver_may_have_it() -> Q:
    """While the membership holds that it is on behalf of, and the user may log in."""
    membership_holds = Q(membership=None) | holds_on(timezone.localdate(), "membership")
    return membership_holds & (Q(user=None) | Q(user__is_active=True))


def should_go(mail: Any, chosen: Mapping[str, bool]) -> bool:
    """Whether its receiver, as annotated by `claim`, may and wants to have it, now that it goes."""
    kind = mail_kinds().get(mail.kind)
    is_wanted = not (kind and kind.can_be_turned_off) or (chosen.get(kind.name, kind.is_on) and not mail.is_unknown)
    return bool(mail.is_receivers and mail.to and is_wanted)


def can_be_written(mail: OutgoingMail) -> bool:
    """One of which no app knows the words keeps no other from going with its own."""
    try:
        text_of(mail)
    except Exception:
        logger.exception("a mail could not be written")
        return False
    return True


def hand_over(mails: Sequence[OutgoingMail], mailer: Any) -> Reason | None:  # noqa: PLR0911  # each has its reason
    """Give the mails to the server as one; returns why that failed, if it did."""
    try:
        message = render(mails, mails[0].to)  # type: ignore[attr-defined]  # annotated by claim
    except Exception:
        logger.exception("a mail could not be written")
        return Reason.BROKEN
    try:
        mailer.open()
    except (OSError, smtplib.SMTPException):
        return Reason.UNREACHABLE
    try:
        mailer.send_messages([message])
    except MayHaveGone:
        close(mailer)
        return Reason.UNCERTAIN
    except smtplib.SMTPRecipientsRefused as refusal:
        close(mailer)
        return Reason.UNKNOWN if is_unknown(refusal) else Reason.REFUSED
    except (smtplib.SMTPResponseException, ValueError):
        # ValueError: an address that no server could be asked about.
        close(mailer)
        return Reason.REFUSED
    except (OSError, smtplib.SMTPException):
        close(mailer)
        return Reason.UNREACHABLE
    with as_jobs():
        # Whoever was slow is believed, though another has given the mail up meanwhile.
        OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
            sent_at=timezone.now(), sending_since=None, gave_up_at=None, gave_up_because="", link=""
        )
    return None


def note_failure(mails: Sequence[OutgoingMail], reason: Reason) -> int:
    """Say of each when its next try is, or that there is none; returns how many the portal gave up."""
    now, given_up = timezone.now(), 0
    with as_jobs():
        for mail in mails:
            gives_up = reason in FOR_GOOD or mail.attempts > len(PAUSES)
            values: dict[str, Any] = (
                {"gave_up_at": now, "gave_up_because": reason}
                if gives_up
                else {"due_at": now + PAUSES[mail.attempts - 1]}
            )
            OutgoingMail.objects.filter(pk=mail.pk, sent_at=None).update(sending_since=None, **values)
            given_up += gives_up
            if reason is Reason.UNKNOWN and mail.user_id:
                RefusedAddress.objects.update_or_create(
                    user_id=mail.user_id,
                    defaults={"address": mail.to, "refused_at": now},  # type: ignore[attr-defined]  # by claim
                )
    return given_up


def close(mailer: Any) -> None:
    """End the connection; a server that is gone is not waited for."""
    try:
        mailer.close()
    except (OSError, smtplib.SMTPException):
        mailer.connection = None
