"""Fraværsoversigt, the page of one student, and Skoleophold: whom they show, what they say, and what they leave out."""

from __future__ import annotations

import datetime
import io
import re

import openpyxl
import pytest
from django.urls import reverse

from absence.models import AbsenceNotice, ArchivedSum
from laereplads.access_log.models import AccessLogEntry
from laereplads.notifications.models import MailChoice
from tests.companies.test_assessment_list import statements, text
from tests.factories import (
    AbsenceDayFactory,
    AbsenceDeliveryFactory,
    AbsenceNoticeFactory,
    AgreementFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)

LIST, PERIODS = reverse("companies:absence_list"), reverse("companies:school_period_list")
EMPTY = "Ingen af jeres lærlinge har et skoleophold i gang eller et, som er slut inden for 30 dage."
# § 11.4: the day, and the minutes of the timetable, lawful and unlawful.
DELIVERED = [
    (11, 390, 0, 0),
    (12, 390, 390, 0),
    (13, 390, 0, 45),
    (14, 390, 0, 0),
    (15, 300, 0, 300),
    (18, 390, 0, 390),
]


def on(day, month=1, year=2027):
    return datetime.date(year, month, day)


@pytest.fixture
def employee(db):
    return MembershipFactory(company_staff=True)


@pytest.fixture
def client(logged_in, employee):
    return logged_in(employee)


def agreement_of(employee, name="Karla Testelev", **details):
    dates = {"starts_on": on(1, 8, 2026), "ends_on": on(1, 5, 2028)}
    return AgreementFactory(company=employee.company, **{"student__name": name, **dates, **details})


def period_of(student, starts_on=None, ends_on=None):
    """From 11 January to 19 March 2027, unless the test says otherwise."""
    return SchoolPeriodFactory(student=student, starts_on=starts_on or on(11), ends_on=ends_on or on(19, 3))


def deliver(period, *days):
    delivery = AbsenceDeliveryFactory(school=period.school)
    for day, scheduled, lawful, unlawful in days:
        AbsenceDayFactory(
            period=period,
            delivery=delivery,
            day=day if isinstance(day, datetime.date) else on(day),
            scheduled=scheduled,
            lawful=lawful,
            unlawful=unlawful,
        )


def detail(agreement):
    return reverse("companies:absence_detail", args=[agreement.public_id])


def names(response):
    return [entry.student_name for entry in response.context["page"]]


def days_shown(page):
    return re.findall(r"(?:Man|Tirs|Ons|Tors|Fre|Lør|Søn)dag \d+\. \w+ \d{4}", text(page))


@pytest.mark.today("2027-01-18")
def test_today_counts_from_tomorrow(client, employee):
    agreement = agreement_of(employee)
    deliver(period_of(agreement.student), *DELIVERED)

    for address in (LIST, detail(agreement)):
        page = text(client.get(address))
        assert "39,5 % – 12 timer 15 min." in page
        assert "heraf ulovligt 18,5 % – 5 timer 45 min." in page
    # Among the days it stands at once.
    assert days_shown(client.get(detail(agreement)))[-1] == "Mandag 18. januar 2027"


@pytest.mark.today("2027-01-19")
def test_the_right_values_of_the_day_after(client, employee):
    agreement = agreement_of(employee)
    deliver(period_of(agreement.student), *DELIVERED)

    page = text(client.get(LIST))

    assert "50,0 % – 18 timer 45 min." in page
    assert "heraf ulovligt 32,7 % – 12 timer 15 min." in page
    assert "Skoleperiode 1A I gang" in page
    assert "18. januar 2027" in page
    assert "Skolen registrerer fravær i skoleopholdene. I ser kun dage i jeres egen uddannelsesaftale. Årsagen" in page


@pytest.mark.today("2027-01-19")
def test_the_agreement_adds_up_minutes_of_all_its_periods(client, employee):
    agreement = agreement_of(employee)
    deliver(period_of(agreement.student, on(1, 9, 2026), on(1, 10, 2026)), (on(1, 9, 2026), 300, 300, 0))
    deliver(
        period_of(agreement.student),
        (11, 700, 0, 0),
        (12, 700, 0, 0),
        (13, 700, 0, 0),
        (14, 700, 0, 0),
        (15, 200, 0, 0),
    )

    assert "9,1 % – 5 timer" in text(client.get(LIST))
    assert text(client.get(detail(agreement))).count("9,1 % – 5 timer heraf ulovligt 0,0 %") == 1


