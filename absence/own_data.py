"""What a student's own file tells of school periods, absence and notices."""

from django.utils.translation import gettext_lazy as _

from absence.models import AbsenceDay, AbsenceNotice, SchoolPeriod
from laereplads.database.own_data import OwnTable

OWN_TABLES = [
    OwnTable(
        "school_periods",
        "absence.SchoolPeriod",
        _("Skoleophold"),
        {
            "name": _("Navn"),
            "kind": _("Type"),
            "number": _("Skolens nummer"),
            "class_code": _("Hold"),
            "starts_on": _("Begynder"),
            "ends_on": _("Slutter"),
            "cancelled_on": _("Aflyst"),
            "school": _("Skole"),
        },
        lambda membership: (
            SchoolPeriod.objects.visible_to(membership).select_related("school").order_by("-starts_on", "-id")
        ),
        nothing=_("Der er ingen skoleophold."),
        absent={"cancelled_on": _("Nej"), "class_code": _("Intet")},
        left_out={"public_id": "the portal's own name of the row", "student": "oneself"},
    ),
    OwnTable(
        "absence_days",
        "absence.AbsenceDay",
        _("Skoledage"),
        {
            "day": _("Dag"),
            "period.name": _("Skoleophold"),
            "scheduled": _("Skema i minutter"),
            "lawful": _("Lovligt fravær i minutter"),
            "unlawful": _("Ulovligt fravær i minutter"),
            "registered_at": _("Registreret"),
        },
        lambda membership: AbsenceDay.objects.visible_to(membership).select_related("period").order_by("-day", "-id"),
        nothing=_("Der er ingen skoledage."),
        left_out={"delivery": "which of the school's files it came in"},
    ),
    OwnTable(
        "absence_notices",
        "absence.AbsenceNotice",
        _("Underretninger om fravær til din arbejdsplads"),
        {
            "kind": _("Slags"),
            "period.name": _("Skoleophold"),
            "agreement.number": _("Aftalenummer"),
            "made_at": _("Underrettet"),
            "due_on": _("Skulle senest gives"),
            "through": _("Opgjort til og med"),
            "is_incomplete": _("Mangler dage"),
            "told_scheduled": _("Skema i minutter"),
            "told_lawful": _("Lovligt fravær i minutter"),
            "told_unlawful": _("Ulovligt fravær i minutter"),
            "has_receiver": _("Har modtager"),
            "first_seen_at": _("Set af virksomheden"),
        },
        lambda membership: (
            AbsenceNotice.objects.visible_to(membership).select_related("period", "agreement").order_by("-id")
        ),
        nothing=_("Der er ingen underretninger."),
        absent={"first_seen_at": _("Ikke set"), "through": _("Ingen dage")},
        left_out={
            "public_id": "the portal's own name of the row",
            "sequence": "the order of notices, which their times tell",
            "seen_by": "the company looked; which of its employees is in the access log",
        },
    ),
]
NOT_IN_OWN_FILE = {
    "absence.ArchivedSum": "sums alone, of days that are no longer kept; the pages show them with the others",
    "absence.PeriodListEntry": "the period and its days once more, for lists",
    "absence.AbsenceStanding": "the latest days once more, for lists",
}
