"""The way to the users, for who looks after them."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.roles import MANAGE_USERS, Role
from laereplads.web.navigation import Group, Link, Navigation

USERS = Link(_("Brugere"), "user_list", permission=MANAGE_USERS)
OWN_USERS = Link(_("Brugere"), "user_list", _("Se, inviter og afslut brugere."), permission=MANAGE_USERS)
PURPOSE = _("Bestem, hvem der har adgang til portalen på jeres vegne.")

NAVIGATION = [
    Navigation(Role.COMPANY_STAFF, menu=(USERS,), groups=(Group(_("Brugere"), PURPOSE, (OWN_USERS,)),)),
    Navigation(
        Role.SCHOOL_STAFF,
        menu=(USERS,),
        groups=(
            Group(
                _("Brugere"),
                PURPOSE,
                (
                    OWN_USERS,
                    Link(
                        _("Koder til elever"),
                        "student_codes",
                        _("Breve, som elever får adgang til Min side med."),
                        permission=MANAGE_USERS,
                    ),
                ),
            ),
        ),
    ),
]
