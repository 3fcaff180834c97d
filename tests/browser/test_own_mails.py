"""Mine beskeder, as anybody meets it: by keyboard, without JavaScript, on any screen, and in English for students."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from laereplads.notifications import kinds
from laereplads.notifications.models import MailChoice, OutgoingMail, Reason, RefusedAddress
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import MembershipFactory
from tests.notifications.conftest import declared_kinds
from tests.notifications.kinds import NEWS, QUIET

__all__ = ["declared_kinds"]
pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "meget-langt-navn-paa-en-medarbejder.i-en-afdeling@en-meget-lang-kommune.example"


def look(page):
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
        assert_fits(page)


@pytest.fixture
def own():
    own = MembershipFactory(
        company_staff=True,
        is_user_administrator=True,
        company__name="Prøvekøbing Kommune",
        user__name="Lone Testsen",
        user__email=ADDRESS,
    )
    OutgoingMail.objects.create(
        kind=NEWS.name,
        user=own.user,
        organisation="Prøvekøbing Kommune",
        gave_up_at=timezone.now(),
        gave_up_because=Reason.UNKNOWN,
    )
    RefusedAddress.objects.create(user=own.user, address=ADDRESS)
    return own


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(True, id="script"),
        pytest.param(False, id="no script", marks=pytest.mark.browser_context_args(java_script_enabled=False)),
    ],
)
def test_mails_are_turned_on_and_off_with_the_keyboard_alone(page, live_server, sign_in, own, script):
    sign_in(own)
    page.goto(live_server.url)
    place = page.get_by_role("banner" if script else "contentinfo")
    place.get_by_role("link", name="Mine beskeder").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Mine beskeder")).to_be_visible()
    expect(page.get_by_role("heading", name="Kunne ikke leveres (1)")).to_be_visible()
    expect(page.get_by_text("Mailserveren kender ikke adressen", exact=False).last).to_be_visible()
    if script:
        look(page)

    page.get_by_role("button", name="Slå mine mails til igen").press("Enter")
    expect(page.get_by_text("Vi sender igen mails til din adresse.")).to_be_visible()
    expect(page.get_by_role("button", name="Slå mine mails til igen")).to_have_count(0)

    news, quiet = page.get_by_role("checkbox", name="Nyt om elever"), page.get_by_role("checkbox", name="Noget stille")
    expect(news).to_be_checked()
    expect(news).to_have_accessible_description("Hver mandag kl. 8.")
    expect(quiet).not_to_be_checked()
    news.press("Space")
    quiet.press("Space")
    page.get_by_role("button", name="Gem").press("Enter")

    expect(page.get_by_text("Dine valg er gemt.")).to_be_visible()
    expect(news).not_to_be_checked()
    expect(quiet).to_be_checked()
    if script:
        look(page)
    assert set(MailChoice.objects.values_list("kind", "is_on")) == {(NEWS.name, False), (QUIET.name, True)}


def test_a_student_reads_it_in_english(page, live_server, sign_in):
    sign_in(MembershipFactory(of_student=True))
    page.goto(live_server.url + "/beskeder/")
    page.get_by_role("button", name="English").click()

    expect(page.get_by_role("heading", level=1, name="My messages")).to_be_visible()
    expect(page.get_by_role("heading", name="Could not be delivered (0)")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_visible()


def test_who_has_nothing_to_choose_is_told_so(page, live_server, sign_in, monkeypatch):
    monkeypatch.setattr(kinds, "declared", lambda _module, _name: [])
    kinds.mail_kinds.cache_clear()
    sign_in(MembershipFactory(of_student=True, user__email=None))
    page.goto(live_server.url + "/beskeder/")

    expect(page.get_by_text("Der er ingen mails, du kan slå til eller fra.")).to_be_visible()
    expect(page.get_by_text("Derfor får du ingen mails.")).to_be_visible()
    look(page)


def test_it_is_printed_without_what_one_presses(page, live_server, sign_in, own):
    sign_in(own)
    page.goto(live_server.url + "/beskeder/")
    page.emulate_media(media="print")

    expect(page.get_by_role("banner").get_by_role("link", name="Mine beskeder")).to_be_hidden()
    assert_fits(page)
