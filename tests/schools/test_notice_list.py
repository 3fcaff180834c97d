"""Underretning: which companies were told of absence, which were not in time, and the number on the front page."""

import datetime
import itertools
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from absence.models import PeriodListEntry
from absence.notices import DAYS_LATE
from laereplads.access_log.models import AccessLogEntry
from laereplads.people.models import Agreement
from schools.notices import DAYS_AHEAD, DAYS_SHOWN, State
from tests.access_log.watching import watched
from tests.factories import (
    AbsenceDayFactory,
    AbsenceNoticeFactory,
    AgreementFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    StudentFactory,
    days_from_today,
)

TOLD_ON = datetime.datetime(2027, 3, 19, 16, tzinfo=datetime.UTC)


@pytest.fixture
def pair(school):
    """Makes a period that ends so many days from today, in a running agreement, and notices of it if any."""

    def make(name="Anna", *, ends=0, told=0, of=None, kind="ordinary", **of_notice):
        student = StudentFactory(name=name, school=of or school.school)
        agreement = AgreementFactory(
            student=student,
            starts_on=days_from_today(-700),
            ends_on=days_from_today(300),
            company__name="TEST KOMMUNE",
            type=kind,
        )
        period = SchoolPeriodFactory(
            student=student, starts_on=days_from_today(ends - 40), ends_on=days_from_today(ends)
        )
        for sequence in range(1, told + 1):
            fields = {"made_at": timezone.now(), "due_on": period.ends_on, **of_notice}
            AbsenceNoticeFactory(period=period, agreement=agreement, sequence=sequence, **fields)
        return period

    return make


@pytest.fixture
def shown(school):
    def get(query=""):
        response = school.client.get(reverse("schools:notice_list") + query)
        assert response.status_code == 200
        return response.content.decode()

    return get


@pytest.fixture
def found(shown):
    """The names on the list, in its order."""
    return lambda query="": re.findall(r'<th scope="row"><a [^>]*>([^<]*)<', shown(query))


def text(shown):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", shown))


def test_it_begins_a_fortnight_ahead_and_ends_where_there_is_nothing_left_to_do(pair, found):
    pair("Langt frem", ends=DAYS_AHEAD + 1)
    pair("Snart", ends=DAYS_AHEAD)
    pair("Glemt længe", ends=-DAYS_LATE)
    pair("Mangler længe", ends=-DAYS_LATE + 1)
    out_of_view = pair("Aftalen er slut", ends=-DAYS_SHOWN)
    Agreement.objects.filter(student=out_of_view.student).update(ended_early_on=days_from_today(-30))
    made = timezone.now() - datetime.timedelta(days=DAYS_SHOWN)
    pair("Givet for længst", ends=-DAYS_SHOWN, told=1, made_at=made - datetime.timedelta(days=1))
    pair("Givet", ends=-DAYS_SHOWN + 1, told=1, made_at=made)
    pair("Rettet nu", ends=-DAYS_SHOWN - 100, told=2)

    assert found() == ["Mangler længe", "Snart", "Rettet nu", "Givet"]


def test_it_holds_own_students_in_agreements_only(school, pair, found):
    pair("Fremmed", of=StudentFactory().school)
    pair("Udmeldt").student.__class__.objects.filter(name="Udmeldt").update(signed_off_on=days_from_today(0))
    SchoolPeriodFactory(student__school=school.school, student__name="Uden aftale", ends_on=days_from_today(0))
    cancelled = pair("Aflyst")
    cancelled.cancelled_on = days_from_today(0)
    cancelled.save()
    pair("Egen")

    assert found() == ["Egen"]


@pytest.mark.today("2027-03-20")
@pytest.mark.parametrize(
    ("state", "made", "words"),
    [
        (State.COMING, {"ends": 0}, "20.03.2027 Ikke underrettet endnu"),
        (
            State.MISSING,
            {"ends": -1},
            "Mangler data Virksomheden skulle være underrettet senest den 19. marts 2027",
        ),
        (
            State.TOLD,
            {"ends": -1, "told": 1, "made_at": TOLD_ON, "through": datetime.date(2027, 3, 18)},
            "Underrettet Underrettet den 19. marts 2027. Opgjort til og med den 18. marts 2027.",
        ),
        (State.NO_RECEIVER, {"ends": -1, "told": 1, "has_receiver": False}, "Ingen modtager i virksomheden"),
    ],
)
def test_a_row_says_its_state(pair, shown, state, made, words):
    pair(**made)

    assert words in text(shown())
    assert [each for each in State if "Ingen underretninger passer" not in shown(f"?tilstand={each}")] == [state]


