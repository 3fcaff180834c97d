"""Students as their schools' study administrations report them."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, StrIndex
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.database.cpr import CPR_REFUSED, holds_no_cpr_number, refuse_cpr_number, refuse_cpr_number_as_phone
from laereplads.people.models.organisations import Education, Named, School
from laereplads.people.municipalities import MUNICIPALITIES
from laereplads.people.plausible import check_student

if TYPE_CHECKING:
    from laereplads.access.models import Membership


class StudentType(models.TextChoices):
    EUD = "eud", "EUD"
    EUV1 = "euv1", "EUV1"
    EUV2 = "euv2", "EUV2"
    EUV3 = "euv3", "EUV3"
    EUX = "eux", "EUX"


class EducationStatus(models.TextChoices):
    """Where the student is in the education; a status is what the school reports, not what dates suggest."""

    BASIC_PROGRAMME = "basic_programme", _("Grundforløb")
    SEEKING = "seeking", _("Søger læreplads")
    MAIN_PROGRAMME = "main_programme", _("I hovedforløb")
    DROPPED_OUT = "dropped_out", _("Afbrudt")
    COMPLETED = "completed", _("Udlært")


class BasicProgramme(models.TextChoices):
    NONE = "none", _("Intet grundforløb nu")
    GF1 = "gf1", "GF1"
    GF2 = "gf2", "GF2"


class SchoolRelation(models.TextChoices):
    BASIC_PROGRAMME = "basic_programme", _("Grundforløb på skolen")
    MAIN_PROGRAMME = "main_programme", _("Hovedforløb på skolen")


class ProfileVisibility(models.TextChoices):
    NONE = "none", _("Ingen profil")
    HIDDEN = "hidden", _("Skjult profil")
    VISIBLE = "visible", _("Synlig profil")


class Digits(Func):
    """A telephone's digits, without Denmark's code; `digits_of` says the same of what was typed."""

    template = r"regexp_replace(regexp_replace(%(expressions)s, '\D', '', 'g'), '^(00)?45(?=\d{8}$)', '')"
    output_field = models.TextField()


def digits_of(phone: str) -> str:
    """Of a beginning, too: "+45 20 30"."""
    digits = re.sub(r"\D", "", re.sub(r"^\s*(\+|00)\s*45", "", phone))
    return re.sub(r"^45(?=\d{8}$)", "", digits)


class StudentQuerySet(models.QuerySet["Student"]):
    def visible_to(self, membership: Membership) -> Self:
        """The students the acting party may know: the school's own while reported and not signed off; oneself."""
        if membership.school_id:
            return self.filter(school=membership.school_id, signed_off_on=None)
        if membership.student_id:
            return self.filter(pk=membership.student_id)
        return self.none()

    def being(self, student: int) -> Self:
        """The same person: as they are known at their school, and as they were at schools that they have left."""
        return self.filter(Q(pk=student) | Q(moved_to=student))

    def known_by(self, beginning: str | Value, digits: str | Value) -> Self:
        """Those whose number or e-mail address begins so, or whose telephone with these digits; nothing empty does."""
        condition = Q()
        for field, typed in (
            (Lower("student_number"), beginning),
            (Lower("email"), beginning),
            (Digits("phone"), digits),
        ):
            if typed:
                condition |= Q(Exact(StrIndex(field, typed if isinstance(typed, Value) else Value(typed)), 1))
        return self.filter(condition)


