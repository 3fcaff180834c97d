"""How an act is recorded that changes no row, and how the change log itself is shortened when its time has come."""

from __future__ import annotations

import datetime
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import connection, models, transaction
from django.utils import timezone

from laereplads.audit import chain
from laereplads.audit.actions import CONTENTS_ERASED, EVENTS_FORGOTTEN
from laereplads.audit.models import ChainEntry, Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.audit.actions import Action
    from laereplads.audit.models import EventQuerySet


def record(
    action: Action,
    *,
    student: UUID | None = None,
    about: models.Model | None = None,
    changes: dict[str, list[int]] | None = None,
) -> None:
    """Record an act that changes no row, in the transaction that does it; the database knows who acts.

    Changes of rows record themselves: this refuses their words.
    """
    object_type, object_id = (about._meta.label_lower, about.pk) if about else ("", None)
    with connection.cursor() as cursor:
        cursor.execute(
            "select record_act(%s, %s, %s, %s, %s)",
            [str(action), student, object_type, object_id, json.dumps(changes or {})],
        )


@contextmanager
def one_run() -> Iterator[None]:
    """Let all events of what a command does within carry the same number, as those of a request do."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.request_id', %s, false)", [str(uuid4())])
        try:
            yield
        finally:
            cursor.execute("select set_config('app.request_id', '', false)")


@transaction.atomic
def forget_events_before(day: datetime.date) -> int:
    """Delete the oldest events, all from before `day` (midnight in Copenhagen); how many there were.

    Only a beginning of the chain can go, so what is older but was recorded after something younger stays with it. The
    last entry that goes keeps its seal: the rest of the chain still verifies, and an event tells what was deleted.
    """
    chain.seal()
    midnight = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
    chained = ChainEntry.objects.order_by("position")
    first = chained.values_list("position", flat=True).first()
    if first is None:
        return 0
    younger = Event.objects.filter(at__gte=midnight).values("id")
    stays = chained.filter(event_id__in=younger).values_list("position", flat=True).first()
    last = (stays or chain.head().position + 1) - 1
    gone = ChainEntry.objects.filter(position__lte=last)
    with chain.kept_open():
        count, _by_model = Event.objects.filter(pk__in=gone.values("event_id")).delete()
        if count:
            gone.exclude(position=last).delete()
            record(EVENTS_FORGOTTEN, changes={"entries": [first, last]})
    return count


@transaction.atomic
def erase_contents(events: EventQuerySet) -> int:
    """Erase from and to of `events`, for instance all about one student; how many had any.

    That they happened, when and by whom stays; the chain still verifies, and nobody can guess what they said.
    """
    chain.seal()
    # Decided before anything changes: the queryset may ask for what is erased.
    ids = list(events.exclude(changes={}).filter(erased_on=None).values_list("pk", flat=True))
    with chain.kept_open():
        Event.objects.filter(pk__in=ids).update(changes={}, erased_on=timezone.localdate())
        ChainEntry.objects.filter(event_id__in=ids).update(salt=None)
        if ids:
            record(CONTENTS_ERASED, changes={"events": ids})
    return len(ids)
