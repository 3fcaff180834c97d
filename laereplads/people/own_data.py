"""What a student's own file tells of them and of their agreements."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.own_data import OwnTable
from laereplads.people.models import Agreement, Student

OWN_TABLES = [
    OwnTable(
        "student",
        "people.Student",
        _("Dig og din uddannelse"),
        {
            "name": _("Navn"),
            "birth_date": _("Fødselsdag"),
            "email": _("E-mailadresse"),
            "phone": _("Telefon"),
            "school": _("Skole"),
            "student_number": _("Elevnummer"),
            "education": _("Uddannelse"),
            "student_type": _("Elevtype"),
            "status": _("Uddannelsesstatus"),
            "basic_programme": _("Grundforløb"),
            "relation": _("Relation til skolen"),
            "visibility": _("Profilens synlighed"),
            "expected_completion_on": _("Forventet udlært"),
            "signed_off_on": _("Meldt ud af skolen"),
            "public_id": _("Dit nummer i portalen"),
        },
        lambda membership: Student.objects.visible_to(membership).select_related("school", "education"),
    ),
    OwnTable(
        "agreements",
        "people.Agreement",
        _("Uddannelsesaftaler"),
        {
            "number": _("Aftalenummer"),
            "education": _("Uddannelse"),
            "type": _("Aftaletype"),
            "starts_on": _("Begynder"),
            "ends_on": _("Slutter"),
            "ended_early_on": _("Ophævet"),
            "last_day": _("Sidste dag"),
            "company": _("Virksomhed"),
            "workplace": _("Arbejdssted"),
            "school": _("Skole"),
            "public_id": _("Aftalens nummer i portalen"),
        },
        lambda membership: (
            Agreement.objects.visible_to(membership)
            .select_related("company", "workplace", "school", "education")
            .order_by("-starts_on")
        ),
        nothing=_("Der er ingen aftaler."),
        left_out={"student": "themselves"},
    ),
]
