"""What an administrator finds in the menu bar and on the front page."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.roles import Role
from laereplads.web.navigation import Group, Link, Navigation

NAVIGATION = [
    Navigation(
        Role.ADMINISTRATOR,
        menu=(Link(_("Administration"), "admin:index"),),
        groups=(
            Group(
                _("Administration"),
                _("Vedligehold brugere, tilknytninger, organisationer, elever og aftaler."),
                (
                    Link(_("Administration"), "admin:index"),
                    Link(_("Indlæs elever fra en fil"), "admin:people_student_import"),
                    Link(_("Indlæs organisationer fra en fil"), "admin:people_company_import"),
                    Link(_("Inviter brugere fra en fil"), "admin:accounts_user_import"),
                ),
            ),
        ),
    ),
]
