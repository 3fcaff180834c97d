"""A form that comes after the end of its session: nothing typed is lost, and nobody else gets it."""

import html
import json
import re

import pytest
from django.conf import settings
from django.forms import DateField, TextInput
from django.test import Client
from django.urls import reverse

from companies.rejection_forms import RejectionForm
from companies.rejection_views import REPETITION
from laereplads.accounts.models import Session
from laereplads.accounts.pending_forms import SESSION_KEY, opened
from laereplads.accounts.sessions import SessionStore
from laereplads.people.models import School
from risk.models import RiskAssessment
from tests.factories import AgreementFactory, MembershipFactory
from tests.second_factor import app_of

pytestmark = pytest.mark.django_db

PASSWORD = "elleve små grise"
LOGIN, KEPT, LEFT = (reverse(name) for name in ("account_login", "account_kept", "account_time_left"))
HALF_AN_HOUR = 30 * 60 + 1


@pytest.fixture
def membership():
    return MembershipFactory(company_staff=True, user__email="else@test.example", user__password=PASSWORD)


@pytest.fixture
def address(membership):
    agreement = AgreementFactory(company=membership.company)
    return reverse("companies:assessment_update", args=[agreement.public_id])


def log_in(client, email="else@test.example", **more):
    return client.post(LOGIN, {"login": email, "password": PASSWORD, **more})


def field(page, name):
    main = page.content.decode().partition("<main")[2]
    found = re.search(rf'name="{name}" value="([^"]*)"', main)
    return html.unescape(found.group(1)) if found else None


@pytest.fixture
def late(membership, address, frozen_clock):
    """A browser whose form came too late, and the answer."""
    client = Client()
    log_in(client)
    frozen_clock.shift(HALF_AN_HOUR)
    return client, client.post(address, {"level": "high", "seen": "0"})


def logged_in_again(late, **more):
    client, page = late
    return client, log_in(client, kept=field(page, "kept"), next=field(page, "next"), **more)


def test_the_login_page_comes_with_what_was_typed(late):
    _client, page = late

    assert page.status_code == 403
    assert "Log ind igen, så følger det, du skrev, med." in page.content.decode()
    assert not RiskAssessment.objects.exists()
    assert "high" not in page.content.decode()  # sealed: the next at this screen may be somebody else


def test_what_is_sent_after_logging_out_is_said_to_be_lost(membership, address):
    client = Client()

    page = client.post(address, {"level": "high", "seen": "0"}, follow=True)

    assert page.redirect_chain == [(f"{LOGIN}?next={address}", 302)]
    assert "Du er logget af, så det sidste blev ikke gemt. Log ind, og prøv igen." in page.content.decode()
    assert not RiskAssessment.objects.exists()


def test_after_the_login_it_is_sent_with_one_button(late, address):
    client, response = logged_in_again(late)
    assert response.headers["Location"] == KEPT
    page = client.get(KEPT)

    assert f'action="{address}"' in page.content.decode()
    assert (field(page, "level"), field(page, "seen")) == ("high", "0")
    assert not RiskAssessment.objects.exists()
    assert client.post(address, {"level": field(page, "level"), "seen": field(page, "seen")}).status_code == 302
    assert RiskAssessment.objects.get().level == "high"


def test_a_wrong_password_loses_nothing(late):
    client, page = late
    again = client.post(
        LOGIN, {"login": "else@test.example", "password": "x", "kept": field(page, "kept"), "next": KEPT}
    )

    assert again.status_code == 422
    assert field(again, "kept") == field(page, "kept")
    assert field(again, "next") == KEPT


def test_nobody_else_gets_it(late):
    MembershipFactory(company_staff=True, user__email="kim@test.example", user__password=PASSWORD)
    client, page = late
    log_in(client, "kim@test.example", kept=field(page, "kept"), next=KEPT)

    shown = client.get(KEPT).content.decode()

    assert "Der er intet at gemme" in shown
    assert "high" not in shown


@pytest.mark.parametrize("kept", ["", "x", "gAAAAA", "æ"])
def test_what_nobody_sealed_is_not_opened(membership, kept):
    client = Client()
    log_in(client, kept=kept, next=KEPT)

    assert "Der er intet at gemme" in client.get(KEPT).content.decode()


def test_it_waits_half_an_hour_for_the_login(late, frozen_clock):
    frozen_clock.shift(HALF_AN_HOUR)
    client, _response = logged_in_again(late)

    assert "Der er intet at gemme" in client.get(KEPT).content.decode()


def test_the_database_holds_it_sealed_at_most(late):
    logged_in_again(late)

    for row in Session.objects.all():
        assert "high" not in json.dumps(SessionStore().decode(row.session_data))


def test_an_htmx_form_gets_the_same_page(membership, address, frozen_clock):
    client = Client()
    log_in(client)
    frozen_clock.shift(HALF_AN_HOUR)
    page = client.post(address, {"level": "high", "seen": "0"}, headers={"HX-Request": "true"})

    assert page.status_code == 403  # the script puts the whole page where the old one was
    assert field(page, "kept")


