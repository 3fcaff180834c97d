"""Why visits are kept."""

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT,),
        what="Skolens besøg hos dig",
        why="Skolen skal kunne se, hvornår den sidst har besøgt dig.",
        ground="Erhvervsuddannelsesloven. Forordningens artikel 6, stk. 1, litra e.",
        recipients="Ansatte på din skole.",
        tables=("visits_visit",),
    )
]