@pytest.mark.today("2027-03-24")
def test_a_correction_says_what_was_told_before(pair, shown):
    period = pair(ends=-5)
    agreement = period.student.agreements.get()
    of_pair = {"period": period, "agreement": agreement, "told_scheduled": 10800}
    AbsenceNoticeFactory(**of_pair, told_lawful=825, told_unlawful=540, made_at=TOLD_ON)
    AbsenceNoticeFactory(**of_pair, sequence=2, told_lawful=735, told_unlawful=540, made_at=timezone.now())

    said = text(shown())
    assert (
        "Rettet efter underretning Rettet den 24. marts 2027: fraværet var 22 timer 45 min. og er nu 21 timer 15 min."
        in said
    )
    assert "Underrettet den 19. marts 2027." in said


def test_a_company_that_looked_is_said_to_have(pair, shown):
    period = pair(ends=-1, told=1)
    notice = period.notices.get()
    notice.first_seen_at = timezone.now()
    notice.seen_by = MembershipFactory(company_staff=True, company=notice.agreement.company)
    assert "Set af virksomheden den" not in shown()
    notice.save()
    assert "Set af virksomheden den" in shown()


def test_states_hold_each_row_once_and_narrow_the_list(pair, shown, found):
    for number, made in enumerate(
        [{"ends": 3}, {"ends": -3}, {"ends": -2}, {"told": 1}, {"told": 2}, {"told": 1, "has_receiver": False}]
    ):
        pair(f"Elev {number}", **made)

    assert dict(re.findall(r'id="count-(\w+)">(\d+)<', shown())) == {
        "missing": "2", "coming": "1", "no_receiver": "1", "corrected": "1", "told": "1",
    }  # fmt: skip
    parts = [found(f"?tilstand={state}") for state in State]
    assert sorted(itertools.chain(*parts)) == sorted(found())
    assert found("?tilstand=missing&tilstand=told") == ["Elev 1", "Elev 2", "Elev 3"]
    assert "1 underretning<" in shown("?tilstand=told")
    assert "kunne ikke bruges" in shown("?tilstand=ukendt")


def test_pages_hold_each_row_once_also_of_one_period(school, pair, shown):
    """Two agreements in one period are two rows, and pages begin beside each of them."""
    for number in range(30):
        period = pair(f"Elev {number:02}", ends=-1, told=number % 2, kind="combination")
        AgreementFactory(
            student=period.student, starts_on=days_from_today(-30), ends_on=days_from_today(300), type="combination"
        )
    address, seen = "", []
    while address is not None:
        answer = shown(address)
        seen += re.findall(r'<th scope="row"><a href="/elever/([^/]*)/', answer)
        following = re.search(r'href="(\?[^"]*)">Næste</a>', answer)
        address = following and following[1].replace("&amp;", "&")

    assert len(seen) == PeriodListEntry.objects.of_agreements().count() == 60
    assert len(set(seen)) == 30


def test_without_rows_it_says_why(school, shown):
    assert "Skolen har ikke leveret fravær endnu." in shown()
    AbsenceDayFactory(period__student__school=school.school)
    assert "Ingen underretninger lige nu" in shown()
    assert "Ingen elever med en uddannelsesaftale har et skoleophold" in shown()
    assert "Ingen underretninger passer til det" in shown("?tilstand=told")


@pytest.mark.parametrize(
    ("missing", "words"), [(1, "1 underretning mangler data"), (2, "2 underretninger mangler data")]
)
def test_the_front_page_tells_how_many_were_not_told_in_time(school, pair, found, missing, words):
    pair("Snart", ends=0)
    pair("Givet", ends=-1, told=1)
    assert "mangler data" not in school.client.get("/").content.decode()
    for number in range(missing):
        pair(f"Elev {number}", ends=-1)

    front = school.client.get("/").content.decode()
    query = re.search(rf'href="/underretning/(\?[^"]*)">{words}</a>', front)[1]
    assert len(found(query)) == missing


@pytest.mark.parametrize("query", ["", "?tilstand=missing", "?tilstand=told"])
def test_whom_the_page_names_is_logged(school, pair, query):
    for number in range(8):
        pair(f"Elev nummer {number}", ends=-1, told=number % 2)
    with watched(school.membership) as answers:
        answers.add(school.client.get(reverse("schools:notice_list") + query))
    told = set(itertools.chain(*AccessLogEntry.objects.values_list("students", flat=True)))
    assert len(told) == 8


def test_it_takes_the_same_few_statements_however_long_it_is(pair, shown):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            shown("?tilstand=corrected")
        return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]

    pair("Elev", told=2)
    one = cost()
    for number in range(9):
        pair(f"Elev {number}", told=2)

    assert len(cost()) == len(one) <= 8
