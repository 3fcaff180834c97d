"""Whom one can log in as at a company, in a demo."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.personas import Persona, Post
from laereplads.access.roles import Role
from laereplads.people.demo_world import BAKKEDAL, FJORDBY, LINDEGAARDEN, RAVNEKAER, SOLGAARDEN, SOSU_BAKKEDAL

PERSONAS = [
    Persona(
        "Birgit Holm",
        "birgit.holm@fjordby.example",
        (Post(Role.COMPANY_STAFF, FJORDBY, is_user_administrator=True),),
        _("Fjordby Kommune med mange lærlinge. Vurder en under Frafaldsrisiko (SOSU), eller inviter under Brugere."),
    ),
    Persona(
        "Hanne Kvist",
        "hanne.kvist@bakkedal.example",
        (Post(Role.COMPANY_STAFF, BAKKEDAL, is_user_administrator=True),),
        _("Bestemmer over brugerne i Region Bakkedal. Se den årlige bekræftelse."),
    ),
    Persona(
        "Dorte Krogh",
        "dorte.krogh@fjordby.example",
        (Post(Role.COMPANY_STAFF, FJORDBY, workplace=SOLGAARDEN),),
        _("Leder på Plejecenter Solgården. Ser kun dem, der er i lære dér."),
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
]
