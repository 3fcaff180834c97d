"""Brugere in a browser: inviting, changing, ending and confirming, by the keyboard and without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from laereplads.access.models import Membership
from laereplads.delegation import confirmations
from laereplads.delegation.models import Invitation
from laereplads.delegation.operations import invite_student
from laereplads.people.models import Student
from tests.accessibility import assert_accessible, assert_fits, assert_for_everyone
from tests.factories import (
    AccessRequestFactory,
    InvitationFactory,
    MembershipFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page
    from pytest_django.live_server_helper import LiveServer

    type SignIn = Callable[[Membership], None]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today("2026-03-02")]
NO_JAVASCRIPT = pytest.mark.browser_context_args(java_script_enabled=False)
LONG_NAME = "Anne-Margrethe Kjærgaard Mortensen-Vestergaard"
LONG_ADDRESS = "anne-margrethe.kjaergaard.mortensen-vestergaard@social-og-sundhed.fjordby-kommune.example"


@pytest.fixture
def own(live_server: LiveServer) -> Membership:
    """A municipality's, with a colleague and a workplace."""
    own = MembershipFactory(
        company_staff=True,
        is_user_administrator=True,
        company__name="Fjordby Kommune",
        user__name="Birgit Holm",
        user__email="birgit@test.example",
    )
    WorkplaceFactory(company=own.company, name="Plejecenter Solgården")
    MembershipFactory(company_staff=True, company=own.company, user__name=LONG_NAME, user__email=LONG_ADDRESS)
    return own


@pytest.fixture
def of_school(live_server: LiveServer) -> Membership:
    own = MembershipFactory(
        school_staff=True, is_user_administrator=True, school__name="SOSU Prøve", user__name="Jens Kjær"
    )
    for name in ("Amina Yilmaz", "Bo Prøvesen", "Christoffer-Emil Bang Rosenkrantz Nørgaard"):
        StudentFactory(name=name, school=own.school)
    return own


