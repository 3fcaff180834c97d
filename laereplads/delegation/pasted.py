"""Names and addresses as people have them: a column of a spreadsheet, a list from a mail, or a CSV file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from laereplads.database.cpr import CPR_REFUSED, holds_cpr_number
from laereplads.database.text import refuse_broken_letters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_LINES = 500
LONGEST_NAME = 200
ADDRESS = re.compile(r"[^\s<>,;\t\"'()]+@[^\s<>,;\t\"'()]+")
# What stands between a name and an address, and around them.
MARKS = " \t,;:\"'<>()-–"
valid_address = EmailValidator()


@dataclass(frozen=True)
class Person:
    """One line: who it names, or what is wrong with it."""

    line: int
    text: str
    name: str = ""
    email: str = ""
    problem: StrOrPromise = ""


def people_in(text: str) -> list[Person]:
    """Everybody a text names, a line each: "Karin Vester; karin@fjordby.example" or "Karin <karin@…>".

    A first line of headings is passed over. Somebody who stands twice is named once.
    """
    found: list[Person] = []
    addresses: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip(MARKS):
            continue
        person = person_in(number, line)
        if number == 1 and "@" not in line and person.problem:
            continue
        if person.email and person.email in addresses and not person.problem:
            continue
        addresses.add(person.email)
        found.append(person)
    return found


def person_in(number: int, line: str) -> Person:
    def wrong(problem: StrOrPromise) -> Person:
        return Person(number, line.strip(), problem=problem)

    # Not repeated on the page either.
    if holds_cpr_number(line):
        return Person(number, "", problem=CPR_REFUSED)
    addresses = ADDRESS.findall(line)
    if not addresses:
        return wrong(_("Der mangler en e-mailadresse."))
    if len(addresses) > 1:
        return wrong(_("Der står mere end én e-mailadresse. Skriv én person på hver linje."))
    email = addresses[0].lower().rstrip(".")
    name = " ".join(ADDRESS.sub(" ", line).strip(MARKS).replace(";", " ").replace("\t", " ").split()).strip(MARKS)
    if "," in name:
        # "Vester, Karin", as address books have it.
        last, _comma, first = name.partition(",")
        name = f"{first.strip()} {last.strip()}".strip()
    problem = problem_of(name, email)
    return wrong(problem) if problem else Person(number, line.strip(), name, email)


def problem_of(name: str, email: str) -> StrOrPromise:
    """What is wrong with a name or an address; empty where nothing is."""
    if not name:
        return _("Der mangler et navn.")
    if len(name) > LONGEST_NAME:
        return _("Navnet er for langt.")
    try:
        valid_address(email)
    except ValidationError:
        return _("E-mailadressen er ikke skrevet rigtigt.")
    try:
        refuse_broken_letters(name)
    except ValidationError as refusal:
        return str(refusal.messages[0])
    return ""
