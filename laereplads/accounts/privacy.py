"""Why accounts are processed."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT, Person.EMPLOYEE),
        what=_("Navn, e-mailadresse, hvilket MitID eller Unilogin du har, og hvor du er logget ind. Aldrig CPR-nummer"),
        why=_("Du skal kunne logge ind, og ingen andre skal kunne gøre det som dig."),
        ground=_("Forordningens artikel 6, stk. 1, litra e, og artikel 32 om sikkerhed."),
        recipients=_("Portalens administratorer ser navn, e-mail og sidste login."),
        tables=("accounts_user", "accounts_session", "accounts_identity"),
    ),
]
