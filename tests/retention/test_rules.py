"""The file of rules is complete, and says exactly on which day something goes."""

import datetime

import pytest
from django.conf import settings
from django.db import connection

from laereplads.database.retention import Delete, Months
from laereplads.retention.descriptions import as_markdown
from laereplads.retention.rules import RULES, referring_tables


@pytest.mark.django_db
def test_every_table_has_a_rule_and_every_rule_a_table():
    """A new table fails here until somebody has decided how long its rows are kept, and why."""
    assert {rule.table for rule in RULES} == set(connection.introspection.table_names())


def test_nothing_is_deleted_that_rows_still_refer_to():
    """The order is derived of the models' foreign keys."""
    tables = [rule.table for rule in RULES if isinstance(rule.does, Delete)]
    referring = referring_tables()

    for place, table in enumerate(tables):
        assert referring[table] & set(tables[place + 1 :]) == set()
    assert tables.index("people_agreement") < tables.index("people_student")
    assert tables.index("access_membership") < tables.index("people_student")


def test_the_operators_page_says_what_the_file_says():
    """After a change: uv run manage.py apply_retention --rules."""
    page = (settings.BASE_DIR / "docs" / "retention.md").read_text()

    assert [line for line in page.splitlines() if line.startswith("|")] == as_markdown().splitlines()


@pytest.mark.django_db
@pytest.mark.parametrize("months", [1, 6, 12, 60])
def test_months_are_those_of_the_calendar_on_every_day(months):
    """PostgreSQL is asked: the first kept day is not over today, and the day before it is."""
    days = [datetime.date(2023, 12, 1) + datetime.timedelta(days=number) for number in range(5 * 366)]
    first = [Months(months).first_kept(day) for day in days]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select today, first from unnest(%s::date[], %s::date[]) as each (today, first)
            where first + make_interval(months => %s) < today or first - 1 + make_interval(months => %s) >= today
            """,
            [days, first, months, months],
        )
        assert cursor.fetchall() == []
