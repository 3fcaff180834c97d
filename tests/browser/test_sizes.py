"""What pages look like, measured: how high cards are, where buttons stand, what is printed, how light each level is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from risk.operations import record_assessment
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import (
    AccessRequestFactory,
    AgreementFactory,
    CompanyFactory,
    InvitationFactory,
    MembershipFactory,
    RejectionFactory,
    RejectionReasonFactory,
    StudentFactory,
    WorkplaceFactory,
)

if TYPE_CHECKING:
    from laereplads.access.models import Membership

pytestmark = pytest.mark.today("2026-09-18")

PHONE = {"width": 320, "height": 700}
LAPTOP = {"width": 1280, "height": 800}
HIGHEST_CARD = 120
LISTS = {"mentor": "/elever/", "employee": "/frafaldsrisiko/"}
# As WCAG 1.4.12 says that readers may set text; put in by the debugger, past the policy that refuses styles.
TEXT_SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
# From linear red, green and blue to what is seen without one kind of cone: Viénot, Brettel and Mollon 1999.
SIGHTS = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.112, 0.888, 0), (0.112, 0.888, 0), (0.004, -0.004, 1)),
    "no green": ((0.292, 0.708, 0), (0.292, 0.708, 0), (-0.022, 0.022, 1)),
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
}


@pytest.fixture
def employee(live_server) -> Membership:
    """Of a company whose students, workplaces and colleagues have long names, each level among them."""
    company = CompanyFactory()
    workplace = WorkplaceFactory(company=company, name="Plejecenter Solgården og Rehabiliteringscentret Vest")
    colleague = MembershipFactory(
        company_staff=True, company=company, user__name="Anne-Margrethe Kjærgaard Mortensen-Vestergaard"
    )
    for level in ("high", "medium", "low", None):
        agreement = AgreementFactory(
            company=company, workplace=workplace, student__name=f"Christoffer-Emil Bang Rosenkrantz Nørgaard {level}"
        )
        record_assessment(agreement, level, by=colleague)
    AgreementFactory(company=company, student__signed_off_on="2026-09-17", student__name="Åse Udmeldt")
    # Long enough for two lines of the header.
    return MembershipFactory(company_staff=True, company=company, user__name="Anne-Margrethe Kjærgaard Mortensen")


@pytest.fixture
def mentor(live_server) -> Membership:
    mentor = MembershipFactory(school_staff=True)
    for number in range(30):
        AgreementFactory(student__school=mentor.school, student__name=f"Maja Holm Christensen {number:02}")
    return mentor


@pytest.fixture
def user_administrators(live_server) -> dict[str, Membership]:
    """Of a municipality and of a school, by an address of theirs; names are as long as names get."""
    name = "Anne-Margrethe Kjærgaard Mortensen-Vestergaard"
    email = "anne-margrethe.kjaergaard.mortensen-vestergaard@social-og-sundhed.fjordby-kommune.example"
    rights = {"is_user_administrator": True}
    company = MembershipFactory(company_staff=True, **rights)
    place = WorkplaceFactory(company=company.company, name="Plejecenter Solgården og Rehabiliteringscentret Vest")
    InvitationFactory(company=company.company, name=name, email=email, workplace=place)
    AccessRequestFactory(company=company.company, name="", email=email)
    school = MembershipFactory(school_staff=True, **rights)
    StudentFactory(school=school.school, name="Christoffer-Emil Bang Rosenkrantz Nørgaard")
    for own in (company, school):
        MembershipFactory(
            role=own.role,
            company=own.company,
            school=own.school,
            workplace=place if own is company else None,
            ends_on="2026-10-01",
            user__name=name,
            user__email=f"{own.role}.{email}",
        )
    return {"/brugere/": company, "/brugere/inviter/": company, "/brugere/elever/": school}


def box(locator):
    return locator.evaluate("element => element.getBoundingClientRect().toJSON()")


@pytest.mark.parametrize("address", ["/frafaldsrisiko/", "/laerlinge/"])
def test_a_companys_list_is_a_list_of_low_cards_on_a_phone(page, live_server, sign_in, employee, address):
    sign_in(employee)
    page.set_viewport_size(PHONE)
    page.goto(live_server.url + address)
    cards = page.locator("tbody tr")
    expect(cards).to_have_count(5)
    assert max(box(card)["height"] for card in cards.all()) <= HIGHEST_CARD
    assert_fits(page)
    assert_accessible(page)

    first = cards.first
    expect(first.get_by_text("Social- og sundhedsassistent")).to_be_hidden()
    page.get_by_text("Mere").first.click()
    for words in ("Social- og sundhedsassistent", "Testgade", "Ordinær aftale"):
        expect(first.get_by_text(words).first).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    page.evaluate(TEXT_SPACING)
    assert_fits(page)


def test_the_first_button_is_on_the_first_screen_of_a_phone(page, live_server, sign_in, employee):
    sign_in(employee)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/frafaldsrisiko/")
    assert box(page.get_by_role("button", name="Rediger").first)["bottom"] <= 600


@pytest.mark.parametrize("address", ["/frafaldsrisiko/", "/laerlinge/", "/afslag/registrerede/"])
def test_filters_are_folded_on_phones_and_where_they_are_in_force_open(page, live_server, sign_in, employee, address):
    RejectionFactory(registered_by=employee)
    sign_in(employee)
    for size, is_open in ((PHONE, False), (LAPTOP, True)):
        page.set_viewport_size(size)
        page.goto(live_server.url + address)
        expect(page.get_by_role("button", name="Vis", exact=True)).to_be_visible(visible=is_open)
        expect(page.get_by_text("Filtrer", exact=True)).to_be_visible(visible=not is_open)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}{address}?navn=christoffer&fra=2020-01-01")
    expect(page.get_by_role("button", name="Vis", exact=True)).to_be_visible()


def test_a_window_opens_at_its_heading_however_small_the_screen(page, live_server, sign_in, employee):
    """At 400 % zoom of 1280 × 1024 the choice is out of sight: then the heading has the focus."""
    sign_in(employee)
    for height, has_focus in ((256, page.locator("#window-heading")), (900, page.get_by_role("radio").first)):
        page.set_viewport_size({"width": 320, "height": height})
        page.goto(f"{live_server.url}/frafaldsrisiko/")
        page.get_by_role("button", name="Rediger").nth(-1).click()
        expect(page.get_by_role("dialog").get_by_role("heading").first).to_be_in_viewport(ratio=0.5)
        expect(has_focus).to_be_focused()
        assert page.get_by_role("dialog").evaluate("dialog => dialog.scrollTop") == 0


@pytest.mark.parametrize("address", ["/brugere/", "/brugere/inviter/", "/brugere/elever/"])
def test_users_are_looked_after_on_screens_of_all_sizes(page, live_server, sign_in, user_administrators, address):
    sign_in(user_administrators[address])
    for size in (PHONE, {"width": 768, "height": 900}, LAPTOP):
        page.set_viewport_size(size)
        page.goto(live_server.url + address)
        assert_fits(page)
    page.set_viewport_size(PHONE)
    # Longer names take more lines.
    assert min((box(card)["height"] for card in page.locator("tbody tr").all()), default=0) <= HIGHEST_CARD
    page.evaluate(TEXT_SPACING)
    assert_fits(page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 900})
    assert_fits(page)


@pytest.mark.parametrize("role", ["mentor", "employee"])
def test_three_tabs_lead_to_the_first_student(page, live_server, sign_in, request, role):
    sign_in(request.getfixturevalue(role))
    for size in (PHONE, {"width": 768, "height": 900}, LAPTOP):
        page.set_viewport_size(size)
        page.goto(live_server.url + LISTS[role])
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Gå direkte til listen")).to_be_focused()
        # As long as it is shown, the link lies over the portal's name.
        assert_accessible(page, but_for="target-size")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.locator("#list :is(li, tbody tr)").first.evaluate("row => row.contains(document.activeElement)")


def test_what_one_does_to_a_list_is_said_once(page, live_server, sign_in, mentor):
    sign_in(mentor)
    page.goto(f"{live_server.url}/elever/?navn=holm&aftale=ja")
    status = page.locator("#announcer")
    page.evaluate("""() => {
      window.said = [];
      new MutationObserver(() => { if (announcer.textContent) said.push(announcer.textContent); })
        .observe(announcer, { childList: true });
    }""")
    page.get_by_role("link", name="Højeste risiko").click()
    expect(status).to_have_text("30 elever, sorteret efter højeste risiko")
    page.get_by_role("link", name="Længst siden vurdering").click()
    expect(status).to_have_text("30 elever, sorteret efter længst siden vurdering")
    assert page.evaluate("said.length") == 2

    # The heading has the focus now and is read; what was said before does not stand in the way.
    StudentFactory(school=mentor.school, name="Uden Aftale Holm")
    page.get_by_role("link", name="Fjern filter: Igangværende aftale ja").click()
    expect(page.get_by_role("heading", name="31 elever")).to_be_focused()
    expect(status).to_have_text("")
    assert page.evaluate("said.length") == 2


def luminance(colour: str, sight: str) -> float:
    linear = [
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in map(int, re.findall(r"\d+", colour)[:3])
    ]
    red, green, blue = (sum(weight * part for weight, part in zip(row, linear, strict=True)) for row in SIGHTS[sight])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def lightness(colour: str, sight: str) -> float:
    """CIE L*, from 0 to 100."""
    return 116 * luminance(colour, sight) ** (1 / 3) - 16


@pytest.mark.parametrize("sight", SIGHTS)
def test_levels_order_themselves_by_lightness(page, live_server, sign_in, employee, sight):
    sign_in(employee)
    page.goto(f"{live_server.url}/frafaldsrisiko/")
    badges = [page.locator("td strong", has_text=level).first for level in ("Høj", "Middel", "Lav")]
    styles = [
        badge.evaluate(
            "badge => { const style = getComputedStyle(badge); return [style.backgroundColor, style.color]; }"
        )
        for badge in badges
    ]
    high, medium, low = (lightness(background, sight) for background, _text in styles)
    assert high + 25 <= medium
    assert medium + 20 <= low
    for background, text in styles:
        darker, lighter = sorted(luminance(colour, sight) for colour in (background, text))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize("width", [718, 1047], ids=["portrait", "landscape"])
def test_a_print_is_as_wide_as_its_paper(page, live_server, sign_in, mentor, width):
    """A4 with the browser's margins: names on one line, and what the print leaves out is said."""
    sign_in(mentor)
    page.goto(f"{live_server.url}/elever/?navn=holm")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": 900})
    assert_fits(page)
    expect(page.get_by_text("25 af 30, udskrevet 18.09.2026")).to_be_visible()
    for row in page.locator(".student").all():
        assert box(row)["height"] <= 120
        assert box(row)["width"] >= width * 0.9
        assert box(row.get_by_role("heading"))["height"] <= 60
    if width == 1047:
        assert page.locator(".student-name").first.evaluate("name => name.getClientRects().length") == 1


