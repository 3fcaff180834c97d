"""What a company does: register a rejection. There is nothing else that it can do to one."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from laereplads.database.identity import in_the_name_of
from laereplads.database.locks import lock
from rejections.encryption import reseal, seal
from rejections.models import DUTY_BEGAN_ON, Applicant, Fingerprint, Rejection

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from laereplads.people.models import Education
    from rejections.applicants import Identity
    from rejections.models import RejectionReason

SAVED_ONCE = "rejection_form_is_saved_once"
RESEALED_AT_A_TIME = 500


class RegisteredBefore(Exception):
    """The same applicant and education was registered within the last 30 days. Says nothing of that rejection."""


class FormSavedBefore(Exception):
    """The form was saved with other content: gone back to, changed and sent again. It needs a new token."""


@sensitive_variables()
@transaction.atomic
def register_rejection(  # noqa: PLR0913  # one keyword for each field of the form
    *,
    education: Education,
    applicant: Identity,
    primary_reason: RejectionReason,
    second_reason: RejectionReason | None = None,
    given_on: datetime.date,
    form_token: UUID,
    by: Membership,
    repetition_confirmed: bool = False,
    at: datetime.datetime | None = None,
) -> Rejection:
    """Register that the company rejected an applicant. The same form sent again gives the rejection it gave before.

    `at` is when a history that is brought in from elsewhere was registered; without it, now.
    Raises PermissionDenied if the membership may not, ValidationError if the rejection cannot be as described,
    FormSavedBefore if the token belongs to other content, RegisteredBefore unless the repetition is confirmed.
    """
    company = by.company
    if company is None or not by.grants("rejections.add_rejection"):
        raise PermissionDenied
    # Two forms about the same applicant at once would each miss the other's fingerprint.
    lock("rejections", company.pk)
    registered_at = at or timezone.now()
    refuse_impossible(education, primary_reason, second_reason, given_on, timezone.localdate(registered_at))
    rejection = Rejection(
        company=company,
        education=education,
        primary_reason=primary_reason,
        second_reason=second_reason,
        given_on=given_on,
        registered_at=registered_at,
        registered_by=by,
        form_token=form_token,
    )
    digests = applicant.fingerprints(company, education)
    try:
        with transaction.atomic(), in_the_name_of(by.pk, at=at):
            # Of two at once, one waits here for the other and is then told that the form is saved.
            rejection.save(force_insert=True)
    except IntegrityError as error:
        if constraint_of(error) != SAVED_ONCE:
            raise
        return saved_by_the_same_form(rejection, digests)
    # Asked after the insert: a twin that came first would otherwise pass for an earlier rejection.
    if not repetition_confirmed and Fingerprint.objects.visible_to(by).recent().filter(digest__in=digests).exists():
        raise RegisteredBefore
    Applicant.objects.create(rejection=rejection, sealed=seal(applicant.parts()))
    Fingerprint.objects.bulk_create(Fingerprint(rejection=rejection, digest=digest) for digest in digests)
    return rejection


def refuse_impossible(
    education: Education,
    primary_reason: RejectionReason,
    second_reason: RejectionReason | None,
    given_on: datetime.date,
    registered_on: datetime.date,
) -> None:
    """Raise ValidationError with words for what the database would refuse with a constraint."""
    if not education.is_sosu:
        raise ValidationError(_("Afslag registreres kun for SOSU-uddannelserne."))
    if second_reason == primary_reason:
        raise ValidationError(_("Vælg to forskellige begrundelser."))
    if not DUTY_BEGAN_ON <= given_on <= registered_on:
        raise ValidationError(_("Afslaget skal være givet, før det registreres, og efter, at pligten begyndte."))


def constraint_of(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def saved_by_the_same_form(wanted: Rejection, digests: set[bytes]) -> Rejection:
    """The rejection that this form gave, if it said the same; else raise FormSavedBefore. Another company's never."""
    saved = Rejection.objects.filter(form_token=wanted.form_token, company=wanted.company).first()
    said = ("education_id", "primary_reason_id", "second_reason_id", "given_on")
    if saved is None or any(getattr(saved, name) != getattr(wanted, name) for name in said):
        raise FormSavedBefore
    if {bytes(kept.digest) for kept in saved.fingerprints.all()} != digests:
        raise FormSavedBefore
    return saved


def reseal_applicants() -> int:
    """Seal every applicant anew with the newest key, so that the older ones can be thrown away; how many there were."""
    count = last = 0
    while True:
        with transaction.atomic():
            batch = list(Applicant.objects.select_for_update().filter(pk__gt=last).order_by("pk")[:RESEALED_AT_A_TIME])
            for applicant in batch:
                applicant.sealed = reseal(applicant.sealed)
            Applicant.objects.bulk_update(batch, ["sealed"])
        if not batch:
            return count
        count += len(batch)
        last = batch[-1].pk
