"""How tampering with the change log is found, even a superuser's: each event is bound to all sealed before it.

Savers do nothing for it; `manage.py check_change_log` seals what is new. What is changed or removed before its first
seal cannot be found, and a whole chain that was made anew only by a head kept outside the database: docs/change-log.md.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import secrets
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise as Text

from laereplads.audit.actions import CONTENTS_ERASED, EVENTS_FORGOTTEN, RETENTION_APPLIED
from laereplads.audit.models import ChainEntry, Event
from laereplads.database.locks import lock
from laereplads.database.retention import Months

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from laereplads.audit.actions import Action

BATCH = 5_000
SALT_BYTES = 16
TRANSACTION_NUMBERS = 2**32

EVENT = (
    "event.id, event.at, event.recorded_at, event.action, event.actor_id, event.acting_membership, event.acting_for, "
    "event.request, event.student, event.object_type, event.object_id, event.changes"
)
# One snapshot, taken after `sealed_at`: an event that it does not show was written by a transaction that was under way
# (its number is below the horizon) or had not begun (and then the event was written later than `sealed_at`).
UNSEALED = f"""
select {EVENT}, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
from audit_event event
where not exists (select from audit_chainentry entry where entry.event_id = event.id)
order by event.id
"""  # noqa: S608  # our own column names
CHAIN = f"""
select {EVENT}, event.erased_on, entry.event_id, entry.position, entry.salt, entry.contents, entry.digest, entry.chain,
    entry.sealed_at, entry.horizon
from audit_chainentry entry left join audit_event event on event.id = entry.event_id
order by entry.position
"""  # noqa: S608  # our own column names
# Events that stand among sealed ones without a seal: late, or inserted afterwards. The row's transaction shows which.
AMONG_SEALED = """
select event.id, event.xmin::text::bigint, earliest.horizon
from audit_event event
cross join lateral (
    select min(entry.horizon) as horizon from audit_chainentry entry
    where entry.sealed_at > event.recorded_at or entry.event_id > event.id
) earliest
where not exists (select from audit_chainentry entry where entry.event_id = event.id) and earliest.horizon is not null
order by event.id
"""

REMOVED = _("Hændelse %(id)s er fjernet.")
CHANGED = _("Hændelse %(id)s er ændret.")
ERASED_UNTOLD = _("Indholdet af hændelse %(id)s er slettet, uden at nogen hændelse fortæller det.")
INSERTED = _("Hændelse %(id)s er sat ind bagefter, mellem hændelser, der var forseglet.")
GAP = _("Led %(first)s til %(last)s i kæden mangler.")
ENTRY_CHANGED = _("Led %(position)s i kæden er ændret.")
BEGINS_LATE = _("Kæden begynder ved led %(position)s, men ingen hændelse fortæller, at de første er slettet.")
OTHER_HEAD = _("Led %(position)s er et andet end det, der er gemt uden for databasen.")
CUT_OFF = _("Kæden slutter ved led %(last)s, men led %(beyond)s er gemt uden for databasen: slutningen er slettet.")
TOO_YOUNG = _("Led %(position)s er slettet, som om det var for gammelt, men blev forseglet den %(day)s.")
OTHER_COUNT = _(
    "Der er %(found)s hændelser til og med led %(position)s. Uden for databasen er gemt, at der skal være %(wanted)s."
)

# Breaches of the data protection act can be prosecuted for five years (databeskyttelsesloven § 41, stk. 7).
EVENTS_KEPT = Months(60)
# The rules of retention that shorten the change log: the events themselves, and what they say.
EVENTS_RULE, CONTENTS_RULE = "audit_event", "audit_event.changes"


@dataclass(frozen=True)
class Head:
    """The end of the chain: kept elsewhere, it proves all before it.

    `at` is when it was sealed, at the latest, and `events` how many sealed events there were.
    """

    position: int
    chain: str
    at: datetime.datetime | None = None
    events: int | None = None


@dataclass
class Report:
    """What the check found, in Danish, and where the chain ends."""

    findings: list[str] = field(default_factory=list)
    checked: int = 0
    erased: int = 0
    first: int = 0
    head: Head = field(default_factory=lambda: Head(0, ""))
    # Events that are in the database and are not to be sealed.
    inserted: list[int] = field(default_factory=list)


def digest_of_contents(salt: bytes, changes: str) -> bytes:
    return hashlib.sha256(salt + written(json.loads(changes))).digest()


def digest_of(event: tuple[Any, ...], contents: bytes) -> bytes:
    """What an event said, apart from its changes, and the digest of those."""
    return hashlib.sha256(written([plain(value) for value in event]) + contents).digest()


def digest_of_entry(  # noqa: PLR0913  # one for each column
    before: bytes, position: int, event_id: int, digest: bytes, *, sealed_at: datetime.datetime, horizon: int
) -> bytes:
    return hashlib.sha256(before + written([position, event_id, digest.hex(), plain(sealed_at), horizon])).digest()


def plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    return value if value is None or isinstance(value, int) else str(value)


def written(value: Any) -> bytes:
    """The same bytes for the same value, in every version of the portal and the database."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


