"""The three files, as the pages and the command for all kinds of files know them."""

from django.utils.translation import gettext_lazy as _

from absence.files.apply import import_days, import_lessons, import_periods, plan_days, plan_lessons, plan_periods
from absence.files.columns import DAYS, LESSONS, PERIODS
from absence.models import DeliveryKind
from laereplads.access.roles import IMPORT_ABSENCE
from laereplads.imports.files.kinds import FileKind
from laereplads.imports.purposes import SCHOOL_IMPORT

ROWS = (_("række"), _("rækker"))
COVERS = _(
    "Skriv kun datoer, når filen har alle skoledage i perioden. Så bliver de dage i den, der mangler i filen, fjernet."
)

ABSENCE_PERIODS = FileKind(
    code="absence_periods",
    permission=IMPORT_ABSENCE,
    layouts=(PERIODS,),
    plan=plan_periods,
    save=import_periods,
    title=DeliveryKind.PERIODS.label,
    description=_(
        "skoleophold.csv: hver række er en elevs skoleophold. Den erstatter det, der stod. Skoleophold, der ikke står "
        "i filen, bliver, som de er."
    ),
    left_out=ROWS,
    subject=_("Skoleophold"),
    number_label=_("Skoleophold"),
    purpose=SCHOOL_IMPORT,
)
ABSENCE_DAYS = FileKind(
    code="absence_days",
    permission=IMPORT_ABSENCE,
    layouts=(DAYS,),
    plan=plan_days,
    save=import_days,
    title=DeliveryKind.DAYS.label,
    description=_(
        "fravaer.csv: hver række er en elevs skoledag, også når eleven var der. Den erstatter det, der stod. Dage, der "
        "ikke står i filen, bliver, som de er."
    ),
    left_out=ROWS,
    subject=_("Elev"),
    number_label=_("Elevnummer"),
    purpose=SCHOOL_IMPORT,
    covers_help=COVERS,
)
ABSENCE_LESSONS = FileKind(
    code="absence_lessons",
    permission=IMPORT_ABSENCE,
    layouts=(LESSONS,),
    plan=plan_lessons,
    save=import_lessons,
    title=DeliveryKind.LESSONS.label,
    description=_(
        "lektioner.csv: hver række er en lektion. Alle elevens lektioner den dag skal være med: de bliver lagt sammen "
        "og erstatter dagen. Er en af dem forkert, bliver hele dagen udeladt."
    ),
    left_out=ROWS,
    subject=_("Elev"),
    number_label=_("Elevnummer"),
    purpose=SCHOOL_IMPORT,
    covers_help=COVERS,
)

KINDS = (ABSENCE_PERIODS, ABSENCE_DAYS, ABSENCE_LESSONS)
