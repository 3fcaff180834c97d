"""Why school periods and absence are processed."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT,),
        what=_("Dine skoleophold og dit fravær i dem: lovligt eller ulovligt, aldrig årsagen"),
        why=_(
            "Skolen skal registrere fraværet og give din arbejdsplads besked om det, senest når skoleopholdet slutter."
        ),
        ground=_("Eud-bekendtgørelsen § 55, stk. 6. Forordningens artikel 6, stk. 1, litra c."),
        recipients=_("Ansatte på din skole og dig selv. Din arbejdsplads ser kun dage i jeres egen aftale."),
        tables=("absence_schoolperiod", "absence_absenceday", "absence_archivedsum", "absence_absencenotice"),
    ),
    Processing(
        (Person.EMPLOYEE,),
        what=_("At du som den første på arbejdspladsen har set en underretning om fravær"),
        why=_("Skolen skal kunne se, at beskeden er nået frem."),
        ground=_("Eud-bekendtgørelsen § 55, stk. 6. Forordningens artikel 6, stk. 1, litra c."),
        recipients=_("Skolen ser dagen, ikke dit navn."),
        tables=("absence_absencenotice",),
    ),
]
