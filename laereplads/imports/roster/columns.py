"""The columns of the file: what they are called, what may stand in them, and how a cell is read."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from laereplads.database.cpr import COUNTRY_CODE, CPR_REFUSED, holds_cpr_number
from laereplads.database.text import holds_broken_letters
from laereplads.imports.roster.problems import listed
from laereplads.people.models import (
    Agreement,
    AgreementType,
    BasicProgramme,
    EducationStatus,
    ProfileVisibility,
    SchoolRelation,
    Student,
    StudentType,
)
from laereplads.people.models.organisations import validate_cvr
from laereplads.people.municipalities import MUNICIPALITIES

EARLIEST_DATE = datetime.date(1900, 1, 1)
LATEST_DATE = datetime.date(2100, 1, 1)
DATE = re.compile(r"(\d{1,2})[-.](\d{1,2})[-.](\d{4})|(\d{4})-(\d{2})-(\d{2})", re.ASCII)
PHONE = re.compile(r"\+?[0-9 ]+")
# What spreadsheets make of numbers: 2,8E+11, 123,00, #N/A, ="00123", '00123, 12-aug, TRUE.
MONTH = (
    "(?:jan(?:uar)?|feb(?:ruar)?|mar(?:ts)?|apr(?:il)?|ma[jy]|jun[ei]?|jul[iy]?|aug(?:ust)?|sept?(?:ember)?|"
    "o[kc]t(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
DAMAGED = re.compile(
    rf"""\d+(?:[.,]\d+)?E[+-]?\d+ | \d+[.,]0+ | \#.*[A-ZÆØÅ/?!].* | \#+ | ['=].*
    | \d{{1,2}}[-.\ ]+{MONTH}\.?(?:[-.\ ]+\d{{2,4}})? | {MONTH}\.?[-.\ ]+\d{{1,4}}
    | sand | falsk | true | false | null | none | nan | n/a | undefined""",
    re.VERBOSE | re.IGNORECASE,
)
YES_OR_NO = {"ja": True, "nej": False}


class Unreadable(Exception):
    """A cell holds something that its column cannot; the text says what and what to write instead."""


def shortened(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:39]}…"  # noqa: PLR2004  # as much as a table cell holds


class Absent:
    """What a row says of a column that the file does not have: nothing. One empty cell says that there is nothing."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = Absent()


def text(value: str, *, max_length: int) -> str:
    if holds_broken_letters(value):
        raise Unreadable(
            _("Bogstaverne i “%(value)s” er ødelagt. Gem filen igen som UTF-8.") % {"value": shortened(value)}
        )
    if not value.isprintable():
        raise Unreadable(_("Cellen indeholder et tegn, der ikke kan bruges, fx et linjeskift. Slet tegnet."))
    if len(value) > max_length:
        raise Unreadable(
            _("Teksten er på %(length)s tegn. Der er plads til %(max)s.") % {"length": len(value), "max": max_length}
        )
    return value


def person_name(value: str, *, max_length: int) -> str:
    if DAMAGED.fullmatch(value) and not value.isalpha():
        raise Unreadable(damage(value))
    if "?" in value:
        raise Unreadable(
            _("Bogstaverne i “%(value)s” er ødelagt. Gem filen igen som UTF-8.") % {"value": shortened(value)}
        )
    return without_cpr(text(value, max_length=max_length))


def number(value: str, *, max_length: int) -> str:
    """A number as a system gave it, which a spreadsheet has not made another."""
    if DAMAGED.fullmatch(value):
        raise Unreadable(damage(value))
    return without_cpr(text(value, max_length=max_length))


def damage(value: str) -> str:
    return _(
        "“%(value)s” ser ud til at være ændret af et regneark. Skriv værdien, som den står i det "
        "studieadministrative system."
    ) % {"value": shortened(value)}


def without_cpr(value: str) -> str:
    if holds_cpr_number(value):
        raise Unreadable(str(CPR_REFUSED))
    return value


def yes_or_no(value: str) -> bool:
    found = YES_OR_NO.get(value.casefold())
    if found is None:
        raise Unreadable(
            _("“%(value)s” kan ikke bruges. Skriv %(choices)s.")
            % {"value": shortened(value), "choices": listed(YES_OR_NO)}
        )
    return found


def municipality(value: str) -> str:
    if value not in MUNICIPALITIES:
        raise Unreadable(
            _("Der er ingen kommune med koden “%(value)s”. Skriv dens 3 cifre, eller 999 for udlandet eller ukendt.")
            % {"value": shortened(value)}
        )
    return value


def email(value: str) -> str:
    try:
        validate_email(text(value, max_length=254))
    except ValidationError:
        raise Unreadable(
            _("“%(value)s” er ikke en e-mailadresse. Skriv den som navn@eksempel.dk.") % {"value": shortened(value)}
        ) from None
    return without_cpr(value)


