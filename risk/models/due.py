"""When an assessment of a student is agreed or suggested, what was told of it, and who is not to be assessed for now.

Registering is voluntary: nothing here is a duty.
"""

from __future__ import annotations

import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership
from laereplads.people.models import Agreement, Company, School, Student, Workplace
from laereplads.people.models.agreements import longest_ended
from risk.models.days import months_after
from risk.models.local_agreements import LocalAgreement

DAYS_THAT_ARE_SOON = 14
# So long after its agreement an assessment is kept.
MONTHS_KEPT = 6
LONGEST_PAUSE = datetime.timedelta(days=180)


class DueState(models.TextChoices):
    """How a due assessment stands on a day."""

    DONE = "done", _("Vurderet")
    PAUSED = "paused", _("Ikke relevant nu")
    SOON = "soon", _("Kommer snart")
    DUE = "due", _("Bør vurderes nu")
    LATE = "late", _("Dagen er passeret")
    MISSED = "missed", _("Ikke vurderet i perioden")
    LATER = "later", _("Senere")


def in_state(state: DueState, today: datetime.date) -> Q:  # noqa: PLR0911  # seven states
    """The condition on a due assessment that it stands so on `today`; each is in exactly one state."""
    is_done = Q(assessed_on__isnull=False)
    is_over = Q(ends_on__lt=today)
    if state is DueState.DONE:
        return is_done
    if state is DueState.MISSED:
        return ~is_done & is_over
    open_now = Q(assessed_on=None, ends_on__gte=today)
    if state is DueState.LATER:
        return open_now & Q(due_on__gt=today + datetime.timedelta(days=DAYS_THAT_ARE_SOON))
    open_now &= Q(due_on__lte=today + datetime.timedelta(days=DAYS_THAT_ARE_SOON))
    if state is DueState.PAUSED:
        return open_now & Q(paused_until__gte=today)
    open_now &= Q(paused_until=None) | Q(paused_until__lt=today)
    if state is DueState.SOON:
        return open_now & Q(due_on__gt=today)
    if state is DueState.DUE:
        return open_now & Q(due_on__lte=today, grace_until__gte=today)
    return open_now & Q(grace_until__lt=today)


class DueAssessmentQuerySet(models.QuerySet["DueAssessment"]):
    def visible_to(self, membership: Membership) -> Self:
        """A company's own agreements in view; a school's own students; a student's own."""
        if membership.company_id:
            own = self.filter(company=membership.company_id, agreement_last_day__gt=longest_ended())
            return own.filter(workplace=membership.workplace_id) if membership.workplace_id else own
        if membership.school_id:
            return self.filter(school=membership.school_id, signed_off_on=None)
        if membership.student_id:
            return self.filter(Q(student=membership.student_id) | Q(student__moved_to=membership.student_id))
        return self.none()

    def in_states(self, *states: DueState, on: datetime.date) -> Self:
        return self.filter(Q(*(in_state(state, on) for state in states), _connector=Q.OR))

    def made_in_a_year_before(self, today: datetime.date) -> Self:
        """Those of the last 12 months that nobody waits for any more.

        Agreements that ended half a year ago are left out: their assessments are no longer kept.
        """
        return self.filter(
            due_on__gt=months_after(today, -12),
            grace_until__lt=today,
            agreement_last_day__gt=months_after(today, -MONTHS_KEPT),
        )

    def open(self, on: datetime.date) -> Self:
        """Those not done whose period is not over: the first of an agreement is what comes next."""
        return self.filter(assessed_on=None, ends_on__gte=on)


