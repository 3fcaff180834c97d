"""What a company does: record an assessment, or remove it; record many; say that one is not relevant for now."""

from __future__ import annotations

import datetime
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import BigIntegerField, BooleanField, F, Func, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.database.compiled_queries import Parameter, compiled_query, server_prepared
from laereplads.database.identity import in_the_name_of
from laereplads.database.locks import lock
from laereplads.people.models import Agreement
from laereplads.web.words import long_date
from risk.models import LONGEST_PAUSE, AgreementListEntry, AssessmentPause, Level, RiskAssessment
from risk.queries import asked_by, is_limited, placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from laereplads.access.models import Membership
    from risk.queries import Line


class AssessedMeanwhile(Exception):
    """Somebody else assessed the student after the page was fetched."""


def record_assessment(
    agreement: Agreement | Line,
    level: Level | None,
    *,
    by: Membership,
    seen: int | None = None,
    at: datetime.datetime | None = None,
) -> RiskAssessment | None:
    """Record the company's judgement of a student's dropout risk; None is **Ikke angivet** and clears the current one.

    Returns None where there was nothing to clear: a removal that removed nothing would be a false entry in the history.
    `seen` is the id of the latest assessment on the page that was answered (0: none); without it nothing is compared.
    `at` is when a history that is brought in from elsewhere was made, oldest first; without it, now.
    Raises PermissionDenied if the agreement is not the company's, ValidationError if it can carry no assessment,
    AssessedMeanwhile if there is a newer assessment than `seen`.
    """
    # It writes one row, and last: within a transaction there is nothing that a savepoint could take back, and without
    # one an answer such as AssessedMeanwhile would have to end it all.
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        # The lock makes "latest" a fact: savers of the same agreement come one after the other.
        lock("agreement", agreement.pk)
        known = what_is_known_of(agreement.pk, by)
        if known is None or not by.grants("risk.add_riskassessment"):
            raise PermissionDenied
        if known.is_own:
            raise ValidationError(_("Du kan ikke vurdere dig selv. Bed en kollega om det."))
        if not known.is_sosu:
            raise ValidationError(_("Kun elever på SOSU-uddannelserne kan få registreret frafaldsrisiko."))
        recorded_at = at or timezone.now()
        if known.signed_off_on and known.signed_off_on <= timezone.localdate(recorded_at):
            raise ValidationError(_("Eleven er meldt ud af skolen og kan ikke vurderes."))
        if known.starts_on > timezone.localdate(recorded_at):
            raise ValidationError(_("Aftalen er ikke begyndt endnu."))
        if level is None and not (known.latest and assessment(known.latest).level):
            return None
        if seen is not None and known.latest and known.latest != seen:
            latest = assessment(known.latest)
            if latest.recorded_by_id == by.pk and latest.level == level:
                # The same form once more: a double click, a resend after a lost answer.
                return latest
            raise AssessedMeanwhile

        with in_the_name_of(by.pk, at=at), server_prepared(connection):
            return RiskAssessment.objects.create(
                agreement_id=agreement.pk, level=level, recorded_by=by, recorded_at=recorded_at
            )


class LowRecorded(NamedTuple):
    """Who was set to Lav, and who was not, each with the reason."""

    saved: list[Line]
    kept: list[tuple[Line, str]]


@transaction.atomic
def record_low(chosen: Iterable[tuple[Line, int]], *, by: Membership) -> LowRecorded:
    """Record Lav for each of these, as an assessment of its own; with each comes what was `seen`, as above.

    Never over Høj or Middel, and never over what somebody else has recorded meanwhile: these are told, with the reason.
    Raises PermissionDenied if one of the agreements is not the company's.
    """
    recorded = LowRecorded([], [])
    # In one order, so that two who do the same wait for each other, and do not cross.
    for line, seen in sorted(chosen, key=lambda each: each[0].pk):
        lock("agreement", line.pk)
        latest = RiskAssessment.objects.filter(agreement=line.pk).order_by("-id").first()
        if reason := higher_level(latest.level if latest else None):
            recorded.kept.append((line, reason))
            continue
        try:
            record_assessment(line, Level.LOW, by=by, seen=seen)
        except ValidationError as refusal:
            recorded.kept.append((line, " ".join(refusal.messages)))
        except AssessedMeanwhile:
            recorded.kept.append((line, str(_("Vurderingen er ændret, mens du havde siden åben."))))
        else:
            recorded.saved.append(line)
    return recorded