@pytest.mark.parametrize("role", ["mentor", "employee"])
def test_all_of_a_list_can_be_shown_for_print(page, live_server, sign_in, request, role):
    user = request.getfixturevalue(role)
    if role == "employee":
        AgreementFactory.create_batch(25, company=user.company)
    sign_in(user)
    page.goto(live_server.url + LISTS[role])
    page.get_by_role("link", name="Vis alle til udskrift").click()
    expect(page.get_by_text(re.compile(r"^1–30 af 30$"))).to_be_visible()
    expect(page.locator("#list :is(li.student, tbody tr)")).to_have_count(30)
    page.emulate_media(media="print")
    expect(page.get_by_text("30 af 30, udskrevet 18.09.2026")).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Vis i sider").click()
    expect(page.get_by_text("1–25 af 30")).to_be_visible()


def test_text_in_pictures_is_as_large_as_other_text(page, live_server, sign_in, employee, mentor):
    """Labels whole, at 14 px or more; nothing sideways however far letters stand apart."""
    label = "Personlige og sociale kompetencer i forhold til faget"
    RejectionFactory(registered_by=employee, primary_reason=RejectionReasonFactory(code="personlige", label=label))
    sign_in(employee)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/afslag/registrerede/")
    chart = page.get_by_role("img", name="Søjlediagram over de primære begrundelser")
    expect(chart).to_contain_text(label)
    assert chart.get_by_text(label).evaluate("text => parseFloat(getComputedStyle(text).fontSize)") >= 14
    assert_fits(page)
    page.evaluate(TEXT_SPACING)
    assert_fits(page)

    agreement = AgreementFactory(student__school=mentor.school)
    record_assessment(agreement, "high", by=MembershipFactory(company_staff=True, company=agreement.company))
    sign_in(mentor)
    for width in (320, 576, 768, 992, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{live_server.url}/elever/{agreement.student.public_id}/")
        size = "text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a"
        assert min(text.evaluate(size) for text in page.locator(".timeline-text").all()) >= 14
        assert_fits(page)


@pytest.mark.parametrize("role", ["mentor", "employee"])
def test_nothing_moves_while_a_page_is_drawn(page, live_server, sign_in, request, role):
    """Also where the letters come late: those that stand in until then stay."""
    sign_in(request.getfixturevalue(role))
    page.add_init_script("""
      window.moved = 0;
      new PerformanceObserver((list) => { for (const each of list.getEntries()) moved += each.value; })
        .observe({ type: "layout-shift", buffered: true });
    """)
    page.route("**/*.woff2", lambda route: (page.wait_for_timeout(500), route.continue_()))
    for size in (PHONE, LAPTOP):
        page.set_viewport_size(size)
        for address in ("/", LISTS[role]):
            page.goto(live_server.url + address)
            page.wait_for_load_state("networkidle")
            page.evaluate("document.fonts.ready")
            assert page.evaluate("moved") == 0
