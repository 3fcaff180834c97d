"""Which students one can log in as, in a demo."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.personas import Persona, Post
from laereplads.access.roles import Role
from laereplads.people.demo_world import ASSESSED_STUDENT, GF1_STUDENT, UNASSESSED_STUDENT

PERSONAS = [
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
]
