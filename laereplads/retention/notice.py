"""What the page **Sådan behandles dine oplysninger** says, collected from every app's `privacy.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from laereplads.access_log.purposes import SEARCH, purposes
from laereplads.database.declarations import declarations
from laereplads.database.privacy import Person, Processing
from laereplads.retention.descriptions import when
from laereplads.retention.rules import RULES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIRST = ("risk", "people", "rejections")
HEADINGS: dict[Person, StrOrPromise] = {
    Person.STUDENT: _("Er du elev?"),
    Person.EMPLOYEE: _("Er du ansat?"),
    Person.APPLICANT: _("Har du søgt læreplads?"),
}


@dataclass(frozen=True)
class Told:
    """One processing, and how long each kind of its data is kept."""

    processing: Processing
    kept: list[str]


@dataclass(frozen=True)
class Section:
    """What is told to those whose data they are; students are told what pages show them for, too."""

    key: Person
    heading: StrOrPromise
    processings: list[Told]
    purposes: list[StrOrPromise]


def processings() -> list[Processing]:
    """All that apps declare: first what the portal is for."""
    by_app = dict(declarations("privacy", "PROCESSING"))
    return [each for app in dict.fromkeys((*FIRST, *by_app)) for each in by_app[app]]


def told(processing: Processing) -> Told:
    rules = [rule for table in processing.tables for rule in RULES if rule.table == table]
    if len(rules) == 1:
        return Told(processing, [when(rules[0])])
    return Told(processing, [f"{rule.what}: {when(rule)}" for rule in rules])


def sections() -> list[Section]:
    shown: list[StrOrPromise] = [purpose.label for purpose in purposes().values() if purpose != SEARCH]
    return [
        Section(
            person,
            heading,
            [told(each) for each in processings() if person in each.about],
            shown if person is Person.STUDENT else [],
        )
        for person, heading in HEADINGS.items()
    ]
