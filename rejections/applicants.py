"""Understands whom a company rejected: a name, and a way to reach the person."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from phonenumbers import (
    Leniency,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    format_number,
    is_valid_number,
    national_significant_number,
)

from laereplads.database.cpr import refuse_cpr_number
from laereplads.database.text import refuse_broken_letters
from rejections.encryption import keyed_hash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phonenumbers import PhoneNumberMatch

    from laereplads.people.models import Company, Education

DENMARK, CODE_OF_DENMARK = "DK", 45
EMAIL = re.compile(r"[^\s,;:<>()\[\]\"']*@[^\s,;<>()\[\]\"']*")
GAP = "[ \u00a0.-]"
DIGITS = re.compile(rf"(?:[0-9]{GAP}?){{5,}}[0-9]")
DIGITS_OF_A_PHONE = 8
LABEL = re.compile(
    r"\b(?:adresse|tlf|tel|telefon|mob|mobil(?:nummer|nr)?|e-?mail(?:adresse)?|mail)\b[.:]*", re.IGNORECASE
)
# A street and its number, or a place.
# "20304050" and "20 30 40 50", which no house number with a postal code looks like.
IN_PAIRS = re.compile(r"\d{8}|\d\d([ .-])\d\d\1\d\d\1\d\d")
HOUSE_NUMBER = re.compile(r"[^\W\d_].* [0-9]{1,3} ?[a-zæøå]?\b|\bpostboks [0-9]+", re.IGNORECASE)
POSTAL_CODE = re.compile(r"\b[0-9]{4}\b")
EDGES = " \u00a0.:-–<>()[]\"'"
NO_CONTACT = _("Skriv ansøgerens adresse, e-mail eller mobilnummer.")
NO_NAME = _("Skriv ansøgerens navn.")


@dataclass(frozen=True)
class Identity:
    """An applicant as typed, in parts; what was not typed is empty. Its repr tells nothing: it may end in a report."""

    name: str = field(repr=False)
    address: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)

    def parts(self) -> dict[str, str]:
        return asdict(self)

    @sensitive_variables()
    def fingerprints(self, company: Company, education: Education) -> set[bytes]:
        """One keyed hash for each way of reaching the person: any that recurs tells that the applicant does."""
        address = plain(self.address) if is_address(self.address) else ""
        ways = {"address": address, "email": plain(self.email), "phone": self.phone}
        return {keyed_hash(company.pk, education.pk, plain(self.name), kind, way) for kind, way in ways.items() if way}


def plain(text: str) -> str:
    """Letters and digits alone: capitals, spaces, full stops and aa for å do not make it another person."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("aa", "å")
    return "".join(character for character in folded if character.isalnum())


@sensitive_variables()
def on_one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("\n", ", ").replace("\t", ", ").split())


@sensitive_variables()
def name_in(text: str) -> str:
    """The applicant's name, of one letter or more. Raises ValidationError with words that repeat nothing of it."""
    name = on_one_line(text)
    refuse_cpr_number(name)
    refuse_broken_letters(name)
    if not any(character.isalpha() for character in name):
        raise ValidationError(NO_NAME, code="name")
    if "@" in name or take_phone(name)[0]:
        words = _("Skriv kun navnet her. Skriv e-mail og mobilnummer i det næste felt.")
        raise ValidationError(words, code="name")
    return name


@sensitive_variables()
def ways_in(text: str) -> dict[str, str]:
    """An address, an e-mail address and a telephone number, as far as `text` has them: at least one.

    Raises ValidationError with words that say what is missing and repeat nothing of the text.
    """
    rest = on_one_line(text)
    refuse_cpr_number(without_country_codes(rest))
    refuse_broken_letters(rest)
    email, rest = take_email(rest)
    phone, rest = take_phone(rest)
    address = rest_of(rest)
    if not (email or phone or is_address(address)):
        raise missing_contact(rest)
    return {"address": address, "email": email, "phone": phone}


