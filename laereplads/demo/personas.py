"""The made-up people one can log in as: those of all apps' `demo_world.py`, and the administrators.

Administrators stand here, because what their authenticator apps would hold is in no app that production installs.
"""

from django.utils.translation import gettext_lazy as _

from laereplads.access.personas import Persona, Post
from laereplads.access.roles import Role
from laereplads.database.declarations import declared

ADMINISTRATORS = [
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
]

PERSONAS: list[Persona] = [*declared("demo_world", "PERSONAS"), *ADMINISTRATORS]
