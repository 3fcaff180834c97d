"""How a cell is read: each of these turns what stands in it into a value, or says what to write instead."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from laereplads.database.cpr import COUNTRY_CODE, CPR_REFUSED, holds_cpr_number
from laereplads.database.text import holds_broken_letters
from laereplads.imports.files.problems import listed
from laereplads.people.models.organisations import KOMMUNEKODER, validate_cvr
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


def name(value: str, *, max_length: int) -> str:
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
        "“%(value)s” ser ud til at være ændret af et regneark. Skriv værdien, som den står i det system, den kommer "
        "fra."
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


def kommunekode(value: str) -> str:
    """A municipality's; registers write it with a nought in front as well."""
    code = value[1:] if len(value) > 3 and value.startswith("0") else value  # noqa: PLR2004  # digits of a code
    if code not in KOMMUNEKODER:
        raise Unreadable(
            _("Der er ingen kommune med koden “%(value)s”. Skriv dens 3 cifre.") % {"value": shortened(value)}
        )
    return code


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