@sensitive_variables()
def take_email(text: str) -> tuple[str, str]:
    """The e-mail address in `text`, and the text without it."""
    found = EMAIL.search(text)
    if found is None:
        return "", text
    email = found.group().strip(".")
    try:
        validate_email(email)
    except ValidationError:
        words = _("E-mailadressen mangler noget eller har tegn, der ikke hører til. Skriv den som navn@firma.dk.")
        raise ValidationError(words, code="email") from None
    return email, f"{text[: found.start()]},{text[found.end() :]}"


@sensitive_variables()
def numbers_in(text: str) -> Iterator[PhoneNumberMatch]:
    """The telephone numbers of any country; those without a country code are Danish.

    Of Danish ones the first digit is judged, not whether the number is in use: that changes every month. House numbers
    and postal codes are no telephones: digits without a country code stand together as those of a telephone do.
    """
    for found in PhoneNumberMatcher(text, DENMARK, leniency=Leniency.POSSIBLE):
        if found.number.country_code != CODE_OF_DENMARK:
            is_number = is_valid_number(found.number)
        else:
            first = national_significant_number(found.number)[0]
            is_number = first in "23456789" and is_written_as_one(found, text)
        if is_number:
            yield found


@sensitive_variables()
def is_written_as_one(found: PhoneNumberMatch, text: str) -> bool:
    """Whether a Danish number has its country code, or is grouped as nothing else is, or stands by itself."""
    if found.raw_string.startswith(("+", "(+", "00")) or IN_PAIRS.fullmatch(found.raw_string):
        return True
    before, after = re.split("[,;|]", text[: found.start])[-1], re.split("[,;|]", text[found.end :])[0]
    return not any(map(str.isalnum, LABEL.sub(" ", before + "," + after)))


@sensitive_variables()
def take_phone(text: str) -> tuple[str, str]:
    """The first telephone number in `text`, and the text without it: eight digits if Danish, else as +46701234567."""
    found = next(numbers_in(text), None)
    if found is None:
        return "", text
    is_danish = found.number.country_code == CODE_OF_DENMARK
    phone = (
        national_significant_number(found.number) if is_danish else format_number(found.number, PhoneNumberFormat.E164)
    )
    return phone, f"{text[: found.start]},{text[found.end :]}"


@sensitive_variables()
def without_country_codes(text: str) -> str:
    """The text without numbers that name their country: whatever their digits, they are telephones."""
    for found in numbers_in(text):
        if found.raw_string.lstrip("(").startswith(("+", "00")):
            text = text.replace(found.raw_string, ",")
    return text


@sensitive_variables()
def rest_of(text: str) -> str:
    """What is left besides labels and marks: the address, if there is one."""
    pieces = [piece.strip(EDGES) for piece in re.split("[,;|]", LABEL.sub(" ", text))]
    return ", ".join(piece for piece in pieces if any(character.isalnum() for character in piece))


def is_address(text: str) -> bool:
    """A street and house number, or a place by name with its postal code."""
    return bool(HOUSE_NUMBER.search(text)) or ("," in text and bool(POSTAL_CODE.search(text)))


@sensitive_variables()
def missing_contact(rest: str) -> ValidationError:
    run = DIGITS.search(rest)
    count = sum(character.isdigit() for character in run.group()) if run else 0
    if "+" in rest or (run and run.group().startswith("00")):
        return ValidationError(_("Nummeret passer ikke med landekoden. Ret det."), code="phone")
    if run and count != DIGITS_OF_A_PHONE:
        return ValidationError(
            _("Et dansk mobilnummer har 8 cifre. Du har skrevet %(count)d. Skriv et udenlandsk med landekode, fx +46."),
            code="phone",
            params={"count": count},
        )
    if run:
        return ValidationError(_("Et dansk mobilnummer begynder med 2–9. Ret nummeret."), code="phone")
    return ValidationError(NO_CONTACT, code="contact")
