"""Login, Skift rolle, errors and the pages of the footer, as anybody meets them."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from laereplads.web import errors
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import CompanyFactory, MembershipFactory, SchoolFactory, UserFactory
from tests.sessions import session_of

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "elleve små grise"


def look(page):
    """Axe at the width where rows have become stacks, and at the one where they are tables."""
    page.set_viewport_size({"width": 768, "height": 800})
    assert_fits(page)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert_fits(page)
        assert_accessible(page)


@pytest.fixture
def user():
    user = UserFactory(name="Lone Testsen", email="lone@test.example", password=PASSWORD)
    MembershipFactory(company_staff=True, user=user, company=CompanyFactory(name="Prøvekøbing Kommune"))
    MembershipFactory(school_staff=True, user=user, school=SchoolFactory(name="SOSU Prøve"))
    return user


def test_log_in_choose_a_role_and_log_out_by_keyboard(page, live_server, user):
    keyboard = page.keyboard
    page.goto(live_server.url)
    look(page)

    # Nothing typed: the summary has the focus and leads to the field.
    page.get_by_label("Adgangskode").focus()
    keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(page.get_by_label("E-mailadresse")).to_be_focused()

    keyboard.type("lone@test.example")
    keyboard.press("Tab")
    keyboard.type("forkert")
    keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("E-mailadressen eller adgangskoden er forkert.")
    expect(page.get_by_label("E-mailadresse")).to_have_value("lone@test.example")
    look(page)

    page.get_by_label("Adgangskode").focus()
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Skift rolle")).to_be_visible()
    look(page)
    page.get_by_role("button", name="SOSU Prøve").press("Enter")
    expect(page.get_by_role("banner")).to_contain_text("Lone Testsen, SOSU Prøve")
    look(page)

    page.get_by_role("link", name="Skift rolle").press("Enter")
    expect(page.get_by_role("button", name="SOSU Prøve")).to_contain_text("(valgt nu)")
    page.get_by_role("button", name="Prøvekøbing Kommune").press("Enter")
    expect(page.get_by_role("banner")).to_contain_text("Lone Testsen, Prøvekøbing Kommune")
    for group in ("Lærlinge", "Uddannelsesaftaler"):
        expect(page.get_by_role("region", name=group, exact=True)).to_be_visible()
    look(page)

    page.get_by_role("button", name="Log af").press("Enter")
    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()


def test_the_password_pages(page, live_server, user):
    page.goto(live_server.url)
    page.get_by_role("link", name="Har du glemt din adgangskode?").click()
    expect(page.get_by_role("heading", name="Glemt adgangskode")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    page.get_by_label("E-mailadresse").fill("lone@test.example")
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_role("heading", name="Se i din indbakke")).to_be_visible()
    look(page)

    page.get_by_role("link", name="Gå til log ind").click()
    page.get_by_label("E-mailadresse").fill("lone@test.example")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind", exact=True).click()
    page.get_by_role("link", name="Skift adgangskode").click()
    expect(page.get_by_role("heading", name="Skift adgangskode")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Gem ny adgangskode").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv din nuværende adgangskode.")
    look(page)
    page.get_by_label("Nuværende adgangskode").fill(PASSWORD)
    page.get_by_label("Ny adgangskode", exact=True).fill("gul cykel i regnvejr")
    page.get_by_label("Gentag den nye adgangskode").fill("gul cykel i regnvejr")
    page.get_by_role("button", name="Gem ny adgangskode").click()
    expect(page.get_by_text("Din adgangskode er skiftet.")).to_be_visible()


@pytest.mark.parametrize("name", ["account_login", "account_change_password"])
def test_a_password_can_be_shown(page, live_server, user, sign_in, name):
    """By keyboard, all of a form's at once; what is sent is a password again."""
    if name == "account_change_password":
        sign_in(MembershipFactory(company_staff=True, user=user))
    page.goto(live_server.url + reverse(name))
    fields = page.locator("input[autocomplete*=password]")
    expect(fields.first).to_have_attribute("type", "password")
    page.get_by_role("button", name="Vis adgangskode").press("Enter")
    expect(page.get_by_role("button", name="Skjul adgangskode")).to_be_focused()
    for field in fields.all():
        expect(field).to_have_attribute("type", "text")
        field.fill("synlig tekst")
    look(page)
    fields.last.press("Enter")

    expect(page.locator("[data-error-summary]")).to_be_visible()
    expect(page.get_by_text("synlig tekst")).to_have_count(0)
    expect(fields.first).to_have_attribute("type", "password")


def test_without_javascript_there_is_nothing_to_show(browser, live_server):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(live_server.url + reverse("account_login"))
        expect(page.get_by_role("button", name="Log ind")).to_be_visible()
        expect(page.get_by_role("button", name="Vis adgangskode")).to_have_count(0)


def test_the_page_of_where_one_is_logged_in(page, live_server, user, sign_in):
    membership = user.memberships.first()
    session_of(membership)
    sign_in(membership)
    page.goto(live_server.url)
    page.get_by_role("link", name="Her er du logget ind").click()
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(2)
    look(page)

    page.get_by_role("button", name="Log af alle andre steder").press("Enter")
    expect(page.get_by_text("Du er logget af alle andre steder.")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(1)
    look(page)


@pytest.mark.parametrize("link", ["Tilgængelighedserklæring", "Cookies", "Så længe gemmer vi oplysninger"])
def test_the_pages_of_the_footer(page, live_server, link):
    page.goto(live_server.url)
    page.get_by_role("contentinfo").get_by_role("link", name=link).click()
    expect(page.get_by_role("heading", name=link, exact=True, level=1)).to_be_visible()
    look(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html[lang=en]")).to_be_attached()
    look(page)


@pytest.mark.parametrize("role", ["company_staff", "school_staff", "of_student", "administrator"])
def test_every_roles_front_page(page, live_server, sign_in, role):
    sign_in(MembershipFactory(**{role: True}))
    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="Forside")).to_be_visible()
    look(page)


def test_errors_lead_on(page, live_server, sign_in):
    sign_in(MembershipFactory(of_student=True))
    for address, heading in (
        ("/findes/ikke/", "Siden findes ikke"),
        (reverse("companies:assessment_list"), "Du har ikke adgang til siden"),
    ):
        page.goto(live_server.url + address)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        look(page)
        page.get_by_role("link", name="Gå til forsiden").click()
        expect(page.get_by_role("heading", name="Forside")).to_be_visible()


@pytest.mark.today("2026-03-02")
def test_no_role_is_explained(page, live_server, sign_in, user):
    membership = user.memberships.first()
    user.memberships.update(ends_on="2026-03-01")
    sign_in(membership)
    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="Du har ingen rolle i portalen")).to_be_visible()
    look(page)


@pytest.mark.parametrize("template", ["400.html", "405.html", "500.html", "503.html"])
def test_pages_that_stand_alone(page, live_server, template):
    """Served in place of the cookie page: the real ones cannot be asked for."""
    address = live_server.url + reverse("cookies")
    body = errors.standalone(template, 200).content
    page.route(address, lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page.goto(address)
    look(page)
    page.get_by_role("link", name="Gå til forsiden").click()
    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()
