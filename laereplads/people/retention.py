"""How long students and their agreements are kept."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.retention import Delete, Keep, Months, Rule

PERIODS = {
    # Students who come back within a year meet their own record again.
    "student": Months(12),
}

GONE_STUDENTS = """
    select student.id from people_student student
    where greatest(student.signed_off_on, student.moved_on) < %(student)s and not exists (
        select from people_agreement agreement
        where agreement.student_id = student.id and agreement.last_day >= %(student)s and agreement.annulled_on is null
    ) and not exists (
        select from people_student former
        where former.moved_to_id = student.id and greatest(former.signed_off_on, former.moved_on) >= %(student)s
    )
"""
# What the change log tells of them goes with them.
EVENTS_TO_ERASE = [
    f"""(
    student is not null and not exists (
        select from people_student known
        where known.public_id = audit_event.student and known.id not in ({GONE_STUDENTS})
    )
)"""
]

RULES = [
    Rule(
        "people_agreementtakeover",
        what=_("At en aftale er overtaget ved en sammenlægning"),
        when=_("{period} efter, at eleven er meldt ud, og den sidste aftale er slut"),
        does=Delete(
            "student", f"agreement_id in (select id from people_agreement where student_id in ({GONE_STUDENTS}))"
        ),
        why=_("Den hører til aftalen."),
    ),
    Rule(
        "people_agreement",
        what=_("Elevens uddannelsesaftaler"),
        when=_("{period} efter, at eleven er meldt ud, og den sidste aftale er slut"),
        does=Delete("student", f"student_id in ({GONE_STUDENTS})"),
        why=_("Aftalerne er elevens uddannelsesforløb. De følger eleven."),
        is_published=True,
    ),
    Rule(
        "people_student",
        what=_("Elevens navn, kontaktoplysninger og uddannelse"),
        when=_("{period} efter, at eleven er meldt ud eller flyttet til anden skole, og den sidste aftale er slut"),
        does=Delete("student", f"id in ({GONE_STUDENTS})"),
        why=_("En elev, der vender tilbage inden for et år, skal ikke begynde forfra."),
        is_published=True,
    ),
    Rule(
        "people_company",
        what=_("Virksomheder"),
        does=Keep(),
        why=_("De er ikke personer, og afslag henviser til dem."),
    ),
    Rule("people_merger", what=_("Sammenlægninger"), does=Keep(), why=_("De handler ikke om personer.")),
    Rule("people_workplace", what=_("Arbejdssteder"), does=Keep(), why=_("De er ikke personer.")),
    Rule("people_school", what=_("Skoler"), does=Keep(), why=_("De er ikke personer.")),
    Rule("people_region", what=_("Regioner"), does=Keep(), why=_("De handler ikke om nogen.")),
    Rule("people_education", what=_("Uddannelser"), does=Keep(), why=_("De handler ikke om nogen.")),
]
