"""Registering a rejection: what is asked, what is kept, and what nobody sees again."""

import datetime
import importlib
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from laereplads.audit.models import Event
from rejections.applicants import Identity
from rejections.auditing import REJECTION_REGISTERED
from rejections.encryption import unseal
from rejections.models import Applicant, Fingerprint, Rejection, RejectionReason
from rejections.operations import register_rejection
from tests.factories import (
    EducationFactory,
    MembershipFactory,
    RejectionFactory,
    RejectionReasonFactory,
    days_from_today,
)

pytestmark = pytest.mark.django_db
URL = "/afslag/"


@pytest.fixture
def membership():
    EducationFactory()
    EducationFactory(helper=True)
    RejectionReasonFactory()
    RejectionReasonFactory(motivation=True)
    return MembershipFactory(company_staff=True)


@pytest.fixture
def client(membership, logged_in):
    return logged_in(membership)


def applicant(line):
    """The two fields: what stands before the comma, and after it."""
    name, _comma, contact = line.partition(", ")
    return {"applicant_name": name, "applicant_contact": contact}


def filled(**changes):
    return {
        "education": "ssa",
        **applicant("Bo Markør, Prøvevej 3, 9999 Prøveby"),
        "primary_reason": "ingen_pladser",
        "second_reason": "",
        "given_on": timezone.localdate().isoformat(),
        "form_token": str(uuid.uuid4()),
        **changes,
    }


def text(response):
    return response.content.decode()


def test_a_rejection_is_saved_with_its_applicant_apart_and_sealed(client, membership):
    response = client.post(URL, filled(second_reason="motivation"))

    assert response.status_code == 302
    rejection = Rejection.objects.get()
    assert (rejection.company, rejection.registered_by) == (membership.company, membership)
    assert (rejection.primary_reason.code, rejection.second_reason.code) == ("ingen_pladser", "motivation")
    assert rejection.given_on == timezone.localdate()
    sealed = bytes(Applicant.objects.get(rejection=rejection).sealed)
    assert b"Mark" not in sealed
    assert unseal(sealed)["name"] == "Bo Markør"
    assert unseal(sealed)["address"] == "Prøvevej 3, 9999 Prøveby"


@pytest.mark.today("2026-03-02")
def test_after_saving_the_form_is_empty_and_the_message_names_no_applicant(client):
    response = client.post(URL, filled(education="ssh"), follow=True)

    page = text(response)
    assert response.redirect_chain == [("/afslag/", 302)]
    assert "Afslaget er gemt: Social- og sundhedshjælper, Ingen ledige lærepladser, givet den 2. marts 2026." in page
    assert response.context["form"]["education"].value() is None
    assert "autofocus" in page
    assert "Markør" not in page
    assert "autofocus" not in text(client.get(URL))


def test_nothing_of_the_applicant_is_in_session_address_message_or_log(client, caplog):
    for line in ("Bo Markør, bo@markoer.example", "Bo Markør"):
        response = client.post(URL, filled(**applicant(line)))
        kept = str(dict(client.session.items())) + response.headers.get("Location", "") + caplog.text
        assert "Mark" not in kept
        assert "mark" not in kept
    event = Event.objects.get(action=REJECTION_REGISTERED)
    assert (event.object_type, event.student, event.changes) == ("rejections.rejection", None, {})


def test_the_browser_is_asked_to_remember_nothing(client):
    page = text(client.get(URL))
    assert '<form method="post" action="/afslag/" autocomplete="off"' in page
    for name in ("applicant_name", "applicant_contact"):
        field = page[page.index(f'<input type="text" name="{name}"') :].split(">")[0]
        assert 'autocomplete="off"' in field
        assert 'spellcheck="false"' in field
    assert "no-store" in client.get(URL).headers["Cache-Control"]


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"education": ""}, "Vælg en uddannelse."),
        ({"education": "pau"}, "Vælg en af de to uddannelser."),
        ({"applicant_name": ""}, "Skriv ansøgerens navn."),
        ({"applicant_name": "..."}, "Skriv ansøgerens navn."),
        ({"applicant_name": "Bo Markør, 20304050"}, "Skriv kun navnet her."),
        ({"applicant_name": "Bo" * 101}, "Skriv højst 200 tegn. Du har skrevet 202."),
        ({"applicant_contact": ""}, "Skriv ansøgerens adresse, e-mail eller mobilnummer."),
        ({"applicant_contact": "Prøveby"}, "Skriv ansøgerens adresse, e-mail eller mobilnummer."),
        ({"applicant_contact": "+46 70 123"}, "Nummeret passer ikke med landekoden."),
        ({"applicant_contact": "B" * 301}, "Skriv højst 300 tegn. Du har skrevet 301."),
        ({"primary_reason": ""}, "Vælg den begrundelse, der passer bedst."),
        ({"primary_reason": "findes-ikke"}, "Begrundelsen kan ikke længere vælges. Vælg en anden."),
        ({"second_reason": "ingen_pladser"}, "Vælg en anden sekundær begrundelse end den primære"),
        ({"given_on": ""}, "Skriv den dato, hvor ansøgeren fik besked."),
        ({"given_on": "i går"}, "Skriv datoen som dag, måned og år, fx 24.12.2025."),
        ({"given_on": "2026-03-03"}, "Datoen ligger i fremtiden."),
        ({"given_on": "2021-04-14"}, "Pligten til at registrere afslag begyndte den 15. april 2021."),
        ({"form_token": ""}, "Siden er for gammel."),
        ({"form_token": "1"}, "Siden er for gammel."),
        ({"applicant_name": "Bo \x00 Markør"}, "usynligt tegn"),
        ({"applicant_contact": "2030\x004050"}, "usynligt tegn"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, changes, words):
    typed = filled(**changes)
    response = client.post(URL, typed)

    assert response.status_code == 422
    assert words in text(response)
    assert 'role="alert"' in text(response)
    for name in ("applicant_name", "applicant_contact"):
        if typed[name].isprintable():
            assert f'value="{typed[name]}"' in text(response) or not typed[name]
    assert not Rejection.objects.exists()


