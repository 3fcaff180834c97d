"""Files of organisations for tests: a row that is right, in which a test changes what it is about."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from tests.factories import cvr_number

SAMPLES = [settings.BASE_DIR / "docs" / f"{name}-eksempel.csv" for name in ("virksomheder", "arbejdssteder", "skoler")]
COMPANY = {"cvr": "10000009", "navn": "Åby Kommune", "type": "Kommune", "kommunekode": "", "region": ""}
WORKPLACE = {
    "p_nummer": "1300000001",
    "cvr": "10000009",
    "navn": "Plejecenter Ærø",
    "vej": "Åvej 1, st.",
    "postnummer": "0999",
    "by": "Ølby",
}
SCHOOL = {
    "institutionsnummer": "299001",
    "navn": "SOSU Ølby",
    "cvr": "10000009",
    "p_nummer": "1300000009",
    "email": "post@oelby.example",
    "telefon": "+45 00 00 00 00",
}


def company(**cells: str) -> dict[str, str]:
    return {**COMPANY, **cells}


def workplace(**cells: str) -> dict[str, str]:
    return {**WORKPLACE, **cells}


def school(**cells: str) -> dict[str, str]:
    return {**SCHOOL, **cells}


def file_of(
    *rows: Mapping[str, str], delimiter: str = ";", encoding: str = "utf-8", line_end: str = "\n", **options: Any
) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator=line_end, **options)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def many_companies(count: int, **cells: str) -> bytes:
    return file_of(*(company(cvr=cvr_number(n), navn=f"Kommune nr. {n}", **cells) for n in range(count)))


def many_workplaces(count: int, companies: int, **cells: str) -> bytes:
    places = (
        workplace(p_nummer=f"{1_300_000_000 + n}", cvr=cvr_number(n % companies), navn=f"Center nr. {n}", **cells)
        for n in range(count)
    )
    return file_of(*places)
