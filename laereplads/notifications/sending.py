"""How the mails of the outbox are sent: each at most once, whatever happens in between.

Before a mail is handed to the server, the row says so, and that is committed. Of a mail whose sender was killed then,
nobody knows whether it went: it is given up as uncertain, and an administrator decides.
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
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from laereplads.access.models import holds_on
from laereplads.database.identity import acting_as
from laereplads.database.row_level_security import JOBS
from laereplads.notifications.models import PAUSES, OutgoingMail, Reason
from laereplads.notifications.rendering import render
from laereplads.notifications.smtp import MayHaveGone

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)


@dataclass
class Sent:
    """What became of the mails that were due."""

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
        due = list(OutgoingMail.objects.due(now).order_by("due_at", "id").values_list("pk", flat=True))
    mailer: Any = mailers["default"]
    try:
        for number, pk in enumerate(due):
            if number and time.monotonic() - began > seconds:
                done.left = len(due) - number
                break
            mail = claim(pk)
            if mail is None:
                continue
            problem = hand_over(mail, mailer)
            if problem is None:
                done.sent += 1
            elif note_failure(mail, problem):
                done.gave_up += 1
            else:
                done.failed += 1
            if problem is Reason.UNREACHABLE:
                # The others wait for the next run, and none of their tries is used up.
                break
    finally:
        close(mailer)
    return done


def give_up_what_was_left() -> int:
    left = OutgoingMail.objects.left_in_the_middle()
    count = left.update(sending_since=None, gave_up_at=timezone.now(), gave_up_because=Reason.UNCERTAIN)
    if count:
        logger.error("mails given up because whoever sent them was stopped: %d", count)
    return count


def claim(pk: Any) -> OutgoingMail | None:
    """Mark a mail as being sent, for good; None if somebody else has it, or if nobody should get it any more."""
    membership_holds = Q(membership=None) | holds_on(timezone.localdate(), "membership")
    may_have_it = membership_holds & (Q(user=None) | Q(user__is_active=True))
    with as_jobs():
        mail = (
            OutgoingMail.objects.waiting()
            .filter(pk=pk)
            .annotate(
                to=Case(When(user=None, then=F("address")), default=F("user__email")),
                may_have_it=Case(When(may_have_it, then=Value(True)), default=Value(False)),
            )
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        if mail is None:
            return None
        if not (mail.may_have_it and mail.to):  # type: ignore[attr-defined]  # annotated above
            mail.gave_up_at, mail.gave_up_because = timezone.now(), Reason.NO_RECEIVER
            mail.save(update_fields=["gave_up_at", "gave_up_because"])
            return None
        mail.attempts += 1
        mail.sending_since = timezone.now()
        mail.save(update_fields=["attempts", "sending_since"])
    return mail


def hand_over(mail: OutgoingMail, mailer: Any) -> Reason | None:
    """Give the mail to the server; returns why that failed, if it did."""
    try:
        message = render(mail, mail.to)  # type: ignore[attr-defined]  # annotated by claim
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
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, ValueError):
        # ValueError: an address that no server could be asked about.
        close(mailer)
        return Reason.REFUSED
    except (OSError, smtplib.SMTPException):
        close(mailer)
        return Reason.UNREACHABLE
    with as_jobs():
        # Whoever was slow is believed, though another has given the mail up meanwhile.
        OutgoingMail.objects.filter(pk=mail.pk).update(
            sent_at=timezone.now(), sending_since=None, gave_up_at=None, gave_up_because="", link=""
        )
    return None


def note_failure(mail: OutgoingMail, reason: Reason) -> bool:
    """Say when the next try is, or that there is none; whether the portal gave the mail up."""
    gives_up = reason in {Reason.UNCERTAIN, Reason.BROKEN} or mail.attempts > len(PAUSES)
    now = timezone.now()
    values: dict[str, Any] = (
        {"gave_up_at": now, "gave_up_because": reason} if gives_up else {"due_at": now + PAUSES[mail.attempts - 1]}
    )
    with as_jobs():
        OutgoingMail.objects.filter(pk=mail.pk, sent_at=None).update(sending_since=None, **values)
    return gives_up


def close(mailer: Any) -> None:
    """End the connection; a server that is gone is not waited for."""
    try:
        mailer.close()
    except (OSError, smtplib.SMTPException):
        mailer.connection = None
