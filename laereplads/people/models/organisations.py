"""Educations and the organisations that carry them out."""

import functools
import operator

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Mod, Substr
from django.utils.translation import gettext_lazy as _
from stdnum.dk import cvr

from laereplads.database.cpr import refuse_cpr_number, refuse_cpr_number_as_phone
from laereplads.database.text import DanishSearchKeys, DanishSortKey, refuse_broken_letters


def validate_cvr(number: str) -> None:
    """Raise ValidationError unless `number` is eight digits whose weighted sum is divisible by 11."""
    if not number.isdecimal() or not cvr.is_valid(number):
        raise ValidationError(_("CVR-nummeret er ikke gyldigt. Tjek cifrene."), code="cvr")


CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
CVR_SUM = functools.reduce(
    operator.add,
    (
        Cast(Substr("cvr", position, 1), models.IntegerField()) * weight
        for position, weight in enumerate(CVR_WEIGHTS, start=1)
    ),
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


class School(Named):
    """A school that offers the educations and reports its students."""

    institution_number = models.CharField(
        _("institutionsnummer"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^[0-9]{6}$", _("Skriv institutionsnummeret med 6 cifre."))],
    )
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
        ]


class CompanyKind(models.TextChoices):
    MUNICIPALITY = "municipality", _("Kommune")
    REGION = "region", _("Region")
    PRIVATE = "private", _("Privat")


class Company(Named):
    """A training company (oplæringsvirksomhed): a municipality, a region or a private one."""

    cvr = models.CharField(_("CVR-nummer"), max_length=8, unique=True, validators=[validate_cvr])
    kind = models.CharField(_("type"), max_length=20, choices=CompanyKind)

    class Meta:
        ordering = ("sort_key", "id")
        verbose_name = _("virksomhed")
        verbose_name_plural = _("virksomheder")
        constraints = [
            models.CheckConstraint(
                condition=Q(cvr__regex=r"^[1-9][0-9]{7}$"), name="company_has_a_cvr_number_of_8_digits"
            ),
            models.CheckConstraint(
                # CASE, because PostgreSQL promises no order of constraints: letters must not reach the cast.
                condition=Q(
                    models.lookups.Exact(
                        models.Case(
                            models.When(cvr__regex=r"^[0-9]{8}$", then=Mod(CVR_SUM, 11)),
                            default=models.Value(1),
                            output_field=models.IntegerField(),
                        ),
                        0,
                    )
                ),
                name="company_has_a_cvr_number_that_checks",
                violation_error_message=_("CVR-nummeret er ikke gyldigt. Tjek cifrene."),
            ),
            models.CheckConstraint(condition=Q(kind__in=CompanyKind.values), name="company_is_of_a_known_kind"),
        ]


class Workplace(Named):
    """A place of a company where students are trained (arbejdssted)."""

    company = models.ForeignKey(Company, models.PROTECT, verbose_name=_("virksomhed"), related_name="workplaces")
    p_number = models.CharField(
        _("P-nummer"),
        max_length=10,
        unique=True,
        validators=[RegexValidator(r"^[0-9]{10}$", _("Skriv P-nummeret med 10 cifre."))],
    )
    street = models.CharField(_("vej og husnummer"), max_length=200, validators=[refuse_cpr_number])
    postal_code = models.CharField(
        _("postnummer"), max_length=4, validators=[RegexValidator(r"^[0-9]{4}$", _("Skriv postnummeret med 4 cifre."))]
    )
    town = models.CharField(_("by"), max_length=100, validators=[refuse_cpr_number])

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
