"""School periods, the days in them as the school delivered them, and what companies were told.

`PeriodListEntry` and `AbsenceStanding` are derived by the database (`derived.sql`): lists read them, never the days.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from absence.figures import FEWEST_DAYS, Sums, tenths_expression
from laereplads.access.models import Membership
from laereplads.database.cpr import CPR_REFUSED, holds_no_cpr_number
from laereplads.people.models import Agreement, Company, Education, School, Student, Workplace
from laereplads.people.models.agreements import longest_ended

LONGEST_PERIOD = datetime.timedelta(days=370)
MINUTES_OF_A_DAY = 720
# A period leaves a company's overview so long after its end.
DAYS_IN_VIEW_AFTER_A_PERIOD = 30
# How far ahead a company sees the periods that come.
MONTHS_AHEAD = 6


class PeriodKind(models.TextChoices):
    GF1 = "gf1", _("GF1")
    GF2 = "gf2", _("GF2")
    MAIN = "main", _("Hovedforløb")


class PeriodState(models.TextChoices):
    """How far a period has come on a day."""

    COMING = "coming", _("Kommende")
    RUNNING = "running", _("I gang")
    OVER = "over", _("Afsluttet")


class SchoolPeriodQuerySet(models.QuerySet["SchoolPeriod"]):
    def visible_to(self, membership: Membership) -> Self:
        """Those of the acting school's own students, and of oneself at any school; companies read list entries."""
        if membership.school_id:
            return self.filter(school=membership.school_id, student__signed_off_on=None)
        if membership.student_id:
            return self.filter(Q(student=membership.student_id) | Q(student__moved_to=membership.student_id))
        return self.none()