@pytest.mark.today("2026-03-02")
def test_dates_are_understood_as_danes_write_them(client):
    for phone, written in enumerate(("1.3.2026", "01-03-2026", "1/3/2026"), start=20304050):
        assert client.post(URL, filled(given_on=written, **applicant(f"Bo Markør, {phone}"))).status_code == 302
    assert set(Rejection.objects.values_list("given_on", flat=True)) == {datetime.date(2026, 3, 1)}


@pytest.mark.today("2026-03-02")
def test_a_late_rejection_is_saved_marked_and_told(client):
    page = text(client.post(URL, filled(given_on=days_from_today(-15).isoformat()), follow=True))

    assert Rejection.objects.get().is_late
    assert "registreret for sent. Fristen var den 1. marts 2026" in page
    assert "I 2026: 0 af 1 afslag er registreret inden for 14 dage (0 %)" in page


def test_the_page_shows_how_many_were_in_time_this_year(client, membership):
    RejectionFactory(registered_by=membership)
    RejectionFactory(registered_by=membership, given_on=days_from_today(-20))
    last_year = timezone.now() - datetime.timedelta(days=100)
    RejectionFactory(registered_by=membership, registered_at=last_year, given_on=last_year.date())
    RejectionFactory()

    page = text(client.get(URL))
    assert "I 2026: 1 af 2 afslag er registreret inden for 14 dage (50 %)" in page
    assert "Hent alle afslag i regneark (3)" in page


def test_a_retired_reason_can_no_longer_be_chosen_and_one_of_tomorrow_not_yet(client):
    RejectionReasonFactory(code="gammel", label="Udgået", valid_until=days_from_today(-1))
    RejectionReasonFactory(code="ny", label="Fremtidig", valid_from=days_from_today(1))
    RejectionReasonFactory(code="sidste", label="Sidste dag", valid_until=days_from_today(0))

    page = text(client.get(URL))
    assert "Udgået" not in page
    assert "Fremtidig" not in page
    assert "Sidste dag" in page
    assert client.post(URL, filled(primary_reason="gammel")).status_code == 422


def test_the_same_form_sent_again_gives_one_rejection_and_the_same_answer(client):
    form = filled()
    first, second = client.post(URL, form), client.post(URL, form)

    assert (first.status_code, second.status_code) == (302, 302)
    assert Rejection.objects.count() == Applicant.objects.count() == 1
    assert Event.objects.filter(action=REJECTION_REGISTERED).count() == 1


@pytest.mark.parametrize(
    "change", [applicant("Ida Markør, 20304050"), {"primary_reason": "motivation"}, {"education": "ssh"}]
)
def test_a_form_gone_back_to_and_changed_is_a_new_one_only_when_saved_again(client, change):
    form = filled()
    client.post(URL, form)
    response = client.post(URL, form | change)

    assert response.status_code == 409
    assert "Du har allerede gemt denne formular med andre oplysninger." in text(response)
    assert Rejection.objects.count() == 1
    renewed = form | change | {"form_token": response.context["form"]["form_token"].value()}
    again = client.post(URL, renewed)
    if again.status_code == 409:
        again = client.post(URL, renewed | {"repetition": again.context["repetition"]})
    assert again.status_code == 302
    assert Rejection.objects.count() == 2


def test_another_companys_form_is_never_answered_with_its_rejection(client, logged_in):
    form = filled()
    client.post(URL, form)
    other = logged_in(MembershipFactory(company_staff=True))
    assert other.post(URL, form).status_code == 409
    assert Rejection.objects.count() == 1


