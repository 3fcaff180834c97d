"""What the portal mails about. Apps declare their kinds in `mails.py` as `MAIL_KINDS`."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from laereplads.database.declarations import declared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

# Says nothing to whoever sees it over a shoulder.
USUAL_SUBJECT = _("%(portal)s: der er noget nyt til dig")
# What every text may use; everything else in it is the name of a whole number.
KNOWN_PLACES = {"portal", "address", "organisation", "link"}
PLACE = re.compile(r"%\((\w+)\)")


@dataclass(frozen=True)
class MailKind:
    """One kind of mail: its words, with places for the organisation, a link, the portal's address and whole numbers.

    `text` may use %(organisation)s, %(link)s, %(address)s, %(portal)s, and a name for each number: %(students)d. It
    never names a person. A kind that tells of a duty of the law cannot be turned off.
    """

    name: str
    subject: StrOrPromise
    text: StrOrPromise
    can_be_turned_off: bool
    # What administrators see it called.
    label: StrOrPromise = ""

    def places(self) -> set[str]:
        """What the text has places for; in words that depend on a number, both are asked."""
        asked = Places()
        str(self.text % asked)
        return set(PLACE.findall(str(self.subject))) | asked.names

    @property
    def numbers(self) -> set[str]:
        return self.places() - KNOWN_PLACES

    @property
    def has_link(self) -> bool:
        return "link" in self.places()


class Places(dict[str, int]):
    """Notes what a text asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __missing__(self, name: str) -> int:
        self.names.add(name)
        return 0


@functools.cache
def mail_kinds() -> Mapping[str, MailKind]:
    """All kinds of all apps by name. Raises ImproperlyConfigured if two have the same."""
    kinds: list[MailKind] = list(declared("mails", "MAIL_KINDS"))
    twice = [name for name, count in Counter(kind.name for kind in kinds).items() if count > 1]
    if twice:
        raise ImproperlyConfigured(f"Two kinds of mail have the same name: {', '.join(twice)}.")
    return {kind.name: kind for kind in kinds}
