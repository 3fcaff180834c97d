"""Why mails are processed."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT, Person.EMPLOYEE),
        what=_("Hvilke mails portalen har sendt dig, og hvornår"),
        why=_("Du skal vide, at der er noget nyt til dig. I mailen står der intet om nogen person."),
        ground=_("Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Portalens administratorer og den, der driver mailserveren."),
        tables=("notifications_outgoingmail",),
    ),
    Processing(
        (Person.STUDENT, Person.EMPLOYEE),
        what=_("Hvilke mails du har slået til og fra, og om mailserveren kender din adresse"),
        why=_(
            "Du skal kun have de mails, du vil have. Portalen skal ikke blive ved med at skrive til en forkert adresse."
        ),
        ground=_("Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Kun dig selv."),
        tables=("notifications_mailchoice", "notifications_refusedaddress"),
    ),
]
