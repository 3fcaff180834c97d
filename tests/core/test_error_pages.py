"""Each error has a page in Danish with a way on; two of them need neither database nor login."""

import re

import psycopg
import pytest
from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.test import Client, override_settings
from django.urls import reverse

from laereplads.web import errors
from tests.factories import MembershipFactory

FRONT_PAGE = 'href="/"'


def heading(response):
    return re.search(r"<h1>(.*?)</h1>", response.content.decode()).group(1)


def boom(error):
    def fail(*_args, **_kwargs):
        raise error

    return fail


def assert_shows_no_inside(response):
    body = response.content.decode()
    for word in ("Traceback", "django", "psycopg", "SELECT", "secret-detail", settings.SECRET_KEY):
        assert word not in body


def test_400_when_the_request_makes_no_sense():
    response = Client().get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert heading(response) == "Siden kunne ikke vises"
    assert FRONT_PAGE in response.content.decode()
    assert "evil.example" not in response.content.decode()


def test_403_when_the_role_lacks_the_page(logged_in):
    response = logged_in(MembershipFactory(of_student=True)).get(reverse("companies:assessment_list"))

    assert response.status_code == 403
    assert heading(response) == "Du har ikke adgang til siden"
    assert "Din nuværende rolle giver ikke adgang: Elev." in response.text
    assert FRONT_PAGE in response.content.decode()


def test_403_names_the_organisation_that_one_acts_for(logged_in):
    membership = MembershipFactory(company_staff=True, company__name="Ærø Kommune")
    response = logged_in(membership).get(reverse("schools:student_list"))

    assert "Din nuværende rolle giver ikke adgang: Medarbejder i en virksomhed (Ærø Kommune)." in response.text


@pytest.mark.django_db
def test_403_when_the_form_is_too_old():
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "a", "password": "b"})

    assert response.status_code == 403
    assert heading(response) == "Siden er udløbet"
    assert "Intet er gemt." in response.content.decode()


def test_404_when_there_is_no_such_page(logged_in):
    for client in (Client(), logged_in(MembershipFactory(company_staff=True))):
        response = client.get("/findes/ikke/")
        assert response.status_code == 404
        assert heading(response) == "Siden findes ikke"
        assert FRONT_PAGE in response.content.decode()


def test_404_keeps_the_header_of_who_is_logged_in(logged_in):
    membership = MembershipFactory(company_staff=True)
    assert membership.user.name in logged_in(membership).get("/findes/ikke/").content.decode()


def test_405_has_a_way_on_for_those_who_are_led_to_the_address_of_a_form(logged_in):
    response = logged_in(MembershipFactory(of_student=True)).get(reverse("choose_language"))

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert heading(response) == "Adressen findes ikke"
    assert FRONT_PAGE in response.content.decode()


def test_500_when_we_have_failed(monkeypatch):
    monkeypatch.setattr("laereplads.web.pages.TemplateResponse", boom(ValueError("secret-detail")))
    response = Client(raise_request_exception=False).get(reverse("cookies"))

    assert response.status_code == 500
    assert heading(response) == "Der er sket en fejl"
    assert_shows_no_inside(response)


@pytest.mark.parametrize("error", [OperationalError("secret-detail"), InterfaceError("secret-detail")])
@pytest.mark.parametrize("where", ["laereplads.web.pages.TemplateResponse", "laereplads.access.middleware.chosen"])
def test_503_when_the_database_is_away_in_a_view_or_before_it(monkeypatch, db, where, error):
    monkeypatch.setattr(where, boom(error))

    response = Client(raise_request_exception=False).get(reverse("cookies"))

    assert response.status_code == 503
    assert heading(response) == "Portalen svarer ikke lige nu"
    assert int(response.headers["Retry-After"]) > 0
    assert_shows_no_inside(response)


def test_503_when_a_session_cannot_be_saved_because_the_database_is_away(monkeypatch, logged_in):
    """Django takes it for a session that was deleted meanwhile, and one would be logged out."""
    membership = MembershipFactory(company_staff=True)
    client = logged_in(membership)
    client.raise_request_exception = False
    monkeypatch.setattr("laereplads.accounts.models.Session.save", boom(OperationalError("secret-detail")))

    response = client.post(reverse("choose_membership"), {"membership": membership.public_id})

    assert response.status_code == 503
    assert settings.SESSION_COOKIE_NAME not in response.cookies


@pytest.mark.parametrize("code", ["25P03", "25P04", "25006"])
def test_503_when_the_database_ends_a_transaction_of_its_own_accord(monkeypatch, db, code):
    error = InternalError("secret-detail")
    error.__cause__ = psycopg.errors.lookup(code)()
    monkeypatch.setattr("laereplads.web.pages.TemplateResponse", boom(error))

    assert Client(raise_request_exception=False).get(reverse("cookies")).status_code == 503


def test_what_was_typed_stands_ready_to_be_sent_again(monkeypatch, logged_in):
    client = logged_in(MembershipFactory(company_staff=True))
    client.raise_request_exception = False
    monkeypatch.setattr("companies.rejection_views.register_rejection", boom(OperationalError("secret-detail")))
    monkeypatch.setattr("companies.rejection_views.RejectionForm.is_valid", lambda form: form.full_clean() or True)
    monkeypatch.setattr("companies.rejection_views.RejectionForm.repetition", lambda form, company: "")
    sent = {"applicant": 'Kim "Prøve"', "form_token": "0b3a4c1e-0000-4000-8000-000000000000"}
    page = client.post(reverse("companies:rejection_create"), sent).content.decode()

    assert "Send igen" in page
    assert '<input type="hidden" name="applicant" value="Kim &#34;Prøve&#34;">' in page
    assert '<input type="hidden" name="form_token" value="0b3a4c1e-0000-4000-8000-000000000000">' in page


def test_a_password_is_never_repeated(monkeypatch, db):
    monkeypatch.setattr("laereplads.access.middleware.chosen", boom(OperationalError()))
    sent = {"login": "kim@test.example", "password": "hemmeligt-kodeord"}
    page = Client(raise_request_exception=False).post(reverse("account_login"), sent).content.decode()

    assert "Portalen svarer ikke lige nu" in page
    assert "hemmeligt-kodeord" not in page
    assert "Send igen" not in page


def test_there_are_words_even_when_the_error_page_itself_fails(monkeypatch):
    monkeypatch.setattr("laereplads.web.pages.TemplateResponse", boom(ValueError("secret-detail")))
    monkeypatch.setattr("laereplads.web.errors.render_to_string", boom(ValueError("secret-detail")))
    response = Client(raise_request_exception=False).get(reverse("cookies"))

    assert response.status_code == 500
    assert heading(response) == "Der er sket en fejl"
    assert_shows_no_inside(response)


@pytest.mark.parametrize("template", ["400.html", "405.html", "500.html", "503.html"])
def test_standalone_pages_ask_the_database_nothing_and_bear_the_portals_own_name(template):
    """Run without the `db` fixture: a query would fail the test."""
    own = {**settings.PORTAL_TEXTS, "name": "En helt anden portal", "phone": "11 22 33 44"}
    with override_settings(PORTAL_TEXTS=own):
        body = errors.standalone(template, 500).content.decode()

    assert "En helt anden portal" in body
    assert "11 22 33 44" in body
    assert '<html lang="da">' in body
    assert "Lærepladsportalen" not in body


def test_errors_speak_the_students_english(logged_in):
    client = logged_in(MembershipFactory(of_student=True))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert heading(client.get("/findes/ikke/")) == "The page does not exist"
    assert heading(client.get(reverse("companies:assessment_list"))) == "You do not have access to the page"
