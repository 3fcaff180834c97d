"""What a persona is: somebody made up whom one can log in as, in a demo. Apps declare theirs in `demo_world.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from laereplads.access.roles import Role

if TYPE_CHECKING:
    from django.utils.functional import Promise

# What the name of a persona's button begins with.
WORDS: dict[Role, Promise] = {
    Role.COMPANY_STAFF: _("Virksomhed"),
    Role.SCHOOL_STAFF: _("Skole"),
    Role.STUDENT: _("Elev"),
    Role.ADMINISTRATOR: _("Administrator"),
}


@dataclass(frozen=True)
class Post:
    """A role at a party: the company's CVR number, the school's institution number, or the student's own number.

    `workplace` is the P-number of the only one that they see.
    """

    role: Role
    party: str = ""
    workplace: str = ""
    has_ended: bool = False
    is_user_administrator: bool = False
    is_absence_officer: bool = False
    is_leader: bool = False


@dataclass(frozen=True)
class Persona:
    """Somebody to log in as; the first post is the one that names the button. `sees`: what to look at."""

    name: str
    email: str
    posts: tuple[Post, ...]
    sees: Promise
    # What their authenticator app would hold, in base32; anybody may read it here.
    app_secret: str = ""

    @property
    def role(self) -> Role:
        return self.posts[0].role

    @property
    def label(self) -> str:
        return f"{WORDS[self.role]}: {self.name}"