class SchoolPeriod(models.Model):
    """A student's stay at school (skoleophold), by the school's own number of it."""

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, verbose_name=_("elev"), related_name="school_periods")
    # The student's own, as a guard says: the number is one school's.
    school = models.ForeignKey(School, models.PROTECT, verbose_name=_("skole"), related_name="school_periods")
    number = models.CharField(_("skoleophold"), max_length=30)
    name = models.CharField(_("navn"), max_length=60)
    kind = models.CharField(_("type"), max_length=10, choices=PeriodKind)
    class_code = models.CharField(_("hold"), max_length=40, blank=True, default="")
    starts_on = models.DateField(_("begynder"))
    ends_on = models.DateField(_("slutter"))
    # It keeps no days, and nobody is told of it.
    cancelled_on = models.DateField(_("aflyst"), null=True, blank=True)

    objects = SchoolPeriodQuerySet.as_manager()

    class Meta:
        ordering = ("starts_on", "id")
        verbose_name = _("skoleophold")
        verbose_name_plural = _("skoleophold")
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="school_period_number_is_the_schools_own"),
            models.CheckConstraint(condition=~Q(number="") & ~Q(name=""), name="school_period_has_a_number_and_a_name"),
            models.CheckConstraint(condition=Q(kind__in=PeriodKind.values), name="school_period_is_of_a_known_kind"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="school_period_does_not_end_before_it_starts",
                violation_error_message=_("Skoleopholdet skal slutte den dag, det begynder, eller senere."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__lte=F("starts_on") + LONGEST_PERIOD),
                name="school_period_is_no_longer_than_370_days",
                violation_error_message=_("Skoleopholdet må højst vare 370 dage."),
            ),
            models.CheckConstraint(
                condition=holds_no_cpr_number("number", "name", "class_code"),
                name="school_period_is_known_by_no_cpr_number",
                violation_error_message=CPR_REFUSED,
            ),
            ExclusionConstraint(
                name="school_periods_of_a_student_do_not_overlap",
                expressions=[
                    (
                        Func(F("student_id"), F("student_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(cancelled_on=None),
                # A file may move several at once.
                deferrable=models.Deferrable.IMMEDIATE,
                violation_error_message=_("Eleven har et andet skoleophold i en del af perioden."),
            ),
        ]
        indexes = [models.Index(fields=["student", "starts_on"], name="school_periods_of_a_student")]

    def __str__(self) -> str:
        return self.number

    @property
    def state(self) -> PeriodState:
        """Of a period that is not cancelled."""
        today = timezone.localdate()
        if self.last_day < min(today, self.starts_on):
            return PeriodState.OVER
        if self.starts_on > today:
            return PeriodState.COMING
        return PeriodState.RUNNING if self.last_day >= today else PeriodState.OVER

    @property
    def last_day(self) -> datetime.date:
        """For the student: who is signed off, or has gone on to another school, is there no longer."""
        left = [day for day in (self.student.signed_off_on, self.student.moved_on) if day]
        return min([self.ends_on, *left])


class DeliveryKind(models.TextChoices):
    PERIODS = "periods", _("Skoleophold")
    DAYS = "days", _("Fravær pr. dag")
    LESSONS = "lessons", _("Fravær pr. lektion")


class AbsenceDeliveryQuerySet(models.QuerySet["AbsenceDelivery"]):
    def visible_to(self, membership: Membership) -> Self:
        return self.filter(school=membership.school_id) if membership.school_id else self.none()


class AbsenceDelivery(models.Model):
    """That a file was read in, and how much of it was new: nothing about anybody. The change log says who did it."""

    school = models.ForeignKey(School, models.PROTECT, verbose_name=_("skole"), related_name="absence_deliveries")
    kind = models.CharField(_("fil"), max_length=10, choices=DeliveryKind)
    covers_from = models.DateField(_("komplet fra"), null=True, blank=True)
    covers_to = models.DateField(_("komplet til"), null=True, blank=True)
    imported_at = models.DateTimeField(_("indlæst"), default=timezone.now)
    rows_new = models.PositiveIntegerField(_("nye"), default=0)
    rows_changed = models.PositiveIntegerField(_("ændrede"), default=0)
    rows_removed = models.PositiveIntegerField(_("fjernede"), default=0)
    sha256 = models.CharField(_("filens kendetegn"), max_length=64)
    # When companies that want to know at once were told of it, or need not be any more.
    instant_told_at = models.DateTimeField(_("straksbesked behandlet"), null=True, blank=True, editable=False)

    objects = AbsenceDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ("-imported_at", "-id")
        verbose_name = _("levering af fravær")
        verbose_name_plural = _("leveringer af fravær")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=DeliveryKind.values), name="absence_delivery_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(covers_from=None, covers_to=None) | Q(covers_from__lte=F("covers_to")),
                name="absence_delivery_covers_days_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "-imported_at"], name="absence_deliveries_of_a_school"),
            models.Index(fields=["imported_at"], condition=Q(instant_told_at=None), name="absence_deliveries_not_told"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.imported_at}"


class AbsenceDayQuerySet(models.QuerySet["AbsenceDay"]):
    def visible_to(self, membership: Membership) -> Self:
        """The acting school's and one's own; of a company those that lie in an agreement it has in view."""
        if membership.company_id:
            own = PeriodListEntry.objects.visible_to(membership).filter(
                period=models.OuterRef("period"),
                agreement_starts_on__lte=models.OuterRef("day"),
                agreement_last_day__gte=models.OuterRef("day"),
            )
            return self.filter(models.Exists(own))
        return self.filter(period__in=SchoolPeriod.objects.visible_to(membership))


class AbsenceDay(models.Model):
    """A school day with timetable, in minutes. Without absence it is a row, too; no row is “nothing delivered”."""

    period = models.ForeignKey(
        SchoolPeriod, models.PROTECT, verbose_name=_("skoleophold"), related_name="days", db_index=False
    )
    day = models.DateField(_("dag"))
    scheduled = models.PositiveSmallIntegerField(_("skema"), help_text=_("Minutter."))
    lawful = models.PositiveSmallIntegerField(_("lovligt fravær"), help_text=_("Minutter."))
    unlawful = models.PositiveSmallIntegerField(_("ulovligt fravær"), help_text=_("Minutter."))
    # When the school wrote it down; some systems do not say.
    registered_at = models.DateTimeField(_("registreret"), null=True, blank=True)
    delivery = models.ForeignKey(AbsenceDelivery, models.PROTECT, verbose_name=_("levering"), related_name="+")

    objects = AbsenceDayQuerySet.as_manager()

    class Meta:
        ordering = ("day",)
        verbose_name = _("skoledag")
        verbose_name_plural = _("skoledage")
        constraints = [
            # Also finds the days of a period.
            models.UniqueConstraint(
                fields=["period", "day"],
                include=["scheduled", "lawful", "unlawful"],
                name="absence_day_is_once_in_a_period",
            ),
            models.CheckConstraint(
                condition=Q(scheduled__gte=1, scheduled__lte=MINUTES_OF_A_DAY), name="absence_day_has_a_timetable"
            ),
            models.CheckConstraint(
                condition=Q(lawful__gte=0, unlawful__gte=0, scheduled__gte=F("lawful") + F("unlawful")),
                name="absence_is_no_longer_than_the_timetable",
            ),
        ]
        # What was absent on a day, for those who are told of it.
        indexes = [
            models.Index(
                fields=["day"],
                condition=Q(lawful__gt=0) | Q(unlawful__gt=0),
                include=["period", "delivery"],
                name="absence_of_a_day",
            )
        ]

    def __str__(self) -> str:
        return str(self.day)

    @property
    def sums(self) -> Sums:
        return Sums(self.scheduled, self.lawful, self.unlawful)


class ArchivedSum(models.Model):
    """What the days of a period that are no longer kept add up to: in all, and in each agreement."""

    period = models.ForeignKey(SchoolPeriod, models.PROTECT, verbose_name=_("skoleophold"), related_name="+")
    # None: all of the period's days.
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, verbose_name=_("uddannelsesaftale"), null=True, blank=True, related_name="+"
    )
    scheduled = models.PositiveIntegerField(_("skema"))
    lawful = models.PositiveIntegerField(_("lovligt fravær"))
    unlawful = models.PositiveIntegerField(_("ulovligt fravær"))
    school_days = models.PositiveSmallIntegerField(_("skoledage"))
    last_day = models.DateField(_("sidste dag"))

    class Meta:
        verbose_name = _("sum af ældre skoledage")
        verbose_name_plural = _("summer af ældre skoledage")
        constraints = [
            models.UniqueConstraint(
                fields=["period", "agreement"], nulls_distinct=False, name="absence_is_archived_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PeriodListEntryQuerySet(models.QuerySet["PeriodListEntry"]):
    def visible_to(self, membership: Membership) -> Self:
        """A company's own agreements in view; a school's own students; a student's own, at any school."""
        if membership.company_id:
            own = self.filter(company=membership.company_id, agreement_last_day__gt=longest_ended())
            return own.filter(workplace=membership.workplace_id) if membership.workplace_id else own
        if membership.school_id:
            return self.filter(school=membership.school_id, signed_off_on=None)
        if membership.student_id:
            return self.filter(Q(student=membership.student_id) | Q(student__moved_to=membership.student_id))
        return self.none()

    def whole(self) -> Self:
        """Each period once, with all of its days."""
        return self.filter(agreement=None)

    def of_agreements(self) -> Self:
        """Each period once for each agreement that has days in it, with the days of that agreement alone."""
        return self.exclude(agreement=None)

    # Of entries of agreements: `due_on` is the last day of the period that is one of the agreement, too.

    def begun_lately(self) -> Self:
        """Those that run in their agreement, or ended there not long ago."""
        today = timezone.localdate()
        return self.filter(
            starts_on__lte=today,
            agreement_starts_on__lte=today,
            due_on__gt=today - datetime.timedelta(days=DAYS_IN_VIEW_AFTER_A_PERIOD),
        )

    def with_sums(self) -> Self:
        """With `scheduled_counted`, `absent_counted`, `unlawful_counted` and `tenths`: of the days until yesterday."""
        today = timezone.localdate()
        found = self
        for name in ("scheduled", "lawful", "unlawful", "school_days"):
            last = Value(1) if name == "school_days" else F(f"last_{name}")
            counted = Case(When(last_day__gte=today, then=F(name) - last), default=F(name))
            found = found.annotate(**{f"{name}_counted": counted})
        absent = F("lawful_counted") + F("unlawful_counted")
        return found.annotate(
            absent_counted=absent,
            tenths=tenths_expression(absent, F("scheduled_counted")),
            unlawful_tenths=tenths_expression(F("unlawful_counted"), F("scheduled_counted")),
        )


class PeriodListEntry(models.Model):
    """A school period as lists show it: once with all of its days, and once with those of each agreement that it meets.

    Derived by the database (`derived.sql`), and written by nobody else; a cancelled period has none.
    No key is checked against the tables it points to: rows come and go with those they are derived of.
    """

    period = models.ForeignKey(
        SchoolPeriod,
        models.DO_NOTHING,
        verbose_name=_("skoleophold"),
        related_name="list_entries",
        db_constraint=False,
        db_index=False,
    )
    # None: the whole period.
    agreement = models.ForeignKey(
        Agreement, models.DO_NOTHING, related_name="+", db_constraint=False, null=True, verbose_name=_("aftale")
    )
    student = models.ForeignKey(Student, models.DO_NOTHING, related_name="+", db_constraint=False)
    school = models.ForeignKey(School, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    company = models.ForeignKey(
        Company, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    workplace = models.ForeignKey(
        Workplace, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    # The agreement's, or the student's.
    education = models.ForeignKey(
        Education, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    period_public_id = models.UUIDField()
    agreement_public_id = models.UUIDField(null=True, db_index=True)
    student_public_id = models.UUIDField()
    name = models.CharField(_("navn"), max_length=60)
    kind = models.CharField(_("type"), max_length=10, choices=PeriodKind)
    class_code = models.CharField(_("hold"), max_length=40, blank=True)
    starts_on = models.DateField(_("begynder"))
    ends_on = models.DateField(_("slutter"))
    agreement_starts_on = models.DateField(null=True)
    agreement_last_day = models.DateField(null=True)
    # When the company is told at the latest; the whole period has none, nor an agreement whose student left before.
    due_on = models.DateField(_("underrettes senest"), null=True)
    signed_off_on = models.DateField(_("udmeldt"), null=True)
    student_name = models.CharField(_("elev"), max_length=200)
    sort_key = models.CharField(max_length=400, db_collation="C")
    search_key = models.TextField()
    number_end = models.CharField(_("sidste tegn af elevnummeret"), max_length=4)
    workplace_name = models.CharField(_("arbejdssted"), max_length=200, blank=True)
    workplace_key = models.CharField(max_length=400, db_collation="C", blank=True)
    # Minutes of all delivered days, today's too; of the last of them alone besides, which counts from the day after.
    scheduled = models.IntegerField(_("skema"))
    lawful = models.IntegerField(_("lovligt fravær"))
    unlawful = models.IntegerField(_("ulovligt fravær"))
    school_days = models.IntegerField(_("skoledage"))
    last_day = models.DateField(_("opdateret"), null=True)
    last_scheduled = models.IntegerField()
    last_lawful = models.IntegerField()
    last_unlawful = models.IntegerField()

    objects = PeriodListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("skoleophold i lister")
        verbose_name_plural = _("skoleophold i lister")
        constraints = [
            models.UniqueConstraint(
                fields=["period", "agreement"], nulls_distinct=False, name="period_is_listed_once_for_each"
            ),
            models.CheckConstraint(condition=Q(kind__in=PeriodKind.values), name="listed_period_is_of_a_known_kind"),
        ]
        indexes = [
            # Its lists are of what is not over, or not for long: counted in the index alone.
            models.Index(
                fields=["company", "due_on"],
                include=["starts_on", "agreement_starts_on", "agreement_last_day", "workplace"],
                name="period_list_of_a_company",
            ),
            # For namesakes.
            models.Index(fields=["company", "sort_key"], name="period_list_by_name"),
            models.Index(
                fields=["school", "due_on"], condition=Q(agreement__isnull=False), name="period_list_of_a_school"
            ),
            models.Index(fields=["due_on"], condition=Q(agreement__isnull=False), name="period_list_by_due_day"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def agreement_has(self, day: datetime.date) -> bool:
        """Whether the day is one of the agreement's."""
        first, last = self.agreement_starts_on, self.agreement_last_day
        return first is not None and last is not None and first <= day <= last

    @property
    def state(self) -> PeriodState:
        """Of an agreement's entry: of the days that are in both."""
        today = timezone.localdate()
        if max(self.starts_on, self.agreement_starts_on or self.starts_on) > today:
            return PeriodState.COMING
        last = self.due_on if self.agreement_id else self.ends_on
        return PeriodState.RUNNING if last and last >= today else PeriodState.OVER

    @property
    def sums(self) -> Sums:
        """Of the days until yesterday."""
        whole = Sums(self.scheduled, self.lawful, self.unlawful)
        if self.last_day is None or self.last_day < timezone.localdate():
            return whole
        return Sums(
            self.scheduled - self.last_scheduled, self.lawful - self.last_lawful, self.unlawful - self.last_unlawful
        )


class AbsenceStandingQuerySet(models.QuerySet["AbsenceStanding"]):
    def visible_to(self, membership: Membership) -> Self:
        """Those of the acting school's students, and one's own at any school."""
        if membership.school_id:
            return self.filter(student__in=Student.objects.visible_to(membership))
        if membership.student_id:
            return self.filter(student__in=Student.objects.being(membership.student_id))
        return self.none()


class AbsenceStanding(models.Model):
    """A student's latest 20 school days with a timetable, across periods: what Elevoversigt shows.

    Derived by the database (`derived.sql`), and written by nobody else; who has no day has none.
    """

    student = models.OneToOneField(
        Student,
        models.DO_NOTHING,
        verbose_name=_("elev"),
        primary_key=True,
        related_name="absence_standing",
        db_constraint=False,
    )
    last_day = models.DateField(_("opdateret"))
    # The last day, where it was delivered on the day itself: until it is over, the days before it count.
    fresh_day = models.DateField(null=True)
    school_days = models.SmallIntegerField(_("skoledage"))
    scheduled = models.IntegerField(_("skema"))
    lawful = models.IntegerField(_("lovligt fravær"))
    unlawful = models.IntegerField(_("ulovligt fravær"))
    # The same of the days before the last.
    school_days_before = models.SmallIntegerField()
    scheduled_before = models.IntegerField()
    lawful_before = models.IntegerField()
    unlawful_before = models.IntegerField()

    objects = AbsenceStandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("fravær de seneste skoledage")
        verbose_name_plural = _("fravær de seneste skoledage")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def counted_days(self) -> int:
        """Those of the latest days that are over."""
        return self.school_days_before if self.fresh_day == timezone.localdate() else self.school_days

    @property
    def sums(self) -> Sums | None:
        """Of the latest days until yesterday; None where they are too few to say anything."""
        if self.counted_days < FEWEST_DAYS:
            return None
        if self.fresh_day == timezone.localdate():
            return Sums(self.scheduled_before, self.lawful_before, self.unlawful_before)
        return Sums(self.scheduled, self.lawful, self.unlawful)


class NoticeKind(models.TextChoices):
    FINAL = "final", _("Underretning")
    CORRECTION = "correction", _("Rettelse")


class AbsenceNoticeQuerySet(models.QuerySet["AbsenceNotice"]):
    def visible_to(self, membership: Membership) -> Self:
        """The company's of agreements in view, the school's of its students, and one's own."""
        if membership.company_id:
            return self.filter(agreement__in=Agreement.objects.visible_to(membership))
        return self.filter(period__in=SchoolPeriod.objects.visible_to(membership))


class AbsenceNotice(models.Model):
    """That a company was told of the absence in a period of one of its students, what, and when it looked."""

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    period = models.ForeignKey(
        SchoolPeriod, models.PROTECT, verbose_name=_("skoleophold"), related_name="notices", db_index=False
    )
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, verbose_name=_("uddannelsesaftale"), related_name="absence_notices"
    )
    # 1 is the notice; each later one corrects the one before it.
    sequence = models.PositiveSmallIntegerField(_("nummer"))
    kind = models.CharField(_("slags"), max_length=10, choices=NoticeKind)
    due_on = models.DateField(_("skulle senest gives"))
    made_at = models.DateTimeField(_("underrettet"), default=timezone.now)
    # The last delivered day; None where a correction takes all of them away.
    through = models.DateField(_("opgjort til og med"), null=True)
    # Whether days were missing that should have been there.
    is_incomplete = models.BooleanField(_("mangler dage"), default=False)
    told_scheduled = models.PositiveIntegerField(_("skema"))
    told_lawful = models.PositiveIntegerField(_("lovligt fravær"))
    told_unlawful = models.PositiveIntegerField(_("ulovligt fravær"))
    # Whether anybody at the company could be told.
    has_receiver = models.BooleanField(_("har modtager"), default=True)
    first_seen_at = models.DateTimeField(_("set af virksomheden"), null=True, blank=True)
    seen_by = models.ForeignKey(
        Membership, models.PROTECT, verbose_name=_("set af"), null=True, blank=True, related_name="+"
    )

    objects = AbsenceNoticeQuerySet.as_manager()

    class Meta:
        ordering = ("made_at", "id")
        verbose_name = _("underretning om fravær")
        verbose_name_plural = _("underretninger om fravær")
        constraints = [
            models.UniqueConstraint(fields=["period", "agreement", "sequence"], name="absence_notice_is_given_once"),
            models.CheckConstraint(
                condition=Q(sequence=1, kind=NoticeKind.FINAL) | Q(sequence__gt=1, kind=NoticeKind.CORRECTION),
                name="absence_notice_is_first_final_then_corrected",
            ),
            models.CheckConstraint(
                condition=Q(told_scheduled__gte=F("told_lawful") + F("told_unlawful")),
                name="absence_told_is_no_longer_than_the_timetable",
            ),
            models.CheckConstraint(
                condition=Q(first_seen_at=None, seen_by=None) | Q(first_seen_at__isnull=False, seen_by__isnull=False),
                name="absence_notice_is_seen_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def sums(self) -> Sums:
        return Sums(self.told_scheduled, self.told_lawful, self.told_unlawful)