class Student(Named):
    """A student or apprentice (elev, lærling). Known by the school's own number; no CPR number is kept."""

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, models.PROTECT, verbose_name=_("skole"), related_name="students")
    student_number = models.CharField(
        _("elevnummer"), max_length=30, help_text=_("Elevens nummer på skolen."), validators=[refuse_cpr_number]
    )
    birth_date = models.DateField(_("fødselsdag"))
    email = models.EmailField(_("e-mailadresse"), blank=True, validators=[refuse_cpr_number])
    phone = models.CharField(_("telefon"), max_length=20, blank=True, validators=[refuse_cpr_number_as_phone])
    is_protected = models.BooleanField(
        _("navne- og adressebeskyttet"),
        default=False,
        help_text=_("E-mailadresse og telefon vises ikke på lister og i regneark."),
    )
    residence_municipality = models.CharField(
        _("bopælskommune"), max_length=3, blank=True, choices=MUNICIPALITIES, default=""
    )
    # What Unilogin calls the person for life: it ties a login to the student, and is shown to nobody else.
    uniid = models.CharField(_("UNI-id"), max_length=50, blank=True, default="", validators=[refuse_cpr_number])
    education = models.ForeignKey(
        Education, models.PROTECT, verbose_name=_("uddannelse"), null=True, blank=True, related_name="students"
    )
    student_type = models.CharField(_("elevtype"), max_length=10, choices=StudentType)
    status = models.CharField(_("uddannelsesstatus"), max_length=20, choices=EducationStatus)
    basic_programme = models.CharField(
        _("grundforløb"), max_length=10, choices=BasicProgramme, default=BasicProgramme.NONE
    )
    relation = models.CharField(_("relation til skolen"), max_length=20, choices=SchoolRelation)
    visibility = models.CharField(
        _("profilens synlighed"), max_length=10, choices=ProfileVisibility, default=ProfileVisibility.NONE
    )
    expected_completion_on = models.DateField(_("forventet udlært"), null=True, blank=True)
    # None is unknown.
    has_completed_youth_education = models.BooleanField(_("har gennemført en ungdomsuddannelse"), null=True, blank=True)
    education_starts_on = models.DateField(_("studiestart"), null=True, blank=True)
    main_programme_starts_on = models.DateField(_("hovedforløbet begynder"), null=True, blank=True)
    has_credit = models.BooleanField(_("har merit"), null=True, blank=True)
    dropped_out_on = models.DateField(_("afbrudt den"), null=True, blank=True)
    signed_off_on = models.DateField(
        _("udmeldt"), null=True, blank=True, help_text=_("Når eleven er meldt ud, kan skolen ikke længere se eleven.")
    )
    # The same person at the school they are at now. Whoever moves again is moved to there from everywhere.
    moved_to = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("er nu elev som"),
        null=True,
        blank=True,
        editable=False,
        related_name="moved_from",
    )
    moved_on = models.DateField(_("flyttet til anden skole"), null=True, blank=True, editable=False)
    # When an administrator last said that a new name with a new birth date is the same person.
    identity_confirmed_at = models.DateTimeField(
        _("nyt navn og ny fødselsdag bekræftet"), null=True, blank=True, editable=False
    )

    objects = StudentQuerySet.as_manager()

    class Meta:
        ordering = ("sort_key", "id")
        verbose_name = _("elev")
        verbose_name_plural = _("elever")
        constraints = [
            models.UniqueConstraint(fields=["school", "student_number"], name="student_number_is_the_schools_own"),
            models.CheckConstraint(condition=~Q(student_number=""), name="student_has_a_number"),
            models.CheckConstraint(condition=~Q(name=""), name="student_has_a_name"),
            models.CheckConstraint(condition=Q(student_type__in=StudentType.values), name="student_is_of_a_known_type"),
            models.CheckConstraint(condition=Q(status__in=EducationStatus.values), name="student_has_a_known_status"),
            models.CheckConstraint(
                condition=Q(basic_programme__in=BasicProgramme.values), name="student_has_a_known_basic_programme"
            ),
            models.CheckConstraint(
                condition=Q(relation__in=SchoolRelation.values), name="student_has_a_known_relation_to_the_school"
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=ProfileVisibility.values), name="student_has_a_known_visibility"
            ),
            models.CheckConstraint(
                condition=Q(residence_municipality__in=["", *MUNICIPALITIES]),
                name="student_lives_in_a_known_municipality",
            ),
            models.CheckConstraint(
                condition=Q(expected_completion_on=None) | Q(expected_completion_on__gt=F("birth_date")),
                name="student_completes_after_birth",
                violation_error_message=_("Forventet udlært skal ligge efter fødselsdagen."),
            ),
            models.CheckConstraint(
                condition=holds_no_cpr_number("name", "student_number", "email", "uniid"),
                name="student_is_known_by_no_cpr_number",
                violation_error_message=CPR_REFUSED,
            ),
            models.CheckConstraint(
                condition=Q(signed_off_on=None) | Q(signed_off_on__gt=F("birth_date")),
                name="student_is_signed_off_after_birth",
                violation_error_message=_("Udmeldt skal ligge efter fødselsdagen."),
            ),
            models.CheckConstraint(
                condition=Q(moved_to=None, moved_on=None) | Q(moved_to__isnull=False, moved_on__isnull=False),
                name="student_moves_to_a_school_on_a_day",
            ),
            models.UniqueConstraint(
                fields=["school", "uniid"], condition=~Q(uniid=""), name="uniid_is_one_students_at_a_school"
            ),
        ]
        indexes = [
            models.Index(
                fields=["school", "sort_key", "id"], condition=Q(signed_off_on=None), name="students_of_a_school"
            )
        ]

    def clean(self) -> None:
        """Raise ValidationError for dates that cannot be a student's."""
        super().clean()
        check_student(self)

    @property
    def age(self) -> int:
        """Whole years, today in Copenhagen."""
        today = timezone.localdate()
        had_birthday = (today.month, today.day) >= (self.birth_date.month, self.birth_date.day)
        return today.year - self.birth_date.year - (not had_birthday)

    @property
    def is_reported(self) -> bool:
        """Whether the school still has the student: reported and not signed off."""
        return self.signed_off_on is None
