"""Files of users, as the pages and the command for all kinds of files know them."""

from django.utils.translation import gettext_lazy as _

from laereplads.delegation.import_users.apply import import_users, plan_users
from laereplads.delegation.import_users.columns import LAYOUT
from laereplads.imports.files.kinds import FileKind

USERS = FileKind(
    code="users",
    permission="delegation.import_users",
    pages="accounts_user",
    list_page="admin:accounts_user_changelist",
    layouts=(LAYOUT,),
    plan=plan_users,
    save=import_users,
    title=_("Inviter brugere fra en fil"),
    list_title=_("Brugere"),
    file_label=_("Fil med brugere"),
    introduction=_("Vælg en fil med dem, der skal have adgang. Hver får en invitation med mail."),
    description=_(
        "Hver række er én person i én organisation. Hvem der allerede har adgang eller en invitation, får ingen ny. "
        "Det, der ikke står i filen, bliver ikke ændret, og ingen mister adgang."
    ),
    left_out=(_("række"), _("rækker")),
    subject=_("Bruger"),
    number_label=_("E-mailadresse"),
)