@pytest.mark.today("2027-02-05")
def test_each_company_sees_the_days_of_its_own_agreement(client, logged_in, employee):
    first = agreement_of(employee, ends_on=on(31))
    other = MembershipFactory(company_staff=True)
    second = agreement_of(other, student=first.student, starts_on=on(1, 2))
    deliver(period_of(first.student), (29, 390, 390, 0), (on(1, 2), 390, 0, 195), (on(2, 2), 390, 0, 0))

    own, theirs = client.get(detail(first)), logged_in(other).get(detail(second))

    assert days_shown(own) == ["Fredag 29. januar 2027"]
    assert days_shown(theirs) == ["Mandag 1. februar 2027", "Tirsdag 2. februar 2027"]
    assert "100,0 % – 6 timer 30 min." in text(client.get(LIST))
    assert "Afsluttet" in text(client.get(LIST))
    assert "Jeres aftale slutter 31. januar 2027." in text(own)
    assert "25,0 % – 3 timer 15 min." in text(logged_in(other).get(LIST))
    assert "Jeres aftale begynder 1. februar 2027." in text(theirs)
    assert client.get(detail(second)).status_code == 404
    assert logged_in(other).get(detail(first)).status_code == 404


@pytest.mark.today("2027-01-20")
def test_a_company_whose_agreement_has_not_begun_sees_no_absence_yet(client, logged_in, employee):
    first = agreement_of(employee, ends_on=on(31))
    other = MembershipFactory(company_staff=True)
    agreement_of(other, student=first.student, starts_on=on(1, 2))
    deliver(period_of(first.student), (15, 390, 390, 0))

    assert EMPTY in text(logged_in(other).get(LIST))
    assert names(logged_in(other).get(PERIODS)) == ["Karla Testelev"]


@pytest.mark.today("2027-01-20")
def test_both_companies_of_a_combination_see_the_same_days_once(client, logged_in, employee):
    own = agreement_of(employee, type="combination")
    other = MembershipFactory(company_staff=True)
    agreement_of(other, student=own.student, type="combination")
    deliver(period_of(own.student), (18, 400, 100, 0))

    for each in (client, logged_in(other)):
        page = each.get(LIST)
        assert names(page) == ["Karla Testelev"]
        assert text(page).count("25,0 % – 1 time 40 min.") == 2
    assert len(days_shown(client.get(detail(own)))) == 1


@pytest.mark.parametrize(("ended", "status"), [(30, 404), (29, 200)])
def test_an_agreement_leaves_the_view_thirty_days_after_its_end(client, employee, ended, status):
    agreement = agreement_of(employee, starts_on=days_from_today(-400), ends_on=days_from_today(-ended))
    period_of(agreement.student, days_from_today(-60), days_from_today(20))

    assert client.get(detail(agreement)).status_code == status
    assert (EMPTY in text(client.get(LIST))) == (status == 404)


def test_a_period_leaves_the_list_thirty_days_after_its_end(client, employee):
    dates = {"starts_on": days_from_today(-400), "ends_on": days_from_today(400)}
    for name, ended in (("Lige slut", 29), ("For længe siden", 30), ("Kommer", -70)):
        agreement = agreement_of(employee, name, **dates)
        period_of(agreement.student, days_from_today(-ended - 30), days_from_today(-ended))

    assert names(client.get(LIST)) == ["Lige slut"]
    assert names(client.get(PERIODS)) == ["Kommer"]


@pytest.mark.today("2027-01-20")
def test_a_workplace_sees_its_own(logged_in, employee):
    here = agreement_of(employee, "Anna Her")
    there = agreement_of(employee, "Bo Der", workplace=WorkplaceFactory(company=employee.company))
    for agreement in (here, there):
        deliver(period_of(agreement.student), (18, 390, 390, 0))
    leader = MembershipFactory(company_staff=True, company=employee.company, workplace=here.workplace)

    client = logged_in(leader)

    assert (
        names(client.get(LIST)) == names(client.get(PERIODS)) == names(client.get(f"{PERIODS}?uge=3")) == ["Anna Her"]
    )
    assert client.get(detail(here)).status_code == 200
    assert client.get(detail(there)).status_code == 404
    assert f"Kun {here.workplace.name}." in text(client.get(LIST))


