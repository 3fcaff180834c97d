"""Logging in and out, forgotten and changed passwords: no hint of who is known, no word of English."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "elleve små grise"
NEW_PASSWORD = "tolv store heste"

LOGIN, FORGOTTEN, CHANGE, LOGOUT = (
    reverse(name) for name in ("account_login", "account_reset_password", "account_change_password", "account_logout")
)


@pytest.fixture
def user():
    return MembershipFactory(company_staff=True, user__email="kendt@test.example", user__password=PASSWORD).user


def text(response):
    """What a reader sees: no tags, no tokens."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def log_in(client, email="kendt@test.example", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": email, "password": password, **more})


def test_the_right_password_leads_to_the_front_page(client, user):
    response = log_in(client)

    assert response.status_code == 302
    assert response.headers["Location"] == reverse("front_page")
    assert user.name in text(client.get("/"))


def test_capitals_in_the_address_do_not_matter(client, user):
    assert log_in(client, email=" Kendt@Test.example ").status_code == 302


def test_the_session_has_a_new_key_after_login(client, user):
    client.get(LOGIN)
    session = client.session
    session["før"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    log_in(client)

    assert client.session.session_key != session.session_key


def test_empty_fields_are_named_one_by_one(client):
    response = client.post(LOGIN, {})

    assert response.status_code == 422
    assert text(response).count("Skriv din e-mailadresse.") == 2  # in the summary and at the field
    assert text(response).count("Skriv din adgangskode.") == 2


def test_an_address_that_is_none_is_explained_and_kept(client):
    response = log_in(client, email="kirsten")

    assert response.status_code == 422
    assert "Skriv en e-mailadresse som navn@eksempel.dk." in text(response)
    assert 'value="kirsten"' in response.content.decode()


def test_wrong_password_and_unknown_address_are_answered_alike(client, user):
    known = log_in(client, password="forkert")
    unknown = log_in(Client(), email="ukendt@test.example", password="forkert")

    assert known.status_code == unknown.status_code == 422
    assert "E-mailadressen eller adgangskoden er forkert." in text(known)
    assert text(known) == text(unknown)


def test_the_password_is_never_sent_back(client, user):
    assert "forkert-kode" not in log_in(client, password="forkert-kode").content.decode()


def test_after_five_wrong_passwords_even_the_right_one_waits_five_minutes(client, user, frozen_clock):
    for _ in range(5):
        assert "forkert" in text(log_in(client, password="forkert"))

    refused = log_in(Client())

    assert refused.status_code == 422
    assert "Vent fem minutter, og prøv igen." in text(refused)
    frozen_clock.shift(5 * 60 + 1)
    assert log_in(client).status_code == 302


def test_guessing_at_many_addresses_is_stopped_too(client, user):
    answers = [log_in(client, email=f"gæt{n}@test.example", password="forkert").status_code for n in range(31)]

    assert answers[-1] == 429
    assert "Du har prøvet for mange gange" in text(log_in(client))


def test_the_counters_are_shared_by_all_workers():
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_login_never_leads_off_the_site(client, user, next_page):
    assert log_in(client, next=next_page).headers["Location"] == reverse("front_page")


def test_login_leads_to_the_page_that_was_asked_for(client, user):
    page = reverse("companies:assessment_list")
    asked = client.get(page)

    assert asked.headers["Location"] == f"{LOGIN}?next={page}"
    assert log_in(client, next=page).headers["Location"] == page


def test_who_is_logged_in_is_not_asked_again(client, user):
    client.force_login(user)
    assert client.get(LOGIN).headers["Location"] == reverse("front_page")


def test_a_closed_user_is_told_so_only_with_the_right_password(client, user):
    user.is_active = False
    user.save()

    assert text(log_in(client, password="forkert")) == text(log_in(client, "ukendt@test.example", "forkert"))
    assert log_in(client).headers["Location"] == reverse("account_inactive")
    assert "Din adgang er lukket" in text(client.get(reverse("account_inactive")))


def test_logging_out_takes_a_post(client, user):
    client.force_login(user)

    assert "Vil du logge af portalen?" in text(client.get(LOGOUT))
    assert client.get("/").status_code == 200

    assert client.post(LOGOUT).headers["Location"] == LOGIN
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("address", [LOGIN, LOGOUT, CHANGE, FORGOTTEN])
def test_other_methods_are_refused(client, user, address):
    client.force_login(user)
    assert client.put(address).status_code == 405
    assert client.delete(address).status_code == 405


@pytest.mark.parametrize("headers", [{"X-Requested-With": "XMLHttpRequest"}, {"Accept": "application/json"}])
def test_every_answer_is_a_page(client, headers):
    response = client.post(LOGIN, {}, headers=headers)

    assert response.status_code == 422
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


# Forgotten


def ask_for_a_link(client, email):
    response = client.post(FORGOTTEN, {"email": email}, follow=True)
    return response, mail.outbox[-1]


def link_in(message):
    return re.search(r"https?://testserver(/\S+)", message.body).group(1)


def test_known_and_unknown_addresses_are_answered_alike_and_both_get_a_mail(client, user):
    known, to_known = ask_for_a_link(client, "kendt@test.example")
    unknown, to_unknown = ask_for_a_link(Client(), "ukendt@test.example")

    assert text(known) == text(unknown)
    assert "Vi har sendt en mail" in text(known)
    assert to_known.to == ["kendt@test.example"]
    assert to_unknown.to == ["ukendt@test.example"]
    assert to_known.subject == to_unknown.subject == "Vælg en ny adgangskode"
    assert "hører ikke til en bruger" in to_unknown.body


def test_the_mail_leads_to_a_new_password(client, user):
    _page, message = ask_for_a_link(client, "kendt@test.example")
    form = client.get(link_in(message), follow=True)
    address = form.redirect_chain[-1][0]
    assert "set-password" in address  # the key is out of the address before anything is shown

    saved = client.post(address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, follow=True)

    assert "Din adgangskode er gemt" in text(saved)
    assert "Din adgangskode er skiftet" not in text(saved)
    assert log_in(Client()).status_code == 422
    assert log_in(Client(), password=NEW_PASSWORD).status_code == 302


def test_a_link_works_once(client, user):
    _page, message = ask_for_a_link(client, "kendt@test.example")
    address = client.get(link_in(message)).headers["Location"]
    client.post(address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    again = Client().get(link_in(message), follow=True)

    assert "Linket virker ikke længere." in text(again)


@pytest.mark.parametrize(
    "link", ["/adgangskode/ny/1/abc-def/", "/adgangskode/ny/zzz/set-password/", "/adgangskode/ny/æ/ø/"]
)
def test_a_link_that_was_never_sent_is_explained(client, link):
    assert "Linket virker ikke længere." in text(client.get(link))


def test_links_are_sent_five_times_a_minute_at_most(client, user):
    for _ in range(5):
        ask_for_a_link(client, "kendt@test.example")

    assert client.post(FORGOTTEN, {"email": "kendt@test.example"}).status_code == 429
    assert len(mail.outbox) == 5


def test_a_forgotten_address_is_asked_for(client):
    response = client.post(FORGOTTEN, {"email": ""})

    assert response.status_code == 422
    assert "Skriv din e-mailadresse." in text(response)


# Changed


NOT_HER = "Var det ikke dig, så vælg “Har du glemt din adgangskode?” på login-siden med det samme, og skriv til"


@pytest.mark.today("2026-03-02")
def test_a_changed_password_is_told_by_mail(client, user):
    log_in(client)
    change(client)

    (message,) = mail.outbox
    assert (message.to, message.subject) == (["kendt@test.example"], "Din adgangskode er ændret")
    assert "blev ændret den 2. marts 2026 kl. 09.00. Du har skiftet adgangskoden." in message.body
    assert NOT_HER in message.body
    # Nothing in it leads anywhere: a mail that looks like this one shall have nothing to copy.
    assert "http" not in message.body


def test_a_password_chosen_with_a_link_is_told_by_mail(client, user):
    _page, link = ask_for_a_link(client, "kendt@test.example")
    address = client.get(link_in(link)).headers["Location"]
    client.post(address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert mail.outbox[-1].to == ["kendt@test.example"]
    assert "Du har valgt adgangskoden med et link" in mail.outbox[-1].body
    assert len(mail.outbox) == 2


def test_a_password_that_did_not_change_is_not_told(client, user):
    log_in(client)
    change(client, oldpassword="forkert")

    assert mail.outbox == []


@pytest.mark.today("2026-03-02")
def test_a_student_is_told_in_english_if_that_is_what_she_reads(client):
    MembershipFactory(of_student=True, user__email="kendt@test.example", user__password=PASSWORD)
    client.post(reverse("choose_language"), {"language": "en"})
    log_in(client)
    change(client)

    assert mail.outbox[0].subject == "Your password has been changed"
    assert "was changed on 2 March 2026" in mail.outbox[0].body


def test_a_mail_server_that_is_away_undoes_no_change(client, user, monkeypatch, caplog):
    def is_away(*given):
        raise ConnectionRefusedError

    log_in(client)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", is_away)

    assert change(client).status_code == 302
    assert log_in(Client(), password=NEW_PASSWORD).status_code == 302
    assert f"mail about a change not sent: user {user.pk}" in caplog.messages


def change(client, **typed):
    return client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD, **typed})


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"oldpassword": ""}, "Skriv din nuværende adgangskode."),
        ({"oldpassword": "forkert"}, "Adgangskoden er forkert. Skriv den, du bruger nu."),
        ({"password1": ""}, "Skriv en ny adgangskode."),
        ({"password2": ""}, "Skriv den nye adgangskode igen."),
        ({"password2": "noget andet"}, "Du skal skrive den samme adgangskode hver gang."),
        ({"password1": "for kort"}, "Adgangskoden er for kort. Skriv mindst 12 tegn."),
        ({"password1": "password1234"}, "Mange bruger den samme adgangskode."),
        ({"password1": "Lærepladsportal2026"}, "Adgangskoden må ikke indeholde “lærepladsportal”."),
        ({"password1": "min egen SOSU skole"}, "Adgangskoden må ikke indeholde “sosu”."),
        ({"password1": "kendt@test.example"}, "Adgangskoden ligner dit navn eller din e-mailadresse."),
        ({"password1": "Grete Mortensen"}, "Adgangskoden ligner dit navn eller din e-mailadresse."),
    ],
)
def test_a_password_that_does_not_do_is_explained(client, user, typed, message):
    user.name = "Grete Mortensen"
    user.save()
    client.force_login(user)

    response = change(client, **typed)

    assert response.status_code == 422
    assert message in text(response)


