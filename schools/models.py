"""The group of students that one employee follows, and what the overview reads: where each student stands."""

from __future__ import annotations

import datetime
from typing import Self

from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership
from laereplads.database.text import DanishSearchKey
from laereplads.people.models import Agreement, Education, School, Student


class FollowedStudent(models.Model):
    """A student on somebody's list **Mine elever**: a filter for the eye, never a rule of access."""

    membership = models.ForeignKey(
        Membership, models.CASCADE, verbose_name=_("tilknytning"), related_name="followed_students"
    )
    student = models.ForeignKey(Student, models.CASCADE, verbose_name=_("elev"), related_name="followers")

    class Meta:
        verbose_name = _("fulgt elev")
        verbose_name_plural = _("fulgte elever")
        constraints = [
            models.UniqueConstraint(fields=["membership", "student"], name="student_is_followed_once_by_each"),
        ]

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
# The day of an assessment that there is not; it sorts last. Standings before the first edge and after the last one
# begin and end on the first and the last day.
FIRST_DAY, LAST_DAY = datetime.date.min, datetime.date.max
NEVER = LAST_DAY

# How much of a word's ends is kept, and what sorts behind every end.
LETTERS_OF_AN_END = 30
PAST_ALL = "\U0010ffff" * LETTERS_OF_AN_END

# What the filters ask of a student, and the overview's tables repeat.
TRAITS = ("status", "student_type", "visibility", "education", "basic_programme", "relation")


class StandingQuerySet[Row: Placed = Standing](models.QuerySet[Row]):
    def visible_to(self, membership: Membership) -> Self:
        """Those of the students whom the acting school has, as they stand today."""
        if membership.school_id:
            today = timezone.localdate()
            return self.filter(school=membership.school_id, starts_on__lte=today, ends_on__gte=today)
        return self.none()


