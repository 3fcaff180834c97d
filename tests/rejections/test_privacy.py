"""Where an applicant must never turn up: error reports, other people's pages, and the keys that open the seal."""

import sys

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone
from django.views.debug import ExceptionReporter

from companies import rejection_views as views
from rejections import applicants
from rejections.applicants import Identity
from rejections.encryption import keys_are_usable, seal, unseal
from rejections.models import Applicant, Fingerprint
from tests.factories import EducationFactory, MembershipFactory, RejectionFactory, RejectionReasonFactory

pytestmark = pytest.mark.django_db
FORM = {
    "education": "ssa",
    "applicant_name": "Bo Markør",
    "applicant_contact": "bo@markoer.example",
    "primary_reason": "ingen_pladser",
    "form_token": "0b3a4c1e-0000-4000-8000-000000000000",
}


def crash(*_args, **_kwargs):
    raise RuntimeError("et sted i koden")


@pytest.mark.parametrize(
    ("module", "name"), [(views, "register_rejection"), (views, "say_what_was_saved"), (applicants, "take_phone")]
)
def test_an_error_report_tells_nothing_of_the_applicant(monkeypatch, logged_in, module, name):
    membership = MembershipFactory(company_staff=True)
    EducationFactory()
    RejectionReasonFactory()
    logged_in(membership)
    monkeypatch.setattr(module, name, crash)
    request = RequestFactory().post("/afslag/", FORM | {"given_on": timezone.localdate().isoformat()})
    request.membership, request.memberships, request.user = membership, [membership], membership.user
    try:
        views.rejection_create(request)
    except RuntimeError:
        reporter = ExceptionReporter(request, *sys.exc_info(), is_email=True)
    text = reporter.get_traceback_text() + reporter.get_traceback_html()
    assert "et sted i koden" in text
    assert "Markør" not in text
    assert "markoer" not in text


def test_the_page_of_an_error_tells_nothing_of_the_applicant(monkeypatch, logged_in, caplog):
    EducationFactory()
    RejectionReasonFactory()
    client = logged_in(MembershipFactory(company_staff=True))
    client.raise_request_exception = False
    monkeypatch.setattr(views, "register_rejection", crash)
    response = client.post("/afslag/", FORM | {"given_on": timezone.localdate().isoformat()})
    assert response.status_code == 500
    assert "Mark" not in response.content.decode() + caplog.text


def test_neither_rejections_nor_applicants_are_in_the_administration():
    shown = {model for model in admin.site._registry if model._meta.app_label == "rejections"}
    assert shown == {apps.get_model("rejections", "RejectionReason")}


def test_applicants_are_in_no_other_table_than_their_own():
    """Whole rows are searched as text, in every table of the portal."""
    membership = MembershipFactory(company_staff=True)
    EducationFactory()
    RejectionReasonFactory()
    client = Client()
    client.force_login(membership.user)
    given = {"given_on": timezone.localdate().isoformat()}
    assert client.post("/afslag/", FORM | given).status_code == 302
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"select count(*) from {connection.ops.quote_name(table)} as whole where whole::text ~* 'mark(ø|oe)r'"
            )
            if cursor.fetchone()[0]:
                found.append(table)
    assert found == []
    assert unseal(Applicant.objects.get().sealed)["email"] == "bo@markoer.example"


def test_fingerprints_hang_on_the_key(settings):
    company, education = MembershipFactory(company_staff=True).company, EducationFactory()
    person = Identity("Bo Markør", phone="20304050")
    before = person.fingerprints(company, education)
    settings.APPLICANT_FINGERPRINT_KEY = "en anden nøgle"
    assert not before & person.fingerprints(company, education)
    assert {len(digest) for digest in before} == {32}


def test_keys_are_rotated_and_old_ones_can_then_be_thrown_away(settings, capsys):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.APPLICANT_KEYS = [old]
    sealed = [
        Applicant.objects.create(rejection=RejectionFactory(), sealed=seal({"name": f"Bo {number}"})).pk
        for number in range(3)
    ]
    settings.APPLICANT_KEYS = [new, old]
    call_command("rotate_applicant_keys")
    assert "3 ansøgere er krypteret" in capsys.readouterr().out
    settings.APPLICANT_KEYS = [new]
    assert {unseal(row.sealed)["name"] for row in Applicant.objects.all()} == {"Bo 0", "Bo 1", "Bo 2"}
    assert len(sealed) == 3
    settings.APPLICANT_KEYS = [old]
    with pytest.raises(InvalidToken):
        unseal(Applicant.objects.first().sealed)


@pytest.mark.parametrize(("keys", "problems"), [([Fernet.generate_key().decode()], 0), (["for kort"], 1), ([""], 1)])
def test_the_portal_does_not_start_with_a_key_that_cannot_seal(settings, keys, problems):
    settings.APPLICANT_KEYS = keys
    assert [problem.id for problem in keys_are_usable()] == ["rejections.E001"] * problems


def test_models_tell_nothing_of_the_applicant_when_printed():
    rejection = RejectionFactory()
    applicant = Applicant(rejection=rejection, sealed=seal({"name": "Bo Markør"}))
    printed = f"{rejection} {rejection!r} {applicant} {applicant!r} {Fingerprint(rejection=rejection, digest=b'x')!r}"
    assert "Mark" not in printed
