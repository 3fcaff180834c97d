"""The administration in a browser: its strict content policy, keyboard and screen reader, and a narrow screen."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from laereplads.imports.roster.sample import SAMPLE_FILE
from laereplads.people.models import School, Student
from tests.accessibility import assert_accessible, assert_fits
from tests.delegation.test_import_users import SAMPLE as USERS_FILE
from tests.factories import AgreementFactory, CompanyFactory, MembershipFactory, StudentFactory
from tests.imports.organisations import company, file_of
from tests.imports.rosters import roster, row, sample_world

IMPORT, ORGANISATIONS = "Indlæs elever fra en fil", "Indlæs organisationer fra en fil"
USERS = "Inviter brugere fra en fil"


@pytest.fixture
def administrator(transactional_db):
    return MembershipFactory(administrator=True, user__name="Anders Administrator")


@pytest.fixture
def school(transactional_db) -> School:
    return sample_world()


@pytest.fixture
def site(page: Page, live_server, sign_in, administrator) -> Page:
    sign_in(administrator)
    page.goto(live_server.url + reverse("admin:index"))
    return page


def assert_good(page: Page, heading: str) -> None:
    """The page has come, is accessible, and no wider than the narrowest screen."""
    expect(page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()
    assert_accessible(page)
    wide = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 900})
    assert_fits(page)
    page.set_viewport_size(wide)


def test_the_way_in_is_the_portals_login(page, live_server, transactional_db):
    page.goto(live_server.url + reverse("admin:index"))

    expect(page).to_have_url(re.compile(reverse("account_login")))


@pytest.mark.today("2026-03-02")
def test_an_administrator_walks_through_the_administration(site):
    AgreementFactory(student__name="Åse Bro")
    expect(site.get_by_text("Logget ind: Anders Administrator, Administrator")).to_be_visible()
    assert_good(site, "Hvad vil du vedligeholde?")

    site.get_by_role("link", name="Elever", exact=True).click()
    site.get_by_role("textbox", name="Søg i elever").fill("aase")
    site.get_by_role("button", name="Søg").click()
    expect(site).to_have_url(re.compile("q=aase"))
    assert_good(site, "Elever")
    site.get_by_role("link", name="Åse Bro").click()
    assert_good(site, "Ret elev")

    site.get_by_role("textbox", name="Navn").fill("")
    site.get_by_role("button", name="Gem", exact=True).click()
    expect(site.get_by_text("Skriv navn.")).to_be_visible()
    assert_good(site, "Ret elev")
    site.get_by_role("textbox", name="Navn").fill("Åse Broholm")
    site.get_by_role("button", name="Gem og fortsæt").click()
    site.get_by_role("link", name="Historik").click()
    expect(site.get_by_role("row", name="Elevens oplysninger er ændret")).to_contain_text("navn")
    assert_good(site, "Historik for Åse Broholm")
    site.locator(".breadcrumbs a").first.click()
    site.get_by_role("link", name="Hændelser", exact=True).click()
    site.get_by_role("textbox", name="Søg i hændelser").fill("2.3.2026")
    site.get_by_role("button", name="Søg").click()
    expect(site.get_by_role("row", name="Elevens oplysninger er ændret")).to_contain_text("navn")
    assert_good(site, "Hændelser")
    site.set_viewport_size({"width": 320, "height": 900})
    assert site.get_by_role("textbox", name="Søg i hændelser").bounding_box()["width"] > 200
    site.get_by_role("link", name="Til portalens forside").click()
    expect(site.get_by_role("heading", level=1)).to_be_visible()


def test_a_user_gets_a_membership_by_search(site):
    MembershipFactory(school_staff=True, school__name="Næstby SOSU")
    site.get_by_role("row", name="Brugere").get_by_role("link", name="Tilføj").click()
    assert_good(site, "Tilføj bruger")
    site.get_by_role("textbox", name="Navn").fill("Pia Prøve")
    site.get_by_label("E-mailadresse").fill("pia@test.example")
    site.get_by_role("button", name="Gem", exact=True).click()
    expect(site.get_by_text("Linket er sendt til pia@test.example.")).to_be_visible()
    assert_good(site, "Ret bruger")

    site.get_by_role("link", name="Tilføj tilknytning").click()
    site.get_by_label("Rolle").select_option("Medarbejder på en skole")
    # The list of the browser's own has that name, too, until the script has put the search in its place.
    site.locator("span").and_(site.get_by_role("combobox", name="Skole")).click()
    site.get_by_role("searchbox", name="Skole").fill("naest")
    expect(site.get_by_role("option", name="Næstby SOSU")).to_be_visible()
    assert_accessible(site)
    site.get_by_role("option", name="Næstby SOSU").click()
    assert_accessible(site)
    site.get_by_role("button", name="Gem", exact=True).click()
    expect(site.get_by_role("row", name="Pia Prøve")).to_contain_text("Næstby SOSU")
    assert_good(site, "Tilknytninger")


@pytest.mark.parametrize(
    ("kind", "one"),
    [
        ("Arbejdssteder", "arbejdssted"),
        ("Skoler", "skole"),
        ("Uddannelser", "uddannelse"),
        ("Uddannelsesaftaler", "uddannelsesaftale"),
        ("Virksomheder", "virksomhed"),
    ],
)
def test_every_list_and_form_is_accessible(site, kind, one):
    AgreementFactory()
    site.get_by_role("row", name=kind, exact=False).get_by_role("link", name=kind, exact=True).click()
    assert_good(site, kind)
    site.get_by_role("link", name=f"Tilføj {one}").click()
    assert_good(site, f"Tilføj {one}")


def choose(page: Page, content: bytes, label: str = "Fil med elever") -> None:
    file = {"name": "elever.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label(label).set_input_files(file)
    page.get_by_role("button", name="Se, hvad der vil ske").click()


def test_a_roster_is_read_in_and_a_mistake_is_told(site, school):
    StudentFactory(school=school, name="Testelev Glemt")
    site.get_by_role("link", name="Elever", exact=True).click()
    site.get_by_role("link", name="Indlæs fra en fil").click()
    site.get_by_text("Sådan skal filen se ud").click()
    assert_good(site, IMPORT)

    site.get_by_label("Filen har alle skolens elever").check()
    choose(site, SAMPLE_FILE.read_bytes())
    expect(site.get_by_role("row", name="Elever")).to_contain_text("59")
    expect(site.get_by_text("Testelev Glemt")).to_be_visible()
    assert_good(site, IMPORT)
    site.get_by_role("button", name="Indlæs filen").click()
    expect(site.get_by_text("Filen er indlæst. Elever: 59 nye")).to_be_visible()
    assert_good(site, "Elever")
    assert Student.objects.count() == 60

    site.get_by_role("link", name="Indlæs fra en fil").click()
    choose(site, roster(row(foedselsdato="i går")))
    expect(site.get_by_role("heading", name="1 fejl skal rettes")).to_be_visible()
    expect(site.get_by_role("row", name="foedselsdato", exact=False).first).to_contain_text("er ikke en dato")
    assert_good(site, IMPORT)


def test_organisations_are_read_in_and_a_mistake_is_told(site):
    CompanyFactory(cvr="10000009", name="Gammel Kommune")
    site.get_by_role("row", name="Virksomheder", exact=False).get_by_role("link", name="Virksomheder").click()
    site.get_by_role("link", name="Indlæs fra en fil").click()
    site.get_by_text("Sådan skal filen se ud").click()
    assert_good(site, ORGANISATIONS)

    choose(site, file_of(company(), company(cvr="10000008")), "Fil med virksomheder, arbejdssteder eller skoler")
    expect(site.get_by_role("row", name="10000009 Åby Kommune").first).to_contain_text("Gammel Kommune")
    expect(site.get_by_role("row", name="er ikke et gyldigt CVR-nummer", exact=False)).to_be_visible()
    assert_good(site, ORGANISATIONS)
    site.get_by_role("button", name="Indlæs filen").click()
    expect(site.get_by_text("Virksomheder: 0 nye, 1 ændrede.")).to_be_visible()
    expect(site.get_by_text("1 række er udeladt")).to_be_visible()
    assert_good(site, "Virksomheder")


def test_users_are_invited_from_a_file_and_a_mistake_is_told(site, school):
    site.get_by_role("row", name="Brugere", exact=False).get_by_role("link", name="Brugere", exact=True).click()
    site.get_by_role("link", name="Inviter fra en fil").click()
    site.get_by_text("Sådan skal filen se ud").click()
    assert_good(site, USERS)

    choose(site, USERS_FILE.read_bytes() + b"Bo;bo;280001;school_staff;;\n", "Fil med brugere")
    expect(site.get_by_role("row", name="birgit.sandvang@fjordby.example")).to_contain_text("Ny invitation")
    expect(site.get_by_role("row", name="er ikke en e-mailadresse", exact=False)).to_be_visible()
    assert_good(site, USERS)
    site.get_by_role("button", name="Indlæs filen").click()
    expect(site.get_by_text("Brugere: 4 nye, 0 ændrede.")).to_be_visible()
    expect(site.get_by_text("1 række er udeladt")).to_be_visible()
    assert_good(site, "Brugere")


def test_the_import_works_without_javascript(site, browser, school):
    plain = browser.new_context(java_script_enabled=False, storage_state=site.context.storage_state())
    page = plain.new_page()
    page.goto(f"{site.url}people/student/indlaes/")

    choose(page, roster(row()))
    page.get_by_role("button", name="Indlæs filen").click()

    expect(page.get_by_text("Filen er indlæst. Elever: 1 nye")).to_be_visible()
    plain.close()


def test_the_log_of_readings_is_searched_and_read(site):
    student = AgreementFactory(student__name="Åse Bro").student
    site.goto(f"{site.url}people/student/{student.pk}/change/")
    site.get_by_role("link", name="Hvem har set oplysningerne").click()
    assert_good(site, "Visninger af elevdata")

    expect(site.get_by_role("row", name="Vedligeholdelse af elevers oplysninger")).to_contain_text(
        "Anders Administrator"
    )
    site.get_by_role("table").get_by_role("link").first.click()
    assert_good(site, "Vis visning af elevdata")
    expect(site.get_by_role("link", name=str(student.public_id))).to_be_visible()


# Links to add and to change, and whatever else stands by itself: 24 px at least, as WCAG 2.5.8 says. The marks of an
# order are smaller, and the column's heading does the same as they.
TOO_SMALL = """() => [...document.querySelectorAll("a[class], button, summary, input[type=submit], .breadcrumbs a")]
  .filter((each) => {
    const { width, height } = each.getBoundingClientRect();
    return width > 1 && Math.min(width, height) < 23.5 && !each.closest(".sortoptions");
  }).map((each) => each.outerHTML)"""
SCROLLS_WITHOUT_KEYBOARD = """() => [...document.querySelectorAll("*")].filter((each) =>
  each.scrollWidth > each.clientWidth && /auto|scroll/.test(getComputedStyle(each).overflowX) && each.tabIndex < 0
  && each !== document.documentElement && each !== document.body
).map((each) => each.outerHTML.slice(0, 200))"""


def test_every_page_on_a_narrow_screen(site):
    """Each list, form and history: what scrolls can be reached by keyboard, what is pressed is large enough."""
    AgreementFactory(student__name="Åse Bro")
    assert site.evaluate(TOO_SMALL) == []
    lists = site.locator("#content-main th a").evaluate_all("links => links.map(link => link.href)")
    site.set_viewport_size({"width": 320, "height": 900})
    assert len(lists) >= 12
    addresses = list(lists)
    for address in lists:
        site.goto(address)
        if (row := site.locator("#result_list tbody tr th a")).count():
            addresses.append(row.first.evaluate("link => link.href"))
    student = Student.objects.get()
    addresses.append(f"{site.url.partition('/admin/')[0]}/admin/people/student/{student.pk}/history/")
    for address in addresses:
        site.goto(address)
        assert site.evaluate(SCROLLS_WITHOUT_KEYBOARD) == [], address
        assert site.evaluate(TOO_SMALL) == [], address
        assert_accessible(site)


def test_no_title_names_anybody(site, administrator):
    """Titles stay in the browser's history, and in that of whoever synchronises it."""
    student = AgreementFactory(student__name="Åse Bro").student
    for address in (
        f"people/student/{student.pk}/change/",
        f"people/student/{student.pk}/history/",
        f"people/agreement/{student.agreements.get().pk}/change/",
        f"accounts/user/{administrator.user_id}/change/",
        f"accounts/user/{administrator.user_id}/history/",
        f"access/membership/{administrator.pk}/change/",
    ):
        site.goto(site.url.partition("/admin/")[0] + "/admin/" + address)
        assert not re.search("Åse|Bro|Anders", site.title()), site.title()
