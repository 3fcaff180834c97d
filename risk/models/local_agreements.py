"""Local agreements: what a school and a company have agreed about assessments, and since when."""

from __future__ import annotations

import datetime
import uuid
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership
from laereplads.people.models import Agreement, Company, Education, School


class Timing(models.TextChoices):
    """When in a training period a student is assessed."""

    MIDDLE = "middle", _("Midt i hver oplæringsperiode")
    AFTER_START = "after_start", _("Nogle uger efter start")
    BEFORE_END = "before_end", _("Nogle uger før slut")
    EVERY = "every", _("Med faste mellemrum")


# The fewest and the most weeks of each.
WEEKS = {Timing.AFTER_START: (1, 26), Timing.BEFORE_END: (1, 26), Timing.EVERY: (4, 26)}
GRACE_DAYS, SHORTEST_DAYS = 14, 28


class Assessor(models.TextChoices):
    TRAINER = "trainer", _("Oplæringsvejleder")
    RESPONSIBLE = "responsible", _("Oplæringsansvarlig")
    COORDINATOR = "coordinator", _("Uddannelseskoordinator")
    MANAGER = "manager", _("Leder på arbejdsstedet")


class Teller(models.TextChoices):
    """Who tells the student."""

    TRAINER = "trainer", _("Oplæringsvejleder")
    RESPONSIBLE = "responsible", _("Oplæringsansvarlig")
    COORDINATOR = "coordinator", _("Uddannelseskoordinator")
    MANAGER = "manager", _("Leder på arbejdsstedet")
    CONTACT_TEACHER = "contact_teacher", _("Kontaktlærer")


class StudentTold(models.TextChoices):
    TALK_BEFORE = "talk_before", _("I en samtale, før vurderingen registreres")
    TALK_AFTER = "talk_after", _("I en samtale bagefter")
    OWN_PAGE = "own_page", _("Eleven ser den selv på Min side")


class ChangeTold(models.TextChoices):
    SAME = "same", _("På samme måde")
    WHEN_RISEN = "when_risen", _("Kun når niveauet stiger")
    OWN_PAGE = "own_page", _("Eleven ser den selv")


class SchoolTold(models.TextChoices):
    HIGH_NOW = "high_now", _("Straks ved Høj, ellers ugentligt")
    ALL_NOW = "all_now", _("Straks ved hver registrering")
    WEEKLY = "weekly", _("Ugentligt")
    NEXT_PERIOD = "next_period", _("Ved næste skoleophold")


class PassedOnTo(models.TextChoices):
    CONTACT_TEACHER = "contact_teacher", _("Kontaktlærer")
    MENTOR = "mentor", _("Mentor")
    COUNSELLOR = "counsellor", _("Vejleder")
    READING_COUNSELLOR = "reading_counsellor", _("Læsevejleder")


class FollowUpWithin(models.IntegerChoices):
    """Working days after Høj."""

    FIVE = 5, _("5 arbejdsdage efter Høj")
    TEN = 10, _("10 arbejdsdage efter Høj")
    NOT_AGREED = 0, _("Ikke aftalt")


class LocalAgreementState(models.TextChoices):
    AWAITING = "awaiting", _("Afventer modparten")
    COMING = "coming", _("Begynder senere")
    IN_FORCE = "in_force", _("Gældende")
    ENDED = "ended", _("Ophørt")


class LocalAgreementQuerySet(models.QuerySet["LocalAgreement"]):
    def visible_to(self, membership: Membership) -> Self:
        """Those of the acting school or company; of a student those between their school and their companies."""
        if membership.company_id:
            return self.filter(company=membership.company_id)
        if membership.school_id:
            return self.filter(school=membership.school_id)
        if membership.student_id:
            own = Agreement.objects.filter(
                student=membership.student_id, company=OuterRef("company"), student__school=OuterRef("school")
            )
            return self.accepted().filter(Exists(own))
        return self.none()

    def accepted(self) -> Self:
        """Those that both parties have said yes to, also if they have ended."""
        return self.exclude(accepted_at=None)

    def awaiting(self) -> Self:
        """Those that are proposed and not answered."""
        return self.filter(accepted_at=None)

    def not_ended(self, day: datetime.date) -> Self:
        """Those that both have said yes to and that hold on `day` or later."""
        return self.accepted().filter(Q(valid_to=None) | Q(valid_to__gte=day))

    def about_the_same_as(self, agreement: LocalAgreement) -> Self:
        """Those of the same school, company and educations."""
        return self.filter(school=agreement.school_id, company=agreement.company_id, education=agreement.education_id)

    def in_force(self, day: datetime.date) -> Self:
        return self.accepted().filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def of_pair(self, school: int | None, company: int | None, education: int | None) -> LocalAgreement | None:
        """What the two have agreed for an education today, if anything: the education's own before all educations'."""
        of_pair = self.in_force(timezone.localdate()).filter(school=school, company=company)
        of_education = of_pair.filter(Q(education=None) | Q(education=education))
        return of_education.order_by(F("education").asc(nulls_last=True)).first()


