"""Why it is kept whom an employee follows and looks for, and which groups a student is in."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT, Person.EMPLOYEE),
        what=_("Hvilke elever en medarbejder på skolen følger"),
        why=_("Medarbejderen skal hurtigt kunne finde sine egne elever."),
        ground=_("Erhvervsuddannelsesloven. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Medarbejderen selv. Du kan se, at nogen følger dig."),
        tables=("schools_followedstudent",),
    ),
    Processing(
        (Person.EMPLOYEE,),
        what=_("Hvilken dag du sidst så, hvad der er nyt om skolens elever"),
        why=_("Så forsiden kan vise dig, hvad der er nyt siden da."),
        ground=_("Erhvervsuddannelsesloven. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Du selv."),
        tables=("schools_overviewvisit",),
    ),
    Processing(
        (Person.STUDENT,),
        what=_("At din skole straks har fået en mail om en ny vurdering. Mailen siger ikke, hvem den handler om"),
        why=_("Skolen skal kunne hjælpe i tide, og ingen skal have besked to gange."),
        ground=_("Eud-bekendtgørelsen § 115, stk. 2. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Ingen. Det er portalens egen huskeliste."),
        tables=("schools_toldassessment",),
    ),
    Processing(
        (Person.STUDENT,),
        what=_("Hvilke grupper din skole har sat dig i"),
        why=_("Skolens medarbejdere skal sammen kunne finde de elever, de arbejder med."),
        ground=_("Erhvervsuddannelsesloven. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Ansatte på din skole og dig selv."),
        tables=("schools_studentgroupmember",),
    ),
    Processing(
        (Person.STUDENT, Person.EMPLOYEE),
        what=_("Filtre, som en medarbejder på skolen har gemt, og hvilke elever de fandt sidst"),
        why=_("Medarbejderen skal have besked, når en ny elev passer til filteret."),
        ground=_("Erhvervsuddannelsesloven. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Kun medarbejderen selv. I beskeden står der intet om nogen person."),
        tables=("schools_savedfilter", "schools_savedfiltermatch"),
    ),
]
