"""The students whom one employee follows, the school's groups, saved filters, and the table that Elevoversigt reads."""

from __future__ import annotations

import datetime
import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership
from laereplads.database.cpr import CPR_REFUSED, holds_no_cpr_number, refuse_cpr_number
from laereplads.database.text import DanishSortKey, refuse_broken_letters
from laereplads.people.models import Agreement, Company, Education, School, Student
from risk.models import RiskAssessment


class FollowedStudentQuerySet(models.QuerySet["FollowedStudent"]):
    def visible_to(self, membership: Membership) -> Self:
        """An employee's own list; of a student the lists that they stand on."""
        if membership.student_id:
            return self.filter(student=membership.student_id)
        return self.filter(membership=membership.pk) if membership.school_id else self.none()


class FollowedStudent(models.Model):
    """A student on somebody's list **Mine elever**: a filter for the eye, never a rule of access."""

    membership = models.ForeignKey(
        Membership, models.CASCADE, verbose_name=_("tilknytning"), related_name="followed_students"
    )
    student = models.ForeignKey(Student, models.CASCADE, verbose_name=_("elev"), related_name="followers")

    objects = FollowedStudentQuerySet.as_manager()

    class Meta:
        verbose_name = _("fulgt elev")
        verbose_name_plural = _("fulgte elever")
        constraints = [
            models.UniqueConstraint(fields=["membership", "student"], name="student_is_followed_once_by_each"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OverviewVisitQuerySet(models.QuerySet["OverviewVisit"]):
    def visible_to(self, membership: Membership) -> Self:
        """One's own."""
        return self.filter(membership=membership.pk)


class OverviewVisit(models.Model):
    """When an employee last looked at who has changed, and the last day before that: what is new since then."""

    membership = models.OneToOneField(
        Membership, models.CASCADE, verbose_name=_("tilknytning"), related_name="overview_visit"
    )
    latest_on = models.DateField(_("senest"))
    before_on = models.DateField(_("dagen før"), null=True)

    objects = OverviewVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("besøg i elevoversigten")
        verbose_name_plural = _("besøg i elevoversigten")

    def __str__(self) -> str:
        return str(self.latest_on)


class ToldAssessment(models.Model):
    """That an assessment was looked at for who is to be told of it at once, and that they were told."""

    # It may be gone before this row is.
    assessment = models.OneToOneField(
        RiskAssessment, models.DO_NOTHING, verbose_name=_("frafaldsvurdering"), related_name="+", db_constraint=False
    )
    told_at = models.DateTimeField(_("fortalt"), default=timezone.now)

    class Meta:
        verbose_name = _("vurdering, som skolen er oplyst om")
        verbose_name_plural = _("vurderinger, som skolen er oplyst om")

    def __str__(self) -> str:
        return str(self.pk)


class Rank(models.IntegerChoices):
    """The levels of the overview, most urgent first: smaller numbers stand higher, so that every sort key ascends."""

    HIGH = 0, _("Høj")
    MEDIUM = 1, _("Middel")
    LOW = 2, _("Lav")
    NOT_REGISTERED = 3, _("Ikke registreret")
    NOT_ASSESSABLE = 4, _("Uden igangværende SOSU-aftale")


# The levels by the names that addresses and pages give them; who cannot be assessed today has none.
LEVELS = {Rank.HIGH: "high", Rank.MEDIUM: "medium", Rank.LOW: "low", Rank.NOT_REGISTERED: "none"}
NOT_REGISTERED = LEVELS[Rank.NOT_REGISTERED]
ASSESSED = (Rank.HIGH, Rank.MEDIUM, Rank.LOW)


class Change(models.TextChoices):
    """How a student's level can be another than before. Of a removed one nobody is told what it was."""

    RISEN = "risen", _("Steget")
    FALLEN = "fallen", _("Faldet")
    FIRST = "first", _("Ny vurdering")
    REMOVED = "removed", _("Vurdering fjernet")


# The day of an assessment that there is not; it sorts last.
NEVER = datetime.date.max

# Most absence stands first; nought has this place, and behind it come those without figures.
NO_ABSENCE = 1000
TOO_FEW_DAYS, NO_DAYS = NO_ABSENCE + 1, NO_ABSENCE + 2

# What is asked of an entry besides its order.
FILTERED = (
    *("starts_on", "ends_on", "is_running", "search_key", "status", "student_type", "visibility", "education"),
    *("basic_programme", "relation", "company", "class_code", "unassessed_from", "removed_on", "agreement"),
)


def absence_tenths(absence_key: int) -> int | None:
    """The absence of the latest school days in tenths of a percent; None where there are no figures."""
    return NO_ABSENCE - absence_key if absence_key <= NO_ABSENCE else None


class StudentListEntryQuerySet(models.QuerySet["StudentListEntry"]):
    def visible_to(self, membership: Membership) -> Self:
        """Those of the students whom the acting school has, as they are today."""
        if membership.school_id:
            today = timezone.localdate()
            return self.filter(school=membership.school_id, starts_on__lte=today, ends_on__gte=today)
        return self.none()


class StudentListEntry(models.Model):
    """A student as Elevoversigt finds, sorts and shows them from a day until a day: in which agreement, at which level.

    Derived by the database (`derived.sql`), and written by nobody else. A student has an entry for each period
    between the edges of their agreements, so that the overview is right at midnight without anybody's doing.
    No key is checked against the tables it points to: rows come and go with those they are derived of.
    """

    student = models.ForeignKey(
        Student, models.DO_NOTHING, verbose_name=_("elev"), related_name="list_entries", db_constraint=False
    )
    school = models.ForeignKey(School, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    starts_on = models.DateField(_("fra"))
    ends_on = models.DateField(_("til og med"))
    # The agreement that runs in that time, of whatever education, and its type.
    agreement = models.ForeignKey(
        Agreement, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    agreement_type = models.CharField(_("aftaletype"), max_length=20)
    is_running = models.BooleanField()
    rank = models.PositiveSmallIntegerField()
    assessed_on = models.DateField(_("registreret"))
    name = models.CharField(_("navn"), max_length=200)
    sort_key = models.CharField(max_length=400, db_collation="C")
    search_key = models.TextField()
    public_id = models.UUIDField(_("portal-id"), db_index=True)
    status = models.CharField(max_length=20)
    student_type = models.CharField(max_length=10)
    visibility = models.CharField(max_length=10)
    education = models.ForeignKey(
        Education, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    basic_programme = models.CharField(max_length=10)
    relation = models.CharField(max_length=20)
    # When the student went on to another school, which has the agreement now.
    moved_on = models.DateField(null=True)
    # Tells students of the same name apart.
    number_end = models.CharField(_("sidste tegn af elevnummeret"), max_length=4)
    # Of the latest 20 school days: 1000 less the absence in tenths of a percent, so that it ascends; or `TOO_FEW_DAYS`,
    # `NO_DAYS`.
    absence_key = models.PositiveSmallIntegerField()
    unlawful_tenths = models.PositiveSmallIntegerField(_("ulovligt fravær i promille"), null=True)
    # Of the agreement.
    company = models.ForeignKey(
        Company, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    # The hold of the newest school period that has one.
    class_code = models.CharField(_("hold"), max_length=40)
    # The day from which a student who was never assessed counts as such; None where there ever was an assessment.
    unassessed_from = models.DateField(_("aldrig vurderet fra"), null=True)
    # When the latest assessment was removed, where no other has come since.
    removed_on = models.DateField(_("vurdering fjernet"), null=True)

    objects = StudentListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("elev i elevoversigten")
        verbose_name_plural = _("elever i elevoversigten")
        # One index an order. Each holds all that is asked, and is led by the scope; counts read whichever is smallest.
        indexes = [
            models.Index(
                fields=["school", "sort_key", "student"],
                include=["id", "rank", "assessed_on", "absence_key", *FILTERED],
                name="student_list_by_name",
            ),
            models.Index(
                fields=["school", "rank", "assessed_on", "sort_key", "student"],
                include=["id", "absence_key", *FILTERED],
                name="student_list_by_risk",
            ),
            models.Index(
                fields=["school", "assessed_on", "sort_key", "student"],
                include=["id", "rank", "absence_key", *FILTERED],
                name="student_list_by_assessment",
            ),
            models.Index(
                fields=["school", "absence_key", "sort_key", "student"],
                include=["id", "rank", "assessed_on", *FILTERED],
                name="student_list_by_absence",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def level(self) -> str | None:
        return LEVELS.get(Rank(self.rank))

    @property
    def absence_tenths(self) -> int | None:
        return absence_tenths(self.absence_key)


class ListName(models.Model):
    """What a list is called by those who use it: short, and no CPR number."""

    name = models.CharField(_("navn"), max_length=60, validators=[refuse_cpr_number, refuse_broken_letters])
    sort_key = models.GeneratedField(
        expression=DanishSortKey("name"),
        output_field=models.CharField(max_length=400, db_collation="C"),
        db_persist=True,
    )
    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class StudentGroupQuerySet(models.QuerySet["StudentGroup"]):
    def visible_to(self, membership: Membership) -> Self:
        """The school's; of a student those that they are in."""
        if membership.school_id:
            return self.filter(school=membership.school_id)
        return self.filter(pk__in=StudentGroupMember.objects.visible_to(membership).values("group"))


class StudentGroup(ListName):
    """A list of students that a school's staff have in common: a filter of Elevoversigt, never a rule of access."""

    school = models.ForeignKey(School, models.PROTECT, verbose_name=_("skole"), related_name="student_groups")

    objects = StudentGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("gruppe")
        verbose_name_plural = _("grupper")
        constraints = [
            models.UniqueConstraint(
                "school",
                Lower("name"),
                name="group_has_a_name_of_its_own_at_the_school",
                violation_error_message=_("Skolen har allerede en gruppe med det navn. Skriv et andet."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="group_has_a_name"),
            models.CheckConstraint(
                condition=holds_no_cpr_number("name"),
                name="group_is_known_by_no_cpr_number",
                violation_error_message=CPR_REFUSED,
            ),
        ]


class StudentGroupMemberQuerySet(models.QuerySet["StudentGroupMember"]):
    def visible_to(self, membership: Membership) -> Self:
        """Those in the school's groups; of a student their own groups, at any school."""
        if membership.school_id:
            return self.filter(group__school=membership.school_id)
        if membership.student_id:
            return self.filter(Q(student=membership.student_id) | Q(student__moved_to=membership.student_id))
        return self.none()


class StudentGroupMember(models.Model):
    """That a student is in a group; a guard says that both are of the same school."""

    group = models.ForeignKey(StudentGroup, models.CASCADE, verbose_name=_("gruppe"), related_name="members")
    student = models.ForeignKey(Student, models.CASCADE, verbose_name=_("elev"), related_name="groups")

    objects = StudentGroupMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("elev i en gruppe")
        verbose_name_plural = _("elever i grupper")
        constraints = [models.UniqueConstraint(fields=["group", "student"], name="student_is_in_a_group_once")]

    def __str__(self) -> str:
        return str(self.pk)


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, membership: Membership) -> Self:
        """An employee's own."""
        return self.filter(membership=membership.pk) if membership.school_id else self.none()


class SavedFilter(ListName):
    """A filter of Elevoversigt that an employee wants back, and may want to be told of when it finds somebody new."""

    membership = models.ForeignKey(
        Membership, models.CASCADE, verbose_name=_("tilknytning"), related_name="saved_filters"
    )
    # As `StudentFilterForm` writes it. Never the search for a name: that would be about somebody.
    query = models.CharField(_("filter"), max_length=2000)
    tells_of_new = models.BooleanField(_("giver besked om nye elever"), default=False)
    # When those whom it found were remembered; who is found for the first time after that is new.
    compared_at = models.DateTimeField(_("senest sammenlignet"), null=True)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("gemt filter")
        verbose_name_plural = _("gemte filtre")
        constraints = [
            models.UniqueConstraint(
                "membership",
                Lower("name"),
                name="saved_filter_has_a_name_of_its_own",
                violation_error_message=_("Du har allerede et filter med det navn. Skriv et andet."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_filter_has_a_name"),
            models.CheckConstraint(
                condition=holds_no_cpr_number("name"),
                name="saved_filter_is_known_by_no_cpr_number",
                violation_error_message=CPR_REFUSED,
            ),
        ]


class SavedFilterMatchQuerySet(models.QuerySet["SavedFilterMatch"]):
    def visible_to(self, membership: Membership) -> Self:
        """Whom an employee's own filters found."""
        if membership.school_id:
            return self.filter(saved_filter__membership=membership.pk)
        return self.none()


class SavedFilterMatch(models.Model):
    """Whom a saved filter found when it was compared last."""

    saved_filter = models.ForeignKey(SavedFilter, models.CASCADE, verbose_name=_("gemt filter"), related_name="matches")
    student = models.ForeignKey(Student, models.CASCADE, verbose_name=_("elev"), related_name="+")

    objects = SavedFilterMatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("elev, som et gemt filter fandt")
        verbose_name_plural = _("elever, som gemte filtre fandt")
        constraints = [
            models.UniqueConstraint(fields=["saved_filter", "student"], name="saved_filter_remembers_a_student_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)
