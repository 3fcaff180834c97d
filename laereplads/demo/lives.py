"""Students and a company to whom something happens that is more than an assessment: see docs/life-cycle.md."""

from __future__ import annotations

import csv
import datetime
import io
from typing import TYPE_CHECKING

from django.utils import timezone

from laereplads.database.identity import in_the_name_of
from laereplads.demo.names import address
from laereplads.imports.files.plan import YES
from laereplads.imports.roster.apply import import_roster, plan_roster
from laereplads.imports.roster.columns import COLUMNS
from laereplads.people.demo_world import BAKKEDAL, FJORDBY, LINDEGAARDEN, SOSU_BAKKEDAL, SOSU_FJORDBY
from laereplads.people.models import Agreement, Company, CompanyKind, Workplace
from laereplads.people.operations import merge_companies

if TYPE_CHECKING:
    from collections.abc import Iterable

# The company that is taken over by Plejehjemmet Lindegården.
MERGED, MERGED_PLACE = "99700009", "1000000091"
MERGED_NAME = "Lindely Plejehjem"
DAYS_SINCE_MOVE, DAYS_SINCE_MERGER = 20, 40


def reported(today: datetime.date) -> bytes:
    """Before anything happens to them: who moves, who has an agreement too many, who has two, and who is protected."""
    old, fjordby = (MERGED, MERGED_PLACE), (FJORDBY, "1000000001")
    return written(
        row(today, "F10011", "Tilde Skovbjerg", "280001-90011", *fjordby),
        row(today, "F10012", "Toke Ravnholt", "280001-90012", *fjordby),
        row(today, "F10013", "Kim Lindorff", "280001-90013", *fjordby, aftaletype="Kombinationsaftale"),
        row(today, "F10013", "Kim Lindorff", "280001-90014", BAKKEDAL, "1000000003", aftaletype="Kombinationsaftale"),
        row(today, "F10015", "Signe Overgaard", "280001-90015", *old),
        row(today, "F10016", "Nour Haddad", "280001-90016", *fjordby, beskyttet="ja"),
    )


def moved(today: datetime.date) -> bytes:
    """What the receiving school delivers."""
    cells = {"institutionsnummer": SOSU_BAKKEDAL}
    return written(row(today, "B10011", "Tilde Skovbjerg", "280001-90011", FJORDBY, "1000000001", **cells))


def row(  # noqa: PLR0913, PLR0917  # a row of the file
    today: datetime.date, number: str, name: str, agreement: str, cvr: str, place: str, **cells: str
) -> dict[str, str]:
    starts_on, ends_on = today - datetime.timedelta(days=300), today + datetime.timedelta(days=700)
    return {
        "institutionsnummer": SOSU_FJORDBY,
        "elevnummer": number,
        "navn": name,
        "foedselsdato": "05-08-2001",
        "email": address(name, "elev.example"),
        "elevtype": "EUD",
        "uddannelse": "ssa",
        "uddannelsesstatus": "I hovedforløb",
        "relation": "Hovedforløb på skolen",
        "forventet_udlaert": f"{ends_on:%d-%m-%Y}",
        "aftalenummer": agreement,
        "aftaletype": "Ordinær aftale",
        "cvr": cvr,
        "p_nummer": place,
        "aftale_start": f"{starts_on:%d-%m-%Y}",
        "aftale_slut": f"{ends_on:%d-%m-%Y}",
        **cells,
    }


def written(*rows: dict[str, str]) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, [column.header for column in COLUMNS], restval="", delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def make_organisation() -> None:
    """The company that will be taken over."""
    company, _is_new = Company.objects.get_or_create(
        cvr=MERGED, defaults={"name": MERGED_NAME, "kind": CompanyKind.PRIVATE}
    )
    Workplace.objects.get_or_create(
        p_number=MERGED_PLACE,
        defaults={
            "company": company,
            "name": MERGED_NAME,
            "street": "Lindealle 2",
            "postal_code": "9990",
            "town": "Fjordby",
        },
    )


def go_on() -> None:
    """Let it happen, each in its own time."""
    now = timezone.now()
    for days, happens in ((DAYS_SINCE_MERGER, merge), (DAYS_SINCE_MOVE, move), (1, annul)):
        with in_the_name_of(None, at=now - datetime.timedelta(days=days)):
            happens(now - datetime.timedelta(days=days))


def merge(at: datetime.datetime) -> None:
    old, new = Company.objects.get(cvr=MERGED), Company.objects.get(cvr=LINDEGAARDEN)
    merge_companies(old, new, on=timezone.localdate(at))


def move(at: datetime.datetime) -> None:
    file = moved(timezone.localdate())
    import_roster(file, by=None, at=at, answers=all_yes(question.id for question in plan_roster(file).questions))


def annul(at: datetime.datetime) -> None:
    Agreement.objects.filter(number="280001-90012").update(annulled_on=timezone.localdate(at))


def all_yes(questions: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(questions, YES)
