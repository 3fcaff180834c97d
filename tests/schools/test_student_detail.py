"""The student's profile: what it shows, of whom, and what it never shows."""

import datetime
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from laereplads.audit.models import Event
from laereplads.people.auditing import STUDENT_CHANGED
from risk.models import Level
from risk.operations import record_assessment
from schools.template_filters import since
from tests.factories import AgreementFactory, EducationFactory, MembershipFactory, StudentFactory, days_from_today
from tests.schools.conftest import assess

DETAIL = "schools:student_detail"


def plain(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def profile(school, student, **parameters):
    response = school.client.get(reverse(DETAIL, args=[student.public_id]), parameters)
    assert response.status_code == 200
    return response.content.decode()


def status(client, student):
    return client.get(reverse(DETAIL, args=[student.public_id])).status_code


def test_the_profile_says_level_date_employee_and_company(school):
    student = StudentFactory(name="Testelev 3", school=school.school)
    agreement = AgreementFactory(student=student, company__name="TEST KOMMUNE", starts_on=datetime.date(2021, 2, 20))
    assessment = assess(agreement, "medium", "2021-12-20T10:00:00+01:00")

    page = plain(profile(school, student))

    assert "Middel Registreret 20. december 2021 af " + assessment.recorder.name + ", TEST KOMMUNE" in page
    assert "Ordinær aftale hos TEST KOMMUNE startede for mere end 5 år siden (20.02.2021)" in page


def test_the_profile_says_what_the_guide_names(school):
    student = school.student(
        "Anna",
        birth_date=datetime.date(1999, 9, 9),
        expected_completion_on=datetime.date(2027, 1, 31),
        visibility="hidden",
        phone="12 34 56 78",
        email="anna@test.example",
        student_type="euv2",
    )

    page = plain(profile(school, student))

    for words in (
        "Forventet udlært 31.01.2027",
        "Synlighed Skjult profil",
        "Fødselsdag 09.09.1999 (26 år)",
        "Telefon 12 34 56 78",
        "E-mail anna@test.example",
        "Elevtype EUV2",
        "Uddannelsesstatus I hovedforløb",
    ):
        assert words in page


@pytest.mark.today("2026-03-02")
def test_a_birthday_counts_from_the_day_itself(school):
    assert "(18 år)" in profile(school, school.student("Anna", birth_date=datetime.date(2008, 3, 2)))
    assert "(17 år)" in profile(school, school.student("Bo", birth_date=datetime.date(2008, 3, 3)))


def test_three_blanks_are_told_apart(school):
    assert "har ikke registreret en frafaldsrisiko" in profile(school, school.student("Anna"))
    assert "ikke relevant lige nu" in profile(school, school.without_agreement("Bo"))
    assert "ikke relevant lige nu" in profile(school, school.student("Carl", education=EducationFactory(other=True)))


@pytest.mark.today("2026-03-02")
def test_the_history_says_of_a_removed_assessment_that_it_was_removed_and_not_what_it_was(school):
    student = school.student("Anna")
    agreement = student.agreements.get()
    company = MembershipFactory(company_staff=True, company=agreement.company)
    record_assessment(agreement, Level.HIGH, by=company)
    record_assessment(agreement, None, by=company)

    page = plain(profile(school, student))

    assert "Ikke registreret Vurderingen blev fjernet 2. marts 2026" in page
    table = page.partition("Alle vurderinger, den nyeste først")[2]
    assert f"Vurderingen blev fjernet 2. marts 2026 {company.user.name} {company.company.name}" in table
    assert "Høj" not in table


@pytest.mark.today("2026-03-02")
def test_the_history_is_a_picture_and_a_table_of_the_same(school):
    student = school.student("Anna")
    agreement = student.agreements.get()
    for day, level in ((1, "high"), (10, "medium"), (20, "low")):
        assess(agreement, level, f"2026-01-{day:02}T12:00:00+01:00")

    page = profile(school, student)

    assert re.findall(r"timeline-mark timeline-(\w+)", page) == ["error", "warning", "success"]
    assert re.findall(r"(\d+)\. januar 2026</td>", page) == ["20", "10", "1"]


@pytest.mark.today("2026-03-02")
def test_a_removed_assessment_is_told_as_removed(school):
    student = school.student("Anna")
    agreement = student.agreements.get()
    assess(agreement, "high", "2026-01-10T12:00:00+01:00")
    assert "Vurderingen blev fjernet" not in profile(school, student)
    removal = assess(agreement, None, "2026-01-20T12:00:00+01:00")

    page = plain(profile(school, student))

    by = f"{removal.recorder.name}, {agreement.company.name}"
    assert f"Ikke registreret Vurderingen blev fjernet 20. januar 2026 af {by}." in page
    assert "har ikke registreret en frafaldsrisiko" not in page


def test_what_is_all_of_today_stands_at_today(school):
    student = school.student("Anna")
    assess(student.agreements.get(), "high", timezone.now().isoformat())

    page = profile(school, student)

    assert re.findall(r"translate\((\d+) \d+\)", page) == ["384"]
    assert re.findall(r'<text class="timeline-text" x="\d+" y="160".*?>(.*?)</text>', page) == ["I dag"]


@pytest.mark.today("2026-03-02")
def test_levels_of_an_ended_agreement_are_drawn_until_its_end(school):
    student = school.without_agreement("Anna")
    ended = AgreementFactory(student=student, starts_on=days_from_today(-100), ends_on=days_from_today(-50))
    assess(ended, "high", "2025-11-22T12:00:00+01:00")

    [line] = re.findall(r'timeline-line" d="M(\d+) \d+ H(\d+)"', profile(school, student))
    assert line == ("84", "234")


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize(
    ("day", "words"),
    [
        (datetime.date(2026, 3, 2), "i dag"),
        (datetime.date(2026, 3, 1), "for 1 dag siden"),
        (datetime.date(2026, 2, 24), "for 6 dage siden"),
        (datetime.date(2026, 2, 23), "for 1 uge siden"),
        (datetime.date(2026, 1, 5), "for 8 uger siden"),
        (datetime.date(2025, 12, 31), "for 2 måneder siden"),
        (datetime.date(2025, 3, 3), "for 11 måneder siden"),
        (datetime.date(2025, 3, 2), "for 1 år siden"),
        (datetime.date(2025, 3, 1), "for mere end 1 år siden"),
        (datetime.date(2024, 2, 29), "for mere end 2 år siden"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_whole_unit(day, words):
    assert since(day) == words


@pytest.mark.today("2026-03-02")
def test_an_agreement_to_come_says_when_it_starts(school):
    agreement = AgreementFactory(student__school=school.school, not_begun=True, type="short")

    page = plain(profile(school, agreement.student))

    assert f"Kort aftale hos {agreement.company.name} starter om 1 uge (12.03.2026)" in page


# Tabs


@pytest.mark.parametrize(
    ("tab", "heading"),
    [
        ("", "Uddannelsesforløb"),
        ("profil", "Profil"),
        ("soegelog", "Søgelog"),
        ("aktivitetslog", "Aktivitetslog"),
        ("<x>", "Uddannelsesforløb"),
    ],
)
def test_each_tab_is_an_address(school, tab, heading):
    page = profile(school, school.student("Anna"), fane=tab)

    assert f'<h2 class="profile-tab-heading">{heading}</h2>' in page
    assert plain(re.findall(r'<a[^>]*aria-current="page".*?</a>', page)[-1]).strip() == heading


@pytest.mark.today("2026-03-02")
def test_the_activity_log_tells_what_happened_and_for_whom_but_no_level_and_no_employee(school):
    student = school.student("Anna")
    other = school.student("Bo")
    agreement = student.agreements.get()
    company = MembershipFactory(company_staff=True, company=agreement.company, user__name="Egon Medarbejder")
    record_assessment(agreement, Level.HIGH, by=company)
    Event.objects.create(action=STUDENT_CHANGED, acting_for="Anden Skole", student=other.public_id)

    log = plain(profile(school, student, fane="aktivitetslog").split("<tbody>")[1])

    assert f"02.03.2026 kl. 09.00 Frafaldsrisiko er registreret {agreement.company.name}" in log
    assert "Egon" not in log
    assert "Høj" not in log
    assert "Anden Skole" not in log


def test_a_long_activity_log_shows_the_newest(school):
    student = school.student("Anna")
    for _ in range(101):
        Event.objects.create(action=STUDENT_CHANGED, student=student.public_id)

    page = profile(school, student, fane="aktivitetslog")

    assert page.count('data-title="Hændelse"') == 100
    assert "De 100 nyeste hændelser er vist." in page


def test_the_way_back_keeps_the_filters_and_never_leaves_the_overview(school):
    student = school.student("Anna", level="high")
    href = re.findall(r'class="student-name"><a href="([^"]*)"', school.page("?niveau=high&sortering=risk"))[0]

    page = school.client.get(href.replace("&amp;", "&")).content.decode()

    assert 'class="back-link d-print-none" href="/elever/?niveau=high&amp;sortering=risk"' in page
    assert 'href="/elever/?//evil.example"' in profile(school, student, liste="//evil.example")


# Who


def test_other_schools_and_signed_off_students_do_not_exist(school):
    assert status(school.client, StudentFactory()) == 404
    assert status(school.client, school.without_agreement(signed_off_on=days_from_today(0))) == 404
    assert school.client.get(reverse(DETAIL, args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("role", ["company_staff", "of_student", "administrator"])
def test_other_roles_are_refused(logged_in, role):
    membership = MembershipFactory(**{role: True})
    student = membership.student or StudentFactory()

    assert status(logged_in(membership), student) == 403


def test_a_membership_that_ended_opens_nothing(logged_in):
    membership = MembershipFactory(school_staff=True, ends_on=days_from_today(-1))

    assert status(logged_in(membership), StudentFactory(school=membership.school)) == 403


def test_the_profile_is_only_read(school):
    student = school.student("Anna")

    assert school.client.post(reverse(DETAIL, args=[student.public_id])).status_code == 405


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize("tab", ["uddannelsesforloeb", "profil", "soegelog", "aktivitetslog"])
def test_a_profile_takes_the_same_few_queries_however_much_has_happened(school, tab):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            profile(school, student, fane=tab)
        return len([query for query in queries if "SAVEPOINT" not in query["sql"]])

    student = school.student("Anna", level="high")
    one = cost()
    agreement = student.agreements.get()
    for day in range(1, 29):
        assess(agreement, "low", f"2026-01-{day:02}T12:00:00+01:00")

    assert cost() == one <= 8
