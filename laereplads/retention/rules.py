"""How long everything is kept: each table, which of its rows go or are emptied, when, and why.

Every app says so of its own tables in its `retention.py` (`RULES`, `PERIODS`). Collected here, and in this order, they
are what `manage.py apply_retention` executes; docs/retention.md and the page **Så længe gemmer vi oplysninger** show
them. A table without a rule fails a test.
"""

from __future__ import annotations

from collections import defaultdict

from django.apps import apps
from django.db.models import ForeignKey

from laereplads.database.declarations import declarations
from laereplads.database.retention import Delete, Months, Rule, Time

# What stands first; the other apps follow as they are installed.
FIRST = ("risk", "schools", "people", "access", "rejections", "audit")


def collected() -> list[Rule]:
    """The rules of all apps, as they are published."""
    by_app = dict(declarations("retention", "RULES"))
    return [rule for app in dict.fromkeys((*FIRST, *by_app)) for rule in by_app[app]]


def in_order(rules: list[Rule]) -> list[Rule]:
    """The same rules, but none deletes what rows refer to that another has yet to delete."""
    deleting = {rule.table: rule for rule in rules if isinstance(rule.does, Delete)}
    ordered: dict[str, Rule] = {}

    def add(rule: Rule, on_the_way: frozenset[str] = frozenset()) -> None:
        if rule.table in deleting:
            passed = on_the_way | {rule.table}
            for table, other in deleting.items():
                if table in references[rule.table] - passed:
                    add(other, passed)
        ordered.setdefault(rule.name, rule)

    references = referring_tables()
    for rule in rules:
        add(rule)
    return list(ordered.values())


def referring_tables() -> defaultdict[str, set[str]]:
    """By table, those whose rows keep its rows from being deleted."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, ForeignKey) and field.db_constraint:  # type: ignore[attr-defined]  # Django has it
                found[field.remote_field.model._meta.db_table].add(model._meta.db_table)
    return found


PERIODS: dict[str, Months | Time] = {
    name: period for _app, periods in declarations("retention", "PERIODS") for name, period in periods.items()
}
RULES = in_order(collected())
