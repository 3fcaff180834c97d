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
]
