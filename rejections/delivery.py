"""Hands rejections over to the data warehouse as files, each rejection once, and then forgets the applicants.

A delivery goes through three states, each saved before the next begins: made up (which rejections are in it), written
(the file is there, whole), confirmed (the receiver has it, and the applicants' data are deleted). Broken off anywhere,
it goes on from the last state when the command is run again.
"""

from __future__ import annotations

import csv
import enum
import hashlib
import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from laereplads.audit.operations import record
from rejections.auditing import APPLICANTS_DELETED, REJECTIONS_DELIVERED
from rejections.encryption import keyed_hash, unseal
from rejections.models import Applicant, DeliveredRejection, Delivery, Fingerprint, Rejection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from uuid import UUID

    from django.db.models import QuerySet

ROWS_AT_A_TIME = 1000


class Handling(enum.Enum):
    """What becomes of a column."""

    SENT = "sent"
    HASHED = "hashed"
    NEVER = "never sent"


@dataclass(frozen=True)
class Column:
    """What the contract says of one column of ours: how it is handled, and the file's columns that it becomes."""

    field: str
    handling: Handling
    # Heading in the file → value; empty for what is never sent.
    becomes: dict[str, Callable[[Rejection, dict[str, str]], Any]]
    why: str


def never(field: str, why: str) -> Column:
    return Column(field, Handling.NEVER, {}, why)


def from_applicant(part: str) -> Callable[[Rejection, dict[str, str]], str]:
    return lambda _rejection, applicant: applicant.get(part, "")


# Every column of every model here; docs/rejections.md says the same in Danish to the receiver. Tests hold both to it.
CONTRACT: dict[str, tuple[Column, ...]] = {
    "Delivery": (
        never("id", "A counter would tell how many there are."),
        Column(
            "public_id",
            Handling.SENT,
            {"leverance": lambda rejection, _applicant: rejection.delivered.delivery.public_id},
            "What the receiver confirms.",
        ),
        never("created_at", "Ours alone."),
        never("written_at", "Ours alone."),
        never("checksum", "Told beside the file: it cannot hold its own."),
        never("confirmed_at", "Ours alone."),
    ),
    "DeliveredRejection": (never("rejection", "The row says so."), never("delivery", "The row says so.")),
    "Rejection": (
        never("id", "A counter would tell how many there are."),
        Column(
            "public_id",
            Handling.HASHED,
            {"afslag": lambda rejection, _applicant: keyed_hash("delivery", rejection.public_id).hex()},
            "Tells rows apart and a repeated delivery apart from a new one, and leads nobody back to the portal.",
        ),
        Column("company", Handling.SENT, {"cvr": lambda rejection, _applicant: rejection.company.cvr}, "By company."),
        Column(
            "education",
            Handling.SENT,
            {"uddannelse": lambda rejection, _applicant: rejection.education.code},
            "By code.",
        ),
        Column(
            "primary_reason",
            Handling.SENT,
            {"primaer_begrundelse": lambda rejection, _applicant: rejection.primary_reason.code},
            "By code.",
        ),
        Column(
            "second_reason",
            Handling.SENT,
            {
                "sekundaer_begrundelse": lambda rejection, _applicant: (
                    rejection.second_reason.code if rejection.second_reason else ""
                )
            },
            "By code.",
        ),
        Column("given_on", Handling.SENT, {"givet": lambda rejection, _applicant: rejection.given_on}, "The day."),
        never("registered_at", "The day is enough."),
        Column(
            "registered_on",
            Handling.SENT,
            {"registreret": lambda rejection, _applicant: rejection.registered_on},
            "The day.",
        ),
        Column(
            "is_late",
            Handling.SENT,
            {"for_sent": lambda rejection, _applicant: "ja" if rejection.is_late else "nej"},
            "More than 14 days after.",
        ),
        never("registered_by", "Statistics need no employee."),
        never("form_token", "Ours alone."),
    ),
    "Applicant": (
        never("rejection", "The row says so."),
        Column(
            "sealed",
            Handling.SENT,
            {
                "ansoeger_navn": from_applicant("name"),
                "ansoeger_adresse": from_applicant("address"),
                "ansoeger_email": from_applicant("email"),
                "ansoeger_mobil": from_applicant("phone"),
            },
            "Opened for the receiver alone (§ 115 stk. 1), and deleted here when confirmed.",
        ),
    ),
    "RejectionReason": (
        never("id", "A counter of ours."),
        never("code", "Sent as the reasons of each rejection."),
        never("label", "The codes are documented once, not in every row."),
        never("help_text", "As the label."),
        never("order", "For the form alone."),
        never("valid_from", "As the label."),
        never("valid_until", "As the label."),
        never("is_catch_all", "For the administrator alone."),
    ),
    "Fingerprint": (
        never("id", "Ours alone."),
        never("rejection", "Ours alone."),
        never("digest", "Would let the receiver recognise applicants without having their data."),
    ),
}


