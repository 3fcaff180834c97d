"""Assessments of dropout risk, append-only, and beside them the one that holds now."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership
from laereplads.people.models import Agreement

if TYPE_CHECKING:
    from laereplads.accounts.models import User


class Level(models.TextChoices):
    """The traffic light, most urgent first."""

    HIGH = "high", _("Høj")
    MEDIUM = "medium", _("Middel")
    LOW = "low", _("Lav")


# How each level looks in the design system.
TONES = {Level.HIGH: "error", Level.MEDIUM: "warning", Level.LOW: "success"}
NOT_REGISTERED = _("Ikke registreret")


def tone_of(level: str | None) -> str:
    """The badge's tone for a level; "none" when there is none."""
    return TONES[Level(level)] if level else "none"


class RiskAssessmentQuerySet(models.QuerySet["RiskAssessment"]):
    def visible_to(self, membership: Membership) -> Self:
        """The assessments on the agreements that the acting party may see, without those that were removed."""
        return self.filter(agreement__in=Agreement.objects.visible_to(membership), is_removed=False)

    def with_recorder(self) -> Self:
        """With the names of the employee and their company, and nothing else about either."""
        return self.select_related("recorded_by__user", "recorded_by__company").only(
            *("agreement", "level", "recorded_at", "recorded_by__user__name", "recorded_by__company__name")
        )


class RiskAssessment(models.Model):
    """A company's judgement, on a day, of the risk that a student drops out. It is replaced, never changed."""

    # Its index is that of assessment_is_of_one_agreement_and_level.
    agreement = models.ForeignKey(
        Agreement,
        models.PROTECT,
        verbose_name=_("uddannelsesaftale"),
        related_name="assessments",
        db_index=False,
    )
    # NULL is "removed"; an empty text would be one more level.
    level = models.CharField(  # noqa: DJ001
        _("frafaldsrisiko"), max_length=10, choices=Level, null=True, help_text=_("Tom betyder Ikke angivet.")
    )
    recorded_at = models.DateTimeField(_("registreret"), default=timezone.now)
    recorded_by = models.ForeignKey(
        Membership, models.PROTECT, verbose_name=_("registreret af"), related_name="assessments"
    )
    # Set by the database when a later row removes what was registered: from then on nobody is shown it.
    is_removed = models.BooleanField(_("fjernet"), default=False, db_default=False, editable=False)

    objects = RiskAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("frafaldsvurdering")
        verbose_name_plural = _("frafaldsvurderinger")
        constraints = [
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__in=Level.values), name="assessment_is_high_medium_low_or_removed"
            ),
            # Also finds the latest one of an agreement, and is what the current risk is tied to.
            models.UniqueConstraint(
                fields=["agreement", "id", "level"], name="assessment_is_of_one_agreement_and_level"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.level_label}"

    @property
    def level_label(self) -> str:
        return str(Level(self.level).label) if self.level else str(_("Vurderingen blev fjernet"))

    @property
    def is_removal(self) -> bool:
        return not self.level

    @property
    def tone(self) -> str:
        return tone_of(self.level)

    @property
    def recorded_on(self) -> datetime.date:
        """The day in Copenhagen."""
        return timezone.localdate(self.recorded_at)

    @property
    def recorder(self) -> User:
        """The employee, for those who may see their name."""
        return self.recorded_by.user


class CurrentRisk(models.Model):
    """The level that holds now, stored so that lists never search the history. No row: Ikke registreret.

    The database keeps it, in the transaction that saves an assessment; nobody else may write it.
    """

    agreement = models.OneToOneField(
        Agreement, models.PROTECT, verbose_name=_("uddannelsesaftale"), primary_key=True, related_name="current_risk"
    )
    # Where an assessment is deleted, the database puts the one before it here, or takes the row away.
    assessment = models.OneToOneField(
        RiskAssessment, models.DO_NOTHING, verbose_name=_("frafaldsvurdering"), related_name="+"
    )
    level = models.CharField(_("frafaldsrisiko"), max_length=10, choices=Level)
    recorded_on = models.DateField(_("registreret"), help_text=_("Dagen i København."))

    class Meta:
        verbose_name = _("aktuel frafaldsrisiko")
        verbose_name_plural = _("aktuelle frafaldsrisici")
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="current_risk_is_high_medium_or_low"),
        ]

    def __str__(self) -> str:
        return self.get_level_display()


class NotedAssessment(models.Model):
    """Which assessment of an agreement the portal has written to its student about; those after it are news.

    Only of students who asked for it. The first row of an agreement is made without a word: what was there before they
    asked is no news.
    """

    membership = models.ForeignKey(
        Membership, models.PROTECT, verbose_name=_("tilknytning"), related_name="noted_assessments"
    )
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, verbose_name=_("uddannelsesaftale"), related_name="+", db_index=False
    )
    # No key: 0 where there was none, and retention deletes assessments.
    assessment_number = models.BigIntegerField(_("vurdering nr."))

    class Meta:
        verbose_name = _("oplyst vurdering")
        verbose_name_plural = _("oplyste vurderinger")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "membership"], name="student_is_told_of_an_agreement_once")
        ]

    def __str__(self) -> str:
        return str(self.assessment_number)
