"""Rules for every table of our own."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from laereplads.database import codes

OURS = [
    model for model in apps.get_models() if not model.__module__.startswith(("django.", "allauth.", "procrastinate."))
]


# Texts that administrators write, and names that the database repeats.
NOT_ABOUT_ANYBODYS_RISK = {
    "RejectionReason": {"label", "help_text"},
    "AgreementListEntry": {
        *("name", "sort_key", "search_key", "workplace_key", "recorder", "type"),
        *("workplace_name", "street", "postal_code", "town", "number_end"),
    },
}


def label(model):
    return model._meta.label


@pytest.mark.parametrize("model", OURS, ids=label)
def test_constraints_are_named_as_sentences(model):
    """A refusal names its constraint, so the name has to tell what is wrong."""
    for constraint in model._meta.constraints:
        assert len(constraint.name.split("_")) >= 4, constraint.name


@pytest.mark.parametrize("model", OURS, ids=label)
def test_every_choice_is_a_constraint_or_a_foreign_key(model):
    """Choices bind forms only; what the database must hold to is a constraint, or is made of declared codes."""
    declared = {(one.table, one.column) for one in codes.columns()}
    conditions = " ".join(str(getattr(constraint, "condition", "")) for constraint in model._meta.constraints)
    free = [
        field.name
        for field in model._meta.fields
        if field.choices
        and not isinstance(field, ForeignKey)
        and f"'{field.name}" not in conditions
        and (model._meta.db_table, field.column) not in declared
    ]
    assert free == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_event", "access_log_accesslogentry"])
def test_a_log_can_be_partitioned_by_time_without_new_keys(table):
    """Django's admin bears no composite key, so only the catalogue can tell that the table's key has the time in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select array_agg(a.attname order by array_position(i.indkey::int2[], a.attnum)) from pg_index i
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
            where i.indrelid = %s::regclass and i.indisunique group by i.indexrelid
            """,
            [table],
        )
        assert cursor.fetchall() == [(["id", "at"],)]
        # PostgreSQL itself refuses keys that cannot be split.
        cursor.execute(f"create table parts (like {table} including all) partition by range (at)")
        cursor.execute("create table of_2026 partition of parts for values from ('2026-01-01') to ('2027-01-01')")


@pytest.mark.django_db
def test_every_foreign_key_has_an_index():
    """Without one, each refused or cascading delete reads the whole table."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select c.conrelid::regclass::text, a.attname from pg_constraint c
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
            where c.contype = 'f' and not exists (
                select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1]
            )
            """
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("model", OURS, ids=label)
def test_nothing_can_be_typed_freely_beside_an_assessment(model):
    """The law allows no remarks: a text column would invite them."""
    if model._meta.app_label in {"risk", "rejections"}:
        free = [
            field.name
            for field in model._meta.fields
            if field.get_internal_type() in {"CharField", "TextField"} and not field.choices and not field.unique
        ]
        assert set(free) <= NOT_ABOUT_ANYBODYS_RISK.get(model.__name__, set())
