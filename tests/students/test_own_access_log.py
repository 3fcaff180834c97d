"""Hvem har set mine oplysninger: every look is told, to those whom it names, and not who it was."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from companies.purposes import RISK_OVERVIEW
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import ADMINISTRATION_LIST, SEARCH, purposes
from laereplads.people.purposes import STUDENT_MAINTENANCE
from schools.purposes import FOLLOWED_STUDENTS, STUDENT_OVERVIEW, STUDENT_PROFILE
from students.access_log import ENTRIES_PER_PAGE, TIMES_IN_A_LINE
from tests.factories import AgreementFactory, MembershipFactory

pytestmark = pytest.mark.django_db

PAGE = "/minside/hvem-har-set/"


@pytest.fixture
def me():
    return MembershipFactory(of_student=True)


@pytest.fixture
def mentor(me):
    return MembershipFactory(school_staff=True, school=me.student.school, user__name="Mentor Hemmelig")


def words(client, query=""):
    response = client.get(PAGE + query)
    assert response.status_code == 200
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


def seen(clock, moment, by, student, purpose=STUDENT_PROFILE):
    clock.move_to(datetime.datetime.fromisoformat(moment), tick=True)
    log_access(by, purpose, [student.pk])


@pytest.mark.today("2026-03-02")
def test_when_which_organisation_and_what_for_but_not_who(logged_in, me, mentor, frozen_clock):
    company = MembershipFactory(company_staff=True, company__name="Prøvekøbing Kommune", user__name="Kirsten Hemmelig")
    administrator = MembershipFactory(administrator=True, user__name="Anders Hemmelig")
    seen(frozen_clock, "2026-02-27T23:30:00+01:00", company, me.student, RISK_OVERVIEW)
    seen(frozen_clock, "2026-03-02T08:12:00+01:00", mentor, me.student)
    seen(frozen_clock, "2026-03-02T08:15:00+01:00", administrator, me.student, STUDENT_MAINTENANCE)
    frozen_clock.move_to(datetime.datetime.fromisoformat("2026-03-02T09:00:00+01:00"), tick=True)

    text = words(logged_in(me))

    assert "Din side er åbnet 2 gange" in text
    assert "Desuden har du stået på en liste 1 gang." in text
    today, _, earlier = text.partition("2. marts 2026")[2].partition("27. februar 2026")
    assert f"{me.student.school.name} åbnede din side kl. 08.12 Formål: Opfølgning på den enkelte elev" in today
    assert "Portalens administratorer åbnede din side kl. 08.15 Formål: Vedligeholdelse af elevers oplysninger" in today
    assert "Prøvekøbing Kommune: 1 gang på en liste Vist kl. 23.30 Formål: Overblik over frafaldsrisiko" in earlier
    assert "din frafaldsrisiko" in earlier
    assert "Hemmelig" not in text


def test_what_she_sees_herself_and_what_others_are_seen_is_not_hers(logged_in, me, mentor):
    log_access(mentor, STUDENT_PROFILE, [AgreementFactory().student_id])
    client = logged_in(me)
    for _ in range(2):
        client.get(reverse("students:own_agreement"))

    assert "Ingen har set dine oplysninger" in words(client)


def test_a_mentors_visit_is_there_at_once(logged_in, me, mentor):
    logged_in(mentor).get(reverse("schools:student_detail", args=[me.student.public_id]))
    logged_in(mentor).get(reverse("schools:student_list"))

    text = words(logged_in(me))

    assert "Din side er åbnet 1 gang" in text
    assert "stået på en liste 1 gang." in text
    assert "Skolens overblik over elever" in text


@pytest.mark.today("2026-03-02")
def test_many_times_on_a_day_are_one_entry_that_hides_none(logged_in, me, mentor, frozen_clock):
    for minute in range(TIMES_IN_A_LINE + 1):
        seen(frozen_clock, f"2026-03-02T08:1{minute}:00+01:00", mentor, me.student)
    frozen_clock.move_to(datetime.datetime.fromisoformat("2026-03-02T09:00:00+01:00"), tick=True)

    text = words(logged_in(me))

    assert "6 gange mellem kl. 08.10 og 08.15" in text
    assert "kl. 08.10, kl. 08.11, kl. 08.12, kl. 08.13, kl. 08.14, kl. 08.15" in text


@pytest.mark.today("2026-03-02")
def test_lists_are_summed_by_day_and_organisation_below_the_opened_pages(logged_in, me, mentor, frozen_clock):
    """Also the administration's, however few it names; and searches that told something without the name."""
    administrator = MembershipFactory(administrator=True)
    for purpose in (STUDENT_OVERVIEW, STUDENT_OVERVIEW, FOLLOWED_STUDENTS):
        seen(frozen_clock, "2026-03-02T08:12:00+01:00", mentor, me.student, purpose)
    log_access(administrator, ADMINISTRATION_LIST, [me.student_id])
    seen(frozen_clock, "2026-03-02T08:13:00+01:00", mentor, me.student, SEARCH)
    seen(frozen_clock, "2026-03-02T08:15:00+01:00", mentor, me.student)

    text = words(logged_in(me))

    opened, _, listed = text.partition(f"{me.student.school.name} åbnede din side kl. 08.15")
    assert "gange på en liste" not in opened
    assert f"{me.student.school.name}: 3 gange på en liste" in listed
    assert "Vist 2 gange kl. 08.12 Formål: Skolens overblik over elever" in listed
    assert "Portalens administratorer: 1 gang på en liste" in listed
    assert f"{me.student.school.name}: 1 søgning" in listed
    assert "Din side er åbnet 1 gang Desuden har du stået på en liste 4 gange. 1 søgning viste noget om dig" in text


@pytest.mark.today("2026-03-02")
def test_no_day_is_skipped_or_split_between_pages(logged_in, me, mentor, frozen_clock):
    days = [timezone.localdate() - datetime.timedelta(days=number) for number in range(ENTRIES_PER_PAGE // 2 + 10)]
    for day in days:
        for purpose in (STUDENT_PROFILE, STUDENT_OVERVIEW):
            seen(frozen_clock, f"{day}T08:00:00+01:00", mentor, me.student, purpose)
    frozen_clock.move_to(datetime.datetime.fromisoformat("2026-03-02T09:00:00+01:00"), tick=True)
    client, query, told = logged_in(me), "", []
    while query is not None:
        page = client.get(PAGE + query).context_data["page"]
        told += [day.date for day in page.days if len(day.entries) == 2]
        query = f"?foer={page.older}" if page.older else None

    assert told == days


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize("nonsense", ["?foer=i-gaar", "?foer=2026-02-30", "?foer=0001-01-01", "?foer="])
def test_a_mistyped_day_is_no_error(logged_in, me, mentor, nonsense):
    log_access(mentor, STUDENT_PROFILE, [me.student_id])
    assert "Din side er åbnet 1 gang" in words(logged_in(me), nonsense)


def test_every_purpose_says_what_was_shown():
    assert len(purposes()) >= 11
    assert all(purpose.label and purpose.shown for purpose in purposes().values())


def test_it_takes_the_same_statements_however_much_was_read(logged_in, me, mentor):
    client, counts = logged_in(me), []
    for entries in (1, 30):
        for _ in range(entries):
            log_access(mentor, STUDENT_PROFILE, [me.student_id])
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    assert counts[0] == counts[1] <= 8
