"""Whatever a file says: twice is once, in two parts is as in one, and lists say what the days do."""

from __future__ import annotations

import datetime

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absence.files.apply import import_days, import_lessons, import_periods
from absence.models import AbsenceDay
from laereplads.database.derived_tables import differences
from tests.absence.absence_files import days, lessons, minutes, period, periods, school_of, state

pytestmark = [pytest.mark.django_db, pytest.mark.today("2027-03-01")]
START = datetime.date(2027, 2, 1)
EXAMPLES = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def day_rows(draw) -> list[str]:
    """Rows of different days of two students, some of which remove a day."""
    keys = draw(st.lists(st.tuples(st.integers(1, 2), st.integers(0, 27)), unique=True, min_size=1, max_size=12))
    rows = []
    for student, day in keys:
        scheduled = draw(st.sampled_from([0, 1, 300, 390, 720]))
        lawful = draw(st.integers(0, scheduled))
        unlawful = draw(st.integers(0, scheduled - lawful))
        registered = draw(st.sampled_from(["", f"{START + datetime.timedelta(days=day)} 08:25"]))
        written = START + datetime.timedelta(days=day)
        rows.append(f"E{student};P{student};{written};{scheduled};{lawful};{unlawful};{registered}")
    return rows


@pytest.fixture(autouse=True)
def held(db):
    school_of("E1", "E2")
    import_periods(periods(period("P1"), period("P2", student="E2")), by=None)


def told() -> list[tuple]:
    """Each day with its minutes and when it was registered, whichever file brought it."""
    return list(
        AbsenceDay.objects.order_by("period", "day").values_list(
            "period", "day", "scheduled", "lawful", "unlawful", "registered_at"
        )
    )


@EXAMPLES
@given(before=day_rows(), rows=day_rows())
def test_twice_is_once_and_lists_follow(before, rows):
    with transaction.atomic():
        import_days(days(*before), by=None)
        import_days(days(*rows), by=None)
        once = state()
        assert import_days(days(*rows), by=None).changes_nothing
        assert state() == once
        wanted = {row.rsplit(";", 4)[0]: row for row in [*before, *rows]}
        kept = [row for row in wanted.values() if row.split(";")[3] != "0"]
        assert len(minutes()) == len(kept)
        assert not any(differences(timezone.localdate(), progress=iter).values())
        transaction.set_rollback(True)


@EXAMPLES
@given(before=day_rows(), rows=day_rows(), cut=st.integers(0, 12))
def test_in_two_parts_is_as_in_one(before, rows, cut):
    with transaction.atomic():
        import_days(days(*before), by=None)
        with transaction.atomic():
            import_days(days(*rows), by=None)
            whole = told()
            transaction.set_rollback(True)
        for part in (rows[:cut], rows[cut:]):
            if part:
                import_days(days(*part), by=None)
        assert told() == whole
        transaction.set_rollback(True)


@EXAMPLES
@given(
    lengths=st.lists(
        st.tuples(st.integers(1, 90), st.sampled_from(["til stede", "lovligt", "ulovligt"])), min_size=1, max_size=7
    )
)
def test_lessons_add_up(lengths):
    with transaction.atomic():
        at = datetime.datetime.combine(START, datetime.time(8), datetime.UTC)
        rows, sums = [], dict.fromkeys(["til stede", "lovligt", "ulovligt"], 0)
        for length, status in lengths:
            ends = at + datetime.timedelta(minutes=length)
            rows.append(f"E1;P1;{START};{at:%H:%M};{ends:%H:%M};{status};")
            sums[status] += length
            at = ends
        import_lessons(lessons(*reversed(rows)), by=None)
        assert minutes() == [("E1", "01.02", sum(sums.values()), sums["lovligt"], sums["ulovligt"])]
        transaction.set_rollback(True)