def file_columns() -> dict[str, Callable[[Rejection, dict[str, str]], Any]]:
    """The file's columns in their order."""
    return {
        name: value for columns in CONTRACT.values() for column in columns for name, value in column.becomes.items()
    }


class NotWritten(Exception):
    """The delivery has no file yet, so nobody can have received it."""


class WrongChecksum(Exception):
    """What was received is not what was written."""


def deliver(directory: Path) -> list[Delivery]:
    """Write the files that are owed: those of a broken run first, then one with all rejections in no delivery yet."""
    Fingerprint.objects.expired().delete()
    make_up()
    owed = list(Delivery.objects.filter(written_at=None))
    return [write(delivery.public_id, directory) for delivery in owed]


@transaction.atomic
def make_up() -> Delivery | None:
    """Give each rejection that has none its delivery; None when there is nothing new."""
    with connection.cursor() as cursor:
        # Two at once would otherwise take the same rejections.
        cursor.execute(f"lock table {Delivery._meta.db_table} in exclusive mode")
    waiting = list(Rejection.objects.filter(delivered=None).order_by("pk").values_list("pk", flat=True))
    if not waiting:
        return None
    delivery = Delivery.objects.create()
    DeliveredRejection.objects.bulk_create(
        (DeliveredRejection(rejection_id=pk, delivery=delivery) for pk in waiting), batch_size=ROWS_AT_A_TIME
    )
    return delivery


@transaction.atomic
def write(delivery_id: UUID, directory: Path, *, again: bool = False) -> Delivery:
    """Write the delivery's file, the same each time, unless it is written; `again` when a file was lost.

    The file is whole or not there. Raises Delivery.DoesNotExist if it is unknown or, with `again`, confirmed.
    """
    open_ones = Delivery.objects.select_for_update()
    delivery = (
        open_ones.get(public_id=delivery_id, confirmed_at=None) if again else open_ones.get(public_id=delivery_id)
    )
    if delivery.written_at is None or again:
        delivery.checksum = write_file(delivery, directory / file_name(delivery))
        delivery.written_at = timezone.now()
        delivery.save()
        record(REJECTIONS_DELIVERED, about=delivery)
    return delivery


def file_name(delivery: Delivery) -> str:
    return f"afslag-{delivery.public_id}.csv"


def write_file(delivery: Delivery, path: Path) -> bytes:
    """Put the delivery at `path` in one step, readable by the owner alone; the SHA-256 of what is there."""
    checksum = hashlib.sha256()
    # One name for each delivery: what a run that was killed left behind is overwritten by the next.
    unfinished = path.with_name(f".{path.name}.unfinished")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for line in lines(delivery):
            checksum.update(line)
            file.write(line)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return checksum.digest()


@sensitive_variables()
def lines(delivery: Delivery) -> Iterator[bytes]:
    """The file line by line, in UTF-8."""
    columns = file_columns()
    yield line_of(list(columns))
    rejections = (
        Rejection.objects.filter(delivered__delivery=delivery)
        .select_related("company", "education", "primary_reason", "second_reason", "applicant", "delivered__delivery")
        .order_by("pk")
    )
    for rejection in rejections.iterator(ROWS_AT_A_TIME):
        # One that a company's history brought in may have no applicant.
        applicant = unseal(rejection.applicant.sealed) if hasattr(rejection, "applicant") else {}
        yield line_of([value(rejection, applicant) for value in columns.values()])


@sensitive_variables()
def line_of(values: list[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerow(values)
    return text.getvalue().encode()


@transaction.atomic
def confirm(delivery_id: UUID, *, checksum: bytes | None = None) -> int:
    """The receiver has the file: delete its applicants' data; how many there were. Again: 0, and nothing happens.

    Raises Delivery.DoesNotExist, NotWritten, or WrongChecksum if the receiver got another file than ours.
    """
    delivery = Delivery.objects.select_for_update().get(public_id=delivery_id)
    if delivery.written_at is None or delivery.checksum is None:
        raise NotWritten
    if checksum is not None and bytes(delivery.checksum) != checksum:
        raise WrongChecksum
    if delivery.confirmed_at is not None:
        return 0
    delivery.confirmed_at = timezone.now()
    delivery.save()
    applicants: QuerySet[Applicant] = Applicant.objects.filter(rejection__delivered__delivery=delivery)
    deleted, _by_model = applicants.delete()
    record(APPLICANTS_DELETED, about=delivery)
    return deleted
