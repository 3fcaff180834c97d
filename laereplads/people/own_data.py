"""What a student's own file tells of them and of their agreements."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.own_data import OwnTable
from laereplads.people.models import Agreement, AgreementTakeover, Student

# What the roster's optional columns and the student's life add.
MORE = {
    "moved_on": _("Flyttet til anden skole"),
    "is_protected": _("Navne- og adressebeskyttet"),
    "residence_municipality": _("Bopælskommune"),
    "uniid": _("UNI-id"),
    "has_completed_youth_education": _("Har gennemført en ungdomsuddannelse"),
    "education_starts_on": _("Studiestart"),
    "main_programme_starts_on": _("Hovedforløbet begynder"),
    "has_credit": _("Merit"),
    "dropped_out_on": _("Afbrudt den"),
    "identity_confirmed_at": _("Nyt navn og ny fødselsdag bekræftet"),
}

NOT_HAPPENED = {
    "moved_on": _("Ikke flyttet"),
    "signed_off_on": _("Ikke udmeldt"),
    "dropped_out_on": _("Ikke afbrudt"),
    "identity_confirmed_at": _("Ikke ændret"),
}

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
            "signed_off_on": _("Udmeldt"),
            **MORE,
            "public_id": _("Dit portal-id"),
        },
        lambda membership: Student.objects.visible_to(membership).select_related("school", "education"),
        absent=NOT_HAPPENED,
        left_out={"moved_to": "themselves, at the school they are at now"},
    ),
    OwnTable(
        "former_schools",
        "people.Student",
        _("Skoler, du har forladt"),
        {
            "school": _("Skole"),
            "student_number": _("Elevnummer"),
            "moved_on": _("Flyttet til anden skole"),
            "signed_off_on": _("Udmeldt"),
            "name": _("Navn"),
            "birth_date": _("Fødselsdag"),
            "email": _("E-mailadresse"),
            "phone": _("Telefon"),
            "education": _("Uddannelse"),
            "student_type": _("Elevtype"),
            "status": _("Uddannelsesstatus"),
            "basic_programme": _("Grundforløb"),
            "relation": _("Relation til skolen"),
            "visibility": _("Profilens synlighed"),
            "expected_completion_on": _("Forventet udlært"),
            **{field: label for field, label in MORE.items() if field != "moved_on"},
            "public_id": _("Dit portal-id"),
        },
        lambda membership: (
            Student.objects.filter(moved_to=membership.student_id)
            .select_related("school", "education")
            .order_by("-moved_on")
        ),
        nothing=_("Der er ingen."),
        absent=NOT_HAPPENED,
        left_out={"moved_to": "themselves, at the school they are at now"},
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
            "annulled_on": _("Annulleret"),
            "last_day": _("Sidste dag"),
            "company": _("Virksomhed"),
            "workplace": _("Arbejdssted"),
            "school": _("Skole"),
            "public_id": _("Aftalens portal-id"),
        },
        lambda membership: (
            Agreement.objects.visible_to(membership)
            .select_related("company", "workplace", "school", "education")
            .order_by("-starts_on")
        ),
        nothing=_("Der er ingen aftaler."),
        absent={"ended_early_on": _("Ikke ophævet"), "annulled_on": _("Ikke annulleret")},
        left_out={"student": "themselves"},
    ),
    OwnTable(
        "takeovers",
        "people.AgreementTakeover",
        _("Aftaler, der er overtaget ved en sammenlægning"),
        {
            "agreement.number": _("Aftalenummer"),
            "merger.takes_over_on": _("Dato"),
            "merger.company": _("Overtaget fra"),
            "merger.successor": _("Overtaget af"),
        },
        lambda membership: (
            AgreementTakeover.objects.filter(agreement__in=Agreement.objects.visible_to(membership))
            .select_related("agreement", "merger__company", "merger__successor")
            .order_by("id")
        ),
        nothing=_("Der er ingen."),
    ),
]
