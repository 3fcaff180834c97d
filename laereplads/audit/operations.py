"""How an act is recorded."""

from typing import Any
from uuid import UUID

from django.db import models

from laereplads.audit.models import Action, Event


def event(  # noqa: PLR0913  # one keyword for each column of the record
    action: Action,
    *,
    actor_id: int | None,
    acting_for: str = "",
    student: UUID | None = None,
    about: models.Model | None = None,
    changes: dict[str, list[Any]] | None = None,
) -> Event:
    """An event that is not saved yet, for those who save many at a time. `changes`: field → [from, to]."""
    return Event(
        action=action,
        actor_id=actor_id,
        acting_for=acting_for,
        student=student,
        object_type=about._meta.label_lower if about else "",
        object_id=about.pk if about else None,
        changes=changes or {},
    )


def record(action: Action, **details: Any) -> Event:
    """Record an act that has just been done, in the transaction that did it; details as for `event`."""
    recorded = event(action, **details)
    recorded.save()
    return recorded
