"""Signing in with MitID Erhverv, MitID and Unilogin in a browser, against certified providers: in, out, and not in."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from laereplads.access.models import Membership
from laereplads.accounts.models import Identity, Session
from laereplads.accounts.sign_in import conversation, metadata
from laereplads.accounts.sign_in.claims import Level, Scheme
from laereplads.delegation import operations
from laereplads.delegation.models import AccessRequest, Invitation
from laereplads.demo import provider
from laereplads.demo.provider import Addresses, Person
from laereplads.notifications.models import OutgoingMail
from tests.accessibility import assert_for_everyone
from tests.factories import CompanyFactory, MembershipFactory, SchoolFactory, StudentFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page
    from pytest_django.live_server_helper import LiveServer

    from laereplads.accounts.models import User
    from laereplads.demo.provider import Provider

    type SignIn = Callable[[Membership], None]

NO_JAVASCRIPT = pytest.mark.browser_context_args(java_script_enabled=False)
COMPANY, SCHOOL = "99100028", "99200006"
BORN = datetime.date(2005, 8, 5)
BIRGIT = Person("birgit", Scheme.MITID_ERHVERV, "Birgit Holm", name="Birgit Holm", cvr=COMPANY)
NEW = Person("helle", Scheme.MITID_ERHVERV, "Helle Hjort", name="Helle Hjort", email="helle@test.example", cvr=COMPANY)
OUTSIDER = Person("ulrik", Scheme.MITID_ERHVERV, "Ulrik Udefra", name="Ulrik Udefra", cvr="99100036")
# One person, known at each of two employers.
LONE = tuple(
    Person(f"lone-{cvr}", Scheme.MITID_ERHVERV, f"Lone Bæk, {cvr}", name="Lone Bæk", cvr=cvr)
    for cvr in (COMPANY, SCHOOL)
)
AMINA = Person("amina", Scheme.MITID, "Amina Yilmaz", name="Amina Yilmaz", birth_date=BORN)
OLDER = Person("ole", Scheme.MITID, "Ole Ældre", name="Ole Ældre", birth_date=datetime.date(1999, 1, 1))
PUPIL = Person(
    "amin0012", Scheme.UNILOGIN, "Elev amin0012", uniid="amin0012", institution_numbers=("280001",), level=Level.LOW
)
UNKNOWN_PUPIL = Person("ukendt", Scheme.UNILOGIN, "Elev ukendt", uniid="ukendt00", institution_numbers=("280001",))
PEOPLE = (BIRGIT, NEW, OUTSIDER, *LONE, AMINA, OLDER, PUPIL, UNKNOWN_PUPIL)
WAYS = {
    Scheme.MITID_ERHVERV: "Log ind med MitID Erhverv (prøve)",
    Scheme.MITID: "Log ind med MitID (prøve)",
    Scheme.UNILOGIN: "Log ind med Unilogin (prøve)",
}


@pytest.fixture
def brokers(live_server: LiveServer, settings: Any) -> Iterator[Provider]:
    """Running, and never met before."""
    metadata.forget()
    conversation._resting.clear()
    # The providers reach out to no other host than this.
    loopback = live_server.url.replace("localhost", "127.0.0.1")
    addresses = {
        kind.key: Addresses(
            callback=live_server.url + reverse("sign_in_callback", args=[kind.key]),
            after_logout=live_server.url + reverse("account_login"),
            logged_out=loopback + reverse("sign_in_ended", args=[kind.key]),
        )
        for kind in provider.KINDS
    }
    with provider.start(PEOPLE, addresses) as running:
        settings.BROKERS = running.brokers()
        yield running


@pytest.fixture
def company(brokers: Provider) -> Any:
    return CompanyFactory(name="Fjordby Kommune", cvr=COMPANY)


@pytest.fixture
def birgit(brokers: Provider, company: Any) -> Membership:
    membership = MembershipFactory(company_staff=True, company=company, user__name="Birgit Holm")
    tie(brokers, membership.user, BIRGIT)
    return membership


def tie(brokers: Provider, user: User, person: Person) -> None:
    key = person.scheme.value.replace("_", "-")
    Identity.objects.create(
        user=user, scheme=person.scheme, issuer=brokers.issuer(key), subject=person.subject, cvr=person.cvr
    )


class Visitor:
    """Somebody with a browser, who uses the keyboard alone."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site

    def press(self, control: Locator) -> None:
        """Reach it from the page's top with the tabulator, as one who counts on the focus being seen."""
        expect(control).to_be_visible()
        for _ in range(40):
            self.page.keyboard.press("Tab")
            if control.evaluate("control => control === document.activeElement"):
                self.page.keyboard.press("Enter")
                return
        pytest.fail(f"{control} cannot be reached by keyboard")

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name, exact=True))

    def link(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=name, exact=True))

    def comes_to(self, heading: str) -> None:
        """Often over several pages of two servers."""
        expect(self.page.get_by_role("heading", name=heading, level=1)).to_be_visible(timeout=20_000)

    def looks_at(self, heading: str) -> None:
        self.comes_to(heading)
        assert_for_everyone(self.page)

    def go_to_broker(self, scheme: Scheme) -> None:
        self.page.goto(self.site + reverse("account_login"))
        self.button(WAYS[scheme])
        self.is_at_broker(scheme)

    def is_at_broker(self, scheme: Scheme) -> None:
        self.comes_to(WAYS[scheme].removeprefix("Log ind med "))

    def choose(self, person: Person) -> None:
        self.press(self.page.get_by_role("button", name=person.label))

    def sign_in(self, person: Person) -> None:
        self.go_to_broker(person.scheme)
        self.choose(person)

    def is_in(self, *, at: str = "") -> None:
        self.comes_to("Forside")
        if at:
            expect(self.page.get_by_role("banner")).to_contain_text(at)

    def is_out(self) -> None:
        self.comes_to("Log ind")
        assert not Session.objects.exclude(user=None).exists()

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)


