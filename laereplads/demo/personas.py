"""The made-up people one can log in as: who they are, whom they act for, and what to look at as them."""

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
    """A role at a party: the company's CVR number, the school's institution number, or the student's own number."""

    role: Role
    party: str = ""
    has_ended: bool = False


@dataclass(frozen=True)
class Persona:
    """Somebody to log in as; the first post is the one that names the button. `sees`: what to look at."""

    name: str
    email: str
    posts: tuple[Post, ...]
    sees: Promise
    # What her authenticator app would hold, in base32; anybody may read it here.
    app_secret: str = ""

    @property
    def role(self) -> Role:
        return self.posts[0].role

    @property
    def label(self) -> str:
        return f"{WORDS[self.role]}: {self.name}"


FJORDBY, RAVNEKAER, BAKKEDAL, LINDEGAARDEN = "99000007", "99200006", "99100001", "99300000"
SOSU_FJORDBY, SOSU_BAKKEDAL = "280001", "280002"
# The numbers of the students one can be, all of SOSU Fjordby.
ASSESSED_STUDENT, UNASSESSED_STUDENT, GF1_STUDENT = "F10001", "F10002", "F10003"

PERSONAS = (
    Persona(
        "Birgit Holm",
        "birgit.holm@fjordby.example",
        (Post(Role.COMPANY_STAFF, FJORDBY),),
        _("Fjordby Kommune med mange lærlinge. Vurdér en under Frafaldsrisiko (SOSU)."),
    ),
    Persona(
        "Aylin Demir",
        "aylin.demir@lindegaarden.example",
        (Post(Role.COMPANY_STAFF, LINDEGAARDEN),),
        _("Et privat plejehjem med få lærlinge."),
    ),
    Persona(
        "Lone Bæk",
        "lone.baek@ravnekaer.example",
        (Post(Role.COMPANY_STAFF, RAVNEKAER), Post(Role.SCHOOL_STAFF, SOSU_BAKKEDAL)),
        _("Arbejder to steder, både i Ravnekær Kommune og på SOSU Bakkedal. Prøv Skift rolle."),
    ),
    Persona(
        "Gerda Holt",
        "gerda.holt@bakkedal.example",
        (Post(Role.COMPANY_STAFF, BAKKEDAL, has_ended=True),),
        _("Er stoppet i Region Bakkedal og har ikke længere adgang."),
    ),
    Persona(
        "Mette Østergaard",
        "mette.oestergaard@sosu-fjordby.example",
        (Post(Role.SCHOOL_STAFF, SOSU_FJORDBY),),
        _("Mentor på SOSU Fjordby. Følger sine egne elever under Mine elever."),
    ),
    Persona(
        "Jens Kjær",
        "jens.kjaer@sosu-fjordby.example",
        (Post(Role.SCHOOL_STAFF, SOSU_FJORDBY),),
        _("Leder på SOSU Fjordby. Se alle elever, og filtrér efter Senest registreret."),
    ),
    Persona(
        "Fatima Hassan",
        "fatima.hassan@sosu-bakkedal.example",
        (Post(Role.SCHOOL_STAFF, SOSU_BAKKEDAL),),
        _("Vejleder på SOSU Bakkedal. Ser kun denne skoles elever."),
    ),
    Persona(
        "Emma Sørensen",
        "emma.soerensen@elev.example",
        (Post(Role.STUDENT, ASSESSED_STUDENT),),
        _("I oplæring, vurderet flere gange. Se Min side."),
    ),
    Persona(
        "Yusuf Ali",
        "yusuf.ali@elev.example",
        (Post(Role.STUDENT, UNASSESSED_STUDENT),),
        _("I oplæring, ikke vurderet endnu. Prøv siderne på engelsk."),
    ),
    Persona(
        "Åse Nørgaard-Lund",
        "aase.noergaard-lund@elev.example",
        (Post(Role.STUDENT, GF1_STUDENT),),
        _("På grundforløb, uden uddannelsesaftale."),
    ),
    Persona(
        "Ida Præst",
        "ida.praest@laerepladsportalen.example",
        (Post(Role.ADMINISTRATOR),),
        _("Vedligeholder brugere, tilknytninger og organisationer. Viser login i to trin."),
        app_secret="IDAPRAESTOPDIGTETHEMMELIGHEDNUL2",  # noqa: S106  # of the demo
    ),
    Persona(
        "Poul Rask",
        "poul.rask@laerepladsportalen.example",
        (Post(Role.ADMINISTRATOR),),
        _("Indlæser elever fra en fil. Prøv med docs/roster-eksempel.csv."),
        app_secret="POULRASKOPDIGTETHEMMELIGHEDNUL22",  # noqa: S106  # of the demo
    ),
)