@pytest.mark.today("2027-01-20")
def test_those_who_are_at_school_and_most_absent_come_first(client, employee):
    for name, absent, ends_on in (
        *(("Dorte Slut", 390, on(19)), ("Carl Lidt", 39, on(19, 3)), ("Bo Meget", 195, on(19, 3))),
        *(("Anna Meget", 195, on(19, 3)), ("Ea Uden dage", None, on(19, 3))),
    ):
        period = period_of(agreement_of(employee, name).student, ends_on=ends_on)
        if absent is not None:
            deliver(period, (18, 390, absent, 0))

    page = client.get(LIST)

    assert names(page) == ["Anna Meget", "Bo Meget", "Carl Lidt", "Ea Uden dage", "Dorte Slut"]
    assert "Der er ikke leveret dage for dette skoleophold." in text(page)
    assert names(client.get(LIST, {"igang": "on"})) == names(page)[:4]
    assert names(client.get(LIST, {"fravaer": "on"})) == ["Anna Meget", "Bo Meget", "Carl Lidt", "Dorte Slut"]
    assert names(client.get(LIST, {"navn": "bo"})) == ["Bo Meget"]


@pytest.mark.today("2027-01-20")
def test_pages_follow_each_other_without_gaps(client, employee):
    first = agreement_of(employee, "Lærling 00")
    for number in range(1, 60):
        # All alike but for the name, and some with two periods.
        agreement = agreement_of(employee, f"Lærling {number:02}", workplace=first.workplace)
        period_of(agreement.student)
        if number % 10 == 0:
            period_of(agreement.student, on(21, 12, 2026), on(8))
    found, address = [], ""
    while True:
        page = client.get(LIST + address)
        found += [(entry.student_name, entry.starts_on) for entry in page.context["page"]]
        following = [link for link in page.context["page_links"] if link["text"] == "Næste"]
        if not following:
            break
        address = following[0]["query"]

    assert len(found) == len(set(found)) == 64
    assert found[:59] == sorted(found[:59])


@pytest.mark.today("2027-03-24")
def test_what_was_told_stands_with_the_period(client, employee):
    agreement = agreement_of(employee)
    period = period_of(agreement.student)
    told = {"period": period, "agreement": agreement, "told_scheduled": 10800}
    at = datetime.datetime(2027, 3, 19, 16, tzinfo=datetime.UTC)
    AbsenceNoticeFactory(**told, made_at=at, through=on(18, 3), told_lawful=825, told_unlawful=540)
    AbsenceNoticeFactory(**told, sequence=2, through=on(19, 3), told_lawful=735, told_unlawful=540)
    AbsenceNoticeFactory(**told, sequence=3, through=on(19, 3), told_lawful=675, told_unlawful=600)

    page = text(client.get(detail(agreement)))

    assert "Underrettet den 19. marts 2027. Opgjort til og med den 18. marts 2027." in page
    assert "Rettet den 24. marts 2027: fraværet var 22 timer 45 min. og er nu 21 timer 15 min." in page
    assert "Rettet den 24. marts 2027: det ulovlige fravær var 9 timer og er nu 10 timer." in page
    assert ".." not in page


def test_opening_the_page_notes_once_who_looked_first(client, logged_in, employee):
    agreement = agreement_of(employee, starts_on=days_from_today(-400), ends_on=days_from_today(400))
    period = period_of(agreement.student, days_from_today(-40), days_from_today(-10))
    notice = AbsenceNoticeFactory(period=period, agreement=agreement)
    other = AbsenceNoticeFactory()
    colleague = MembershipFactory(company_staff=True, company=employee.company)
    MembershipFactory(school_staff=True, school=period.school)

    client.head(detail(agreement))
    client.get(detail(agreement), headers={"Sec-Purpose": "prefetch;prerender"})
    client.get(LIST)
    assert not AbsenceNotice.objects.exclude(first_seen_at=None).exists()

    client.get(detail(agreement))
    notice.refresh_from_db()
    assert notice.seen_by == employee
    seen_at = notice.first_seen_at

    logged_in(colleague).get(detail(agreement))
    notice.refresh_from_db()
    assert (notice.seen_by, notice.first_seen_at) == (employee, seen_at)
    other.refresh_from_db()
    assert other.first_seen_at is None


@pytest.mark.today("2026-12-01")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2", ["Anna Januar", "Carl Januar"]),
        ("uge 2", ["Anna Januar", "Carl Januar"]),
        ("Uge 2, 2027", ["Anna Januar", "Carl Januar"]),
        ("2 2027", ["Anna Januar", "Carl Januar"]),
        ("1 2027", []),
        ("uge 53", ["Bo Nytår"]),
        ("53 2026", ["Bo Nytår"]),
        # The agreement ends before the period does.
        ("7 2027", ["Anna Januar"]),
    ],
)
def test_a_week_finds_who_is_away_at_each_workplace(client, employee, typed, found):
    period_of(agreement_of(employee, "Anna Januar").student)
    period_of(agreement_of(employee, "Bo Nytår").student, on(28, 12, 2026), on(3))
    period_of(agreement_of(employee, "Carl Januar", ends_on=on(12, 2)).student)

    page = client.get(PERIODS, {"uge": typed})

    assert sorted(names(page)) == found
    assert len(page.context["groups"]) == len(found)


