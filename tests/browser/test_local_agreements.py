"""A school and a company agree, by keyboard and without JavaScript, on a phone and in print; the student reads what."""

import re

import pytest
from playwright.sync_api import Page, expect

from risk.models import LocalAgreement
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import (
    AgreementFactory,
    AssessmentPauseFactory,
    LocalAgreementFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    days_from_today,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today("2026-09-30")]
NO_JAVASCRIPT = pytest.mark.browser_context_args(java_script_enabled=False)
COMPANY, SCHOOL = "/aftaler-med-skoler/", "/aftaler-med-virksomheder/"


@pytest.fixture
def agreement(live_server):
    return AgreementFactory(
        student__name="Ida Prøvesen",
        student__school__name="SOSU Prøve",
        company__name="Kjærgårdsminde-Vestergårdsområdets Fælleskommune",
    )


@pytest.fixture
def both(agreement):
    """Somebody of the company, and of the school."""
    return (
        MembershipFactory(company_staff=True, company=agreement.company, user__name="Birgit Holm"),
        MembershipFactory(school_staff=True, school=agreement.student.school, user__name="Jens Kjær"),
    )


def look(page: Page) -> None:
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
        assert_fits(page)


def reach(page: Page, role: str, name: str) -> None:
    """By the keyboard alone."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{name} cannot be reached by keyboard")


def press(page: Page, role: str, name: str) -> None:
    reach(page, role, name)
    page.keyboard.press("Enter")


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_proposed_by_the_school_changed_by_the_company_and_agreed_by_keyboard(
    page, live_server, sign_in, agreement, both
):
    employer, teacher = both
    sign_in(teacher)
    page.goto(live_server.url + SCHOOL)
    expect(page.get_by_role("table")).to_contain_text("Ingen aftale: standard")
    look(page)
    press(page, "link", agreement.company.name)
    heading(page, "Ingen aftale: standard")
    look(page)
    press(page, "link", "Foreslå en lokal aftale")
    look(page)
    reach(page, "radio", "Midt i hver oplæringsperiode")
    page.keyboard.press("ArrowDown")
    press(page, "button", "Foreslå til virksomheden")
    # The weeks are missing: it is said, and the choice stands.
    expect(page.get_by_role("alert")).to_contain_text("Skriv et helt tal mellem 1 og 26.")
    expect(page.get_by_role("radio", name="Et antal uger efter start")).to_be_checked()
    look(page)
    page.get_by_role("textbox", name="Antal uger").fill("6")
    press(page, "button", "Foreslå til virksomheden")
    expect(page.get_by_text("Forslaget er sendt.")).to_be_visible()
    expect(page.get_by_role("button", name="Sig ja")).to_have_count(0)
    look(page)

    sign_in(employer)
    page.goto(live_server.url)
    expect(page.get_by_text("1 forslag til en lokal aftale venter på jeres svar.")).to_be_visible()
    page.goto(live_server.url + COMPANY)
    expect(page.get_by_role("table")).to_contain_text("Afventer jeres svar")
    look(page)
    press(page, "link", "SOSU Prøve")
    expect(page.get_by_text("6 uger inde i hver oplæringsperiode.")).to_be_visible()
    press(page, "link", "Foreslå en ændring")
    page.get_by_role("textbox", name="Antal uger").fill("8")
    press(page, "button", "Foreslå til skolen")
    heading(page, "Jeres forslag, der venter på svar")
    look(page)

    sign_in(teacher)
    page.goto(f"{live_server.url}{SCHOOL}{agreement.company.cvr}/")
    press(page, "button", "Sig ja")
    expect(page.get_by_text("I har begge sagt ja.")).to_be_visible()
    expect(page.get_by_text("8 uger inde i hver oplæringsperiode.")).to_be_visible()
    look(page)
    press(page, "link", "Lad aftalen ophøre")
    look(page)
    press(page, "button", "Ja, lad aftalen ophøre")
    expect(page.get_by_text("Gælder fra den 30. september 2026 til og med den 30. september 2026.")).to_be_visible()


@NO_JAVASCRIPT
def test_without_javascript(page, live_server, sign_in, agreement, both):
    employer, teacher = both
    LocalAgreementFactory(
        school=agreement.student.school, company=agreement.company, proposed_by=teacher, awaiting=True
    )
    sign_in(employer)
    page.goto(f"{live_server.url}{COMPANY}{agreement.student.school.institution_number}/")
    page.get_by_role("button", name="Sig ja").click()
    expect(page.get_by_text("I har begge sagt ja.")).to_be_visible()
    page.get_by_role("link", name="Foreslå en ændring").click()
    page.get_by_role("textbox", name=re.compile("vente")).fill("hundrede")
    page.get_by_role("button", name="Foreslå til skolen").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv et helt tal mellem 0 og 60.")
    expect(page.get_by_role("textbox", name=re.compile("vente"))).to_have_value("hundrede")
    assert LocalAgreement.objects.count() == 1


@pytest.mark.parametrize("address", [COMPANY, SCHOOL])
def test_in_print(page, live_server, sign_in, both, address):
    employer, teacher = both
    school, company = teacher.school, employer.company
    LocalAgreementFactory(school=school, company=company, proposed_by=teacher)
    sign_in(employer if address == COMPANY else teacher)
    number = school.institution_number if address == COMPANY else company.cvr
    for shown in (address, f"{address}{number}/"):
        page.goto(live_server.url + shown)
        page.emulate_media(media="print")
        expect(page.get_by_text("Gældende").first).to_be_visible()
        expect(page.get_by_role("link", name="Foreslå en ændring")).to_be_hidden()
        expect(page.get_by_role("navigation")).to_have_count(0)
        page.emulate_media(media="screen")


@pytest.mark.parametrize("language", ["Danish", "English"])
def test_the_student_reads_what_is_agreed(page, live_server, sign_in, agreement, language):
    for first, last in ((-200, -45), (90, 400)):
        SchoolPeriodFactory(student=agreement.student, starts_on=days_from_today(first), ends_on=days_from_today(last))
    LocalAgreementFactory(school=agreement.student.school, company=agreement.company)
    sign_in(MembershipFactory(of_student=True, student=agreement.student))
    page.goto(live_server.url + "/minside/")
    if language == "English":
        page.get_by_role("button", name="English").click()
    card = page.get_by_role("region", name="Your next assessment" if language == "English" else "Din næste vurdering")
    words = "is agreed for" if language == "English" else "er aftalt til den"
    expect(card).to_contain_text(words)
    look(page)
    page.emulate_media(media="print")
    expect(card).to_be_visible()
    page.emulate_media(media="screen")
    AssessmentPauseFactory(agreement=agreement)
    page.reload()
    expect(card).to_contain_text("says nothing about you" if language == "English" else "siger ikke noget om dig")
    look(page)
    press(page, "link", "My messages" if language == "English" else "Mine beskeder")
    name = "When my dropout risk changes" if language == "English" else "Når min frafaldsrisiko ændres"
    expect(page.get_by_role("checkbox", name=name)).not_to_be_checked()
    look(page)