class DueAssessment(models.Model):
    """That an assessment is agreed or suggested in a training period: from when, and for how long.

    Derived by the database (`derived.sql`) of agreements, school periods, local agreements and assessments, and written
    by nobody else. No key is checked against the tables it points to.
    """

    agreement = models.ForeignKey(
        Agreement,
        models.DO_NOTHING,
        verbose_name=_("uddannelsesaftale"),
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    student = models.ForeignKey(
        Student, models.DO_NOTHING, verbose_name=_("elev"), related_name="+", db_constraint=False
    )
    company = models.ForeignKey(Company, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    workplace = models.ForeignKey(Workplace, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    school = models.ForeignKey(School, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    # The place of the training period among those long enough, and of the assessment in it: more than 1 only where
    # students are assessed at intervals.
    number = models.PositiveSmallIntegerField(_("oplæring nr."))
    part = models.PositiveSmallIntegerField(_("nr. i oplæringen"))
    # The days on which an assessment counts as this one.
    starts_on = models.DateField(_("fra"))
    ends_on = models.DateField(_("til og med"))
    due_on = models.DateField(_("bør vurderes"))
    grace_until = models.DateField(_("senest"))
    # None: suggested by the portal, for want of a local agreement.
    local_agreement = models.ForeignKey(
        LocalAgreement, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    # Without school periods the agreement is cut into equal slices.
    periods_are_known = models.BooleanField()
    # The first day of assessments in the period that hold until its end or now; None where there is none.
    assessed_on = models.DateField(_("vurderet"), null=True)
    paused_until = models.DateField(_("ikke relevant til og med"), null=True)
    agreement_last_day = models.DateField()
    signed_off_on = models.DateField(null=True)

    objects = DueAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("foreslået vurdering")
        verbose_name_plural = _("foreslåede vurderinger")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number", "part"], name="due_assessment_is_one_of_its_period"),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on"), due_on__lte=F("grace_until")),
                name="due_assessment_has_days_in_order",
            ),
        ]
        # Scope first; what lists and front pages count stands in the index.
        indexes = [
            models.Index(
                fields=["company", "ends_on"],
                include=[
                    "due_on",
                    "grace_until",
                    "paused_until",
                    "agreement",
                    "student",
                    "workplace",
                    "agreement_last_day",
                ],
                condition=Q(assessed_on=None),
                name="open_due_of_a_company",
            ),
            models.Index(
                fields=["school", "ends_on"],
                include=["due_on", "grace_until", "paused_until", "agreement", "student", "signed_off_on"],
                condition=Q(assessed_on=None),
                name="open_due_of_a_school",
            ),
            models.Index(fields=["school", "company", "due_on"], name="due_of_a_pair"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_agreed(self) -> bool:
        return self.local_agreement_id is not None

    def state_on(self, day: datetime.date) -> DueState:
        """The same as `in_state` says."""
        if self.assessed_on:
            return DueState.DONE
        if self.ends_on < day:
            return DueState.MISSED
        if self.due_on > day + datetime.timedelta(days=DAYS_THAT_ARE_SOON):
            return DueState.LATER
        if self.paused_until and self.paused_until >= day:
            return DueState.PAUSED
        if self.due_on > day:
            return DueState.SOON
        return DueState.DUE if self.grace_until >= day else DueState.LATE

    @property
    def state(self) -> DueState:
        """Today."""
        return self.state_on(timezone.localdate())


class AssessmentPauseQuerySet(models.QuerySet["AssessmentPause"]):
    def visible_to(self, membership: Membership) -> Self:
        """The company's, and one's own; a school reads them with what is due."""
        own = self.filter(agreement__in=Agreement.objects.visible_to(membership))
        return self.none() if membership.school_id else own


class AssessmentPause(models.Model):
    """That a company does not assess a student until a day, without saying why: **Ikke relevant nu**."""

    agreement = models.OneToOneField(
        Agreement,
        models.PROTECT,
        verbose_name=_("uddannelsesaftale"),
        related_name="assessment_pause",
    )
    until = models.DateField(_("til og med"))
    set_on = models.DateField(_("valgt den"))
    set_by = models.ForeignKey(Membership, models.PROTECT, verbose_name=_("valgt af"), related_name="assessment_pauses")

    objects = AssessmentPauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause i vurderinger")
        verbose_name_plural = _("pauser i vurderinger")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("set_on"), until__lte=F("set_on") + LONGEST_PAUSE),
                name="assessment_pause_lasts_180_days_at_most",
                violation_error_message=_("Vælg en dag, der ligger højst 180 dage fremme."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.until)


class SentReminder(models.Model):
    """That a company was reminded of a due assessment: once when it is due, once when its day has passed."""

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, verbose_name=_("uddannelsesaftale"), related_name="+", db_index=False
    )
    kind = models.CharField(
        _("slags"), max_length=10, choices=[(s.value, s.label) for s in (DueState.DUE, DueState.LATE)]
    )
    due_on = models.DateField(_("bør vurderes"))
    sent_at = models.DateTimeField(_("sendt"), default=timezone.now)

    class Meta:
        verbose_name = _("sendt påmindelse")
        verbose_name_plural = _("sendte påmindelser")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "kind", "due_on"], name="reminder_is_sent_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[DueState.DUE, DueState.LATE]), name="reminder_is_of_a_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.due_on}"