@pytest.fixture
def visitor(page: Page, live_server: LiveServer, brokers: Provider) -> Visitor:
    return Visitor(page, live_server.url)


def test_the_ways_in_are_for_everyone(visitor: Visitor):
    visitor.page.goto(visitor.site + reverse("account_login"))
    visitor.looks_at("Log ind")


def test_an_employee_comes_in_and_goes_out_here_and_at_the_broker(
    visitor: Visitor, birgit: Membership, brokers: Provider
):
    visitor.sign_in(BIRGIT)
    visitor.is_in(at="Fjordby Kommune")

    visitor.button("Log af")

    visitor.is_out()
    # Nobody is logged in there, who could be logged out.
    visitor.page.goto(f"{brokers.issuer('mitid-erhverv')}/session/end")
    expect(visitor.page.get_by_role("heading", name="Du er logget ud")).to_be_visible()
    visitor.sign_in(BIRGIT)
    visitor.is_in(at="Fjordby Kommune")


@NO_JAVASCRIPT
def test_an_employee_comes_in_and_goes_out_without_javascript(page: Page, visitor: Visitor, birgit: Membership):
    page.goto(visitor.site + reverse("account_login"))
    page.get_by_role("button", name=WAYS[Scheme.MITID_ERHVERV]).click()
    page.get_by_role("button", name=BIRGIT.label).click()
    visitor.comes_to("Forside")
    page.get_by_role("button", name="Log af").click()
    page.get_by_role("button", name="Log ud").click()
    visitor.is_out()


def test_logout_at_the_broker_ends_the_session_here(visitor: Visitor, birgit: Membership, brokers: Provider):
    visitor.sign_in(BIRGIT)
    visitor.is_in()
    other = visitor.page.context.new_page()
    other.goto(f"{brokers.issuer('mitid-erhverv')}/session/end")
    other.get_by_role("heading", name="Du er logget ud").wait_for()
    other.close()

    visitor.page.reload()

    visitor.is_out()


def test_each_login_of_one_user_reaches_its_own_organisation(visitor: Visitor, brokers: Provider, company: Any):
    user = MembershipFactory(company_staff=True, company=company, user__name="Lone Bæk").user
    MembershipFactory(school_staff=True, user=user, school=SchoolFactory(name="SOSU Prøve", cvr=SCHOOL))
    for person, own, other in zip(
        LONE, ("Fjordby Kommune", "SOSU Prøve"), ("SOSU Prøve", "Fjordby Kommune"), strict=True
    ):
        tie(brokers, user, person)
        visitor.sign_in(person)
        visitor.is_in(at=own)
        expect(visitor.page.get_by_text(other)).to_have_count(0)
        expect(visitor.page.get_by_role("link", name="Skift rolle")).to_have_count(0)
        visitor.button("Log af")
        visitor.is_out()