def test_a_changed_password_keeps_this_session_and_ends_the_others(client, user):
    other = Client()
    for session in (client, other):
        log_in(session)

    response = change(client)

    assert response.headers["Location"] == reverse("front_page")
    assert "Din adgangskode er skiftet." in text(client.get("/"))
    assert other.get("/").status_code == 302


def test_the_footer_leads_to_the_change_of_password(client, user):
    client.force_login(user)
    assert CHANGE in client.get("/").content.decode()


def test_who_has_no_password_has_none_to_change(client):
    user = UserFactory()
    user.set_unusable_password()
    user.save()
    MembershipFactory(company_staff=True, user=user)
    client.force_login(user)

    assert client.get(CHANGE).status_code == 404
    assert CHANGE not in client.get("/").content.decode()


# All of them

ENGLISH = re.compile(
    r"\b(the|your|password|email|e-mail address|forgot|please|again|must|this|required|enter)\b", re.IGNORECASE
)


@pytest.mark.parametrize("address", [LOGIN, FORGOTTEN, CHANGE])
@pytest.mark.parametrize("typed", [None, {}, {"login": "x", "email": "x", "password": "x" * 5000, "password1": "a"}])
def test_no_page_speaks_english(client, user, address, typed):
    if address == CHANGE:
        client.force_login(user)

    response = client.get(address) if typed is None else client.post(address, typed)

    assert ENGLISH.findall(text(response).replace("English", "")) == []
    assert "placeholder" not in response.content.decode()


def test_a_mail_holds_no_english(client, user):
    for email in ("kendt@test.example", "ukendt@test.example"):
        _page, message = ask_for_a_link(client, email)
        assert ENGLISH.findall(re.sub(r"http\S+", "", message.body)) == []


@pytest.mark.parametrize(
    "address",
    [
        *(
            "adgangskode/ny/%20/x/",
            "adgangskode/ny/%ED%A0%80/x/",
            "adgangskode/ny/%20/%ED%A0%80/",
            "adgangskode/ny/²/x/",
        ),
        *("adgangskode/ny/1/%20/", "adgangskode/ny/1/%ED%A0%80/", "adgangskode/ny/1/%00/", "adgangskode/ny/1/x-y./"),
        *("e-mailadresse/ny/%20/", "e-mailadresse/ny/%ED%A0%80/", "e-mailadresse/ny/%00/", "e-mailadresse/ny/x./"),
    ],
)
def test_a_link_that_a_mail_program_broke_is_no_error(client, db, address):
    assert "Linket virker ikke længere" in client.get(f"/{address}").text