def test_the_same_applicant_again_is_asked_about_before_anything_is_saved(client):
    client.post(URL, filled(**applicant("Bo Markør, Prøvevej 3, bo@markoer.example")))
    form = filled(**applicant("bo markør, BO@markoer.example"), primary_reason="motivation")
    asked = client.post(URL, form)

    assert asked.status_code == 409
    assert "Har du allerede registreret dette afslag?" in text(asked)
    assert "Gem alligevel" in text(asked)
    # Nothing of the first one is told: neither its reason nor its address.
    assert "Prøvevej 3, bo@" not in text(asked)
    assert Rejection.objects.count() == 1

    saved = client.post(URL, form | {"repetition": asked.context["repetition"]})
    assert saved.status_code == 302
    assert Rejection.objects.count() == 2


def test_the_answer_to_the_question_holds_for_that_applicant_only(client):
    client.post(URL, filled(**applicant("Bo Markør, 20304050")))
    client.post(URL, filled(**applicant("Ida Markør, 20304050")))
    form = filled(**applicant("Bo Markør, 20304050"))
    answer = client.post(URL, form).context["repetition"]

    assert client.post(URL, form | applicant("Ida Markør, 20304050") | {"repetition": answer}).status_code == 409
    assert client.post(URL, form | {"repetition": "1"}).status_code == 409
    assert Rejection.objects.count() == 2


@pytest.mark.parametrize(("days", "education", "asked"), [(29, "ssa", True), (31, "ssa", False), (1, "ssh", False)])
def test_repetition_is_noticed_within_30_days_and_one_education(client, membership, days, education, asked):
    then = timezone.now() - datetime.timedelta(days=days)
    register(membership, at=then, given_on=timezone.localdate(then))

    response = client.post(URL, filled(education=education, **applicant("Bo Markør, 20304050")))
    assert response.status_code == (409 if asked else 302)


def test_another_company_is_not_told_of_the_applicant(client):
    register(MembershipFactory(company_staff=True))
    assert client.post(URL, filled(**applicant("Bo Markør, 20304050"))).status_code == 302


def register(membership, **changes):
    given = {
        "education": EducationFactory(),
        "applicant": Identity("Bo Markør", phone="20304050"),
        "primary_reason": RejectionReasonFactory(),
        "given_on": timezone.localdate(),
        "form_token": uuid.uuid4(),
        "by": membership,
    }
    return register_rejection(**given | changes)


@pytest.mark.parametrize("role", ["school_staff", "of_student", "administrator"])
def test_only_company_staff_register(role):
    with pytest.raises(PermissionDenied):
        register(MembershipFactory(**{role: True}))


@pytest.mark.parametrize(
    "impossible",
    [
        {"education": lambda: EducationFactory(other=True)},
        {"second_reason": RejectionReasonFactory},
        {"given_on": lambda: days_from_today(1)},
        {"given_on": lambda: datetime.date(2021, 4, 14)},
    ],
)
def test_the_operation_refuses_in_words_what_the_database_would(membership, impossible):
    with pytest.raises(ValidationError):
        register(membership, **{name: make() for name, make in impossible.items()})
    assert not Rejection.objects.exists()


def test_nothing_links_an_applicant_to_a_student():
    related = {
        field.related_model._meta.label
        for model in (Rejection, Applicant, Fingerprint)
        for field in model._meta.get_fields()
        if field.is_relation
    }
    assert not {label for label in related if "Student" in label or "Agreement" in label}


def statements(client, name):
    """How many statements a reading takes; the savepoints around it are the tests' own."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse(name)).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


@pytest.mark.parametrize("name", ["companies:rejection_create", "companies:rejection_list", "front_page"])
def test_a_page_takes_the_same_few_statements_however_many_rejections_there_are(client, membership, name):
    RejectionFactory(registered_by=membership)
    one = statements(client, name)
    RejectionFactory.create_batch(60, registered_by=membership)

    assert statements(client, name) == one <= 8


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("rejection_create", "get"),
        ("rejection_create", "post"),
        ("rejection_list", "get"),
        ("rejection_xlsx", "get"),
        ("rejection_csv", "get"),
    ],
)
@pytest.mark.parametrize("role", ["school_staff", "of_student", "administrator"])
def test_other_roles_are_refused(logged_in, role, name, method):
    client = logged_in(MembershipFactory(**{role: True}))
    assert getattr(client, method)(reverse(f"companies:{name}")).status_code == 403


def test_the_first_list_is_the_proposed_one_and_ends_with_andet():
    """Read from the migration: browser tests before this one may have emptied the table."""
    migration = importlib.import_module("rejections.migrations.0003_first_list_of_reasons")
    with connection.cursor() as cursor:
        cursor.execute(migration.INSERT)
    proposed = [
        *("ingen_pladser", "bopael", "adgangskrav", "mangelfuld", "dansk", "faglige", "personlige", "motivation"),
        *("fremmoede", "tidligere_forloeb", "samtale", "arbejdstid", "formelle", "andet"),
    ]
    reasons = {reason.code: reason for reason in RejectionReason.objects.valid_today()}
    assert list(reasons) == proposed
    assert [code for code, reason in reasons.items() if reason.is_catch_all] == ["andet"]