def phone(value: str) -> str:
    if not PHONE.fullmatch(text(value, max_length=20)):
        raise Unreadable(
            _("“%(value)s” er ikke et telefonnummer. Skriv cifre, eventuelt med + foran.") % {"value": shortened(value)}
        )
    return value if COUNTRY_CODE.match(value) else without_cpr(value)


def digits(value: str, *, count: int, name: str | Promise) -> str:
    if not (value.isascii() and value.isdecimal() and len(value) == count):
        raise Unreadable(
            _("“%(value)s” er ikke et %(name)s. Skriv %(count)s cifre.")
            % {"value": shortened(value), "name": name, "count": count}
        )
    return value


def cvr(value: str) -> str:
    try:
        validate_cvr(value)
    except ValidationError:
        raise Unreadable(
            _("“%(value)s” er ikke et gyldigt CVR-nummer. Tjek cifrene.") % {"value": shortened(value)}
        ) from None
    return value


@functools.lru_cache(maxsize=10_000)
def date(value: str) -> datetime.date:
    """The day meant by 20-10-2021, 20.10.2021 or 2021-10-20."""
    if match := DATE.fullmatch(value):
        day, month, year, iso_year, iso_month, iso_day = match.groups()
        try:
            found = datetime.date(int(year or iso_year), int(month or iso_month), int(day or iso_day))
        except ValueError:
            raise Unreadable(
                _("Datoen “%(value)s” findes ikke. Ret dag, måned eller år.") % {"value": shortened(value)}
            ) from None
        if not EARLIEST_DATE <= found < LATEST_DATE:
            raise Unreadable(_("Året i “%(value)s” kan ikke passe. Ret det.") % {"value": shortened(value)})
        return found
    raise Unreadable(
        _("“%(value)s” er ikke en dato. Skriv den som 20-10-2021, 20.10.2021 eller 2021-10-20.")
        % {"value": shortened(value)}
    )


def past_date(value: str) -> datetime.date:
    found = date(value)
    if found > timezone.localdate():
        raise Unreadable(_("“%(value)s” ligger i fremtiden. Skriv en dato til og med i dag.") % {"value": value})
    return found


def choice(value: str, *, choices: type[TextChoices]) -> str:
    """The code of a choice given by its code or its Danish label, in capitals or not."""
    code = codes(choices).get(value.casefold())
    if code is None:
        raise Unreadable(
            _("“%(value)s” kan ikke bruges. Skriv %(choices)s.")
            % {"value": shortened(value), "choices": listed(str(label) for label in choices.labels)}
        )
    return code


@functools.cache
def codes(choices: type[TextChoices]) -> Mapping[str, str]:
    known = [(word, code) for code, label in choices.choices for word in (code, str(label))]
    return {str(word).casefold(): str(code) for word, code in known}


@dataclass(frozen=True)
class Column:
    """A column: its heading, the attribute it fills, and how its cells are read."""

    header: str
    attribute: str
    read: Callable[[str], Any]
    content: str | Promise
    # A student must have it; an agreement must have it if the row has an agreement.
    is_required: bool = True
    # What an empty cell means.
    blank: Any = ""
    # The whole column may be left out of the file.
    may_be_absent: bool = False


def longest(model: type[Student | Agreement], field: str) -> int:
    return int(model._meta.get_field(field).max_length)  # type: ignore[union-attr, arg-type]  # a CharField


read_education = functools.partial(text, max_length=200)
read_institution = functools.partial(digits, count=6, name=gettext_lazy("institutionsnummer"))


def choice_column(header: str, attribute: str, choices: type[TextChoices], **options: Any) -> Column:
    content = format_lazy(gettext_lazy("Én af: {labels}."), labels=", ".join(str(label) for label in choices.labels))
    return Column(header, attribute, functools.partial(choice, choices=choices), content, **options)


def optional(
    header: str, attribute: str, read: Callable[[str], Any], content: str | Promise, blank: Any = None
) -> Column:
    """A column that files from before it was thought of do not have."""
    return Column(header, attribute, read, content, is_required=False, blank=blank, may_be_absent=True)


