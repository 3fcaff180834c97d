"""Who should be assessed now, soon, and who never was: parts of the list, what its rows say, and the front page."""

from __future__ import annotations

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from laereplads.access_log.models import AccessLogEntry
from risk.models import DueAssessment, DueTab, Level, RiskAssessment
from risk.operations import record_assessment
from risk.queries import due_counts
from tests.companies.test_assessment_list import names, statements, text
from tests.factories import (
    AgreementFactory,
    AssessmentPauseFactory,
    LocalAgreementFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    WorkplaceFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-10-20")]
LIST, FRONT_PAGE = reverse("companies:assessment_list"), reverse("front_page")
HTMX = {"HX-Request": "true"}
DAY = datetime.timedelta(days=1)


def day(text):
    return datetime.date.fromisoformat(text)


@pytest.fixture
def employee():
    return MembershipFactory(company_staff=True, user__name="Else Oplærer")


@pytest.fixture
def client(logged_in, employee):
    return logged_in(employee)


def due_on(employee, name, due, **details):
    """In training for 119 days around `due`, with school before and after."""
    first, last = day(due) - 59 * DAY, day(due) + 59 * DAY
    agreement = AgreementFactory(
        company=employee.company, student__name=name, starts_on=first - 60 * DAY, ends_on=last + 60 * DAY, **details
    )
    for starts_on, ends_on in ((first - 60 * DAY, first - DAY), (last + DAY, last + 60 * DAY)):
        SchoolPeriodFactory(student=agreement.student, starts_on=starts_on, ends_on=ends_on)
    return agreement


def assess(agreement, employee, on, level=Level.LOW):
    at = timezone.make_aware(datetime.datetime.combine(day(on), datetime.time(12)))
    return record_assessment(agreement, level, by=employee, at=at)


def window_of(agreement, query=""):
    return reverse("companies:assessment_update", args=[agreement.public_id]) + query


def tabs(page):
    return re.findall(r'tab-button" href="([^"]*)"[^>]*><span>([^<]*)<', page.content.decode())


@pytest.fixture
def agreements(employee):
    """One of each: due, late, soon, later, done and paused; those not named "ny" were assessed before their period."""
    found = {
        "bør": due_on(employee, "Bør Nu", "2026-10-15"),
        "passeret": due_on(employee, "Passeret Dag", "2026-10-01"),
        "snart": due_on(employee, "Snart Elev", "2026-11-03"),
        "senere": due_on(employee, "Senere Elev", "2026-11-05"),
        "gjort": due_on(employee, "Gjort Elev", "2026-10-15"),
        "pause": due_on(employee, "Pause Elev", "2026-10-15"),
    }
    for name, agreement in found.items():
        if name != "bør":
            assess(agreement, employee, "2026-07-15" if name != "gjort" else "2026-10-01")
    AssessmentPauseFactory(agreement=found["pause"], until=day("2026-12-01"))
    return found


def test_the_tabs_say_how_many_their_lists_have(client, agreements):
    page = client.get(LIST)

    assert tabs(page) == [
        (LIST, "Alle"),
        (f"{LIST}?vis=nu", "Bør vurderes nu (2)"),
        (f"{LIST}?vis=snart", "Kommer snart (1)"),
        (f"{LIST}?vis=aldrig", "Aldrig vurderet (1)"),
    ]
    assert names(client.get(f"{LIST}?vis=nu")) == ["Bør Nu", "Passeret Dag"]
    assert names(client.get(f"{LIST}?vis=snart")) == ["Snart Elev"]
    assert names(client.get(f"{LIST}?vis=aldrig")) == ["Bør Nu"]
    assert "2 lærlinge" in text(client.get(f"{LIST}?vis=nu"))


def test_a_tab_goes_with_the_other_filters_and_counts_stay(client, agreements):
    page = client.get(f"{LIST}?vis=nu&niveau=low")

    assert names(page) == ["Passeret Dag"]
    assert "Bør vurderes nu (2)" in text(page)
    assert f'href="{"?vis=nu"}">' in page.text
    assert '<input type="hidden" name="vis" value="nu"' in page.text
    # The filters' own form keeps the tab, and "Nulstil filtre" as well.
    assert re.search(r'href="\?vis=nu">.*?Nulstil filtre', page.text, re.DOTALL)
    assert "Nulstil filtre" not in client.get(f"{LIST}?vis=nu").text


def test_the_current_tab_is_said(client, agreements):
    page = client.get(f"{LIST}?vis=snart").text
    assert re.findall(r'vis=(\w+)" aria-current="page"', page) == ["snart"]


def test_rows_say_when_the_next_is_due_and_how_it_stands(client, employee, agreements):
    page = text(client.get(LIST))

    for words in (
        "Bør Nu",
        "Ikke registreret Foreslået: 15. oktober 2026 Bør vurderes nu",
        "Foreslået: 1. oktober 2026 Dagen er passeret",
        "Foreslået: 3. november 2026 Kommer snart",
        "Foreslået: 5. november 2026 Vælg Senere Elev",
        "Ikke relevant nu til og med 1. december 2026",
    ):
        assert words in page
    assert "skoleopholdene ikke er kendt" not in page


def test_what_is_agreed_is_called_so(client, employee):
    agreement = due_on(employee, "Aftalt Elev", "2026-10-15")
    LocalAgreementFactory(school=agreement.student.school, company=agreement.company, valid_from=day("2026-01-01"))

    assert "Aftalt: 15. oktober 2026 Bør vurderes nu" in text(client.get(LIST))
    window = text(client.get(window_of(agreement)))
    assert "Aftalt vurdering: 15. oktober 2026 (midt i 1. oplæring) Bør vurderes nu" in window


def test_another_time_than_the_middle_is_not_called_the_middle(client, employee):
    agreement = due_on(employee, "Aftalt Elev", "2026-10-15")
    LocalAgreementFactory(
        school=agreement.student.school,
        company=agreement.company,
        valid_from=day("2026-01-01"),
        timing="after_start",
        weeks=9,
    )
    assert "Aftalt vurdering: 19. oktober 2026 (i 1. oplæring)" in text(client.get(window_of(agreement)))


def test_the_window_says_it_and_that_nobody_has_to(client, agreements):
    window = text(client.get(window_of(agreements["bør"])))
    assert "Foreslået vurdering: 15. oktober 2026 (midt i 1. oplæring) Bør vurderes nu" in window
    assert "Registreringen er frivillig." in window


def test_without_school_periods_it_is_said_why_it_is_suggested(client, employee):
    agreement = AgreementFactory(company=employee.company, starts_on=day("2026-08-01"), ends_on=day("2026-12-31"))
    due = DueAssessment.objects.get(agreement=agreement).due_on

    assert "Foreslået, fordi skoleopholdene ikke er kendt" in text(client.get(LIST))
    words = f"Foreslået vurdering: {due.day}. oktober 2026. Foreslået, fordi skoleopholdene ikke er kendt."
    assert words in text(client.get(window_of(agreement)))


def test_no_page_speaks_of_a_duty(client, agreements):
    said = text(client.get(LIST)) + text(client.get(window_of(agreements["bør"])))
    assert not re.search(r"\bfrist|\boverskre|\bpligt|\bskal vurderes", said, re.IGNORECASE)


def test_who_is_signed_off_is_in_no_part(client, employee):
    agreement = due_on(employee, "Udmeldt Elev", "2026-10-15")
    agreement.student.signed_off_on = day("2026-10-18")
    agreement.student.save()

    assert due_counts(employee) == {"students": 1, "now": 0, "soon": 0, "never": 0}
    assert names(client.get(LIST)) == ["Udmeldt Elev"]
    for tab in DueTab:
        assert names(client.get(f"{LIST}?vis={tab}")) == []


def test_an_empty_part_says_so_calmly(client, employee):
    assess(due_on(employee, "Senere Elev", "2026-12-15"), employee, "2026-10-01")

    assert "Ingen lærlinge bør vurderes nu." in text(client.get(f"{LIST}?vis=nu"))
    assert "Ingen lærlinge passer til det" in text(client.get(f"{LIST}?vis=nu&niveau=high"))


@pytest.mark.parametrize("query", ["vis=x", "vis=%00", "vis=nu&vis=x", "vis=", "vis=nu&efter=abc&nr=1"])
def test_a_hostile_tab_is_answered_calmly(client, agreements, query):
    for headers in ({}, HTMX):
        assert client.get(f"{LIST}?{query}", headers=headers).status_code == 200
    assert "Vælg en af mulighederne på listen." in text(client.get(f"{LIST}?vis=x"))


def test_the_next_due_stand_first_and_who_has_none_last(client, employee, agreements):
    ended = AgreementFactory(company=employee.company, student__name="Anna Uden", ended_lately=True)
    assert not DueAssessment.objects.filter(agreement=ended, ends_on__gte=timezone.localdate()).exists()

    found = names(client.get(f"{LIST}?sortering=next_due"))

    assert found[:2] == ["Passeret Dag", "Bør Nu"]
    assert found.index("Snart Elev") < found.index("Senere Elev")
    # Of those who are done nothing is open.
    assert set(found[-2:]) == {"Anna Uden", "Gjort Elev"}


def test_both_ways_lead_past_everybody_in_the_order_of_due_days(client, employee, monkeypatch):
    monkeypatch.setattr("risk.queries.PAGE_SIZE", 5)
    for number in range(13):
        due_on(employee, "Samme Navn", f"2026-{10 + number % 3}-15")

    def walk(way, query):
        while query is not None:
            page = client.get(LIST + query)
            yield [line.agreement_id for line in page.context["page"]]
            link = re.search(rf'href="([^"]*)">{way}<', page.content.decode())
            query = link.group(1).replace("&amp;", "&") if link else None

    forwards = list(walk("Næste", "?sortering=next_due"))
    backwards = list(walk("Forrige", "?sortering=next_due&side=sidste"))
    assert [len(page) for page in forwards] == [5, 5, 3]
    assert len(set().union(*forwards)) == 13
    assert backwards == forwards[::-1]


class TestGoingThroughThoseWhoAreDue:
    @pytest.mark.parametrize("order", ["", "&sortering=next_due"])
    def test_without_javascript(self, client, employee, agreements, order):
        query = f"?vis=nu{order}"
        first, second = [line.public_id for line in client.get(LIST + query).context["page"]]
        address = reverse("companies:assessment_update", args=[first]) + query
        window = client.get(address)
        assert f"Næste på listen: {'Bør Nu' if order else 'Passeret Dag'}" in text(window)

        sent = {"level": "low", "seen": window.context["seen"], "next": str(second)}
        answer = client.post(address, sent)
        assert answer.url == reverse("companies:assessment_update", args=[second]) + query
        window = client.get(answer.url)
        assert "Dette er den sidste på listen." in text(window)

        page = client.post(answer.url, {"level": "low", "seen": window.context["seen"]}, follow=True)
        assert "Vurderingen er gemt. I er færdige. Der er ikke flere på listen." in text(page)
        assert "Ingen lærlinge bør vurderes nu." in text(page)
        assert names(page) == []

    def test_in_the_window(self, client, employee, agreements):
        first, second = agreements["bør"], agreements["passeret"]
        seen = client.get(window_of(first, "?vis=nu"), headers=HTMX).context["seen"]
        sent = {"level": "low", "seen": seen, "next": str(second.public_id)}
        answer = client.post(window_of(first, "?vis=nu"), sent, headers=HTMX)
        # The tabs and the row above are as they are now.
        assert "Bør vurderes nu (1)" in text(answer)
        assert "færdige" not in answer.headers["HX-Trigger"]

        sent = {"level": "low", "seen": answer.context["seen"]}
        answer = client.post(window_of(second, "?vis=nu"), sent, headers=HTMX)
        assert "I er f\\u00e6rdige." in answer.headers["HX-Trigger"]
        assert "Bør vurderes nu (0)" in text(answer)

    def test_whoever_ends_before_all_are_done_is_not_told_so(self, client, agreements):
        last = agreements["passeret"]
        seen = client.get(window_of(last, "?vis=nu")).context["seen"]
        page = client.post(window_of(last, "?vis=nu"), {"level": "low", "seen": seen}, follow=True)
        assert "Vurderingen er gemt." in text(page)
        assert "færdige" not in text(page)


class TestFrontPage:
    def notice(self, page):
        found = re.search(r'front-page-notice">.*?<span>(.*?)</span></p>', page.content.decode(), re.DOTALL)
        return re.findall(r'<a href="([^"]*)">([^<]*)</a>', found[1])

    def test_its_numbers_lead_to_the_lists_that_they_count(self, client, agreements):
        notice = self.notice(client.get(FRONT_PAGE))
        assert notice == [
            (f"{LIST}?vis=nu", "2 lærlinge bør vurderes nu"),
            (f"{LIST}?vis=aldrig", "1 er aldrig vurderet"),
        ]
        for address, words in notice:
            assert len(names(client.get(address))) == int(words.split()[0])

    def test_it_comes_before_all_other_links(self, client, agreements):
        page = client.get(FRONT_PAGE).text
        main = page[page.index("<main") :]
        assert re.search(r'<a[^>]* href="([^"]*)"', main)[1] == f"{LIST}?vis=nu"

    def test_it_says_who_was_never_assessed_also_where_nobody_is_due(self, client, employee):
        due_on(employee, "Senere Elev", "2026-12-15")
        assert self.notice(client.get(FRONT_PAGE)) == [(f"{LIST}?vis=aldrig", "1 lærling er aldrig vurderet")]

    def test_where_there_is_nothing_to_say_it_says_nothing(self, client, employee):
        assess(due_on(employee, "Senere Elev", "2026-12-15"), employee, "2026-10-01")
        page = text(client.get(FRONT_PAGE))
        assert "vurderes nu" not in page
        assert "aldrig vurderet" not in page

    def test_a_workplace_counts_its_own(self, logged_in, employee, agreements):
        place = WorkplaceFactory(company=employee.company)
        leader = MembershipFactory(company_staff=True, company=employee.company, workplace=place)
        due_on(employee, "Her", "2026-10-15", workplace=place)
        assert self.notice(logged_in(leader).get(FRONT_PAGE))[0] == (f"{LIST}?vis=nu", "1 lærling bør vurderes nu")

    def test_a_student_of_two_agreements_counts_once(self, client, employee):
        first = due_on(employee, "To Aftaler", "2026-10-15", type="combination")
        AgreementFactory(
            company=employee.company,
            student=first.student,
            type="combination",
            starts_on=first.starts_on,
            ends_on=first.ends_on,
        )
        page = client.get(f"{LIST}?vis=nu")
        assert len(names(page)) == 2
        assert "1 lærling" in text(page)
        assert self.notice(client.get(FRONT_PAGE))[0][1] == "1 lærling bør vurderes nu"

    def test_it_reads_one_thing_more_however_many_there_are(self, client, employee):
        for number in range(6):
            due_on(employee, f"Elev {number}", "2026-10-15")
        few = statements(client, FRONT_PAGE)
        for number in range(10):
            due_on(employee, f"Mange {number}", "2026-10-15")
        assert statements(client, FRONT_PAGE) == few <= 5

    def test_numbers_of_few_are_readings_of_them(self, client, employee, agreements):
        for number in range(9):
            assess(due_on(employee, f"Mange {number}", "2027-01-15"), employee, "2026-10-01")
        client.get(FRONT_PAGE)
        told = {agreements[name].student_id for name in ("bør", "passeret", "snart")}
        assert {student for entry in AccessLogEntry.objects.all() for student in entry.students} == told

    def test_foreign_students_are_not_counted(self, client):
        due_on(MembershipFactory(company_staff=True), "Fremmed", "2026-10-15")
        assert "vurderes nu" not in text(client.get(FRONT_PAGE))


def test_the_list_takes_the_same_statements_however_many_are_due(client, employee):
    for number in range(6):
        due_on(employee, f"Elev {number}", "2026-10-15")
    address = f"{LIST}?vis=nu&sortering=next_due"
    few = statements(client, address)
    for number in range(19):
        due_on(employee, f"Mange {number}", "2026-10-15")
    assert statements(client, address) == few


def test_saving_writes_nothing_but_the_assessment(client, agreements):
    """The due row follows by itself."""
    client.post(window_of(agreements["bør"]), {"level": "medium", "seen": "0"})
    assert RiskAssessment.objects.filter(agreement=agreements["bør"]).count() == 1
    assert DueAssessment.objects.get(agreement=agreements["bør"]).state == "done"
