"""Logs that are too long for a link of the chain for each row: events seal stretches, the chain seals them.

Apps declare theirs in `auditing.py` (`SEALED_LOGS`). Each stretch lies within one day: retention takes it as a whole.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Min
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import LOG_SEALED, RETENTION_APPLIED
from laereplads.audit.models import Event
from laereplads.audit.operations import record
from laereplads.database.declarations import declared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.database.retention import Months

# Longer than any request or import takes to commit a row that says when it was.
SETTLED = datetime.timedelta(hours=1)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)

# Of each line its digest: no value may be larger than 1 GB, and a day of a whole country's lines would be.
STRETCH = """
select count(*), coalesce(encode(sha256(string_agg(digest, '' order by id)), 'hex'), '0') from (
    select id, sha256(convert_to(concat_ws('|', {columns}), 'utf8')) as digest
    from {table} where at >= %s and at < %s
) as lines
"""

CHANGED = _("%(log)s fra %(first)s til %(until)s er ændret: der var %(wanted)s, og der er %(found)s.")
TOO_YOUNG = _("%(log)s fra %(first)s til %(until)s er slettet, før de var gamle nok.")
UNTOLD = _("%(log)s: %(gone)s er slettet, men sletningen fortæller kun om %(told)s.")


@dataclass(frozen=True)
class SealedLog:
    """A log whose rows are never changed, and go when they have been `kept`; each says `at`."""

    model: str
    kept: Months
    # An expression of SQL for all that a row says, each the same in every version of the server.
    columns: tuple[str, ...]

    @property
    def meta(self) -> Any:
        return apps.get_model(self.model)._meta

    def stretch(self, first: datetime.datetime, until: datetime.datetime) -> tuple[int, int]:
        """How many rows there are from `first` until before `until`, and their digest."""
        columns = ", ".join(f"coalesce(({each})::text, '')" for each in self.columns)
        with connection.cursor() as cursor:
            cursor.execute(STRETCH.format(columns=columns, table=self.meta.db_table), [first, until])
            number, digest = cursor.fetchone()
        return number, int(digest, 16)

    def seals(self) -> Any:
        return Event.objects.filter(action=LOG_SEALED, object_type=self.meta.label_lower).order_by("id")

    def begins(self) -> datetime.datetime | None:
        """Where the next seal begins; None where there is nothing to seal."""
        if last := self.seals().last():
            return moment(last.changes["until"])
        oldest: datetime.datetime | None = self.meta.default_manager.aggregate(oldest=Min("at"))["oldest"]
        return oldest


def logs() -> list[SealedLog]:
    return list(declared("auditing", "SEALED_LOGS"))


@transaction.atomic
def seal() -> int:
    """Seal what has been written since; how many rows."""
    return sum(seal_one(log) for log in logs())


def seal_one(log: SealedLog) -> int:
    first, end, rows = log.begins(), timezone.now() - SETTLED, 0
    while first and first < end:
        until = min(end, midnight_after(first))
        number, digest = log.stretch(first, until)
        if number:
            said = {"first": number_of(first), "until": number_of(until), "rows": number, "digest": digest}
            about = log.meta.model()
            record(LOG_SEALED, about=about, changes={name: [value] for name, value in said.items()})
        first, rows = until, rows + number
    return rows


def verify() -> Iterator[str]:
    """What became of sealed rows, in Danish."""
    for log in logs():
        gone, oldest = 0, log.kept.first_kept(timezone.localdate())
        for each in log.seals():
            first, until = moment(each.changes["first"]), moment(each.changes["until"])
            [wanted], digest = each.changes["rows"], each.changes["digest"]
            found, now = log.stretch(first, until)
            said = {"log": log.meta.verbose_name_plural.capitalize(), "first": shown(first), "until": shown(until)}
            if found == 0 and timezone.localdate(until - MICROSECOND) < oldest:
                gone += wanted
            elif found == 0:
                yield TOO_YOUNG % said
            elif [now] != digest:
                yield CHANGED % {**said, "wanted": wanted, "found": found}
        notes = Event.objects.filter(action=RETENTION_APPLIED, changes__has_key=log.meta.db_table)
        told = sum(note.changes[log.meta.db_table][0] for note in notes)
        if gone > told:
            yield UNTOLD % {"log": log.meta.verbose_name_plural.capitalize(), "gone": gone, "told": told}


def midnight_after(at: datetime.datetime) -> datetime.datetime:
    tomorrow = timezone.localdate(at) + datetime.timedelta(days=1)
    return timezone.make_aware(datetime.datetime.combine(tomorrow, datetime.time.min))


def number_of(at: datetime.datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def moment(numbers: list[int]) -> datetime.datetime:
    return EPOCH + numbers[0] * MICROSECOND


def shown(at: datetime.datetime) -> str:
    return formats.date_format(timezone.localtime(at), "d.m.Y H:i")
