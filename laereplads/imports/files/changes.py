"""Changes of rows, and how they are told: field by field, before and after."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


@dataclass
class Changed[Record: models.Model]:
    """An existing record with its new values set, and what the fields that changed were before."""

    record: Record
    before: dict[str, Any]


def update(record: models.Model, values: dict[str, Any]) -> dict[str, Any]:
    """Set the values that differ; what they were before."""
    before = {name: getattr(record, name) for name, value in values.items() if getattr(record, name) != value}
    for name in before:
        setattr(record, name, values[name])
    return before


@dataclass(frozen=True)
class Line:
    """One line of the preview: what happens to what, and the field that changes, before and after."""

    what: str
    # What it is known by, and what it is called.
    number: str
    name: str
    field: str = ""
    before: str = ""
    after: str = ""
    # Whom it tells of, if it is somebody the portal has.
    student: int | None = None


class Names:
    """What values are called: organisations are looked up once for all changes."""

    def __init__(self, changes: Iterable[Changed[Any]]) -> None:
        wanted: dict[Any, set[int]] = {}
        for change in changes:
            for name, before in change.before.items():
                model = change.record._meta.get_field(name.removesuffix("_id")).related_model
                if model:
                    wanted.setdefault(model, set()).update({before, getattr(change.record, name)} - {None})
        self.known = {
            model: {row.pk: str(row) for row in model.objects.filter(pk__in=keys)} for model, keys in wanted.items()
        }

    def told(self, record: models.Model, name: str, before: Any) -> tuple[str, str, str]:
        """A field's label, and both its values in words."""
        found: Any = record._meta.get_field(name.removesuffix("_id"))
        label = str(found.verbose_name)
        return label[:1].upper() + label[1:], self.word(found, before), self.word(found, getattr(record, name))

    def word(self, found: Any, value: Any) -> str:
        if found.related_model:
            return self.known[found.related_model].get(value, "")
        if found.choices and value not in (None, ""):
            return str(dict(found.flatchoices).get(value, value))
        return in_words(value)


def in_words(value: datetime.date | str | bool | None) -> str:  # noqa: FBT001
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("Ja") if value else _("Nej"))
    return value if isinstance(value, str) else f"{value:%d.%m.%Y}"