def higher_level(level: str | None) -> str:
    """Why one who has this level is not set to Lav together with others; empty where they are."""
    if level not in {Level.HIGH, Level.MEDIUM}:
        return ""
    return str(_("Har frafaldsrisiko %(level)s. Vurder eleven alene.") % {"level": Level(level).label})


@transaction.atomic
def pause_assessments(agreement: Agreement | Line, until: datetime.date, *, by: Membership) -> AssessmentPause:
    """Say that the student is not to be assessed until a day, at most 180 days ahead; instead of what was said before.

    Raises PermissionDenied if the agreement is not the company's, ValidationError for another day, or about oneself.
    """
    today = timezone.localdate()
    lock_own(agreement.pk, by)
    if not today <= until <= today + LONGEST_PAUSE:
        last = long_date(today + LONGEST_PAUSE)
        raise ValidationError({"until": _("Vælg en dag fra i dag til og med %(day)s.") % {"day": last}})
    before = AssessmentPause.objects.filter(agreement=agreement.pk)
    # The same form once more.
    same = before.filter(until=until).first()
    if same:
        return same
    with in_the_name_of(by.pk):
        before.delete()
        return AssessmentPause.objects.create(agreement_id=agreement.pk, until=until, set_on=today, set_by=by)


@transaction.atomic
def resume_assessments(agreement: Agreement | Line, *, by: Membership) -> bool:
    """Take back that the student is not to be assessed for now; returns whether that was said."""
    lock_own(agreement.pk, by)
    with in_the_name_of(by.pk):
        deleted, _by_model = AssessmentPause.objects.filter(agreement=agreement.pk).delete()
    return bool(deleted)


def lock_own(agreement: int, by: Membership) -> None:
    lock("agreement", agreement)
    known = what_is_known_of(agreement, by)
    if known is None or not by.grants("risk.add_riskassessment"):
        raise PermissionDenied
    if known.is_own:
        raise ValidationError(_("Du kan ikke vurdere dig selv. Bed en kollega om det."))


class Known(NamedTuple):
    """What decides whether an agreement can be assessed; `latest` is the id of its latest assessment."""

    is_sosu: bool
    starts_on: datetime.date
    # Whether the student is the user who assesses.
    is_own: bool
    signed_off_on: datetime.date | None
    latest: int | None


def what_is_known_of(agreement: int, membership: Membership) -> Known | None:
    """None if the agreement is not the company's, or not at the workplace that the membership is limited to."""
    compiled = known_query(timezone.localdate(), limited=is_limited(membership))
    found = compiled.run(**asked_by(membership), agreement=agreement, membership=membership.pk)
    return Known._make(found[0]) if found else None


@compiled_query
def known_query(today: datetime.date, *, limited: bool) -> QuerySet[Any, Any]:
    latest = RiskAssessment.objects.filter(agreement=OuterRef("pk")).order_by("-id").values("pk")[:1]
    agreement = Parameter("agreement", BigIntegerField())
    own = Agreement.objects.visible_to(placeholder(limited=limited)).filter(pk=agreement)
    membership = Parameter("membership", BigIntegerField())
    is_own = Func(F("pk"), membership, function="is_about_oneself", output_field=BooleanField())
    # The list knows; the student's own row is not the company's to read.
    entry = AgreementListEntry.objects.filter(pk=OuterRef("pk")).values("signed_off_on")
    known = own.annotate(latest=Subquery(latest), is_own=is_own, signed_off_on=Subquery(entry)).order_by()
    return known.values_list("education__is_sosu", "starts_on", "is_own", "signed_off_on", "latest")


def assessment(number: int) -> RiskAssessment:
    return RiskAssessment.objects.get(pk=number)
