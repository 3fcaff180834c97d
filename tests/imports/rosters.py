"""Roster files for tests: a row that is right, in which a test changes what it is about."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from laereplads.imports.roster.columns import COLUMNS
from laereplads.imports.roster.sample import SAMPLE_INSTITUTION_NUMBER, create_organisations
from laereplads.people.models import School

HEADERS = [column.header for column in COLUMNS if not column.may_be_absent]
STUDENT = {
    "institutionsnummer": SAMPLE_INSTITUTION_NUMBER,
    "elevnummer": "E1",
    "navn": "Åse Ærø-Ølgaard",
    "foedselsdato": "09-09-2004",
    "email": "aase@test.example",
    "mobil": "00 00 00 01",
    "elevtype": "EUD",
    "uddannelse": "ssa",
    "uddannelsesstatus": "I hovedforløb",
    "grundforloeb": "",
    "relation": "Hovedforløb på skolen",
    "profil": "Synlig profil",
    "forventet_udlaert": "31-08-2027",
    "udmeldt": "",
}
AGREEMENT = {
    "aftalenummer": "A1",
    "aftaletype": "Ordinær aftale",
    "cvr": "99000007",
    "p_nummer": "1000000001",
    "aftale_start": "01-08-2025",
    "aftale_slut": "31-08-2027",
    "aftale_ophoert": "",
}
NO_AGREEMENT = dict.fromkeys(AGREEMENT, "")


def sample_world() -> School:
    """What the sample file refers to."""
    return create_organisations()


def row(**cells: str) -> dict[str, str]:
    """A student with an agreement."""
    return {**STUDENT, **AGREEMENT, **cells}


def student(**cells: str) -> dict[str, str]:
    """A student without an agreement."""
    return {**STUDENT, **NO_AGREEMENT, **cells}


def roster(
    *rows: Mapping[str, str],
    headers: Iterable[str] = HEADERS,
    delimiter: str = ";",
    encoding: str = "utf-8",
    line_end: str = "\n",
    **options: Any,
) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(headers), delimiter=delimiter, lineterminator=line_end, **options)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def crowd(count: int, **cells: str) -> bytes:
    """`count` students, each with an agreement."""
    return roster(*(row(elevnummer=f"E{n}", aftalenummer=f"A{n}", navn=f"Testelev {n}", **cells) for n in range(count)))
