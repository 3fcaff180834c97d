"""Hent mine oplysninger: everything that the portal holds about a student, for them to read and for a machine."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from laereplads.database.declarations import declared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model
    from django_stubs_ext import StrOrPromise

    from laereplads.access.models import Membership
    from laereplads.database.own_data import OwnTable
    from laereplads.web.http import Request

    type Labels = Mapping[str, StrOrPromise]

# What stands first; the other sections follow as their apps are installed.
FIRST = ("student", "agreements", "assessments", "account", "memberships", "events", "access_log")
WIDEST_TABLE = 6


@dataclass(frozen=True)
class Fact:
    """One thing that the portal holds: `value` for a machine, `words` for its reader, if it can be said in words.

    A code is a value that only its words explain.
    """

    key: str
    label: StrOrPromise
    value: Any
    words: str
    is_code: bool = False


@dataclass(frozen=True)
class Section:
    """What one table of the portal holds about the student."""

    key: str
    heading: StrOrPromise
    labels: Labels
    records: list[list[Fact]]
    # Said where there is nothing.
    nothing: StrOrPromise = ""

    @property
    def is_one_record(self) -> bool:
        return not self.nothing

    @property
    def is_table(self) -> bool:
        """Whether its records fit side by side."""
        return not self.is_one_record and len(self.labels) <= WIDEST_TABLE


def own_tables() -> list[OwnTable]:
    """All that apps declare, in the order of the page."""
    by_key = {table.key: table for table in declared("own_data", "OWN_TABLES")}
    return [by_key[key] for key in dict.fromkeys((*FIRST, *by_key))]


def sections(request: Request) -> list[Section]:
    """What stands on the page."""
    return [section(table, request.membership) for table in own_tables() if table.is_on_the_page]


def section(table: OwnTable, membership: Membership) -> Section:
    counts = [one for one in declared("own_data", "OWN_COUNTS") if one.section == table.key]
    labels = {**table.labels, **{one.name: one.label for one in counts}}
    rows = table.rows(membership)
    if isinstance(rows, QuerySet) and counts:
        rows = rows.annotate(**{one.name: one.count for one in counts})
    return Section(table.key, table.heading, labels, [facts(row, labels, table.absent) for row in rows], table.nothing)


def facts(row: Model, labels: Labels, absent: Labels) -> list[Fact]:
    return [fact(row, path, label, absent.get(path) or gettext("Ikke oplyst")) for path, label in labels.items()]


def fact(row: Model, path: str, label: StrOrPromise, absent: StrOrPromise) -> Fact:
    *way, name = path.split(".")
    holder = reduce(getattr, way, row)
    value = getattr(holder, name)
    display = getattr(holder, f"get_{name}_display", None)
    is_code = bool(display and value)
    words = display() if display and value else in_words(value, absent)
    return Fact(path.replace(".", "_"), label, for_a_machine(value), str(words), is_code)


def in_words(value: Any, absent: StrOrPromise) -> str:
    if isinstance(value, bool):
        return gettext("Ja") if value else gettext("Nej")
    if isinstance(value, datetime.datetime):
        moment = timezone.localtime(value)
        told = {"day": date_format(moment, "DATE_FORMAT"), "time": date_format(moment, "TIME_FORMAT")}
        return gettext("%(day)s kl. %(time)s") % told
    if isinstance(value, datetime.date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, dict):
        return ""
    return str(absent) if value is None or value == "" else str(value)


def for_a_machine(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | dict) else str(value)


def as_file(request: Request) -> dict[str, Any]:
    """The file: sections by their keys, what each key of them means, and what each code in them stands for."""
    found = [section(table, request.membership) for table in own_tables()]
    return {
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "meaning": {
            each.key: {
                "_": str(each.heading),
                **{path.replace(".", "_"): str(label) for path, label in each.labels.items()},
            }
            for each in found
        },
        "codes": {each.key: codes(each) for each in found},
        **{each.key: for_file(each) for each in found},
    }


def codes(found: Section) -> dict[str, dict[str, str]]:
    """By key, the words of each code that stands in the section."""
    explained: dict[str, dict[str, str]] = {}
    for fact in itertools.chain.from_iterable(found.records):
        if fact.is_code:
            explained.setdefault(fact.key, {})[str(fact.value)] = fact.words
    return explained


def for_file(found: Section) -> Any:
    records = [{fact.key: fact.value for fact in record} for record in found.records]
    return records[0] if found.is_one_record else records
