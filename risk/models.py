"""Assessments of dropout risk, append-only, and beside them the one that holds now; the company's overviews of both."""

from __future__ import annotations

import calendar
import datetime
from typing import TYPE_CHECKING, Self, TypedDict

from django.db import models
from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership
from laereplads.people.models import Agreement, Student, Workplace
from laereplads.people.models.agreements import AgreementQuerySet

if TYPE_CHECKING:
    from collections.abc import Collection

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
        """The assessments on the agreements that the acting party may see."""
        return self.filter(agreement__in=Agreement.objects.visible_to(membership))

    def with_recorder(self) -> Self:
        """With the names of the employee and her company, and nothing else about either."""
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
        indexes = [models.Index(fields=["level", "recorded_on"], name="current_risks_by_level_and_day")]

    def __str__(self) -> str:
        return self.get_level_display()

    @property
    def tone(self) -> str:
        return tone_of(self.level)


class Order(models.TextChoices):
    """In which order a company goes through its students."""

    STUDENT = "student", _("Lærling")
    WORKPLACE = "workplace", _("Arbejdssted")
    OLDEST = "oldest", _("Længst siden vurderet")


# Never empty and never equal, so that every agreement has exactly one place in the list.
KEYS = {
    Order.STUDENT: ("student__sort_key", "pk"),
    Order.WORKPLACE: ("workplace__sort_key", "workplace_id", "student__sort_key", "pk"),
    Order.OLDEST: ("assessed_on", "student__sort_key", "pk"),
}
NEVER = datetime.date.min

MONTHS_THAT_ARE_SOON = 3


class Progress(TypedDict):
    """How many students there are, and how many of them have an assessment."""

    students: int
    assessed: int


class Hits(TypedDict):
    """How many agreements were found, and of how many students."""

    rows: int
    students: int


# A student with two agreements counts once, and as assessed if one of them carries an assessment.
OF_PROGRESS = {
    "students": Count("student", distinct=True),
    "assessed": Count("student", distinct=True, filter=Q(current_risk__isnull=False)),
}


class OverviewQuerySet(AgreementQuerySet):
    """Agreements as a company's overviews show them: `OverviewQuerySet(Agreement).visible_to(membership)`."""

    def assessable(self) -> Self:
        """Those whose students can be assessed now: on a SOSU education, and begun."""
        return self.on_sosu_educations().begun().with_assessed_on()

    def with_assessed_on(self) -> Self:
        """With the day of the current risk, to sort by."""
        return self.annotate(
            assessed_on=Coalesce("current_risk__recorded_on", Value(NEVER), output_field=models.DateField())
        )

    def ending_soon(self) -> Self:
        """Those that have not ended, and will within three months."""
        today = timezone.localdate()
        return self.filter(last_day__gte=today, last_day__lte=months_after(today, MONTHS_THAT_ARE_SOON))

    def of_students_named_like(self, words: str) -> Self:
        return self.filter(student__in=Student.objects.named_like(words))

    def with_levels(self, levels: Collection[Level], *, or_none: bool) -> Self:
        """Those whose current risk is one of `levels`; `or_none` adds those with none registered."""
        condition = Q(current_risk__level__in=levels)
        return self.filter(condition | Q(current_risk=None) if or_none else condition)

    def for_overview(self) -> Self:
        """With all that a row shows, and nothing else: birth dates and addresses of students stay where they are."""
        return self.select_related(
            "student", "education", "workplace", "school", "current_risk__assessment__recorded_by__user"
        ).only(
            *("public_id", "type", "starts_on", "ends_on", "ended_early_on", "last_day"),
            *("student__name", "student__sort_key", "education__name", "education__is_sosu", "school__name"),
            *("workplace__name", "workplace__sort_key", "workplace__street", "workplace__postal_code"),
            *("workplace__town", "current_risk__level", "current_risk__recorded_on"),
            *("current_risk__assessment__recorded_by__user__name",),
        )

    def workplaces(self) -> models.QuerySet[Workplace]:
        """The places where these agreements' students are trained."""
        return Workplace.objects.filter(pk__in=self.order_by().values("workplace"))

    def hits(self) -> Hits:
        """How many agreements, of how many students."""
        counted = self.aggregate(rows=Count("pk"), students=Count("student", distinct=True))
        return Hits(rows=counted["rows"], students=counted["students"])

    def progress_and_hits(self, found: OverviewQuerySet) -> tuple[Progress, Hits]:
        """The progress of all of these, and how many of them are among `found`: in one statement."""
        is_found = Q(pk__in=found.order_by().values("pk"))
        counted = self.aggregate(
            **OF_PROGRESS,
            rows=Count("pk", filter=is_found),
            hits=Count("student", distinct=True, filter=is_found),
        )
        progress = Progress(students=counted["students"], assessed=counted["assessed"])
        return progress, Hits(rows=counted["rows"], students=counted["hits"])


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day of a later month, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))
