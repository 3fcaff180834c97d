"""The columns of a file: what they are called, what may stand in them, and what an empty cell means."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, TextChoices
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from laereplads.imports.files.cells import choice


class Absent:
    """What a row says of a column that the file does not have: nothing. One empty cell says that there is nothing."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = Absent()


@dataclass(frozen=True)
class Column:
    """A column: its heading, the attribute it fills, and how its cells are read."""

    header: str
    attribute: str
    read: Callable[[str], Any]
    content: str | Promise
    # A row must have it filled in, if it has any of the group's.
    is_required: bool = True
    # What an empty cell means.
    blank: Any = ""
    # The whole column may be left out of the file.
    may_be_absent: bool = False
    # What a file without the column says.
    absent: Any = ABSENT


@dataclass(frozen=True)
class ColumnGroup:
    """Columns that are filled in together, and what is said of those that must be."""

    columns: tuple[Column, ...]
    # Beside the columns that must be filled in: “Altid”.
    must: str | Promise
    # Of such a cell that is empty.
    is_empty: str | Promise


def longest(model: type[Model], field: str) -> int:
    return int(model._meta.get_field(field).max_length)  # type: ignore[union-attr, arg-type]  # a CharField


def choice_column(header: str, attribute: str, choices: type[TextChoices], **options: Any) -> Column:
    content = format_lazy(_("Én af: {labels}."), labels=", ".join(str(label) for label in choices.labels))
    return Column(header, attribute, functools.partial(choice, choices=choices), content, **options)


def optional(
    header: str, attribute: str, read: Callable[[str], Any], content: str | Promise, blank: Any = None
) -> Column:
    """A column that files from before it was thought of do not have."""
    return Column(header, attribute, read, content, is_required=False, blank=blank, may_be_absent=True)
