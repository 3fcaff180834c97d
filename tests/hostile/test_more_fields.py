"""Adding fields to a form changes no more than the form does without them: every form of the portal, every column."""

from collections import Counter

from django.apps import apps
from django.db import connection, models, transaction

from tests.hostile.cases import TYPES, encoded
from tests.hostile.portal import ask, environ, explore

# Differ from one request to the next, whatever is sent.
VOLATILE = {"timestamp with time zone", "uuid", "bytea"}
# Sessions, counters, tokens, and the log of it all: the log says in its own tests what it records.
OF_THE_MACHINERY = {
    "accounts_session",
    "cache",
    "access_processedform",
    "audit_event",
    "access_log_accesslogentry",
    "django_migrations",
}


def columns_of_all_tables():
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name, data_type from information_schema.columns"
            " where table_schema = 'public' order by 1, ordinal_position"
        )
        found = {}
        for table, column, kind in cursor.fetchall():
            if table not in OF_THE_MACHINERY and kind not in VOLATILE:
                found.setdefault(table, []).append(column)
        return found


def snapshot(tables):
    """How often each row of the tables is there, as (table, row in words), without what differs each time."""
    quoted = {table: ", ".join(map(connection.ops.quote_name, columns)) for table, columns in tables.items()}
    rows = [
        f"select '{table}', shown::text from (select {columns} from {table}) shown" for table, columns in quoted.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(rows))
        return Counter(cursor.fetchall())


def numbers():
    """Where the counters of the tables stand; a savepoint does not turn them back."""
    with connection.cursor() as cursor:
        cursor.execute("select sequencename, coalesce(last_value, 1), last_value is not null from pg_sequences")
        return cursor.fetchall()


def turn_back(counters):
    with connection.cursor() as cursor:
        cursor.executemany("select setval(%s::regclass, %s, %s)", counters)


def difference(before, after):
    """What was taken away and added, so that two acts of the same kind compare equal."""
    return before - after, after - before


def something_for(field):
    """A value that the column would take."""
    if field.choices:
        return str(list(field.choices)[-1][0])
    if isinstance(field, models.ForeignKey):
        return str(field.related_model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 1)
    kinds = {models.BooleanField: "on", models.DateField: "01.01.2030", models.DateTimeField: "01.01.2030 10:00"}
    return next((value for kind, value in kinds.items() if isinstance(field, kind)), "7")


def test_fields_that_no_form_shows_change_nothing(world):
    portal = explore(world)
    tables = columns_of_all_tables()
    everything = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            value = something_for(field)
            everything |= {field.name: value, field.attname: value, f"{model._meta.model_name}-0-{field.name}": value}
    before, counters, changed = snapshot(tables), numbers(), 0
    for form in portal.forms:
        if form.method != "POST":
            continue
        more = [(name, value) for name, value in everything.items() if name not in form.choices]
        told = []
        for pairs in (form.pairs, form.pairs + more):
            with transaction.atomic():
                ask(environ(portal, form.role, "POST", form.action, body=encoded(pairs), content_type=TYPES[0]))
                told.append(difference(before, snapshot(tables)))
                transaction.set_rollback(True)
            turn_back(counters)
        assert told[0] == told[1], f"{form.role} at {form.action}"
        changed += any(told[0])
    # Forms sent as they are shown change little; those that do must be among them, or nothing was compared.
    assert changed >= 1