def test_an_administrators_form_comes_along_over_both_steps(frozen_clock, logged_in):
    membership = MembershipFactory(administrator=True, user__email="else@test.example", user__password=PASSWORD)
    app = app_of(membership.user)
    client = logged_in(membership)
    frozen_clock.shift(HALF_AN_HOUR)
    form = {"name": "SOSU Ny <b>", "institution_number": "123456"}
    page = client.post(reverse("admin:people_school_add"), form)
    assert page.status_code == 403

    client, response = logged_in_again((client, page))
    assert response.headers["Location"] == reverse("mfa_authenticate")
    response = client.post(response.headers["Location"], {"code": app()})
    assert response.headers["Location"] == KEPT
    assert field(client.get(KEPT), "name") == "SOSU Ny <b>"
    assert not School.objects.filter(institution_number="123456").exists()


def test_another_page_opened_meanwhile_takes_nothing_away(membership, address, frozen_clock):
    client = Client()
    log_in(client)
    frozen_clock.shift(HALF_AN_HOUR)
    for page in ("/", LOGIN, LEFT):
        client.get(page)

    assert field(client.post(address, {"level": "high", "seen": "0"}), "kept")


@pytest.mark.parametrize("who", ["nobody", "logged out", "rights changed", "made up"])
def test_without_a_session_that_ended_by_itself_nothing_is_kept(membership, address, who):
    client = Client()
    match who:
        case "logged out":
            log_in(client)
            key = client.session.session_key
            client.post(reverse("account_logout"))
            client.cookies[settings.SESSION_COOKIE_NAME] = key
        case "rights changed":
            log_in(client)
            MembershipFactory(school_staff=True, user=membership.user)
        case "made up":
            client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32

    response = client.post(address, {"level": "high", "seen": "0"})

    assert response.status_code == 302
    assert response.headers["Location"].startswith(LOGIN)


def test_a_password_is_not_kept(membership, frozen_clock):
    client = Client()
    log_in(client)
    frozen_clock.shift(HALF_AN_HOUR)
    response = client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "x"})

    assert response.status_code == 302


def test_what_is_too_long_for_a_page_is_not_kept_and_the_login_leads_back(membership, address, frozen_clock):
    client = Client()
    log_in(client)
    frozen_clock.shift(HALF_AN_HOUR)
    page = client.post(address, {"level": "x" * 100_001})

    assert field(page, "kept") is None
    assert field(page, "next") == address


# The warning


def test_asking_for_the_time_is_no_activity(membership, frozen_clock):
    client = Client()
    log_in(client)
    client.get("/")
    assert client.get(LEFT).json()["left"] > 1700
    for _minute in range(29):
        frozen_clock.shift(60)
        left = client.get(LEFT).json()["left"]
    assert 50 < left <= 60
    frozen_clock.shift(61)
    assert client.get(LEFT).json() == {"left": 0, "atMost": 0}


def test_staying_logged_in_is_activity_up_to_eight_hours(membership, frozen_clock):
    client = Client()
    log_in(client)
    for _ in range(19):
        frozen_clock.shift(25 * 60)
        assert client.post(LEFT).json()["left"] > 0
    assert client.get(LEFT).json()["left"] == client.get(LEFT).json()["atMost"] < 6 * 60
    frozen_clock.shift(5 * 60)
    assert client.post(LEFT).json() == {"left": 0, "atMost": 0}


def test_the_page_carries_the_time_and_who_is_not_logged_in_gets_no_warning(membership):
    client = Client()
    assert "session-watch" not in client.get(LOGIN).content.decode()
    log_in(client)
    page = client.get("/").content.decode()

    assert re.search(r'data-left="1(800|799|798|797)" data-at-most="28\d\d\d"', page)
    assert "Du bliver logget af, når du ikke har hentet en side i 30 minutter." in page


def kept_anywhere(page, user):
    """What the sealed form in the page holds, and what every session does, as text."""
    held = opened(field(page, "kept"), user)
    return [repr(held), *(repr(SessionStore().decode(row.session_data)) for row in Session.objects.all())]


def test_an_applicant_is_kept_nowhere_and_asked_again(membership, frozen_clock):
    """In every field of the form in which somebody could stand, and what recognises her."""
    create, texts = reverse("companies:rejection_create"), RejectionForm().fields
    free = [
        name for name, each in texts.items() if isinstance(each.widget, TextInput) and not isinstance(each, DateField)
    ]
    assert free
    free += [f"{free[0]}_2", REPETITION]
    client = Client()
    log_in(client)
    frozen_clock.shift(HALF_AN_HOUR)
    page = client.post(
        create, {**dict.fromkeys(free, "Kim Prøve 12345678"), "education": "sosuh", "given_on": "2.3.2026"}
    )

    assert "sosuh" in kept_anywhere(page, membership.user)[0]
    client, response = logged_in_again((client, page))
    shown = client.get(response.headers["Location"])
    fields = {name: field(shown, name) for name in ("education", "given_on", *free)}
    assert fields == {**dict.fromkeys(free), "education": "sosuh", "given_on": "2.3.2026"}
    assert [text for text in kept_anywhere(page, membership.user) if "Kim" in text or "12345678" in text] == []
    again = client.post(create, {"education": "sosuh", "given_on": "2.3.2026"})
    assert (again.status_code, again.context["form"].has_error("applicant_name")) == (422, True)


def test_what_was_kept_is_gone_when_a_form_is_sent(late, address):
    client, response = logged_in_again(late)
    client.get(response.headers["Location"])
    assert any(SESSION_KEY in SessionStore().decode(row.session_data) for row in Session.objects.all())

    client.post(address, {"level": "high", "seen": "0"})

    assert not any(SESSION_KEY in SessionStore().decode(row.session_data) for row in Session.objects.all())