@pytest.mark.today("2026-12-01")
def test_weeks_are_said_in_words(client, employee):
    period_of(agreement_of(employee, "Anna Januar").student)
    period_of(agreement_of(employee, "Bo Nytår").student, on(28, 12, 2026), on(3))

    page = text(client.get(PERIODS))

    assert "11. januar 2027 – 19. marts 2027, uge 2–11" in page
    assert "28. december 2026 – 3. januar 2027, uge 53" in page
    assert page.count("Kommende") == 2
    asked = text(client.get(PERIODS, {"uge": "2"}))
    assert "1 lærling er på skole i uge 2, 2027" in asked
    assert "Ugen er fra den 11. januar 2027 til den 17. januar 2027." in asked


@pytest.mark.today("2027-01-20")
@pytest.mark.parametrize(
    "typed", ["53", "uge", "54", "0", "2 27", "53 2027", "i morgen", "9" * 30, "52 9999", "2 0000"]
)
def test_what_is_no_week_stays_and_is_explained(client, employee, typed):
    period_of(agreement_of(employee).student)

    page = client.get(PERIODS, {"uge": typed})

    assert "Skriv en uge, der findes, fx 2 eller 2 2027." in text(page)
    assert f'value="{typed}"' in page.text
    assert names(page) == ["Karla Testelev"]


def test_coming_means_within_six_months(client, employee):
    dates = {"starts_on": days_from_today(-400), "ends_on": days_from_today(800)}
    for name, begins in (("Snart", 170), ("Senere", 190)):
        period_of(agreement_of(employee, name, **dates).student, days_from_today(begins), days_from_today(begins + 30))

    assert names(client.get(PERIODS)) == ["Snart"]


def test_empty_lists_say_so(client, employee):
    assert EMPTY in text(client.get(LIST))
    assert "Ingen af jeres lærlinge har et skoleophold i gang eller et, som begynder inden for 6 måneder." in text(
        client.get(PERIODS)
    )
    assert "Ingen af jeres lærlinge er på skole i den uge." in text(client.get(PERIODS, {"uge": "20"}))
    assert "Ingen skoleophold passer til det, du har valgt." in text(client.get(LIST, {"navn": "x"}))


def sheet(response):
    return list(openpyxl.load_workbook(io.BytesIO(response.getvalue())).active.values)


@pytest.mark.today("2027-01-19")
def test_spreadsheets_hold_what_the_filter_shows(client, employee):
    shown, other = agreement_of(employee, "Karla Testelev"), agreement_of(employee, "Bo Lund")
    for agreement in (shown, other):
        deliver(period_of(agreement.student), *DELIVERED)

    rows = sheet(client.get(reverse("companies:absence_xlsx"), {"navn": "karla"}))
    assert rows[2][0] == "Filtre: Fritekstsøgning: karla"
    (row,) = [row for row in rows if row[0] == "Karla Testelev"]
    assert row[6:13] == (
        "I gang",
        "50,0 %",
        "18 timer 45 min.",
        "32,7 %",
        "12 timer 15 min.",
        "50,0 %",
        "18 timer 45 min.",
    )
    assert not [row for row in rows if row[0] == "Bo Lund"]

    rows = sheet(client.get(reverse("companies:school_period_xlsx"), {"uge": "2"}))
    assert rows[2][0] == "Filtre: Uge 2, 2028"
    rows = sheet(client.get(reverse("companies:school_period_xlsx"), {"uge": "3"}))
    assert sorted(row[0] for row in rows if row[6] == "uge 2–11") == ["Bo Lund", "Karla Testelev"]


@pytest.mark.today("2027-01-19")
def test_the_log_names_whom_a_page_names_and_few_whom_it_leaves_out(client, employee):
    karla, bo = agreement_of(employee, "Karla Testelev"), agreement_of(employee, "Bo Lund")
    for agreement in (karla, bo):
        deliver(period_of(agreement.student), (18, 390, 0, 0))
    client.get(LIST, {"navn": "karla"})
    client.get(detail(bo))
    client.get(PERIODS, {"uge": "52"})

    logged = [(entry.purpose, entry.students) for entry in AccessLogEntry.objects.order_by("pk")]
    assert logged == [
        ("absence_overview", [karla.student_id]),
        ("search", [bo.student_id]),
        ("absence", [bo.student_id]),
        ("search", sorted([karla.student_id, bo.student_id])),
    ]


