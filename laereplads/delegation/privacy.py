"""Why invitations, requests and confirmations are processed."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT, Person.EMPLOYEE),
        what=_("Hvem der er inviteret eller har bedt om adgang, og svaret"),
        why=_("Kun den, din skole eller arbejdsplads siger ja til, må komme ind."),
        ground=_("Forordningens artikel 6, stk. 1, litra e, og artikel 32 om sikkerhed."),
        recipients=_("Brugeradministratorerne hos din skole eller arbejdsplads og portalens administratorer."),
        tables=("delegation_invitation", "delegation_accessrequest", "delegation_confirmationline"),
    ),
]
