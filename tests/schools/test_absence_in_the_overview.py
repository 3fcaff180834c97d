"""Absence in Elevoversigt: what rows say, bands that hold everybody once, the order, and the figures of each day."""

import datetime
import itertools
import random

import pytest
import time_machine
from django.utils import timezone

from absence.models import AbsenceDay
from laereplads.database.derived_tables import differences
from schools.forms import BAND_LABELS
from schools.models import NO_ABSENCE, NO_DAYS, StudentListEntry
from tests.factories import AbsenceDeliveryFactory, SchoolPeriodFactory, StudentFactory
from tests.schools.conftest import absent
from tests.sessions import session_of

# The school's file of the specification, from 11 January 2027: timetable, lawful and unlawful absence.
EXAMPLE = ((390, 0, 0), (390, 390, 0), (390, 0, 45), (390, 0, 0), (300, 0, 300), (390, 0, 390))


def words(page):
    """What the rows say of absence, in their order."""
    return [line.split("</p>")[0].strip() for line in page.split("<p>Fravær: ")[1:]]


def deliver(student, days, *, until, at):
    """The days of the file until a day, delivered at a moment."""
    period = SchoolPeriodFactory(
        student=student, starts_on=datetime.date(2027, 1, 11), ends_on=datetime.date(2027, 3, 19)
    )
    weekdays = [datetime.date(2027, 1, day) for day in (11, 12, 13, 14, 15, 18)]
    delivery = AbsenceDeliveryFactory(school=student.school, imported_at=datetime.datetime.fromisoformat(at))
    for day, (scheduled, lawful, unlawful) in zip(weekdays, days, strict=True):
        if day <= until:
            AbsenceDay.objects.create(
                period=period, day=day, scheduled=scheduled, lawful=lawful, unlawful=unlawful, delivery=delivery
            )


@pytest.mark.today("2027-01-18")
def test_a_day_counts_when_it_is_over_without_anybodys_doing(school):
    anna = school.without_agreement("Anna")
    deliver(anna, EXAMPLE, until=datetime.date(2027, 1, 18), at="2027-01-18T17:10:00+01:00")

    assert words(school.page()) == ["39,5 % (ulovligt 18,5 %) seneste 20 skoledage"]
    assert set(differences(timezone.localdate(), progress=iter).values()) == {0}
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1), tick=False):
        # Yesterday's session is over.
        school.client = session_of(school.membership)
        assert words(school.page()) == ["50,0 % (ulovligt 32,7 %) seneste 20 skoledage"]
        assert school.found("?fravaer=15") == ["Anna"]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], "Ingen oplysninger"),
        ([(360, 0, 0)] * 4, "For få skoledage"),
        ([(360, 0, 0)] * 5, "0,0 % (ulovligt 0,0 %) seneste 20 skoledage"),
        ([(360, 360, 0)] * 5, "100,0 % (ulovligt 0,0 %) seneste 20 skoledage"),
        ([(360, 30, 18)] * 10 + [(360, 27, 18)] * 10, "12,9 % (ulovligt 5,0 %) seneste 20 skoledage"),
        # What lies before the latest twenty does not count.
        ([(360, 0, 360)] * 10 + [(360, 27, 18)] * 20, "12,5 % (ulovligt 5,0 %) seneste 20 skoledage"),
    ],
)
def test_a_row_says_the_absence_of_the_latest_days(school, days, said):
    absent(school.without_agreement("Anna"), days)

    assert words(school.page()) == [said]


@pytest.mark.parametrize(
    ("absent_of_2000", "band"),
    [(0, "0"), (98, "0"), (99, "5"), (100, "5"), (198, "5"), (199, "10"), (298, "10"), (299, "15"), (2000, "15")],
)
def test_bands_are_of_the_tenths_that_one_reads(school, absent_of_2000, band):
    """49 tenths and a half are shown as 5,0 % and stand in the band that begins there."""
    each = absent_of_2000 // 5
    rest = absent_of_2000 - 4 * each
    absent(school.without_agreement("Anna"), [(400, each, 0)] * 4 + [(400, rest, 0)])

    assert [code for code in BAND_LABELS if school.found(f"?fravaer={code}")] == [band]


def test_the_five_bands_add_up_to_everybody(school):
    """Whoever is absent however much, and with whatever filter besides."""
    chance = random.Random(7)
    for number in range(30):
        student = school.student(f"Elev {number:02}", level=chance.choice(["high", "low", ""]))
        days = chance.choice([0, 3, 5, 25])
        share = chance.choice([0, 10, 30, 50, 300])
        absent(student, [(360, chance.randint(0, share), chance.randint(0, 60)) for _day in range(days)])
    for others in ("", "&niveau=high", "&aftale=ja&navn=elev+1", "&sortering=absence"):
        parts = [school.found(f"?side=alle&fravaer={code}{others}") for code in BAND_LABELS]
        everybody = school.found(f"?side=alle{others}")
        assert sorted(itertools.chain(*parts)) == sorted(everybody)
        assert len(everybody) > 0
    assert school.found("?side=alle&fravaer=0&fravaer=15&aftale=ja") == sorted(
        school.found("?side=alle&fravaer=0") + school.found("?side=alle&fravaer=15")
    )


def test_most_absence_stands_first_and_whoever_has_no_figures_last(school):
    for name, lawful, days in (("Anna", 36, 5), ("Bo", 0, 5), ("Carl", 180, 5), ("Dorte", 36, 5), ("Eva", 360, 4)):
        absent(school.without_agreement(name), [(360, lawful, 0)] * days)
    school.without_agreement("Finn")

    assert school.found("?sortering=absence") == ["Carl", "Anna", "Dorte", "Bo", "Eva", "Finn"]
    assert school.found("?sortering=absence&fravaer=ingen") == ["Eva", "Finn"]
    assert school.found("?sortering=absence&fravaer=5&fravaer=10") == ["Anna", "Dorte"]


def test_the_filter_is_a_chip_in_words(school):
    page = school.page("?fravaer=15&fravaer=5&fravaer=ingen")

    assert "Fravær 5–9,9 %, 15 % og derover eller ingen oplysninger" in page
    assert "kunne ikke bruges" in school.page("?fravaer=20")


def test_entries_follow_days_that_come_change_and_go(school):
    anna = school.student("Anna", level="low")
    absent(anna, [(360, 0, 0)] * 6)
    keys = []
    for change in (
        lambda: None,
        lambda: AbsenceDay.objects.filter(pk=AbsenceDay.objects.latest("day").pk).update(unlawful=180),
        lambda: AbsenceDay.objects.latest("day").delete(),
        lambda: AbsenceDay.objects.latest("day").delete(),
        lambda: AbsenceDay.objects.all().delete(),
    ):
        change()
        assert set(differences(timezone.localdate(), progress=iter).values()) == {0}
        keys.append(set(StudentListEntry.objects.filter(student=anna).values_list("absence_key", flat=True)))

    assert keys == [{NO_ABSENCE}, {NO_ABSENCE - 83}, {NO_ABSENCE}, {NO_ABSENCE + 1}, {NO_DAYS}]


def test_absence_of_other_schools_is_not_told(school):
    absent(StudentFactory(name="Fremmed"), [(360, 360, 0)] * 5)

    assert school.found("?fravaer=15") == []