@pytest.mark.today("2027-01-20")
@pytest.mark.parametrize("query", ["", "?navn=test&igang=on&fravaer=on", "?uge=3"])
def test_pages_take_the_same_statements_however_long(client, employee, query):
    agreement = agreement_of(employee, "Testelev")
    deliver(period_of(agreement.student), *DELIVERED)
    address = (PERIODS if "uge" in query else LIST) + query
    one = statements(client, address)
    for number in range(12):
        other = agreement_of(employee, f"Testelev {number}", student=StudentFactory(name=f"Testelev {number}"))
        deliver(period_of(other.student), *DELIVERED)

    assert statements(client, address) == one <= 12


@pytest.mark.today("2027-01-20")
def test_the_page_of_one_takes_the_same_statements_however_many_periods(client, employee):
    agreement = agreement_of(employee)
    deliver(period_of(agreement.student), *DELIVERED)
    one = statements(client, detail(agreement))
    for month in (9, 10, 11, 12):
        earlier = period_of(agreement.student, on(1, month, 2026), on(20, month, 2026))
        deliver(earlier, (on(3, month, 2026), 390, 0, 0))

    assert statements(client, detail(agreement)) == one <= 12


@pytest.mark.today("2027-01-20")
def test_weeks_without_days_are_no_noughts(client, employee):
    agreement = agreement_of(employee)
    deliver(period_of(agreement.student, on(4)), (on(4), 400, 0, 0), (18, 400, 100, 60))
    page = text(client.get(detail(agreement)))

    assert "uge 1, fra 4. januar 2027 0,0 % 0,0 % 0,0 %" in page
    assert "uge 2, fra 11. januar 2027 Ingen skoledage" in page
    assert "uge 3, fra 18. januar 2027 25,0 % 15,0 % 40,0 %" in page


@pytest.mark.today("2027-01-20")
def test_days_that_are_no_longer_kept_stay_in_the_sums(client, employee):
    agreement = agreement_of(employee)
    period = period_of(agreement.student)
    old = {"scheduled": 400, "lawful": 400, "unlawful": 0, "school_days": 1, "last_day": on(11)}
    for of in (None, agreement):
        ArchivedSum.objects.create(period=period, agreement=of, **old)
    deliver(period, (18, 400, 0, 0))

    page = client.get(detail(agreement))

    assert "50,0 % – 6 timer 40 min." in text(page)
    assert days_shown(page) == ["Mandag 18. januar 2027"]
    assert "Dage, der er ældre end 13 måneder, er slettet. De er stadig med i summen." in text(page)


@pytest.mark.parametrize("role", ["school_staff", "of_student", "administrator"])
def test_other_roles_have_none_of_these_pages(logged_in, role):
    client = logged_in(MembershipFactory(**{role: True}))
    for address in (LIST, PERIODS, reverse("companies:absence_xlsx")):
        assert client.get(address).status_code == 403


def test_the_front_page_and_the_menu_have_the_official_order(client):
    page = client.get("/").text
    assert "Få overblik over jeres lærlinges skoleophold og fravær" in page
    order = ["Lærlingeoversigt", "Fraværsoversigt", "Skoleophold", "Frafaldsrisiko (SOSU)"]
    for part in (page[page.index("<nav") : page.index("<main")], page[page.index("<main") :]):
        places = [part.index(f">{name}</a>") for name in order]
        assert places == sorted(places)


def test_messages_of_absence_are_chosen_above_the_list_and_nothing_else_is(client, employee):
    page = text(client.get(LIST))
    assert "Fraværsbeskeder Vælg, hvad portalen skal skrive til dig om." in page
    assert "I får altid besked, når et skoleophold er slut." in page
    for label, help_text in (
        ("Straksbesked om fravær", "Straksbesked sendes højst 30 minutter efter, at skolens registrering er kommet"),
        ("Opsummeret fraværsbesked pr. dag", "Den daglige besked sendes kl. 16."),
        ("Opsummeret fraværsbesked pr. uge", "Den ugentlige besked sendes mandag kl. 8 og gælder ugen før."),
    ):
        assert label in page
        assert help_text in page
    chosen = {"shown": "absence_instant absence_daily absence_weekly", "absence_weekly": "on", "assess_weekly": "on"}
    saved = client.post(reverse("companies:absence_mails"), chosen, follow=True)
    assert "Dine valg er gemt." in text(saved)
    assert list(MailChoice.objects.values_list("membership", "kind", "is_on")) == [
        (employee.pk, "absence_weekly", True)
    ]
    client.post(reverse("companies:absence_mails"), {"shown": "absence_weekly"})
    assert not MailChoice.objects.filter(is_on=True).exists()
