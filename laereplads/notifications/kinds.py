"""What the portal mails about, and to whom. Apps declare their kinds in `mails.py` as `MAIL_KINDS`."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from laereplads.database.declarations import declared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

# Says nothing to whoever sees it over a shoulder.
USUAL_SUBJECT = _("%(portal)s: der er noget nyt til dig")
# What every text may use; everything else in it is the name of a whole number.
KNOWN_PLACES = {"portal", "address", "organisation", "link"}
EVERYBODY = Q()
PLACE = re.compile(r"%\((\w+)\)")


@dataclass(frozen=True)
class MailKind:
    """One kind of mail: its words, with places for the organisation, a link, the portal's address and whole numbers.

    `text` may use %(organisation)s, %(link)s, %(address)s, %(portal)s, and a name for each number: %(students)d. It
    never names a person. A kind that tells of a duty of the law, or of one's own access, cannot be turned off.
    """

    name: str
    subject: StrOrPromise
    text: StrOrPromise
    can_be_turned_off: bool
    # What administrators see it called, and whoever turns it on and off.
    label: StrOrPromise = ""
    # Under the label on Mine beskeder; of a kind that cannot be turned off the end of "Du får altid besked, når".
    help_text: StrOrPromise = ""
    # Who can get it: memberships of these roles that meet the condition, which the login must be able to ask.
    roles: tuple[str, ...] = ()
    condition: Q = EVERYBODY
    # What holds for who has chosen nothing.
    is_on: bool = True
    # Those that are due together go as one mail to a membership.
    is_joined: bool = False

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
    """All kinds of all apps by name. Raises ImproperlyConfigured if two have the same, or one cannot be joined."""
    kinds: list[MailKind] = list(declared("mails", "MAIL_KINDS"))
    twice = [name for name, count in Counter(kind.name for kind in kinds).items() if count > 1]
    if twice:
        raise ImproperlyConfigured(f"Two kinds of mail have the same name: {', '.join(twice)}.")
    for kind in kinds:
        if kind.is_joined and (kind.has_link or kind.subject != USUAL_SUBJECT):
            raise ImproperlyConfigured(f"{kind.name} is joined with others: it has the usual subject and no link.")
    return {kind.name: kind for kind in kinds}


def label_of(name: str) -> StrOrPromise:
    """What a kind is called to whoever gets it, also one that no app declares any more."""
    kind = mail_kinds().get(name)
    return kind.label if kind else _("Mail, som portalen ikke sender længere")
