"""The rules in words: for the operator's page, for everybody's, and in a command's answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import localize
from django.utils.translation import gettext as _

from laereplads.retention.rule import Delete, Empty, Keep, Rule
from laereplads.retention.rules import PERIODS, RULES


def when(rule: Rule) -> str:
    """When a row of the table goes, with how long it is kept."""
    if isinstance(rule.does, Keep):
        return _("Slettes ikke")
    return str(rule.when).format(period=PERIODS[rule.does.period] if rule.does.period else "")


@dataclass(frozen=True)
class Told:
    """What everybody may know of a rule, in the language of the page."""

    what: str
    when: str
    why: str


def told_to_everybody() -> list[Told]:
    """The rules about what the portal knows of people."""
    return [Told(str(rule.what), when(rule), str(rule.why)) for rule in RULES if rule.is_told]


def what_happens(rule: Rule) -> str:
    match rule.does:
        case Delete():
            return _("Rækken slettes")
        case Empty(values=values):
            return _("Disse felter tømmes: %(fields)s") % {"fields": ", ".join(values)}
        case _keep:
            return _("Gemmes")


def as_markdown() -> str:
    """The table of docs/retention.md."""
    lines = ["| Tabel | Indhold | Hvornår | Hvad der sker | Hvorfor |", "|---|---|---|---|---|"]
    lines += [f"| `{rule.table}` | {rule.what} | {when(rule)} | {what_happens(rule)} | {rule.why} |" for rule in RULES]
    return "\n".join(lines)


def number(value: int) -> str:
    return str(localize(value, use_l10n=True))


def percent(share: float) -> str:
    return f"{localize(round(100 * share, 1))} %".replace(",0 %", " %")
