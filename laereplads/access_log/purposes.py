"""What pages that name students are for: every app says so of its own in `purposes.py` (`PURPOSES`)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Self

from django.utils.translation import gettext_lazy as _

from laereplads.database.codes import Code
from laereplads.database.declarations import declared

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_stubs_ext import StrPromise


class Purpose(Code):
    """What a page that names students is for, and what stood on it (`shown`), in words fit for the students.

    `opens_page` where there is a page about one of them, which others open on purpose: it is told apart from lists.
    """

    __slots__ = ("opens_page", "shown")
    shown: StrPromise
    opens_page: bool

    def __new__(cls, code: str, label: StrPromise, *, shown: StrPromise, opens_page: bool = False) -> Self:
        made = super().__new__(cls, code, label)
        made.shown, made.opens_page = shown, opens_page
        return made


# Of every list that can be narrowed: see left_out.py.
SEARCH = Purpose(
    "search",
    _("Søgning, som kun få elever kan passe på"),
    shown=_("Ikke dit navn. Kun om du passede på det, der blev søgt efter."),
)

# Of the administration's lists and look-ups, whatever they are of.
ADMINISTRATION_LIST = Purpose(
    "administration_list",
    _("Liste i portalens administration"),
    shown=_("En liste med dit navn. Ikke din frafaldsrisiko."),
)

PURPOSES = [SEARCH, ADMINISTRATION_LIST]


@functools.cache
def purposes() -> dict[str, Purpose]:
    """All that are declared, by their codes."""
    return {purpose: purpose for purpose in declared("purposes", "PURPOSES")}


def purpose_choices() -> list[tuple[str, StrPromise]]:
    return [(str(purpose), purpose.label) for purpose in purposes().values()]


def names_students[View: Callable[..., Any]](*purposes: Purpose) -> Callable[[View], View]:
    """Declare that a page names students to staff, for these purposes; it logs whom by `log_access`."""

    def decorate(view: View) -> View:
        view.purposes = purposes  # type: ignore[attr-defined]  # read by the check of features
        return view

    return decorate


def names_no_students[View: Callable[..., Any]](view: View) -> View:
    """Declare that a page of staff names no student."""
    view.purposes = ()  # type: ignore[attr-defined]  # as above
    return view
