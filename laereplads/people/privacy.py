"""Why students and their agreements are processed."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT,),
        what=_("Navn, fødselsdag, telefon, e-mail og uddannelse, som din skole har dem"),
        why=_("Skolen skal kunne følge sine elever, og du skal kunne kendes fra andre."),
        ground=_("Erhvervsuddannelsesloven. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_(
            "Ansatte på din skole. Din arbejdsplads ser navn, uddannelse og slutningen af elevnummeret. Portalens "
            "administratorer."
        ),
        tables=("people_student",),
    ),
    Processing(
        (Person.STUDENT,),
        what=_("Dine uddannelsesaftaler: virksomhed, arbejdssted og datoer"),
        why=_("Aftalen afgør, hvem der må vurdere din frafaldsrisiko, og hvem der må se den."),
        ground=_("Erhvervsuddannelsesloven. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Ansatte på din skole og hos den virksomhed, aftalen er med. Portalens administratorer."),
        tables=("people_agreement", "people_agreementtakeover"),
    ),
]
