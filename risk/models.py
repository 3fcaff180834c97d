"""Assessments of dropout risk, append-only, and beside them the one that holds now."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership
from laereplads.accounts.models import SECRET_FIELDS
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


# What the database gives to nobody but the login.
SECRETS = [f"recorded_by__user__{field}" for field in SECRET_FIELDS]


class RiskAssessmentQuerySet(models.QuerySet["RiskAssessment"]):
    def visible_to(self, membership: Membership) -> Self:
        """The assessments on the agreements that the acting party may see."""
        return self.filter(agreement__in=Agreement.objects.visible_to(membership))

    def with_recorder(self) -> Self:
        """With the names of the employee and her company, and nothing else about either."""
        return self.select_related("recorded_by__user", "recorded_by__company").defer(*SECRETS)


class RiskAssessment(models.Model):
    """A company's judgement, on a day, of the risk that a student drops out. It is replaced, never changed."""

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, verbose_name=_("uddannelsesaftale"), related_name="assessments"
    )
    # NULL is "removed"; an empty text would be one more level.
    level = models.CharField(  # noqa: DJ001
        _("frafaldsrisiko"), max_length=10, choices=Level, null=True, help_text=_("Tom betyder Ikke angivet.")
    )
    recorded_at = models.DateTimeField(_("registreret"), default=timezone.now)
    recorded_by = models.ForeignKey(
        Membership, models.PROTECT, verbose_name=_("registreret af"), related_name="assessments"
    )

    objects = RiskAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("frafaldsvurdering")
        verbose_name_plural = _("frafaldsvurderinger")
        constraints = [
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__in=Level.values), name="assessment_is_high_medium_low_or_removed"
            ),
        ]
        indexes = [models.Index(fields=["agreement", "-id"], name="assessments_of_an_agreement")]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.level_label}"

    @property
    def level_label(self) -> str:
        return str(Level(self.level).label) if self.level else str(_("Ikke angivet"))

    @property
    def tone(self) -> str:
        return tone_of(self.level)

    @property
    def recorded_on(self) -> datetime.date:
        """The day in Copenhagen."""
        return timezone.localdate(self.recorded_at)

    @property
    def recorder(self) -> User:
        """The employee, for those who may see her name."""
        return self.recorded_by.user


class CurrentRisk(models.Model):
    """The level that holds now, stored so that lists never search the history. No row: Ikke registreret."""

    agreement = models.OneToOneField(
        Agreement, models.PROTECT, verbose_name=_("uddannelsesaftale"), primary_key=True, related_name="current_risk"
    )
    assessment = models.OneToOneField(
        RiskAssessment, models.PROTECT, verbose_name=_("frafaldsvurdering"), related_name="+"
    )
    level = models.CharField(_("frafaldsrisiko"), max_length=10, choices=Level)
    recorded_on = models.DateField(_("registreret"), help_text=_("Dagen i København."))

    class Meta:
        verbose_name = _("aktuel frafaldsrisiko")
        verbose_name_plural = _("aktuelle frafaldsrisici")
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="current_risk_is_high_medium_or_low"),
        ]
        indexes = [models.Index(fields=["level", "recorded_on"], name="current_risks_by_level_and_day")]

    def __str__(self) -> str:
        return self.get_level_display()

    @property
    def tone(self) -> str:
        return tone_of(self.level)
