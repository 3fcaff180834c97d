"""Training agreements: what binds a student to a company."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.database.cpr import CPR_REFUSED, holds_no_cpr_number, refuse_cpr_number
from laereplads.people.models.organisations import Company, Education, School, Workplace
from laereplads.people.models.students import Student
from laereplads.people.plausible import LONGEST_AGREEMENT, check_agreement

if TYPE_CHECKING:
    from laereplads.access.models import Membership

# A company keeps an agreement in view this long after it ended, to finish what it had begun.
DAYS_IN_VIEW_AFTER_THE_END = 30


class AgreementType(models.TextChoices):
    ORDINARY = "ordinary", _("Ordinær aftale")
    NEW_APPRENTICESHIP = "new_apprenticeship", _("Ny mesterlæreaftale")
    SHORT = "short", _("Kort aftale")
    COMBINATION = "combination", _("Kombinationsaftale")
    REMAINDER = "remainder", _("Restaftale")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, membership: Membership) -> Self:
        """The agreements in which the acting party takes part: as company, as the student's school, as student.

        The company's relation ends 30 days after the agreement, the school's when it signs the student off. Who is
        limited to a workplace sees the agreements that are there now.
        """
        if membership.company_id:
            own = self.filter(company=membership.company_id, last_day__gt=longest_ended(), annulled_on=None)
            return own.filter(workplace=membership.workplace_id) if membership.workplace_id else own
        if membership.school_id:
            return self.filter(student__school=membership.school_id, student__signed_off_on=None)
        if membership.student_id:
            return self.filter(Q(student=membership.student_id) | Q(student__moved_to=membership.student_id))
        return self.none()

    def in_force(self) -> Self:
        """Not annulled: the others never were."""
        return self.filter(annulled_on=None)

    def running(self) -> Self:
        """Begun, and not ended: today is one of their days."""
        today = timezone.localdate()
        return self.in_force().filter(starts_on__lte=today, last_day__gte=today)

    def begun(self) -> Self:
        return self.in_force().filter(starts_on__lte=timezone.localdate())

    def on_sosu_educations(self) -> Self:
        return self.filter(education__is_sosu=True)


def longest_ended() -> datetime.date:
    """The last day of an agreement that is just out of its company's view."""
    return timezone.localdate() - datetime.timedelta(days=DAYS_IN_VIEW_AFTER_THE_END)


class Agreement(models.Model):
    """A training agreement (uddannelsesaftale): which student is trained at which company, and when."""

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("aftalenummer"), max_length=30, unique=True, validators=[refuse_cpr_number])
    student = models.ForeignKey(Student, models.PROTECT, verbose_name=_("elev"), related_name="agreements")
    company = models.ForeignKey(Company, models.PROTECT, verbose_name=_("virksomhed"), related_name="agreements")
    workplace = models.ForeignKey(Workplace, models.PROTECT, verbose_name=_("arbejdssted"), related_name="agreements")
    school = models.ForeignKey(School, models.PROTECT, verbose_name=_("skole"), related_name="agreements")
    education = models.ForeignKey(Education, models.PROTECT, verbose_name=_("uddannelse"), related_name="agreements")
    type = models.CharField(_("aftaletype"), max_length=20, choices=AgreementType)
    starts_on = models.DateField(_("begynder"))
    ends_on = models.DateField(_("slutter"))
    ended_early_on = models.DateField(
        _("ophævet"), null=True, blank=True, help_text=_("Sidste dag, hvis aftalen er slut før tid.")
    )
    annulled_on = models.DateField(
        _("annulleret"),
        null=True,
        blank=True,
        help_text=_(
            "Dagen, hvor en aftale, der er oprettet ved en fejl, er annulleret. Kun hvis den ikke er vurderet."
        ),
    )
    last_day = models.GeneratedField(
        expression=Coalesce("ended_early_on", "ends_on"),
        output_field=models.DateField(),
        db_persist=True,
        verbose_name=_("sidste dag"),
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ("student__sort_key", "id")
        verbose_name = _("uddannelsesaftale")
        verbose_name_plural = _("uddannelsesaftaler")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("ends_on")),
                name="agreement_ends_after_it_starts",
                violation_error_message=_("Aftalen skal slutte efter, at den er begyndt."),
            ),
            models.CheckConstraint(
                condition=Q(ended_early_on=None)
                | Q(ended_early_on__gte=F("starts_on"), ended_early_on__lt=F("ends_on")),
                name="agreement_ends_early_within_its_period",
                violation_error_message=_("En ophævet aftale skal slutte inden for sin periode."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__lte=F("starts_on") + LONGEST_AGREEMENT),
                name="agreement_is_no_longer_than_8_years",
                violation_error_message=_("Aftalen skal slutte senest 8 år efter, at den er begyndt."),
            ),
            models.CheckConstraint(
                condition=holds_no_cpr_number("number"),
                name="agreement_is_known_by_no_cpr_number",
                violation_error_message=CPR_REFUSED,
            ),
            models.CheckConstraint(condition=Q(type__in=AgreementType.values), name="agreement_is_of_a_known_type"),
            ExclusionConstraint(
                name="agreements_of_a_student_do_not_overlap",
                # The embedded server has no btree_gist, so the student's id is compared as a range of one.
                expressions=[
                    (
                        Func(F("student_id"), F("student_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("starts_on"),
                            Coalesce("ended_early_on", "ends_on"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    # Combination agreements are each by themselves here, and so run beside each other; any other
                    # agreement is everywhere. One that is not saved yet has no id.
                    (
                        Case(
                            When(
                                type=AgreementType.COMBINATION,
                                then=Func(
                                    Coalesce(F("id"), Value(0)),
                                    Coalesce(F("id"), Value(0)),
                                    Value("[]"),
                                    function="int8range",
                                    output_field=BigIntegerRangeField(),
                                ),
                            ),
                            default=Func(
                                Value(None), Value(None), function="int8range", output_field=BigIntegerRangeField()
                            ),
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(annulled_on=None),
                # Two agreements may swap periods in one transaction.
                deferrable=models.Deferrable.IMMEDIATE,
                violation_error_message=_("Eleven har allerede en aftale i en del af perioden."),
            ),
        ]
        indexes = [
            models.Index(fields=["company", "last_day"], name="agreements_of_a_company"),
            models.Index(fields=["student", "starts_on"], name="agreements_of_a_student"),
        ]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        """An agreement that ends on its last day is not ended early. Raises ValidationError for impossible dates."""
        super().clean()
        if self.ended_early_on and self.ended_early_on == self.ends_on:
            self.ended_early_on = None
        check_agreement(self)

    @property
    def is_running(self) -> bool:
        today = timezone.localdate()
        return self.annulled_on is None and bool(self.starts_on <= today <= self.last_day)