class Users:
    """The pages under Brugere, by the keyboard or by the mouse."""

    def __init__(self, page: Page, site: str, *, by_keyboard: bool = True) -> None:
        self.page = page
        self.site = site
        self.by_keyboard = by_keyboard

    def press(self, control: Locator, key: str = "Enter") -> None:
        expect(control).to_be_visible()
        if not self.by_keyboard:
            control.click()
            return
        for _ in range(60):
            if control.evaluate("control => control === document.activeElement"):
                self.page.keyboard.press(key)
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"{control} cannot be reached by keyboard")

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name, exact=True))

    def link(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=name, exact=True).first)

    def tick(self, name: str) -> None:
        self.press(self.page.get_by_label(name, exact=True), "Space")

    def open(self, name: str = "user_list") -> None:
        self.page.goto(self.site + reverse(name))

    def comes_to(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", name=heading, level=1)).to_be_visible()

    def looks_at(self, heading: str) -> None:
        self.comes_to(heading)
        # Without JavaScript the page is the same.
        if self.by_keyboard:
            assert_for_everyone(self.page)

    def says(self, words: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(words)


BY = [pytest.param(True, id="keyboard"), pytest.param(False, id="no-javascript", marks=NO_JAVASCRIPT)]


@pytest.fixture
def users(page: Page, live_server: LiveServer, request: pytest.FixtureRequest) -> Users:
    return Users(page, live_server.url, by_keyboard=getattr(request, "param", True))


def test_a_list_of_everything_is_for_everyone(users: Users, sign_in: SignIn, own: Membership):
    place = own.company.workplaces.get()
    MembershipFactory(company_staff=True, company=own.company, workplace=place, ends_on=days_from_today(3))
    AccessRequestFactory(company=own.company, name="", email=LONG_ADDRESS)
    InvitationFactory(company=own.company, name=LONG_NAME, email=LONG_ADDRESS, workplace=place)
    InvitationFactory(company=own.company, expires_at="2026-02-01T12:00:00Z")
    confirmations.open_confirmation(own.company, on=days_from_today(0))
    sign_in(own)
    users.open()
    users.looks_at("Brugere")
    expect(users.page.get_by_role("table", name="3 har adgang").get_by_role("row")).to_have_count(4)


def test_a_list_of_oneself_alone_is_for_everyone(users: Users, sign_in: SignIn):
    sign_in(MembershipFactory(school_staff=True, is_user_administrator=True))
    users.open()
    users.looks_at("Brugere")
    users.open("student_codes")
    users.looks_at("Koder til elever")
    users.open("user_confirmation")
    users.looks_at("Årlig bekræftelse")


@pytest.mark.parametrize("users", BY, indirect=True)
def test_many_are_invited_after_a_look_at_them(users: Users, sign_in: SignIn, own: Membership):
    sign_in(own)
    users.open()
    users.link("Inviter")
    users.looks_at("Inviter brugere")
    users.button("Se, hvem der bliver inviteret")
    users.says("Skriv mindst ét navn")
    users.looks_at("Inviter brugere")
    lines = (
        "Karin Vester; karin@test.example",
        f"{LONG_NAME} Junior; junior.{LONG_ADDRESS}",
        "uden adresse",
        "Birgit Holm; birgit@test.example",
    )
    users.page.get_by_label("Navne og e-mailadresser").fill("\n".join(lines))
    users.tick("Brugeradministrator")
    users.button("Se, hvem der bliver inviteret")
    users.looks_at("Tjek invitationerne")
    users.says("2 personer bliver inviteret")
    users.says("2 linjer bliver sprunget over")
    assert not Invitation.objects.exists()
    users.button("Inviter 2 personer")
    users.comes_to("Brugere")
    users.says("2 personer er inviteret.")
    assert Invitation.objects.filter(is_user_administrator=True).count() == 2


def test_people_are_invited_from_a_file(users: Users, sign_in: SignIn, own: Membership, tmp_path: Path):
    file = tmp_path / "nye.csv"
    file.write_text("Navn;E-mail\nSøren Dam;soeren@test.example\n", encoding="cp1252")
    sign_in(own)
    users.open("user_invite")
    users.page.get_by_label("Eller en CSV-fil").set_input_files(file)
    users.button("Se, hvem der bliver inviteret")
    users.says("Søren Dam")
    users.button("Inviter 1 person")
    users.comes_to("Brugere")
    assert Invitation.objects.get().name == "Søren Dam"


@pytest.mark.parametrize("users", BY, indirect=True)
def test_an_invitation_is_sent_again_and_taken_back(users: Users, sign_in: SignIn, own: Membership):
    InvitationFactory(company=own.company, name="Karin Vester")
    sign_in(own)
    users.open()
    users.button("Send igen til Karin Vester")
    users.says("Invitationen er sendt igen")
    users.button("Træk tilbage: Karin Vester")
    users.says("Invitationen er trukket tilbage")
    assert not Invitation.objects.open().exists()


@pytest.mark.parametrize("users", BY, indirect=True)
def test_what_somebody_may_is_changed(users: Users, sign_in: SignIn, own: Membership):
    sign_in(own)
    users.open()
    users.link(LONG_NAME)
    users.looks_at(LONG_NAME)
    users.tick("Brugeradministrator")
    users.page.get_by_label("Arbejdssted").select_option("Plejecenter Solgården")
    users.button("Gem")
    users.comes_to("Brugere")
    users.says("Kun Plejecenter Solgården")
    changed = Membership.objects.get(user__name=LONG_NAME)
    assert (changed.is_user_administrator, changed.workplace.name) == (True, "Plejecenter Solgården")


@pytest.mark.parametrize("users", BY, indirect=True)
def test_access_ends_on_a_day(users: Users, sign_in: SignIn, own: Membership):
    sign_in(own)
    users.open()
    users.link(LONG_NAME)
    users.page.get_by_label("Sidste dag med adgang").fill("1.1.2020")
    users.button("Afslut adgangen")
    users.says("i dag eller en senere dag")
    users.looks_at(LONG_NAME)
    users.page.get_by_label("Sidste dag med adgang").fill("31.03.2026")
    users.button("Afslut adgangen")
    users.comes_to("Brugere")
    users.says("Slutter 31.03.2026")


def test_ones_own_page_says_who_can_change_it(users: Users, sign_in: SignIn, own: Membership):
    sign_in(own)
    users.open()
    users.link("Birgit Holm")
    users.looks_at("Birgit Holm")
    expect(users.page.get_by_role("main").get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("users", BY, indirect=True)
def test_a_request_is_refused(users: Users, sign_in: SignIn, own: Membership):
    asked = AccessRequestFactory(company=own.company, name="Helle Hjort")
    sign_in(own)
    users.open()
    users.link("Svar Helle Hjort")
    users.looks_at("Helle Hjort beder om adgang")
    users.button("Sig nej")
    users.comes_to("Brugere")
    users.page.goto(users.site + reverse("request_detail", args=[asked.public_id]))
    users.looks_at("Helle Hjort beder om adgang")
    users.says("Der er svaret på anmodningen.")


@pytest.mark.parametrize("users", BY, indirect=True)
def test_the_yearly_confirmation_is_answered_name_by_name(users: Users, sign_in: SignIn, own: Membership):
    stays = Membership.objects.get(user__name=LONG_NAME)
    goes = MembershipFactory(company_staff=True, company=own.company, user__name="Tage Tidligere")
    confirmations.open_confirmation(own.company, on=days_from_today(-10))
    sign_in(own)
    users.open()
    users.says("2 brugere mangler svar")
    users.link("Bekræft brugerne")
    users.looks_at("Årlig bekræftelse")
    users.button("Gem svarene")
    users.says("Vælg ja eller nej for mindst én person.")
    users.looks_at("Årlig bekræftelse")
    for name, answer in ((LONG_NAME, "Ja"), ("Tage Tidligere", "Nej")):
        choice = users.page.get_by_role("group", name=name).get_by_role("radio", name=answer)
        users.press(choice, "Space") if answer == "Ja" or not users.by_keyboard else choice.press("Space")
    users.button("Gem svarene")
    users.says("2 svar er gemt.")
    users.looks_at("Årlig bekræftelse")
    stays.refresh_from_db()
    goes.refresh_from_db()
    assert (stays.confirmed_on, stays.ends_on) == (days_from_today(0), None)
    assert goes.ends_on == days_from_today(0)


@pytest.mark.parametrize("users", BY, indirect=True)
def test_letters_are_made_for_the_students_that_are_chosen(users: Users, sign_in: SignIn, of_school: Membership):
    sign_in(of_school)
    users.open()
    users.link("Koder til elever")
    users.looks_at("Koder til elever")
    users.button("Lav breve til de valgte")
    expect(users.page.get_by_text("Vælg mindst én elev.")).to_be_visible()
    users.tick("Amina Yilmaz")
    users.tick("Bo Prøvesen")
    users.button("Lav breve til de valgte")
    users.looks_at("Breve til elever")
    expect(users.page.get_by_role("article")).to_have_count(2)
    assert Invitation.objects.count() == 2
    users.open("student_codes")
    users.page.get_by_label("Navn").fill("christoffer")
    users.button("Vis")
    users.says("1 elev uden adgang")
    users.looks_at("Koder til elever")
    users.button("Lav brev til den ene")
    expect(users.page.get_by_role("article")).to_have_count(1)


def test_each_letter_is_printed_on_a_sheet_of_its_own(users: Users, sign_in: SignIn, of_school: Membership):
    """One page for each student, and nothing on it but the letter."""
    page = users.page
    invite_student(Student.objects.get(name="Amina Yilmaz"), by=of_school)
    sign_in(of_school)
    users.open("student_codes")
    users.button("Lav breve til alle 3")
    page.emulate_media(media="print")
    for hidden in (
        page.get_by_role("banner"),
        page.get_by_role("navigation"),
        page.get_by_role("contentinfo"),
        page.get_by_role("heading", level=1),
    ):
        for each in hidden.all():
            expect(each).to_be_hidden()
    page.set_viewport_size({"width": 718, "height": 900})
    assert_fits(page)
    assert_accessible(page, but_for="page-has-heading-one")
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 3
