"""How changes of people and organisations are logged. Names, addresses, numbers and birth dates leave no value."""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import Action
from laereplads.audit.triggers import AuditedTable

STUDENT_REPORTED = Action("student_reported", _("Eleven er registreret"))
STUDENT_CHANGED = Action("student_changed", _("Elevens oplysninger er ændret"))
STUDENT_SIGNED_OFF = Action("student_signed_off", _("Eleven er meldt ud"))
STUDENT_REENROLLED = Action("student_reenrolled", _("Eleven er genindmeldt"))
STUDENT_MOVED = Action("student_moved", _("Eleven er flyttet til anden skole"))
STUDENT_CONFIRMED = Action("student_confirmed", _("Nyt navn og ny fødselsdag er bekræftet"))
STUDENT_REMOVED = Action("student_removed", _("Eleven er slettet"))
AGREEMENT_REPORTED = Action("agreement_reported", _("Uddannelsesaftale er registreret"))
AGREEMENT_CHANGED = Action("agreement_changed", _("Uddannelsesaftale er ændret"))
AGREEMENT_ANNULLED = Action("agreement_annulled", _("Uddannelsesaftale er annulleret"))
AGREEMENT_MOVED = Action("agreement_moved", _("Uddannelsesaftale er fulgt med til anden skole"))
AGREEMENT_TAKEN_OVER = Action("agreement_taken_over", _("Uddannelsesaftale er overtaget ved sammenlægning"))
AGREEMENT_RENUMBERED = Action("agreement_renumbered", _("Uddannelsesaftalens nummer er rettet"))
COMPANIES_MERGED = Action("companies_merged", _("Virksomheder er lagt sammen"))
AGREEMENT_REMOVED = Action("agreement_removed", _("Uddannelsesaftale er slettet"))

ACTIONS = [
    *(STUDENT_REPORTED, STUDENT_CHANGED, STUDENT_SIGNED_OFF, STUDENT_REMOVED),
    *(STUDENT_REENROLLED, STUDENT_MOVED, STUDENT_CONFIRMED, COMPANIES_MERGED),
    *(AGREEMENT_ANNULLED, AGREEMENT_MOVED, AGREEMENT_TAKEN_OVER, AGREEMENT_RENUMBERED),
    *(AGREEMENT_REPORTED, AGREEMENT_CHANGED, AGREEMENT_REMOVED),
]

AUDITED_TABLES = [
    AuditedTable(
        "people.student",
        added=STUDENT_REPORTED,
        changed=STUDENT_CHANGED,
        removed=STUDENT_REMOVED,
        special_actions=(
            (STUDENT_MOVED, "was.id is not null and it.moved_to_id is not null and was.moved_to_id is null"),
            (
                STUDENT_CONFIRMED,
                "was.id is not null and it.identity_confirmed_at is distinct from was.identity_confirmed_at",
            ),
            (STUDENT_SIGNED_OFF, "was.signed_off_on is null and it.signed_off_on is not null"),
            (STUDENT_REENROLLED, "was.signed_off_on is not null and it.signed_off_on is null"),
        ),
        student="coalesce(it.public_id, was.public_id)",
        kept_fields=(
            *("school", "education", "student_type", "status", "basic_programme", "relation", "visibility"),
            *("expected_completion_on", "signed_off_on", "moved_on", "is_protected", "education_starts_on"),
            *("main_programme_starts_on", "dropped_out_on"),
        ),
    ),
    AuditedTable(
        "people.agreement",
        added=AGREEMENT_REPORTED,
        changed=AGREEMENT_CHANGED,
        removed=AGREEMENT_REMOVED,
        special_actions=(
            (AGREEMENT_ANNULLED, "was.annulled_on is null and it.annulled_on is not null"),
            (AGREEMENT_MOVED, "was.student_id <> it.student_id"),
            (AGREEMENT_TAKEN_OVER, "was.company_id <> it.company_id"),
            (AGREEMENT_RENUMBERED, "was.number <> it.number"),
        ),
        student="(select public_id from people_student where id = coalesce(it.student_id, was.student_id))",
        kept_fields=(
            *("student", "company", "workplace", "school", "education", "type"),
            *("starts_on", "ends_on", "ended_early_on", "annulled_on"),
        ),
    ),
    AuditedTable("people.education", kept_fields=("is_sosu",)),
    AuditedTable("people.school"),
    AuditedTable("people.company", kept_fields=("kind", "kommunekode", "region")),
    AuditedTable("people.workplace", kept_fields=("company",)),
    AuditedTable("people.merger", added=COMPANIES_MERGED, kept_fields=("successor", "takes_over_on")),
    # Written when an agreement is taken over, which is an event of its own.
    AuditedTable("people.agreementtakeover", kept_fields=("agreement", "merger")),
]

NOT_AUDITED = {"people.region": "reference rows of a migration, which nobody can write"}
