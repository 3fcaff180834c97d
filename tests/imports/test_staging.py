"""Rows in a temporary table: copied, found wrong with line and column, and told as lines when they are asked for."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.db.transaction import TransactionManagementError

from laereplads.imports.files.changes import Line
from laereplads.imports.files.plan import Tally
from laereplads.imports.files.problems import FileRejected, Problems
from laereplads.imports.files.staging import (
    StagedLines,
    StagedPlan,
    find_problems,
    leave_out_wrong,
    stage,
    stage_result,
)
from tests.factories import MembershipFactory

COLUMNS = {"line": "integer", "name": "text", "day": "date", "minutes": "smallint"}
DAY = datetime.date(2026, 3, 2)
ROWS = [(2, "Åse\t;\\N", DAY, 390), (3, "", None, None), (4, "Bo", DAY, 0)]


def all_of(table: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"select * from pg_temp.{table} order by line")
        return cursor.fetchall()


def lines() -> StagedLines:
    query = "select name, line from pg_temp.staged order by line"
    return StagedLines(query, lambda name, line: Line("Ny", str(line), name))


@pytest.mark.django_db
def test_rows_are_copied_as_they_are():
    stage("staged", COLUMNS, iter(ROWS))
    assert all_of("staged") == ROWS


@pytest.mark.django_db
def test_a_table_is_made_anew_for_the_next_file():
    stage("staged", COLUMNS, ROWS)
    stage("staged", {"line": "integer"}, [(7,)])
    assert all_of("staged") == [(7,)]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["school_staff", "administrator"])
def test_whoever_reads_files_in_may_stage_them(role):
    with MembershipFactory(**{role: True}).with_row_policies():
        stage("staged", COLUMNS, ROWS)
        stage_result("kept", "select * from pg_temp.staged where minutes = %s", [0])
        assert all_of("kept") == [ROWS[2]]


@pytest.mark.django_db
def test_what_reading_raises_goes_through_and_the_transaction_lives_on():
    def rows():
        yield ROWS[0]
        raise FileRejected.because("Nej.")

    with pytest.raises(FileRejected, match="Nej"):
        stage("staged", COLUMNS, rows())
    stage("staged", COLUMNS, ROWS)
    assert len(all_of("staged")) == 3


@pytest.mark.django_db(transaction=True)
def test_a_staged_file_needs_a_transaction():
    with pytest.raises(TransactionManagementError):
        stage("staged", COLUMNS, ROWS)


@pytest.mark.django_db
def test_problems_have_line_and_column_and_their_rows_are_left_out():
    problems = Problems()
    stage("staged", COLUMNS, ROWS)
    query = "select line, day, minutes from pg_temp.staged where minutes < %s order by line"
    find_problems(problems, "skema_minutter", "%(minutes)s minutter den %(day)s er for få.", query, [100])
    leave_out_wrong("staged", problems)

    assert [str(one) for one in problems.kept] == ["Linje 4, skema_minutter: 0 minutter den 02.03.2026 er for få."]
    assert all_of("staged") == ROWS[:2]


@pytest.mark.django_db
def test_lines_are_counted_sliced_and_all_told():
    stage("staged", COLUMNS, ((n, f"Elev {n}", DAY, 0) for n in range(5_000)))
    told = lines()

    assert len(told) == 5_000
    assert [line.number for line in told[:3]] == ["0", "1", "2"]
    assert [line.number for line in told[4_998:]] == ["4998", "4999"]
    assert told[1:1] == []
    assert told[17] == told[-4_983] == Line("Ny", "17", "Elev 17")
    assert [line.number for line in told] == [str(n) for n in range(5_000)]
    with pytest.raises(IndexError):
        told[5_000]


@pytest.mark.django_db
def test_the_first_lines_cost_no_more_than_two_queries(django_assert_num_queries):
    stage("staged", COLUMNS, ((n, f"Elev {n}", DAY, 0) for n in range(500)))
    with django_assert_num_queries(2):
        assert len(lines()[:100]) == 100


@pytest.mark.parametrize(
    ("tally", "changes_nothing", "removal"),
    [
        (Tally("Dage", 0, 0, 7), True, ""),
        (Tally("Dage", 0, 0, 7, 0), True, ", 0 fjernede"),
        (Tally("Dage", 0, 0, 0, 3), False, ", 3 fjernede"),
        (Tally("Dage", 0, 1, 0), False, ""),
    ],
)
def test_a_removal_is_a_change(tally, changes_nothing, removal):
    assert StagedPlan(counted=[tally]).changes_nothing is changes_nothing
    assert tally.removal == removal
