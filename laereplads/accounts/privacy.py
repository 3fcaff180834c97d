"""Why accounts are processed."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT, Person.EMPLOYEE),
        what=_("Navn, e-mailadresse og adgangskode, og hvor du er logget ind. Portalen kender ikke selve koden"),
        why=_("Du skal kunne logge ind, og ingen andre skal kunne gøre det som dig."),
        ground=_("Forordningens artikel 6, stk. 1, litra e, og artikel 32 om sikkerhed."),
        recipients=_("Portalens administratorer ser navn, e-mail og sidste login."),
        tables=("accounts_user", "accounts_session"),
    ),
]
