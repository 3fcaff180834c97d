"""How long the access log is kept."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.retention import Delete, Months, Rule

PERIODS = {
    # As proposed: long enough for a student to ask, and for the administrator to look into it.
    "access_log": Months(12),
}

RULES = [
    Rule(
        "access_log_accesslogentry",
        what=_("Hvem der har set hvilke elevers oplysninger"),
        when=_("{period} efter, at de er set"),
        does=Delete("access_log", "at < %(access_log_at)s"),
        why=_("Eleven skal kunne se det, og misbrug skal kunne undersøges. Loggen har ingen navne."),
        is_published=True,
    ),
]
