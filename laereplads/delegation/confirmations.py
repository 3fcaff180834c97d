"""ÅRLIG BEKRÆFTELSE: once a year each organisation says name by name who still acts for it.

A daily job opens it, warns twice, and lets the access of those end whom nobody confirmed in thirty days.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from laereplads.access.models import STAFF_ROLES, Membership
from laereplads.delegation import mails
from laereplads.delegation.models import WARNING_DAYS, Confirmation, ConfirmationLine
from laereplads.delegation.operations import tell_administrators
from laereplads.delegation.queries import UNREAD_OF_USERS
from laereplads.notifications.models import OutgoingMail
from laereplads.notifications.operations import send
from laereplads.people.models import Company, School

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

YEAR = datetime.timedelta(days=365)
COLUMNS_OF_LINES = (
    *("confirmation", "membership", "is_confirmed", "answered_at", "answered_by"),
    *("membership__role", "membership__user", "membership__starts_on", "membership__ends_on"),
    *("membership__confirmed_on", "membership__user__email", "membership__user__is_active"),
)
# So often the authority is told of an organisation whose users nobody looks after.
REMINDED_EVERY = datetime.timedelta(days=30)


def unanswered(confirmation: Confirmation) -> list[ConfirmationLine]:
    """The names that still act for the organisation and that nobody has said anything about.

    Who has answered for others is there: they need nobody to say so.
    """
    answered_by = set(confirmation.lines.exclude(answered_by=None).values_list("answered_by", flat=True))
    today = timezone.localdate()
    waiting = confirmation.lines.unanswered().filter(
        Q(membership__ends_on=None) | Q(membership__ends_on__gte=today), membership__user__is_active=True
    )
    # A job reads no names.
    lines = waiting.select_related("membership__user").only(*COLUMNS_OF_LINES).order_by("id")
    return [line for line in lines if line.membership_id not in answered_by]


def to_answer(confirmation: Confirmation, by: Membership) -> list[ConfirmationLine]:
    """The names that `by` can answer for: not their own."""
    return [line for line in unanswered(confirmation) if line.membership.user_id != by.user_id]


@transaction.atomic
def open_confirmation(organisation: Company | School, *, on: datetime.date) -> Confirmation:
    """Freeze the list of who acts for `organisation` on that day, and tell who is to answer."""
    party = {"company": organisation} if isinstance(organisation, Company) else {"school": organisation}
    confirmation = Confirmation.objects.create(opened_on=on, **party)
    held = Membership.objects.active().filter(role__in=STAFF_ROLES, **party)
    lines = [
        ConfirmationLine(confirmation=confirmation, membership_id=pk)
        for pk in held.order_by("id").values_list("pk", flat=True)
    ]
    ConfirmationLine.objects.bulk_create(lines)
    tell_administrators(organisation, mails.CONFIRMATION_OPENED, names=len(lines))
    return confirmation


@transaction.atomic
def answer(confirmation: Confirmation, answers: Mapping[int, bool], *, by: Membership) -> int:
    """Confirm or end those of the list, by the ids of their lines; how many were answered.

    Raises ValidationError when the confirmation is over. One's own name is passed over: others answer for it.
    """
    confirmation = Confirmation.objects.select_for_update(of=("self",)).get(pk=confirmation.pk)
    if confirmation.closed_on:
        raise ValidationError(_("Den årlige bekræftelse er afsluttet."), code="closed")
    today, now = timezone.localdate(), timezone.now()
    done = 0
    for line in to_answer(confirmation, by):
        if line.pk not in answers:
            continue
        line.is_confirmed, line.answered_at, line.answered_by = answers[line.pk], now, by
        line.save(update_fields=["is_confirmed", "answered_at", "answered_by"])
        membership = line.membership
        if line.is_confirmed:
            membership.confirmed_on = today
            membership.save(update_fields=["confirmed_on"])
        else:
            membership.ends_on = max(today, membership.starts_on)
            membership.save(update_fields=["ends_on"])
            name = confirmation.organisation.name
            send(mails.ACCESS_ENDS, to=membership.user, organisation=name)
        done += 1
    # Who has answered for all others is there: nobody needs to say so, and in the smallest companies nobody could.
    if not to_answer(confirmation, by):
        confirmation.closed_on = today
        confirmation.save(update_fields=["closed_on"])
    return done


def run_confirmations(today: datetime.date) -> dict[str, int]:
    """Open, warn and end what is due on a day; how many of each. Again on the same day it does nothing."""
    done = {"opened": 0, "warned": 0, "ended": 0}
    for organisation in to_confirm(today):
        open_confirmation(organisation, on=today)
        done["opened"] += 1
    for confirmation in Confirmation.objects.open().select_related("company", "school").order_by("id"):
        if confirmation.last_day < today:
            done["ended"] += close(confirmation, today)
        else:
            done["warned"] += warn(confirmation, today)
    return done


def to_confirm(today: datetime.date) -> Iterable[Company | School]:
    """The organisations whose last confirmation, or whose first user, is a year old."""
    for model, name in ((Company, "company"), (School, "school")):
        in_use = Membership.objects.active().filter(**{f"{name}__isnull": False}, role__in=STAFF_ROLES)
        begun = dict(in_use.values_list(name).annotate(first=Min("starts_on")).order_by())
        told = {}
        for party, opened_on, closed_on in Confirmation.objects.order_by("opened_on").values_list(
            name, "opened_on", "closed_on"
        ):
            told[party] = (opened_on, closed_on)
        due = [
            party
            for party, first in begun.items()
            if (told[party][0] <= today - YEAR and told[party][1] if party in told else first <= today - YEAR)
        ]
        yield from model.objects.filter(pk__in=due).order_by("id")


@transaction.atomic
def warn(confirmation: Confirmation, today: datetime.date) -> int:
    """Tell of a confirmation that waits for answers, on its days: who answers how many, and each name itself."""
    confirmation = Confirmation.objects.select_for_update(of=("self",)).get(pk=confirmation.pk)
    passed = sum(today >= confirmation.opened_on + datetime.timedelta(days=days) for days in WARNING_DAYS)
    if confirmation.closed_on or passed <= confirmation.warnings:
        return 0
    waiting, days = unanswered(confirmation), (confirmation.last_day - today).days + 1
    if waiting:
        tell_administrators(confirmation.organisation, mails.CONFIRMATION_WAITS, names=len(waiting), days=days)
    for line in waiting:
        membership = line.membership
        send(
            mails.YOUR_ACCESS_IS_UNCONFIRMED,
            to=membership.user,
            on_behalf_of=membership,
            organisation=confirmation.organisation.name,
            counts={"days": days},
        )
    confirmation.warnings = passed
    confirmation.save(update_fields=["warnings"])
    return len(waiting)


@transaction.atomic
def close(confirmation: Confirmation, today: datetime.date) -> int:
    """Let the access of everybody end whom nobody confirmed in time; how many."""
    confirmation = Confirmation.objects.select_for_update(of=("self",)).get(pk=confirmation.pk)
    if confirmation.closed_on:
        return 0
    late = unanswered(confirmation)
    for line in late:
        membership = line.membership
        membership.ends_on = max(confirmation.last_day, membership.starts_on)
        membership.save(update_fields=["ends_on"])
        line.is_confirmed, line.answered_at = False, timezone.now()
        line.save(update_fields=["is_confirmed", "answered_at"])
    # Who answered for others is confirmed by that.
    answerers = confirmation.lines.exclude(answered_by=None).values("answered_by")
    Membership.objects.filter(pk__in=answerers).update(confirmed_on=today)
    confirmation.closed_on = today
    confirmation.save(update_fields=["closed_on"])
    if late:
        tell_administrators(confirmation.organisation, mails.CONFIRMATION_ENDED, names=len(late))
    return len(late)


def lines_of(confirmation: Confirmation) -> list[ConfirmationLine]:
    """All names of the list, those without an answer first."""
    lines = confirmation.lines.select_related("membership__user", "membership__workplace", "answered_by__user")
    unread = (f"{who}__{column}" for who in ("membership__user", "answered_by__user") for column in UNREAD_OF_USERS)
    return list(
        lines.defer(*unread).order_by(F("answered_at").asc(nulls_first=True), "membership__user__sort_key", "id")
    )


def tell_of_organisations_without_administrator(now: datetime.datetime) -> int:
    """Tell the authority monthly of organisations whose last Brugeradministrator has left; how many."""
    told = set(
        OutgoingMail.objects.filter(
            kind=mails.NOBODY_LOOKS_AFTER_USERS.name, created_at__gt=now - REMINDED_EVERY
        ).values_list("organisation", flat=True)
    )
    found = 0
    for model, name in ((Company, "company"), (School, "school")):
        held = Membership.objects.filter(**{name: OuterRef("pk")}, role__in=STAFF_ROLES)
        in_use = model.objects.filter(
            Exists(held.active()),
            Exists(held.filter(is_user_administrator=True)),
            ~Exists(held.active().filter(is_user_administrator=True, workplace=None)),
        )
        for organisation in in_use.order_by("id"):
            if organisation.name not in told:
                send(mails.NOBODY_LOOKS_AFTER_USERS, to=settings.AUTHORITY_EMAIL, organisation=organisation.name)
                found += 1
    return found