@transaction.atomic
def seal(*, without: frozenset[int] = frozenset()) -> int:
    """Add every committed event that has no entry yet to the end of the chain; how many there were."""
    lock("change_log", 0)
    last = ChainEntry.objects.order_by("position").last()
    position, chain = (last.position, bytes(last.chain)) if last else (0, b"")
    count = 0
    # The cursor reads on from its own snapshot while the entries are written.
    with connection.chunked_cursor() as events, connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        (sealed_at,) = cursor.fetchone()
        events.execute(UNSEALED)
        while batch := events.fetchmany(BATCH):
            entries = []
            for *event, changes, horizon in batch:
                if event[0] in without:
                    continue
                position += 1
                salt = secrets.token_bytes(SALT_BYTES)
                contents = digest_of_contents(salt, changes)
                digest = digest_of(tuple(event), contents)
                chain = digest_of_entry(chain, position, event[0], digest, sealed_at=sealed_at, horizon=horizon)
                entries.append((position, event[0], salt, contents, digest, chain, sealed_at, horizon))
            with cursor.copy(
                "copy audit_chainentry "
                "(position, event_id, salt, contents, digest, chain, sealed_at, horizon) from stdin"
            ) as copy:
                for entry in entries:
                    copy.write_row(entry)
            count += len(entries)
    return count


def verify(heads: Mapping[int, Head] | None = None) -> Report:
    """Compare every event with its entry, entries with those before them, and the chain with `heads` kept elsewhere."""
    known = heads or {}
    report = Report()
    with transaction.atomic():
        lock("change_log", 0)
        erased = {event for act in shortenings(CONTENTS_ERASED, CONTENTS_RULE) for event in act.changes["events"]}
        forgotten = shortenings(EVENTS_FORGOTTEN, EVENTS_RULE)
        before: bytes | None = None
        for row in chained():
            *event, changes, erased_on, event_id, position, salt, contents, digest, chain, sealed_at, horizon = row
            is_start = before is None
            # Where the oldest events were deleted, the last of their entries still holds the rest of the chain.
            is_all_that_is_left = is_start and position > 1
            report.first = position if is_start else report.first
            told = {"position": position, "first": report.head.position + 1, "last": position - 1}
            if is_all_that_is_left:
                if position not in [act.changes["entries"][1] for act in forgotten]:
                    report.findings.append(BEGINS_LATE % told)
            else:
                if position != report.head.position + 1:
                    report.findings.append(GAP % told)
                if chain != digest_of_entry(
                    before or b"", position, event_id, digest, sealed_at=sealed_at, horizon=horizon
                ):
                    report.findings.append(ENTRY_CHANGED % told)
                sealed = Sealed(event_id, salt, contents, digest)
                problem = what_is_wrong(event, changes, sealed, erased_on=erased_on, erased=erased)
                if problem:
                    report.findings.append(problem % {"id": event_id})
                report.checked += 1
                report.erased += erased_on is not None
            if position in known and known[position].chain != chain.hex():
                report.findings.append(OTHER_HEAD % told)
            before, report.head = chain, Head(position, chain.hex())
        if max(known, default=0) > report.head.position:
            report.findings.append(CUT_OFF % {"last": report.head.position, "beyond": max(known)})
        report.findings += what_heads_say(known, forgotten, report)
        report.inserted = inserted()
        report.findings += [INSERTED % {"id": number} for number in report.inserted]
    return report


