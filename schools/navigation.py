"""What a school's staff find in the menu bar and on the front page."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.roles import Role
from laereplads.web.navigation import Group, Link, Navigation

NAVIGATION = [
    Navigation(
        Role.SCHOOL_STAFF,
        menu=(Link(_("Elevoversigt"), "schools:student_list"),),
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
                ),
            ),
        ),
    ),
]
