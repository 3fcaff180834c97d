"""What a company does: record an assessment, or remove it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.database.identity import in_the_name_of
from laereplads.database.locks import lock
from laereplads.database.prepared import kept_by_the_server
from laereplads.people.models import Agreement
from risk.models import Level, RiskAssessment

if TYPE_CHECKING:
    from laereplads.access.models import Membership


class AssessedMeanwhile(Exception):
    """Somebody else assessed the student after the page was fetched; `latest` is what they recorded."""

    def __init__(self, latest: RiskAssessment) -> None:
        super().__init__()
        self.latest = latest


@transaction.atomic
def record_assessment(
    agreement: Agreement,
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
    # The lock makes "latest" a fact: savers of the same agreement come one after the other.
    lock("agreement", agreement.pk)
    own = Agreement.objects.visible_to(by).select_related("education", "student")
    known = own.only("starts_on", "education__is_sosu", "student__public_id")
    with kept_by_the_server(connection):
        locked = known.filter(pk=agreement.pk).first()
    if locked is None or not by.grants("risk.add_riskassessment"):
        raise PermissionDenied
    if not locked.education.is_sosu:
        raise ValidationError(_("Kun elever på SOSU-uddannelserne kan få registreret frafaldsrisiko."))
    recorded_at = at or timezone.now()
    if locked.starts_on > timezone.localdate(recorded_at):
        raise ValidationError(_("Aftalen er ikke begyndt endnu."))
    with kept_by_the_server(connection):
        latest = locked.assessments.order_by("-id").first()
    if level is None and (latest is None or latest.level is None):
        return None
    if seen is not None and latest is not None and latest.pk != seen:
        if latest.recorded_by_id == by.pk and latest.level == level:
            # The same form once more: a double click, a resend after a lost answer.
            return latest
        raise AssessedMeanwhile(latest)

    with in_the_name_of(by.pk, at=at):
        return RiskAssessment.objects.create(agreement=locked, level=level, recorded_by=by, recorded_at=recorded_at)
