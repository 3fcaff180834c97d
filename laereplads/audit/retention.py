"""How long the change log is kept.

Features say in their own `retention.py` what the log must not tell any longer (`EVENTS_TO_ERASE`), as conditions on
`audit_event`.
"""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.chain import EVENTS_KEPT
from laereplads.audit.models import Event
from laereplads.audit.operations import erase_contents, forget_events_before
from laereplads.database.declarations import declared
from laereplads.database.retention import Call, Follow, Rule

PERIODS = {
    "events": EVENTS_KEPT,
}


def untold() -> str:
    """Events that still tell of what is gone."""
    gone = " or ".join(declared("retention", "EVENTS_TO_ERASE"))
    return f"changes <> '{{}}' and erased_on is null and ({gone})"


RULES = [
    Rule(
        "audit_event",
        field="changes",
        what=_("Loggen: hvad en handling ændrede, fx fra lav til høj"),
        when=_("Straks, når vurderingen eller eleven er slettet"),
        does=Call(
            None,
            untold,
            lambda events, _limits: erase_contents(Event.objects.filter(pk__in=events)),
            says=_("Indholdet tømmes. At det skete, bliver stående"),
        ),
        why=_("Det er de samme oplysninger som dem, der er slettet."),
        is_published=True,
    ),
    Rule(
        "audit_event",
        what=_("Loggen: hvem der har gjort hvad hvornår"),
        when=_("{period} efter, at det er sket"),
        does=Call(
            "events",
            "at < %(events_at)s",
            # The oldest go together, whichever batch they were found in: only a beginning of the chain may.
            lambda _events, limits: forget_events_before(limits["events"]),
            says=_("Rækken slettes"),
        ),
        why=_(
            "Den viser, om oplysninger er brugt, som de må. Ulovlig brug kan straffes i fem år. Den har ingen navne."
        ),
        is_published=True,
    ),
    Rule(
        "audit_chainentry",
        what=_("Digitale aftryk af hændelserne, som viser, om nogen har rettet i dem"),
        does=Follow("audit_event"),
        why=_("De siger ikke, hvad der er sket."),
    ),
]
