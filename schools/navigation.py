"""What a school's staff find in the menu bar and on the front page."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.roles import IMPORT_ABSENCE, Role
from laereplads.web.navigation import Group, Link, Navigation
from risk.local_agreement_pages import waiting_in_words
from schools.front_page import front_page
from schools.notices import missed

NAVIGATION = [
    Navigation(
        Role.SCHOOL_STAFF,
        front_page=front_page,
        menu=(
            Link(_("Elevoversigt"), "schools:student_list"),
            Link(_("Underretning"), "schools:notice_list", permission="absence.view_absence"),
            Link(_("Lokale aftaler"), "schools:local_agreement_list"),
        ),
        groups=(
            Group(
                _("Elever"),
                _("Find de elever, der har brug for dig nu. Filtrer efter risiko, og se, hvor gammel vurderingen er."),
                (
                    Link(_("Elevoversigt"), "schools:student_list", _("Alle skolens elever, med filtre.")),
                    Link(
                        _("Elever med høj frafaldsrisiko"),
                        "schools:student_list",
                        query="?niveau=high&sortering=oldest",
                    ),
                    Link(_("Mine elever"), "schools:student_list", _("De elever, du følger."), query="?mine=on"),
                    Link(_("Grupper"), "schools:group_list", _("Skolens lister over elever, fælles for jer alle.")),
                ),
            ),
            Group(
                _("Fravær"),
                _("Virksomheden skal underrettes om elevens fravær, senest når skoleopholdet slutter."),
                (
                    Link(
                        _("Underretning"),
                        "schools:notice_list",
                        _("Hvilke virksomheder der er underrettet, og hvor data mangler."),
                        permission="absence.view_absence",
                    ),
                    Link(_("Elever med mest fravær"), "schools:student_list", query="?sortering=absence"),
                    Link(
                        _("Indlæs filer"),
                        "schools:import_upload",
                        _("Skoleophold og fravær fra jeres studieadministrative system."),
                        permission=IMPORT_ABSENCE,
                    ),
                ),
                notice=missed,
            ),
            Group(
                _("Lokale aftaler"),
                _("Aftal med virksomhederne, hvornår og af hvem eleverne vurderes. Det er frivilligt."),
                (
                    Link(
                        _("Lokale aftaler"),
                        "schools:local_agreement_list",
                        _("Se, hvad I har aftalt, foreslå noget andet, og svar på forslag."),
                    ),
                ),
                notice=waiting_in_words,
            ),
        ),
    ),
]