def test_who_says_no_at_the_broker_is_led_back(visitor: Visitor, birgit: Membership):
    visitor.go_to_broker(Scheme.MITID_ERHVERV)
    visitor.button("Afbryd")
    visitor.looks_at("Du afbrød login")
    visitor.link("Gå til login")
    visitor.is_out()


def test_a_low_level_is_refused_and_a_higher_one_let_in(visitor: Visitor, birgit: Membership):
    visitor.go_to_broker(Scheme.MITID_ERHVERV)
    visitor.page.get_by_label("Log ind på et lavt sikringsniveau").press("Space")
    visitor.choose(BIRGIT)
    visitor.looks_at("Du kan ikke logge ind")
    expect(visitor.page.get_by_text("sikrere niveau")).to_be_visible()
    visitor.link("Gå til login")
    visitor.is_out()
    visitor.sign_in(BIRGIT)
    visitor.is_in()


@pytest.mark.parametrize(
    ("person", "words"), [(OUTSIDER, "Din arbejdsplads er ikke oprettet"), (UNKNOWN_PUPIL, "Bed skolen om en kode")]
)
def test_who_is_unknown_is_told_what_to_do(visitor: Visitor, company: Any, person: Person, words: str):
    visitor.sign_in(person)
    visitor.looks_at("Du kan ikke logge ind")
    expect(visitor.page.get_by_text(words)).to_be_visible()


def test_a_broker_that_is_away_is_said_and_others_go_on(visitor: Visitor, birgit: Membership, brokers: Provider):
    brokers.stop()
    visitor.page.goto(visitor.site + reverse("account_login"))
    with visitor.page.expect_response(lambda answer: "/log-ind/med/" in answer.url) as answer:
        visitor.button(WAYS[Scheme.MITID_ERHVERV])
    assert answer.value.status == 503
    visitor.looks_at("Login svarer ikke")
    visitor.link("Prøv igen")
    visitor.is_out()


@pytest.mark.parametrize("keep_old", [True, False])
def test_the_brokers_keys_are_changed_between_two_logins(
    visitor: Visitor, birgit: Membership, brokers: Provider, *, keep_old: bool
):
    for _time in range(2):
        visitor.sign_in(BIRGIT)
        visitor.is_in()
        visitor.button("Log af")
        visitor.is_out()
        brokers.rotate(keep_old=keep_old)


@pytest.fixture
def code(company: Any) -> str:
    """Of a letter to Amina Yilmaz."""
    own = MembershipFactory(school_staff=True, is_user_administrator=True, school__name="SOSU Prøve")
    student = StudentFactory(name="Amina Yilmaz", birth_date=BORN, school=own.school)
    return operations.invite_student(student, by=own)[1]


def test_a_student_comes_in_with_a_letters_code_and_mitid(visitor: Visitor, code: str):
    visitor.page.goto(visitor.site + reverse("account_login"))
    visitor.link("Har du fået en kode fra din skole?")
    visitor.looks_at("Brug din kode")
    visitor.type("Kode", "BCDF-GHJK-MNPQ")
    visitor.button("Fortsæt")
    expect(visitor.page.get_by_role("alert")).to_contain_text("Koden virker ikke")
    visitor.looks_at("Brug din kode")
    # As it is typed from paper.
    visitor.type("Kode", code.lower().replace("-", " "))
    visitor.page.get_by_label("Kode").press("Enter")
    visitor.looks_at("Velkommen til Min side")
    visitor.button(WAYS[Scheme.MITID])
    visitor.choose(AMINA)
    visitor.looks_at("Tag imod invitationen")
    expect(visitor.page.get_by_role("main")).to_contain_text("Amina Yilmaz")
    visitor.button("Ja, giv mig adgang")
    visitor.is_in()
    visitor.button("Log af")
    visitor.is_out()

    visitor.sign_in(AMINA)
    visitor.is_in()


def test_a_student_signs_in_first_and_types_the_code_then(visitor: Visitor, code: str):
    visitor.sign_in(AMINA)
    visitor.looks_at("Brug din kode")
    visitor.type("Kode", code)
    visitor.page.get_by_label("Kode").press("Enter")
    visitor.comes_to("Tag imod invitationen")
    visitor.button("Ja, giv mig adgang")
    visitor.is_in()


