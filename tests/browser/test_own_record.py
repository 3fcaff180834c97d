"""A student sees who has seen her information, and gets all of it: by keyboard, without JavaScript, on any screen."""

import json

import pytest
from playwright.sync_api import Page, expect

from companies.purposes import RISK_OVERVIEW
from laereplads.access_log.operations import log_access
from risk.operations import record_assessment
from schools.purposes import STUDENT_PROFILE
from tests.accessibility import assert_accessible, assert_fits
from tests.browser.test_student_guide import OwnPages
from tests.factories import AgreementFactory, MembershipFactory

pytestmark = pytest.mark.today("2026-03-02")
NO_JAVASCRIPT = pytest.mark.browser_context_args(java_script_enabled=False)


@pytest.fixture
def student(transactional_db):
    student = MembershipFactory(of_student=True, student__name="Ida Prøvesen", student__school__name="SOSU Prøve")
    agreement = AgreementFactory(student=student.student, company__name="Prøvekøbing Kommune")
    employee = MembershipFactory(company_staff=True, company=agreement.company)
    mentor = MembershipFactory(school_staff=True, school=student.student.school)
    record_assessment(agreement, "medium", by=employee)
    log_access(employee, RISK_OVERVIEW, [student.student_id])
    for _ in range(7):
        log_access(mentor, STUDENT_PROFILE, [student.student_id])
    return student


def look(page: Page) -> None:
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
        assert_fits(page)


def find_out(own: OwnPages, go) -> None:
    page = own.page
    own.expect_heading("Min side")
    go("Se, hvem der har set dem")
    own.expect_heading("Hvem har set mine oplysninger")
    own.expect_heading("Din side er åbnet 7 gange")
    day = page.get_by_role("region", name="2. marts 2026")
    expect(day.get_by_role("listitem").first).to_contain_text("SOSU Prøve åbnede din side 7 gange kl. 09.00")
    expect(page.get_by_text("Formål: Overblik over frafaldsrisiko")).to_be_hidden()
    day.get_by_text("Prøvekøbing Kommune: 1 gang på en liste").press("Enter")
    expect(page.get_by_text("Formål: Overblik over frafaldsrisiko")).to_be_visible()


def test_who_has_seen_and_everything_that_is_held(page, live_server, sign_in, student):
    sign_in(student)
    page.goto(live_server.url + "/minside/")
    own = OwnPages(page)

    find_out(own, own.tab_to)
    look(page)
    page.get_by_role("navigation", name="Brødkrumme").get_by_role("link", name="Min side").click()
    own.expect_heading("Min side")
    look(page)
    own.tab_to("Se og hent dem")
    own.expect_heading("Hent mine oplysninger")
    expect(page.get_by_role("table", name="Vurderinger af frafaldsrisiko")).to_contain_text("Middel")
    look(page)
    with page.expect_download() as download:
        own.tab_to("Hent som fil (JSON)")
    assert download.value.suggested_filename == "mine-oplysninger-2026-03-02.json"
    assert len(json.loads(download.value.path().read_text())["access_log"]) == 8


@NO_JAVASCRIPT
def test_without_javascript(page, live_server, sign_in, student):
    sign_in(student)
    page.goto(live_server.url + "/minside/")
    own = OwnPages(page)

    find_out(own, own.follow)


def test_nobody_has_seen_anything(page, live_server, sign_in, transactional_db):
    sign_in(MembershipFactory(of_student=True))
    page.goto(live_server.url + "/minside/hvem-har-set/")

    expect(page.get_by_role("heading", name="Ingen har set dine oplysninger det seneste år")).to_be_visible()
    look(page)
