"""Why files that come in are processed."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT, Person.EMPLOYEE),
        what=_("Filer med oplysninger fra skolen, mens de venter på at blive indlæst"),
        why=_("Den, der sender filen, skal se, hvad den ændrer, før noget bliver gemt."),
        ground=_("Erhvervsuddannelsesloven. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Den, der har sendt filen: en ansat på skolen eller en administrator af portalen."),
        tables=("imports_upload",),
    ),
]
