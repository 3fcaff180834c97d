"""Educations, the organisations that carry them out, and where those lie."""

from __future__ import annotations

import datetime
import functools
import operator
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Mod, Substr
from django.utils.translation import gettext_lazy as _
from stdnum.dk import cvr

from laereplads.database.cpr import refuse_cpr_number, refuse_cpr_number_as_phone
from laereplads.database.text import DanishSearchKeys, DanishSortKey, refuse_broken_letters
from laereplads.people.municipalities import ABROAD, MUNICIPALITIES

CVR_REFUSED = _("CVR-nummeret er ikke gyldigt. Tjek cifrene.")


def validate_cvr(number: str) -> None:
    """Raise ValidationError unless `number` is eight digits whose weighted sum is divisible by 11."""
    if not number.isdecimal() or not cvr.is_valid(number):
        raise ValidationError(CVR_REFUSED, code="cvr")


validate_p_number = RegexValidator(r"^[0-9]{10}$", _("Skriv P-nummeret med 10 cifre."))


CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
CVR_SUM = functools.reduce(
    operator.add,
    (
        Cast(Substr("cvr", position, 1), models.IntegerField()) * weight
        for position, weight in enumerate(CVR_WEIGHTS, start=1)
    ),
)
# CASE, because PostgreSQL promises no order of constraints: letters must not reach the cast.
CVR_CHECKS = Q(
    models.lookups.Exact(
        models.Case(
            models.When(cvr__regex=r"^[0-9]{8}$", then=Mod(CVR_SUM, 11)),
            default=models.Value(1),
            output_field=models.IntegerField(),
        ),
        0,
    )
)