class LocalAgreement(models.Model):
    """A version of what one school and one company agree on; its content never changes, a change is a new version.

    It applies to a training period in which it is in force on the first day. Where none was, the first applies that
    begins within the period, on the day at the latest on which it says that an assessment is due.
    """

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, models.PROTECT, verbose_name=_("skole"), related_name="local_agreements")
    company = models.ForeignKey(Company, models.PROTECT, verbose_name=_("virksomhed"), related_name="local_agreements")
    # None: all SOSU educations that have none of their own.
    education = models.ForeignKey(
        Education, models.PROTECT, verbose_name=_("uddannelse"), null=True, blank=True, related_name="+"
    )
    valid_from = models.DateField(_("gælder fra"))
    valid_to = models.DateField(_("gælder til og med"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        Membership, models.PROTECT, verbose_name=_("foreslået af"), related_name="proposed_local_agreements"
    )
    proposed_at = models.DateTimeField(_("foreslået"), default=timezone.now)
    accepted_by = models.ForeignKey(
        Membership,
        models.PROTECT,
        verbose_name=_("godkendt af"),
        null=True,
        blank=True,
        related_name="accepted_local_agreements",
    )
    accepted_at = models.DateTimeField(_("godkendt"), null=True, blank=True)
    timing = models.CharField(_("hvornår"), max_length=20, choices=Timing, default=Timing.MIDDLE)
    weeks = models.PositiveSmallIntegerField(_("uger"), null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(_("hvor længe"), default=GRACE_DAYS, help_text=_("Dage."))
    shortest_days = models.PositiveSmallIntegerField(_("kort periode"), default=SHORTEST_DAYS, help_text=_("Dage."))
    assessor = models.CharField(_("af hvem"), max_length=20, choices=Assessor, default=Assessor.TRAINER)
    student_told = models.CharField(
        _("eleven oplyses"), max_length=20, choices=StudentTold, default=StudentTold.TALK_BEFORE
    )
    student_told_by = models.CharField(_("af"), max_length=20, choices=Teller, default=Teller.TRAINER)
    change_told = models.CharField(_("ved ændring"), max_length=20, choices=ChangeTold, default=ChangeTold.SAME)
    school_told = models.CharField(_("skolen oplyses"), max_length=20, choices=SchoolTold, default=SchoolTold.HIGH_NOW)
    passed_on_to = ArrayField(
        models.CharField(max_length=20, choices=PassedOnTo),
        verbose_name=_("videre til"),
        default=list,
        blank=True,
    )
    follow_up_within = models.PositiveSmallIntegerField(
        _("opfølgning"), choices=FollowUpWithin, default=FollowUpWithin.FIVE
    )
    # When the job wrote to the party that is to answer, and to the one that proposed.
    proposal_told_at = models.DateTimeField(_("modparten er skrevet til"), null=True, blank=True)
    answer_told_at = models.DateTimeField(_("svaret er skrevet om"), null=True, blank=True)

    objects = LocalAgreementQuerySet.as_manager()

    class Meta:
        ordering = ("-valid_from", "-id")
        verbose_name = _("lokal aftale")
        verbose_name_plural = _("lokale aftaler")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="local_agreement_does_not_end_before_it_begins",
                violation_error_message=_("Aftalen skal slutte den dag, den begynder, eller senere."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None, accepted_at=None)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="local_agreement_is_accepted_by_somebody",
            ),
            models.CheckConstraint(condition=Q(timing__in=Timing.values), name="local_agreement_has_a_known_timing"),
            models.CheckConstraint(
                condition=Q(timing=Timing.MIDDLE, weeks=None)
                | Q(timing__in=[Timing.AFTER_START, Timing.BEFORE_END], weeks__gte=1, weeks__lte=26)
                | Q(timing=Timing.EVERY, weeks__gte=4, weeks__lte=26),
                name="local_agreement_has_as_many_weeks_as_its_timing_asks",
                violation_error_message=_("Skriv et antal uger, der passer til det, I har valgt."),
            ),
            models.CheckConstraint(
                condition=Q(grace_days__lte=60),
                name="local_agreement_waits_60_days_at_most",
                violation_error_message=_("Skriv højst 60 dage."),
            ),
            models.CheckConstraint(
                condition=Q(shortest_days__gte=14, shortest_days__lte=90),
                name="local_agreement_leaves_out_periods_of_14_to_90_days",
                violation_error_message=_("Skriv mindst 14 og højst 90 dage."),
            ),
            models.CheckConstraint(
                condition=Q(
                    assessor__in=Assessor.values,
                    student_told__in=StudentTold.values,
                    student_told_by__in=Teller.values,
                    change_told__in=ChangeTold.values,
                    school_told__in=SchoolTold.values,
                    follow_up_within__in=FollowUpWithin.values,
                    passed_on_to__contained_by=PassedOnTo.values,
                ),
                name="local_agreement_says_what_can_be_agreed",
            ),
            models.UniqueConstraint(
                fields=["school", "company", "education"],
                condition=Q(accepted_at=None),
                nulls_distinct=False,
                name="local_agreement_awaits_one_answer",
                violation_error_message=_("Der er allerede et forslag, der venter på svar."),
            ),
            ExclusionConstraint(
                name="local_agreements_of_a_pair_do_not_overlap",
                expressions=[
                    (
                        Func(F("school_id"), F("school_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("company_id"), F("company_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            Coalesce(F("education_id"), Value(0)),
                            Coalesce(F("education_id"), Value(0)),
                            Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(accepted_at__isnull=False),
                violation_error_message=_("I har allerede en aftale i en del af perioden."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def state(self) -> LocalAgreementState:
        """As it is today."""
        today = timezone.localdate()
        if self.accepted_at is None:
            return LocalAgreementState.AWAITING
        if self.valid_to and self.valid_to < today:
            return LocalAgreementState.ENDED
        return LocalAgreementState.COMING if self.valid_from > today else LocalAgreementState.IN_FORCE
