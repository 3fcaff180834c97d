"""What a company's staff find in the menu bar and on the front page."""

from django.utils.translation import gettext_lazy as _

from companies.notices import assessments_now, last_registration
from laereplads.access.roles import Role
from laereplads.web.navigation import Group, Link, Navigation
from risk.local_agreement_pages import waiting_in_words

NAVIGATION = [
    Navigation(
        Role.COMPANY_STAFF,
        menu=(
            Link(_("Lærlingeoversigt"), "companies:agreement_list"),
            Link(_("Fraværsoversigt"), "companies:absence_list"),
            Link(_("Skoleophold"), "companies:school_period_list"),
            Link(_("Frafaldsrisiko (SOSU)"), "companies:assessment_list"),
            Link(_("Registrer afslag"), "companies:rejection_create"),
        ),
        groups=(
            Group(
                _("Lærlinge"),
                _("Få overblik over jeres lærlinges skoleophold og fravær."),
                (
                    Link(_("Lærlingeoversigt"), "companies:agreement_list", _("Jeres lærlinge og deres aftaler.")),
                    Link(
                        _("Fraværsoversigt"),
                        "companies:absence_list",
                        _("Fraværet i de skoleophold, der er i gang eller lige er slut."),
                    ),
                    Link(
                        _("Skoleophold"),
                        "companies:school_period_list",
                        _("Se, hvornår jeres lærlinge er på skole, og hvem der er væk i en uge."),
                    ),
                    Link(
                        _("Frafaldsrisiko (SOSU)"),
                        "companies:assessment_list",
                        _("Registrer, om risikoen for frafald er høj, middel eller lav."),
                    ),
                ),
                notice=assessments_now,
            ),
            Group(
                _("Søg nye lærlinge"),
                _("Registrer, hvorfor I afslår en ansøgning. I har pligt til det, senest to uger efter afslaget."),
                (
                    Link(
                        _("Registrer afslag"),
                        "companies:rejection_create",
                        _("Til statistik. Ansøgeren får ikke besked fra portalen."),
                    ),
                    Link(
                        _("Registrerede afslag"),
                        "companies:rejection_list",
                        _("Registrerede afslag og begrundelser, uden ansøgernes oplysninger."),
                    ),
                ),
                notice=last_registration,
            ),
            Group(
                _("Uddannelsesaftaler"),
                _("Se, hvilke aftaler der løber, og hvilke der snart slutter."),
                (
                    Link(
                        _("Aftaler, der slutter inden for tre måneder"),
                        "companies:agreement_list",
                        query="?slutter=snart",
                    ),
                ),
            ),
            Group(
                _("Lokale aftaler"),
                _("Aftal med skolerne, hvornår og af hvem jeres lærlinge vurderes. Det er frivilligt."),
                (
                    Link(
                        _("Lokale aftaler"),
                        "companies:local_agreement_list",
                        _("Se, hvad I har aftalt, foreslå noget andet, og svar på forslag."),
                    ),
                ),
                notice=waiting_in_words,
            ),
        ),
    ),
]