class Named(models.Model):
    """Something people look up by its name, in Danish order and by any part of it."""

    name = models.CharField(_("navn"), max_length=200, validators=[refuse_cpr_number, refuse_broken_letters])
    sort_key = models.GeneratedField(
        expression=DanishSortKey("name"),
        output_field=models.CharField(max_length=400, db_collation="C"),
        db_persist=True,
    )
    search_key = models.GeneratedField(
        expression=DanishSearchKeys("name"), output_field=models.TextField(), db_persist=True
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Education(models.Model):
    """A vocational education. Two are SOSU educations: only their students are assessed for dropout risk."""

    code = models.SlugField(_("kode"), max_length=20, unique=True, help_text=_("Bruges i filer, fx ssa."))
    name = models.CharField(_("navn"), max_length=200, unique=True)
    is_sosu = models.BooleanField(
        _("SOSU-uddannelse"),
        default=False,
        help_text=_("Elever på uddannelsen kan få registreret frafaldsrisiko (eud-bekendtgørelsen § 115)."),
    )

    class Meta:
        ordering = ("name",)
        verbose_name = _("uddannelse")
        verbose_name_plural = _("uddannelser")

    def __str__(self) -> str:
        return self.name


class RegionQuerySet(models.QuerySet["Region"]):
    def valid_on(self, day: datetime.date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class Region(models.Model):
    """One of the country's regions, while it was one: figures of a month are told by the regions of that month."""

    code = models.SlugField(_("kode"), max_length=20, unique=True)
    name = models.CharField(_("navn"), max_length=50)
    valid_from = models.DateField(_("gælder fra"))
    valid_to = models.DateField(_("gælder til og med"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("afløst af"), null=True, blank=True, related_name="+"
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("region")
        verbose_name_plural = _("regioner")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="region_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None, successor=None) | Q(valid_to__isnull=False, successor__isnull=False),
                name="region_that_ends_has_a_successor",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def on(self, day: datetime.date) -> Region:
        """What this region is on that day: itself, or the one that has taken its place."""
        region = self
        while region.valid_to and region.successor and region.valid_to < day:
            region = region.successor
        return region


class School(Named):
    """A school that offers the educations and reports its students."""

    institution_number = models.CharField(
        _("institutionsnummer"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^[0-9]{6}$", _("Skriv institutionsnummeret med 6 cifre."))],
    )
    # Not one school's alone: an institution may have several institution numbers.
    cvr = models.CharField(_("CVR-nummer"), max_length=8, blank=True, default="", validators=[validate_cvr])
    p_number = models.CharField(_("P-nummer"), max_length=10, blank=True, default="", validators=[validate_p_number])
    email = models.EmailField(_("e-mailadresse"), blank=True, validators=[refuse_cpr_number])
    phone = models.CharField(_("telefon"), max_length=20, blank=True, validators=[refuse_cpr_number_as_phone])

    class Meta:
        ordering = ("sort_key", "id")
        verbose_name = _("skole")
        verbose_name_plural = _("skoler")
        constraints = [
            models.CheckConstraint(
                condition=Q(institution_number__regex=r"^[0-9]{6}$"),
                name="school_has_an_institution_number_of_6_digits",
            ),
            models.CheckConstraint(
                condition=Q(cvr="") | (Q(cvr__regex=r"^[1-9][0-9]{7}$") & CVR_CHECKS),
                name="school_has_a_cvr_number_that_checks",
                violation_error_message=CVR_REFUSED,
            ),
            models.CheckConstraint(
                condition=Q(p_number__regex=r"^([0-9]{10})?$"), name="school_has_a_p_number_of_10_digits"
            ),
        ]


class CompanyKind(models.TextChoices):
    MUNICIPALITY = "municipality", _("Kommune")
    REGION = "region", _("Region")
    PRIVATE = "private", _("Privat")


# What a company can be: nobody is abroad.
KOMMUNEKODER = {code: name for code, name in MUNICIPALITIES.items() if code != ABROAD}


class Company(Named):
    """A training company (oplæringsvirksomhed): a municipality, a region or a private one."""

    cvr = models.CharField(_("CVR-nummer"), max_length=8, unique=True, validators=[validate_cvr])
    kind = models.CharField(_("type"), max_length=20, choices=CompanyKind)
    kommunekode = models.CharField(
        _("kommunekode"),
        max_length=3,
        blank=True,
        default="",
        choices=KOMMUNEKODER,
        help_text=_("Kun når virksomheden er en kommune."),
    )
    # The one it was in first: `Region.on` tells what that is on another day.
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("region"), null=True, blank=True, related_name="companies"
    )

    class Meta:
        ordering = ("sort_key", "id")
        verbose_name = _("virksomhed")
        verbose_name_plural = _("virksomheder")
        constraints = [
            models.CheckConstraint(
                condition=Q(cvr__regex=r"^[1-9][0-9]{7}$"), name="company_has_a_cvr_number_of_8_digits"
            ),
            models.CheckConstraint(
                condition=CVR_CHECKS,
                name="company_has_a_cvr_number_that_checks",
                violation_error_message=CVR_REFUSED,
            ),
            models.CheckConstraint(condition=Q(kind__in=CompanyKind.values), name="company_is_of_a_known_kind"),
            models.CheckConstraint(
                condition=Q(kommunekode__in=["", *KOMMUNEKODER]), name="company_has_a_known_kommunekode"
            ),
            models.CheckConstraint(
                condition=Q(kommunekode="") | Q(kind=CompanyKind.MUNICIPALITY),
                name="company_with_a_kommunekode_is_a_municipality",
                violation_error_message=_("Kun en kommune har en kommunekode. Fjern den, eller ret typen."),
            ),
            models.UniqueConstraint(
                fields=["kommunekode"],
                condition=~Q(kommunekode=""),
                name="kommunekode_is_one_municipalitys",
                violation_error_message=_("En anden kommune har denne kommunekode. Ret den."),
            ),
        ]


class Workplace(Named):
    """A place of a company where students are trained (arbejdssted)."""

    company = models.ForeignKey(Company, models.PROTECT, verbose_name=_("virksomhed"), related_name="workplaces")
    p_number = models.CharField(
        _("P-nummer"),
        max_length=10,
        unique=True,
        validators=[validate_p_number],
    )
    street = models.CharField(_("vej og husnummer"), max_length=200, validators=[refuse_cpr_number])
    postal_code = models.CharField(
        _("postnummer"), max_length=4, validators=[RegexValidator(r"^[0-9]{4}$", _("Skriv postnummeret med 4 cifre."))]
    )
    town = models.CharField(_("by"), max_length=100, validators=[refuse_cpr_number])
    # Of the place, and no employee's: the students' schools see them, and they are no secret.
    email = models.EmailField(
        _("e-mailadresse"),
        blank=True,
        default="",
        validators=[refuse_cpr_number],
        help_text=_("Stedets fælles adresse, ikke en medarbejders."),
    )
    phone = models.CharField(
        _("telefon"),
        max_length=20,
        blank=True,
        default="",
        validators=[refuse_cpr_number_as_phone],
        help_text=_("Stedets fælles nummer, ikke en medarbejders."),
    )

    class Meta:
        ordering = ("sort_key", "id")
        verbose_name = _("arbejdssted")
        verbose_name_plural = _("arbejdssteder")
        constraints = [
            models.CheckConstraint(
                condition=Q(p_number__regex=r"^[0-9]{10}$"), name="workplace_has_a_p_number_of_10_digits"
            ),
            models.CheckConstraint(
                condition=Q(postal_code__regex=r"^[0-9]{4}$"), name="workplace_has_a_postal_code_of_4_digits"
            ),
            models.UniqueConstraint(fields=["id", "company"], name="workplace_is_one_companys"),
        ]
