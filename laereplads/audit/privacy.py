"""Why changes are logged."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT, Person.EMPLOYEE),
        what=_("Hvem der har ændret hvad og hvornår"),
        why=_("Ingen skal kunne ændre noget, uden at det kan ses bagefter."),
        ground=_("Forordningens artikel 6, stk. 1, litra e, og artikel 32 om sikkerhed."),
        recipients=_("Eleven, elevens skole og portalens administratorer. Administratorer ser ikke vurderinger."),
        tables=("audit_event",),
    ),
]