@dataclass(frozen=True)
class Sealed:
    """What an entry says of its event."""

    event_id: int
    salt: bytes | None
    contents: bytes
    digest: bytes


def what_is_wrong(
    event: list[Any], changes: str | None, sealed: Sealed, *, erased_on: datetime.date | None, erased: set[int]
) -> Text:
    """What became of the event since it was sealed; empty when nothing did."""
    if changes is None:
        return REMOVED
    if sealed.salt is None:
        if json.loads(changes) or erased_on is None or sealed.event_id not in erased:
            return ERASED_UNTOLD
    elif erased_on is not None or digest_of_contents(sealed.salt, changes) != sealed.contents:
        return CHANGED
    return CHANGED if digest_of(tuple(event), sealed.contents) != sealed.digest else ""


def chained() -> Iterator[tuple[Any, ...]]:
    """Every entry with its event, from the oldest on."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(CHAIN)
        while batch := cursor.fetchmany(BATCH):
            yield from batch


def shortenings(action: Action, rule: str) -> list[Event]:
    """The acts of that kind that are believed: a note of retention of the same run names the rule and as many rows."""
    notes = Event.objects.filter(action=RETENTION_APPLIED, changes__has_key=rule).exclude(request=None)
    told = {note.request: note.changes[rule][0] for note in notes}
    acts: defaultdict[Any, list[Event]] = defaultdict(list)
    for act in Event.objects.filter(action=action).order_by("id"):
        acts[act.request].append(act)
    return [act for run, those in acts.items() if told.get(run) == sum(map(rows_of, those)) for act in those]


def rows_of(act: Event) -> int:
    """How many events it took, or emptied."""
    if "events" in act.changes:
        return len(act.changes["events"])
    first, last = act.changes.get("entries", (0, 0))
    # The first entry of a chain that was shortened before has no event any more.
    return int(last - first + (first == 1))


def what_heads_say(known: Mapping[int, Head], forgotten: list[Event], report: Report) -> Iterator[str]:
    """What was deleted too early, and whether as many are left as there should be."""
    for act in forgotten:
        first, last = act.changes["entries"]
        kept = EVENTS_KEPT.first_kept(timezone.localdate(act.at))
        for head in known.values():
            if first <= head.position <= last and head.at and timezone.localdate(head.at) >= kept:
                yield TOO_YOUNG % {"position": head.position, "day": formats.date_format(head.at, "d.m.Y")}
    newest = known[max(known)] if known else None
    if newest and newest.events is not None:
        before = ChainEntry.objects.filter(position__lte=newest.position).values("event_id")
        found = Event.objects.filter(pk__in=before).count()
        sealed = {*before.filter(event_id__in=[act.pk for act in forgotten]).values_list("event_id", flat=True)}
        wanted = newest.events - sum(rows_of(act) for act in forgotten if act.pk not in sealed)
        if found != wanted:
            yield OTHER_COUNT % {"found": found, "wanted": wanted, "position": newest.position}


def inserted() -> list[int]:
    """Events without an entry that were written after their neighbours were sealed."""
    with connection.cursor() as cursor:
        cursor.execute(AMONG_SEALED)
        return [number for number, written_by, horizon in cursor.fetchall() if not is_before(written_by, horizon)]


def is_before(number: int, horizon: int) -> bool:
    """Whether a row's transaction number, which has 32 bits and begins anew, is below the full one of a horizon."""
    distance = (number - horizon) % TRANSACTION_NUMBERS
    return distance >= TRANSACTION_NUMBERS // 2


@contextmanager
def kept_open() -> Iterator[None]:
    """Let the owner shorten the change log within this transaction; its own triggers refuse it otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.retention', 'on', true)")
        yield
        cursor.execute("select set_config('app.retention', '', true)")


def head() -> Head:
    """Where the chain ends now."""
    last = ChainEntry.objects.order_by("position").last()
    events = Event.objects.filter(pk__in=ChainEntry.objects.values("event_id")).count()
    return Head(last.position, bytes(last.chain).hex(), timezone.now(), events) if last else Head(0, "")
