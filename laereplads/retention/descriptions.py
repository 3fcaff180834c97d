"""The rules in words: for the operator's page, for everybody's, and in a command's answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import localize
from django.utils.translation import gettext as _

from laereplads.database.retention import Call, Delete, Empty, Follow, Keep, Rule
from laereplads.retention.rules import PERIODS, RULES


def when(rule: Rule) -> str:
    """When a row of the table goes, with how long it is kept."""
    match rule.does:
        case Keep():
            return _("Slettes ikke")
        case Follow(table=table):
            return _("Sammen med rækken i %(table)s") % {"table": table}
        case work:
            return str(rule.when).format(period=PERIODS[work.period] if work.period else "")


@dataclass(frozen=True)
class Told:
    """What everybody may know of a rule, in the language of the page."""

    what: str
    when: str
    why: str


def published_rules() -> list[Told]:
    """The rules about what the portal knows of people."""
    return [Told(str(rule.what), when(rule), str(rule.why)) for rule in RULES if rule.is_published]


def what_happens(rule: Rule) -> str:
    match rule.does:
        case Delete() | Follow():
            return _("Rækken slettes")
        case Empty(values=values):
            return _("Disse felter tømmes: %(fields)s") % {"fields": ", ".join(values)}
        case Call(says=says):
            return str(says)
        case Keep():
            return _("Gemmes")


def as_markdown() -> str:
    """The table of docs/retention.md."""
    lines = ["| Tabel | Indhold | Hvornår | Hvad der sker | Hvorfor |", "|---|---|---|---|---|"]
    lines += [f"| `{rule.name}` | {rule.what} | {when(rule)} | {what_happens(rule)} | {rule.why} |" for rule in RULES]
    return "\n".join(lines)


def number(value: int) -> str:
    return str(localize(value, use_l10n=True))


def percent(share: float) -> str:
    return f"{localize(round(100 * share, 1))} %".replace(",0 %", " %")
