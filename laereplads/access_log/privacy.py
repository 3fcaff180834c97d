"""Why it is logged who has been shown whom."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT, Person.EMPLOYEE),
        what=_("Hvem der har set hvilke elever, hvornår og til hvad"),
        why=_("Eleven skal kunne se det, og misbrug skal kunne opdages."),
        ground=_("Forordningens artikel 6, stk. 1, litra e, og artikel 32 om sikkerhed."),
        recipients=_(
            "Eleven ser organisation, dag og formål, men ikke medarbejderens navn. Administratorer ser det hele."
        ),
        tables=("access_log_accesslogentry",),
    ),
]
