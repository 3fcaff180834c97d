"""How long a file waits for a yes."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.retention import Delete, Rule, Time
from laereplads.imports.models import KEPT_FOR

PERIODS = {"uploads": Time(KEPT_FOR)}

RULES = [
    Rule(
        "imports_upload",
        what=_("En fil til indlæsning, som afsenderen ikke har sagt ja eller nej til"),
        when=_("{period} efter, at filen er sendt"),
        does=Delete("uploads", "uploaded_at < %(uploads_at)s"),
        why=_("Den har navne. Efter en arbejdsdag må den sendes igen."),
        limit=1,
    ),
]