class Derived(models.Model):
    """What the database itself derives of students, agreements and current risks: nobody else writes it.

    No key is checked against the tables it points to: rows come and go with those they are derived from.
    """

    school = models.ForeignKey(School, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    rank = models.PositiveSmallIntegerField()
    is_running = models.BooleanField()
    education = models.ForeignKey(
        Education, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    student_type = models.CharField(max_length=10)
    status = models.CharField(max_length=20)
    basic_programme = models.CharField(max_length=10)
    relation = models.CharField(max_length=20)
    visibility = models.CharField(max_length=10)

    class Meta:
        abstract = True


class Placed(Derived):
    """What a list of students asks of a row, whichever table and index it is read from."""

    student = models.ForeignKey(
        Student, models.DO_NOTHING, verbose_name=_("elev"), related_name="+", db_constraint=False, db_index=False
    )
    starts_on = models.DateField(_("fra"))
    ends_on = models.DateField(_("til og med"))
    assessed_on = models.DateField(_("registreret"))
    sort_key = models.CharField(max_length=400, db_collation="C")
    search_key = models.TextField()

    class Meta:
        abstract = True


class Standing(Placed):
    """How a student stands in the overview from a day until a day: in which agreement, and at which level.

    A student has one for every stretch of time between the edges of her agreements, so that the overview is right at
    midnight without anybody's doing. One that has ended is of no use, and `manage.py tidy_standings` takes it away.
    """

    student = models.ForeignKey(
        Student, models.DO_NOTHING, verbose_name=_("elev"), related_name="standings", db_constraint=False
    )
    # What a row shows of the student, so that a page of rows is found in one table.
    public_id = models.UUIDField(_("offentligt id"))
    name = models.CharField(_("navn"), max_length=200)
    # The agreement that runs in that time, of whatever education, and its type.
    agreement = models.ForeignKey(
        Agreement, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    agreement_type = models.CharField(_("aftaletype"), max_length=20)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("placering i elevoversigten")
        verbose_name_plural = _("placeringer i elevoversigten")
        # One index an order, and one for filters that leave few. Each holds all that is asked, and is led by the scope.
        indexes = [
            models.Index(
                fields=["school", "sort_key", "student"],
                include=["id", "starts_on", "ends_on", "rank", "is_running", "assessed_on", "search_key", *TRAITS],
                name="standings_by_name",
            ),
            models.Index(
                fields=["school", "rank", "assessed_on", "sort_key", "student"],
                include=["id", "starts_on", "ends_on", "is_running", "search_key", *TRAITS],
                name="standings_by_risk",
            ),
            models.Index(
                fields=["school", "assessed_on", "sort_key", "student"],
                include=["id", "starts_on", "ends_on", "rank", "is_running", "search_key", *TRAITS],
                name="standings_by_age_of_assessment",
            ),
            models.Index(
                fields=["school", *TRAITS, "rank", "is_running", "assessed_on"],
                include=["id", "starts_on", "ends_on", "sort_key", "student", "search_key"],
                name="standings_by_traits",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def level(self) -> str | None:
        return LEVELS.get(Rank(self.rank))


class StandingWord(Placed):
    """A standing once more under each word of the student's name, so that those who bear it stand together."""

    standing = models.ForeignKey(Standing, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    word = models.TextField(_("ord"), db_collation="C")

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("ord i et navn i elevoversigten")
        verbose_name_plural = _("ord i navne i elevoversigten")
        indexes = [
            models.Index(
                fields=["school", "word", "sort_key", "student", "standing"],
                include=["starts_on", "ends_on", "rank", "is_running", "assessed_on", "search_key", *TRAITS],
                name="standings_by_word",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class StandingWordPartQuerySet(models.QuerySet["StandingWordPart"]):
    def visible_to(self, membership: Membership) -> Self:
        """Those of the words that names at the acting school are made of."""
        return self.filter(school=membership.school_id) if membership.school_id else self.none()

    def beginning_with(self, piece: Value) -> Self:
        """Those whose words hold `piece` somewhere, as far as the ends are kept."""
        begin = Left(DanishSearchKey(piece), LETTERS_OF_AN_END)
        # A range, which a policy lets an index answer; LIKE is not let near the rows before the policy is.
        return self.filter(
            ending__gte=begin,
            ending__lt=Func(
                begin, Value(PAST_ALL), template="(%(expressions)s)", arg_joiner=" || ", output_field=models.TextField()
            ),
        )


class StandingWordPart(models.Model):
    """A word that names at a school are made of, under each of its ends: "nsen" leads to hansen and to jensen.

    Two who save at once may both write it. `manage.py tidy_standings` takes away a word that nobody bears any more.
    """

    school = models.ForeignKey(School, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    ending = models.CharField(_("ende"), max_length=LETTERS_OF_AN_END, db_collation="C")
    word = models.TextField(_("ord"), db_collation="C")

    objects = StandingWordPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("del af et ord i elevoversigten")
        verbose_name_plural = _("dele af ord i elevoversigten")
        indexes = [models.Index(fields=["school", "ending", "word"], name="words_by_ending")]

    def __str__(self) -> str:
        return self.word


class StandingCountQuerySet(models.QuerySet["StandingCount"]):
    def visible_to(self, membership: Membership) -> Self:
        """What adds up to the acting school's students as they stand today."""
        if membership.school_id:
            return self.filter(school=membership.school_id, effective_on__lte=timezone.localdate())
        return self.none()


class StandingCount(Derived):
    """How many standings of a kind begin (positive) or end (negative) to count from a day on: they add up to today's.

    Rows are added and never changed, so that no two who save wait for each other; `manage.py tidy_standings` adds up.
    """

    effective_on = models.DateField(_("fra"))
    # The first of the month of the assessment: days would be as many rows as students.
    assessed_in = models.DateField(_("måned"))
    number = models.IntegerField(_("antal"))

    objects = StandingCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("antal i elevoversigten")
        verbose_name_plural = _("antal i elevoversigten")
        indexes = [
            models.Index(
                fields=["school", "effective_on"],
                include=["rank", "is_running", "assessed_in", "number", *TRAITS],
                name="standing_counts_of_a_school",
            )
        ]

    def __str__(self) -> str:
        return str(self.number)
