"""The second step of logging in: required of administrators, offered to all, kept sealed."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from laereplads.access.auditing import SECOND_FACTOR_REMOVED
from laereplads.access.models import Membership
from laereplads.accounts.models import Session
from laereplads.accounts.urls import SECOND_FACTOR_PAGES
from laereplads.audit.actions import RECORD_ADDED, RECORD_REMOVED
from laereplads.audit.models import Event
from tests.factories import MembershipFactory
from tests.second_factor import app_of, code_of

pytestmark = pytest.mark.django_db

PASSWORD = "elleve små grise"
LOGIN, SECOND_STEP, INDEX, ADD_APP, REMOVE_APP, ADD_KEY, CODES, NEW_CODES, CONFIRM, CONFIRM_BY_CODE = (
    reverse(name)
    for name in (
        "account_login",
        "mfa_authenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "account_reauthenticate",
        "mfa_reauthenticate",
    )
)


@pytest.fixture
def administrator():
    return MembershipFactory(administrator=True, user__email="ida@test.example", user__password=PASSWORD).user


@pytest.fixture
def employee():
    return MembershipFactory(company_staff=True, user__email="ida@test.example", user__password=PASSWORD).user


def with_password(client=None, **more):
    client = client or Client()
    response = client.post(LOGIN, {"login": "ida@test.example", "password": PASSWORD, **more})
    return client, response


def confirmed(client):
    """Past "Bekræft, at det er dig", by password."""
    response = client.post(CONFIRM, {"password": PASSWORD, "next": INDEX})
    assert response.status_code == 302
    return client


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def secret_on(page):
    return re.search(r'<code class="secret">(\w+)</code>', page.content.decode()).group(1)


def add_app(client):
    """Through the pages; returns what the app shows."""
    secret = secret_on(client.get(ADD_APP))
    response = client.post(ADD_APP, {"code": code_of(secret)})
    assert response.headers["Location"] == CODES
    return lambda: code_of(secret)


# Logging in


def test_an_administrator_reaches_nothing_but_the_choice_of_a_second_factor(administrator):
    client, response = with_password()
    assert response.headers["Location"] == "/"

    everything = [
        "front_page",
        "choose_membership",
        "account_change_password",
        "admin:index",
        "admin:people_student_add",
    ]
    assert {client.get(reverse(page)).headers["Location"] for page in everything} == {INDEX}
    assert client.post(reverse("admin:accounts_user_add"), {"name": "x"}).headers["Location"] == INDEX
    assert "Du er administrator. Vælg en app eller en sikkerhedsnøgle" in text(client.get(INDEX))
    assert client.get(reverse("cookies")).status_code == 200
    assert client.post(reverse("account_logout")).headers["Location"] == LOGIN


def test_an_administrator_adds_an_app_and_goes_on(administrator):
    client, _response = with_password()
    assert client.get(ADD_APP).headers["Location"].startswith(CONFIRM)
    confirmed(client)

    app = add_app(client)

    assert "Nødkoder" in text(client.get(CODES))
    assert client.get(reverse("admin:index")).status_code == 200
    assert app()


def test_the_second_step_opens_what_the_password_alone_does_not(administrator, frozen_clock):
    app = app_of(administrator)
    client, response = with_password(next=reverse("admin:index"))
    assert response.headers["Location"] == SECOND_STEP
    assert client.get("/").headers["Location"].startswith(LOGIN)
    assert Session.objects.exclude(user=None).count() == 0

    wrong = client.post(SECOND_STEP, {"code": "000000"})
    assert wrong.status_code == 422
    assert "Koden er forkert. Prøv igen med en ny kode." in text(wrong)
    right = client.post(SECOND_STEP, {"code": app()})
    assert right.headers["Location"] == reverse("admin:index")
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_code_works_once(administrator):
    app = app_of(administrator)
    for expected in (302, 422):
        client, _response = with_password()
        assert client.post(SECOND_STEP, {"code": app()}).status_code == expected


def test_codes_are_guessed_five_times_at_most(administrator, frozen_clock):
    app = app_of(administrator)
    for _ in range(5):
        client, _response = with_password()
        assert "forkert" in text(client.post(SECOND_STEP, {"code": "000000"}))

    client, _response = with_password()
    assert "Vent fem minutter, og prøv igen." in text(client.post(SECOND_STEP, {"code": app()}))
    frozen_clock.shift(5 * 60 + 1)
    client, _response = with_password()
    assert client.post(SECOND_STEP, {"code": app()}).status_code == 302


def test_the_second_step_cannot_be_asked_for_first(administrator):
    app = app_of(administrator)

    for response in (Client().get(SECOND_STEP), Client().post(SECOND_STEP, {"code": app()})):
        assert response.headers["Location"] == LOGIN


def test_a_recovery_code_works_once(administrator):
    client, _response = with_password()
    add_app(confirmed(client))
    code = secret_on(client.get(CODES))

    for expected in (302, 422):
        client, _response = with_password()
        assert client.post(SECOND_STEP, {"code": code}).status_code == expected


# Choosing, and giving up


def test_everybody_may_choose_a_second_factor(employee):
    client, _response = with_password()
    assert client.get("/").status_code == 200
    add_app(confirmed(client))

    assert with_password()[1].headers["Location"] == SECOND_STEP


def test_a_wrong_code_adds_nothing_and_keeps_the_secret(employee):
    client, _response = with_password()
    confirmed(client)
    secret = secret_on(client.get(ADD_APP))

    wrong = client.post(ADD_APP, {"code": "000000"})

    assert wrong.status_code == 422
    assert secret_on(wrong) == secret
    assert "Koden er forkert." in text(wrong)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("change", ["add", "new codes", "remove"])
def test_a_change_of_factors_ends_all_sessions_but_this_one(employee, change):
    client, _response = with_password()
    confirmed(client)
    if change != "add":
        add_app(client)
    stolen = Client()
    stolen.force_login(employee)
    assert stolen.get("/").status_code == 200
    before = client.session.session_key

    match change:
        case "add":
            add_app(client)
        case "new codes":
            assert client.post(NEW_CODES).headers["Location"] == CODES
        case "remove":
            assert client.post(REMOVE_APP).headers["Location"] == INDEX

    assert client.get("/").status_code == 200
    assert client.session.session_key != before
    assert stolen.get("/").status_code == 302


def test_an_administrator_who_gives_up_her_last_factor_chooses_anew(administrator):
    client, _response = with_password()
    add_app(confirmed(client))
    client.post(REMOVE_APP)

    assert not Authenticator.objects.exists()
    assert client.get(reverse("admin:index")).headers["Location"] == INDEX


def test_who_is_at_an_open_screen_must_show_who_she_is_first(employee):
    add_app(confirmed(with_password()[0]))
    client = Client()
    client.force_login(employee)

    for page in (REMOVE_APP, ADD_KEY, CODES, NEW_CODES):
        assert client.get(page).headers["Location"].split("?")[0] in {CONFIRM, CONFIRM_BY_CODE}, page
        assert client.post(page).status_code in {302, 405}, page
    assert Authenticator.objects.count() == 2  # the app and the recovery codes


# What is kept


def test_secrets_are_sealed_and_closed_to_every_role(administrator, logged_in):
    client, _response = with_password()
    confirmed(client)
    secret = secret_on(client.get(ADD_APP))
    client.post(ADD_APP, {"code": code_of(secret)})

    with connection.cursor() as cursor:
        cursor.execute("select string_agg(data::text, ' ') from mfa_authenticator")
        assert secret not in cursor.fetchone()[0]
    for role in ("administrator", "company_staff", "school_staff", "of_student"):
        membership = MembershipFactory(**{role: True})
        with pytest.raises(DatabaseError), transaction.atomic(), membership.with_row_policies():
            list(Authenticator.objects.all())


def test_the_apps_page_names_the_portal_and_reaches_no_other_site(employee):
    client, _response = with_password()
    page = confirmed(client).get(ADD_APP)

    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert "http" not in re.sub(r'href="mailto[^"]*"', "", page.content.decode()).split("<main")[1]


# Lost


def test_another_administrator_removes_what_was_lost(administrator, logged_in):
    app_of(administrator)
    lost = Client()
    lost.force_login(administrator)
    helper = MembershipFactory(administrator=True)
    client = logged_in(helper)
    page = reverse("admin:accounts_user_change", args=[administrator.pk])
    remove = reverse("admin:accounts_user_remove_second_factor", args=[administrator.pk])
    assert remove in client.get(page).text

    response = client.post(remove, follow=True)

    assert "Andet trin er fjernet." in response.text
    assert [message.to for message in mail.outbox] == [["ida@test.example"]]
    assert "En administrator har fjernet det." in mail.outbox[0].body
    assert not Authenticator.objects.exists()
    assert lost.get("/").headers["Location"].startswith(LOGIN)
    event = Event.objects.get(action=SECOND_FACTOR_REMOVED)
    assert (event.object_id, event.actor) == (administrator.pk, helper.user)
    history = client.get(reverse("admin:accounts_user_history", args=[administrator.pk]))
    assert "Andet trin af login er fjernet" in history.text


def test_added_and_removed_factors_are_recorded_without_what_they_hold(employee):
    client, _response = with_password()
    add_app(confirmed(client))
    client.post(REMOVE_APP)

    events = Event.objects.filter(object_type="mfa.authenticator").order_by("id")
    assert {event.actor for event in events} == {employee}
    assert [(event.action, event.changes) for event in events] == [
        (RECORD_ADDED, {"user": [None, employee.pk], "type": [None, "totp"]}),
        (RECORD_ADDED, {"user": [None, employee.pk], "type": [None, "recovery_codes"]}),
        (RECORD_REMOVED, {}),
        (RECORD_REMOVED, {}),
    ]


def test_who_has_chosen_no_role_yet_is_named_all_the_same(employee):
    MembershipFactory(school_staff=True, user=employee)
    client, _response = with_password()
    add_app(confirmed(client))

    assert {event.actor for event in Event.objects.filter(object_type="mfa.authenticator")} == {employee}


@pytest.mark.today("2026-03-02")
@pytest.mark.django_db(transaction=True)
def test_every_change_of_factors_is_told_by_mail(employee):
    """In transactions that end: allauth tells of most changes when they are saved for good."""
    client, _response = with_password()
    add_app(confirmed(client))
    client.post(NEW_CODES)
    client.post(REMOVE_APP)

    told = ["Du har tilføjet en app.", "Du har fået nye nødkoder.", "Du har fjernet appen."]
    assert [message.subject for message in mail.outbox] == ["Dit andet trin er ændret"] * len(told)
    assert [message.to for message in mail.outbox] == [["ida@test.example"]] * len(told)
    for words, message in zip(told, mail.outbox, strict=True):
        assert f"blev ændret den 2. marts 2026 kl. 09.00. {words}" in message.body
        assert "http" not in message.body


def test_nobody_removes_her_own_in_the_administration(logged_in):
    own = MembershipFactory(administrator=True)
    app_of(own.user)
    remove = reverse("admin:accounts_user_remove_second_factor", args=[own.user_id])
    client = logged_in(own)

    assert client.post(remove).status_code == 403
    assert client.get(remove).status_code == 405
    assert Authenticator.objects.exists()


@pytest.mark.parametrize("role", ["company_staff", "school_staff", "of_student"])
def test_no_other_role_removes_anybodys(administrator, logged_in, role):
    app_of(administrator)
    remove = reverse("admin:accounts_user_remove_second_factor", args=[administrator.pk])

    assert logged_in(MembershipFactory(**{role: True})).post(remove).status_code == 403
    assert Authenticator.objects.exists()


def test_who_becomes_an_administrator_is_asked_at_once(employee):
    client, _response = with_password()
    Membership.objects.create(user=employee, role="administrator")

    assert client.get("/").headers["Location"].startswith(LOGIN)
    client, _response = with_password()
    assert client.get("/").headers["Location"] == INDEX


ENGLISH = re.compile(r"\b(the|your|code|security|key|authenticator|please|enter|master)\b", re.IGNORECASE)


@pytest.mark.parametrize("has_app", [False, True])
def test_no_page_speaks_english(employee, has_app):
    client, _response = with_password()
    confirmed(client)
    if has_app:
        add_app(client)
    for name in SECOND_FACTOR_PAGES:
        if name != "mfa_remove_webauthn":
            for response in (
                client.get(reverse(name), follow=True),
                client.post(reverse(name), {"name": "", "code": ""}),
            ):
                words = text(response).replace("English", "").replace("Microsoft Authenticator", "")
                assert ENGLISH.findall(words.replace("Google Authenticator", "")) == [], name
