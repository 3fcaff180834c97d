"""How long visits are kept: as long as the student they are about."""

from laereplads.database.retention import Delete, Rule
from laereplads.people.retention import GONE_STUDENTS

RULES = [
    Rule(
        "visits_visit",
        what="Skolens besøg hos eleven",
        when="{period} efter, at eleven er meldt ud, og den sidste aftale er slut",
        does=Delete("student", f"student_id in ({GONE_STUDENTS})"),
        why="Besøget er en del af elevens uddannelsesforløb.",
    )
]
