"""What can happen. Every app says in its own `auditing.py` what can happen in it (`ACTIONS`)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from laereplads.database.codes import Code
from laereplads.database.declarations import declared

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Action(Code):
    """Something that can happen, in words fit for the people it is about."""

    __slots__ = ()


RECORD_ADDED = Action("record_added", _("Oplysninger er oprettet"))
RECORD_CHANGED = Action("record_changed", _("Oplysninger er rettet"))
RECORD_REMOVED = Action("record_removed", _("Oplysninger er slettet"))
EVENTS_FORGOTTEN = Action("events_forgotten", _("De ældste hændelser er slettet"))
CONTENTS_ERASED = Action("contents_erased", _("Indhold af hændelser er slettet"))
RETENTION_APPLIED = Action("retention_applied", _("Oplysninger, der har været gemt længe nok, er slettet"))
LOG_SEALED = Action("log_sealed", _("Et stykke af en log er forseglet"))

OF_ANY_APP = (
    *(RECORD_ADDED, RECORD_CHANGED, RECORD_REMOVED),
    *(EVENTS_FORGOTTEN, CONTENTS_ERASED, RETENTION_APPLIED, LOG_SEALED),
)


@functools.cache
def actions() -> dict[str, Action]:
    """All that are declared, by their codes."""
    return {action: action for action in (*declared("auditing", "ACTIONS"), *OF_ANY_APP)}


def action_choices() -> list[tuple[str, StrPromise]]:
    return [(str(action), action.label) for action in actions().values()]
