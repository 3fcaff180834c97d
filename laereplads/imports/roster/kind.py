"""The roster, as the pages and the command for all kinds of files know it."""

from django.utils.translation import gettext_lazy as _

from laereplads.imports.files.kinds import FileKind
from laereplads.imports.purposes import ROSTER_IMPORT
from laereplads.imports.roster.apply import import_roster, plan_roster
from laereplads.imports.roster.parse import LAYOUT

ROSTER = FileKind(
    code="roster",
    permission="people.import_roster",
    pages="people_student",
    list_page="admin:people_student_changelist",
    layouts=(LAYOUT,),
    plan=plan_roster,
    save=import_roster,
    title=_("Indlæs elever fra en fil"),
    list_title=_("Elever"),
    file_label=_("Fil med elever"),
    introduction=_("Vælg den fil, som skolens studieadministrative system har leveret."),
    description=_(
        "Hver række er en elev med højst én aftale. En elev med to aftaler har to rækker. Er en række forkert, bliver "
        "alle elevens rækker udeladt. Datoer skrives som 20-10-2021, 20.10.2021 eller 2021-10-20."
    ),
    left_out=(_("elev"), _("elever")),
    subject=_("Elev"),
    number_label=_("Elevnummer"),
    purpose=ROSTER_IMPORT,
    full_label=_("Filen har alle skolens elever"),
    full_help=_("Så viser portalen, hvilke elever filen ikke har med. De bliver ikke ændret."),
)