STUDENT_COLUMNS = (
    Column("institutionsnummer", "institution_number", read_institution, gettext_lazy("Skolens 6 cifre.")),
    Column(
        "elevnummer",
        "student_number",
        functools.partial(number, max_length=longest(Student, "student_number")),
        gettext_lazy("Elevens nummer på skolen. Ikke CPR-nummer."),
    ),
    Column(
        "navn",
        "name",
        functools.partial(person_name, max_length=longest(Student, "name")),
        gettext_lazy("Fornavn og efternavn."),
    ),
    Column("foedselsdato", "birth_date", past_date, gettext_lazy("Dato. Eleven er 14–80 år.")),
    Column("email", "email", email, gettext_lazy("Elevens e-mailadresse."), is_required=False),
    Column("mobil", "phone", phone, gettext_lazy("Cifre, eventuelt med + foran."), is_required=False),
    choice_column("elevtype", "student_type", StudentType),
    Column(
        "uddannelse",
        "education",
        read_education,
        gettext_lazy("Uddannelsens kode eller navn. Tom på grundforløbets 1. del."),
        is_required=False,
    ),
    choice_column("uddannelsesstatus", "status", EducationStatus),
    choice_column("grundforloeb", "basic_programme", BasicProgramme, is_required=False, blank=BasicProgramme.NONE),
    choice_column("relation", "relation", SchoolRelation),
    choice_column("profil", "visibility", ProfileVisibility, is_required=False, blank=ProfileVisibility.NONE),
    Column(
        "forventet_udlaert",
        "expected_completion_on",
        date,
        gettext_lazy("Dato efter fødselsdatoen."),
        is_required=False,
        blank=None,
    ),
    Column(
        "udmeldt",
        "signed_off_on",
        past_date,
        gettext_lazy("Datoen, når eleven er meldt ud. Ellers tom."),
        is_required=False,
        blank=None,
    ),
    optional(
        "bopaelskommune",
        "residence_municipality",
        municipality,
        gettext_lazy("Kommunens 3 cifre, eller 999 for udlandet eller ukendt."),
        "",
    ),
    optional(
        "ungdomsuddannelse_gennemfoert",
        "has_completed_youth_education",
        yes_or_no,
        gettext_lazy("ja eller nej. Tom betyder ukendt."),
    ),
    optional(
        "studiestart", "education_starts_on", date, gettext_lazy("Første dag på uddannelsen, som eleven går på nu.")
    ),
    optional("hovedforloeb_start", "main_programme_starts_on", date, gettext_lazy("Hovedforløbets første dag.")),
    optional("merit", "has_credit", yes_or_no, gettext_lazy("ja eller nej.")),
    optional(
        "uniid",
        "uniid",
        functools.partial(number, max_length=longest(Student, "uniid")),
        gettext_lazy("Elevens id i Unilogin. Det bruges kun til login."),
        "",
    ),
    optional(
        "beskyttet",
        "is_protected",
        yes_or_no,
        gettext_lazy("ja, når eleven har navne- og adressebeskyttelse. Ellers nej eller tom."),
        blank=False,
    ),
    optional(
        "afbrudt_dato",
        "dropped_out_on",
        past_date,
        gettext_lazy("Dagen, når uddannelsesstatus er Afbrudt. Ellers tom."),
    ),
)

AGREEMENT_COLUMNS = (
    Column(
        "aftalenummer",
        "number",
        functools.partial(number, max_length=longest(Agreement, "number")),
        gettext_lazy("Aftalens nummer, som kun den har."),
    ),
    choice_column("aftaletype", "type", AgreementType),
    Column("cvr", "cvr", cvr, gettext_lazy("Virksomhedens 8 cifre.")),
    Column(
        "p_nummer",
        "p_number",
        functools.partial(digits, count=10, name=gettext_lazy("P-nummer")),
        gettext_lazy("Arbejdsstedets 10 cifre. Det skal høre til virksomheden."),
    ),
    Column("aftale_start", "starts_on", date, gettext_lazy("Aftalens første dag.")),
    Column("aftale_slut", "ends_on", date, gettext_lazy("Aftalens sidste dag, efter den første.")),
    Column(
        "aftale_ophoert",
        "ended_early_on",
        date,
        gettext_lazy("Sidste dag, hvis aftalen sluttede før tid. Ellers tom eller lig aftale_slut."),
        is_required=False,
        blank=None,
    ),
    optional(
        "aftale_annulleret",
        "annulled_on",
        past_date,
        gettext_lazy("Datoen, hvis aftalen er oprettet ved en fejl og ikke er vurderet. Ellers tom."),
    ),
    Column(
        "aftale_uddannelse",
        "agreement_education",
        read_education,
        gettext_lazy("Kun hvis aftalens uddannelse er en anden end elevens."),
        is_required=False,
        may_be_absent=True,
    ),
    Column(
        "aftale_institutionsnummer",
        "agreement_institution_number",
        read_institution,
        gettext_lazy("Kun hvis aftalens skole er en anden end elevens."),
        is_required=False,
        may_be_absent=True,
    ),
)

COLUMNS = STUDENT_COLUMNS + AGREEMENT_COLUMNS
HEADERS = {column.header: column for column in COLUMNS}
HEADER_OF = {column.attribute: column.header for column in COLUMNS}
