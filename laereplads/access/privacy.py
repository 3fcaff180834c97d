"""Why memberships are processed."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT, Person.EMPLOYEE),
        what=_("Hvem du er i portalen: ansat et sted, elev eller administrator"),
        why=_("Portalen må kun vise dig det, du har ret til at se."),
        ground=_("Forordningens artikel 6, stk. 1, litra e, og artikel 32 om sikkerhed."),
        recipients=_("Portalens administratorer."),
        tables=("access_membership",),
    ),
]
