"""Understands the one line in which a company says whom it rejected: a name, and how the person is reached."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from laereplads.database.cpr import refuse_cpr_number
from rejections.encryption import keyed_hash

if TYPE_CHECKING:
    from laereplads.people.models import Company, Education

EMAIL = re.compile(r"[^\s,;:<>()\[\]\"']*@[^\s,;<>()\[\]\"']*")
GAP = "[ \u00a0.-]"
PHONE = re.compile(
    rf"""(?<![0-9])(?:(?:\+|00)?45{GAP}?)?
    (?P<number>
        [2-9][0-9](?P<gap>{GAP}?)[0-9]{{2}}(?P=gap)[0-9]{{2}}(?P=gap)[0-9]{{2}}
        | [2-9][0-9]{{3}}{GAP}[0-9]{{4}}
        | [2-9][0-9]{{2}}{GAP}[0-9]{{3}}{GAP}[0-9]{{2}}
        | [2-9][0-9]{GAP}[0-9]{{3}}{GAP}[0-9]{{3}}
    )
    (?![0-9])(?!{GAP}[0-9]{{2}}(?![0-9]))  # of "12 20 30 40 50" the last eight are the number""",
    re.VERBOSE,
)
DIGITS = re.compile(rf"(?:[0-9]{GAP}?){{5,}}[0-9]")
DIGITS_OF_A_PHONE = 8
LABEL = re.compile(r"\b(?:navn|adresse|tlf|telefon|mobil(?:nummer|nr)?|e-?mail(?:adresse)?|mail)\b[.:]*", re.IGNORECASE)
KINDS_OF_STREET = (
    "vej|vejen|gade|gaden|gyde|gyden|allé|alle|alléen|plads|pladsen|stræde|strædet|vænge|vænget|boulevard|torv|torvet|"
    "park|parken|have|haven|kaj|sti|stien|bakke|bakken|toft|toften|løkken|marken|skoven|høj|højen|lund|lunden|dal|"
    "dalen|engen|ager|ringen|passage|gård|gården|kvarter|kvarteret|krogen|brinken|strand|stranden"
)
STREET = re.compile(
    rf"(?:\b[\w.'-]+ )?\b(?:{KINDS_OF_STREET}) [0-9]{{1,3}} ?[a-zæøå]?\b|"
    rf"\b[\w.'-]+(?:{KINDS_OF_STREET}) [0-9]{{1,3}} ?[a-zæøå]?\b",
    re.IGNORECASE,
)
HOUSE_NUMBER = re.compile(r"[^\W\d_].* [0-9]{1,3} ?[a-zæøå]?\b", re.IGNORECASE)
POSTAL_CODE = re.compile(r"\b[0-9]{4}\b")
EDGES = " \u00a0.:-–<>()[]\"'"
SHORTEST_NAME = 2


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
def understand(line: str) -> Identity:
    """The applicant whom `line` names: a name first, and an address, an e-mail address or a Danish mobile number.

    Raises ValidationError with words that say what is missing and repeat nothing of the line.
    """
    rest = " ".join(unicodedata.normalize("NFC", line).replace("\n", ",").replace("\t", ",").split())
    refuse_cpr_number(rest)
    email, rest = take_email(rest)
    phone, rest = take_phone(rest)
    name, address = name_and_address(rest)
    if not (email or phone or is_address(address)):
        raise missing_contact(rest, has_name=bool(name))
    if not name:
        raise ValidationError(_("Skriv også ansøgerens navn. Skriv navnet først."), code="name")
    return Identity(name=name, address=address, email=email, phone=phone)


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
def take_phone(text: str) -> tuple[str, str]:
    """The Danish number in `text` as eight digits, and the text without it."""
    found = PHONE.search(text)
    if found is None:
        return "", text
    digits = re.sub("[^0-9]", "", found.group("number"))
    return digits, f"{text[: found.start()]},{text[found.end() :]}"


@sensitive_variables()
def name_and_address(text: str) -> tuple[str, str]:
    """What stands before the address, and the address; either may be empty."""
    pieces = [piece.strip(EDGES) for piece in re.split("[,;|]", LABEL.sub(" ", text))]
    pieces = [piece for piece in pieces if any(character.isalnum() for character in piece)]
    if not pieces:
        return "", ""
    first, *others = pieces
    street = STREET.search(first)
    if street:
        name, address = first[: street.start()].strip(EDGES), first[street.start() :]
        others = [address, *others]
    elif first[0].isdigit():
        name, others = "", pieces
    else:
        name = first
    letters = sum(character.isalpha() for character in name)
    return (name if letters >= SHORTEST_NAME else ""), ", ".join(others)


def is_address(text: str) -> bool:
    """A street and house number, or a place by name with its postal code."""
    return bool(HOUSE_NUMBER.search(text)) or ("," in text and bool(POSTAL_CODE.search(text)))


@sensitive_variables()
def missing_contact(rest: str, *, has_name: bool) -> ValidationError:
    run = DIGITS.search(rest)
    count = sum(character.isdigit() for character in run.group()) if run else 0
    if run and count != DIGITS_OF_A_PHONE:
        return ValidationError(
            _("Et dansk mobilnummer har 8 cifre. Du har skrevet %(count)d."), code="phone", params={"count": count}
        )
    if run:
        return ValidationError(_("Et dansk mobilnummer begynder med 2–9. Ret nummeret."), code="phone")
    if not has_name:
        return ValidationError(
            _("Skriv ansøgerens navn og adresse, e-mailadresse eller mobilnummer."), code="applicant"
        )
    return ValidationError(
        _("Skriv også ansøgerens adresse, e-mailadresse eller mobilnummer. Sæt komma efter navnet."), code="contact"
    )
