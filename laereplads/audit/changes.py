"""What an event may tell about a change: that the field changed, and its value only where no person shows in it."""

from __future__ import annotations

from typing import Any

from django.db import models

PERSONAL_DATES = frozenset({"birth_date"})


def may_be_told(field: models.Field[Any, Any]) -> bool:
    """Choices, yes or no, and dates of courses; never typed text, and never a birth date."""
    if field.choices or isinstance(field, models.BooleanField):
        return True
    return isinstance(field, models.DateField) and field.name not in PERSONAL_DATES


def change_of(model: type[models.Model], name: str, before: Any, after: Any) -> list[Any]:
    """[from, to] of the field `name` as an event keeps it; [None, None] says only that it changed."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field) or not may_be_told(field):
        return [None, None]
    return [told(before), told(after)]


def told(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