@NO_JAVASCRIPT
def test_a_student_comes_in_by_a_code_without_javascript(page: Page, visitor: Visitor, code: str):
    page.goto(visitor.site + reverse("invitation"))
    page.get_by_label("Kode").fill(code)
    page.get_by_role("button", name="Fortsæt").click()
    page.get_by_role("button", name=WAYS[Scheme.MITID]).click()
    page.get_by_role("button", name=AMINA.label).click()
    page.get_by_role("button", name="Ja, giv mig adgang").click()
    visitor.comes_to("Forside")


def test_a_code_is_of_no_use_to_who_was_born_on_another_day(visitor: Visitor, code: str):
    visitor.page.goto(visitor.site + reverse("invitation"))
    visitor.type("Kode", code)
    visitor.button("Fortsæt")
    visitor.button(WAYS[Scheme.MITID])
    visitor.choose(OLDER)
    visitor.looks_at("Invitationen kan ikke bruges")
    assert not Identity.objects.exists()
    visitor.link("Prøv igen")
    visitor.comes_to("Velkommen til Min side")
    visitor.button(WAYS[Scheme.MITID])
    visitor.choose(AMINA)
    visitor.looks_at("Tag imod invitationen")


def test_a_student_comes_in_by_unilogin(visitor: Visitor):
    StudentFactory(name="Amina Yilmaz", uniid="amin0012", school__institution_number="280001")
    visitor.sign_in(PUPIL)
    visitor.is_in()
    visitor.press(visitor.page.get_by_role("main").get_by_role("link", name="Min side", exact=True))
    visitor.comes_to("Min side")


def test_an_invitation_is_taken_by_the_link_of_its_mail(visitor: Visitor, birgit: Membership):
    operations.invite(birgit.company, name="Helle Hjort", email="helle@test.example", by=birgit)
    link = OutgoingMail.objects.get().link
    visitor.page.goto(visitor.site + link)
    visitor.looks_at("Fjordby Kommune inviterer dig")
    assert link not in visitor.page.url
    visitor.button(WAYS[Scheme.MITID_ERHVERV])
    visitor.choose(NEW)
    visitor.looks_at("Tag imod invitationen")
    assert not Membership.objects.filter(user__name="Helle Hjort").exists()
    visitor.button("Ja, giv mig adgang")
    visitor.is_in(at="Helle Hjort, Fjordby Kommune")

    visitor.page.goto(visitor.site + link)
    visitor.looks_at("Brug din kode")
    assert Invitation.objects.get().accepted_at


def test_an_invitation_is_nothing_to_another_organisations_employee(visitor: Visitor, birgit: Membership):
    operations.invite(birgit.company, name="Helle Hjort", email="helle@test.example", by=birgit)
    visitor.page.goto(visitor.site + OutgoingMail.objects.get().link)
    visitor.button(WAYS[Scheme.MITID_ERHVERV])
    visitor.choose(OUTSIDER)
    visitor.looks_at("Invitationen kan ikke bruges")
    expect(visitor.page.get_by_text("en anden organisation end Fjordby Kommune")).to_be_visible()


def test_access_is_asked_for_given_and_used(visitor: Visitor, birgit: Membership, sign_in: SignIn, page: Page):
    Membership.objects.filter(pk=birgit.pk).update(is_user_administrator=True)
    visitor.sign_in(NEW)
    visitor.looks_at("Bed om adgang")
    visitor.type("Din e-mailadresse", "ingen adresse")
    visitor.button("Bed om adgang")
    expect(page.get_by_role("alert")).to_be_visible()
    visitor.looks_at("Bed om adgang")
    visitor.type("Din e-mailadresse", "helle@test.example")
    visitor.button("Bed om adgang")
    visitor.looks_at("Anmodningen er sendt")
    visitor.sign_in(NEW)
    visitor.button("Bed om adgang")
    visitor.looks_at("Du har bedt om adgang")
    assert AccessRequest.objects.count() == 1

    sign_in(birgit)
    page.goto(visitor.site + reverse("user_list"))
    visitor.comes_to("Brugere")
    visitor.link("Svar Helle Hjort")
    visitor.comes_to("Helle Hjort beder om adgang")
    visitor.button("Giv adgang")
    visitor.comes_to("Brugere")
    visitor.button("Log af")
    visitor.comes_to("Log ind")

    visitor.sign_in(NEW)
    visitor.is_in(at="Helle Hjort, Fjordby Kommune")
