"""What a student finds in the menu bar and on the front page."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.roles import Role
from laereplads.web.navigation import Group, Link, Navigation

NAVIGATION = [
    Navigation(
        Role.STUDENT,
        menu=(Link(_("Min side"), "students:own_page"),),
        groups=(
            Group(
                _("Min side"),
                _("Se din uddannelsesaftale, dine skoleophold og dit fravær, og hvad din arbejdsplads har vurderet."),
                (
                    Link(_("Min side"), "students:own_page", _("Overblik over dig og din uddannelse.")),
                    Link(
                        _("Mit uddannelsesforløb"),
                        "students:own_agreement",
                        _("Din aftale, din frafaldsrisiko, dine skoleophold og dit fravær."),
                    ),
                    Link(
                        _("Hvem har set mine oplysninger"),
                        "students:own_access_log",
                        _("Hvornår, hvilken organisation, og hvad det skulle bruges til."),
                    ),
                    Link(
                        _("Hent mine oplysninger"),
                        "students:own_data",
                        _("Alt, hvad portalen ved om dig. Du kan læse det, skrive det ud og gemme det."),
                    ),
                ),
            ),
        ),
    ),
]
