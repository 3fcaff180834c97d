"""Who is limited to one workplace of a company: which students they meet, what they may do, and what the pages say."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from laereplads.access_log.models import AccessLogEntry
from laereplads.people.models import Agreement
from rejections.applicants import Identity
from rejections.models import Fingerprint, Rejection, RejectionReason
from rejections.operations import RegisteredBefore, register_rejection
from risk.models import AgreementListEntry, Level, RiskAssessment
from risk.operations import record_assessment
from risk.queries import progress_of
from tests.companies.test_assessment_list import names, statements, text
from tests.factories import (
    AgreementFactory,
    EducationFactory,
    MembershipFactory,
    RejectionFactory,
    RejectionReasonFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)
from tests.row_policies.test_problems import sees

pytestmark = pytest.mark.django_db
RISKS, OVERVIEW = reverse("companies:assessment_list"), reverse("companies:agreement_list")
LISTS = pytest.mark.parametrize("address", [RISKS, OVERVIEW])
REGISTERED = reverse("companies:rejection_list")


@pytest.fixture
def leader():
    company = MembershipFactory(company_staff=True, user__name="Kim Kollega").company
    place = WorkplaceFactory(company=company, name="Plejecenter Prøve")
    return MembershipFactory(company_staff=True, company=company, workplace=place, user__name="Lis Leder")


@pytest.fixture
def colleague(leader):
    """Of the same company, and limited to nothing."""
    return leader.company.memberships.exclude(pk=leader.pk).get()


@pytest.fixture
def client(logged_in, leader):
    return logged_in(leader)


def here(leader, name, **details):
    return AgreementFactory(company=leader.company, workplace=leader.workplace, student__name=name, **details)


def elsewhere(leader, name, **details):
    return AgreementFactory(company=leader.company, student__name=name, **details)


def window(agreement):
    return reverse("companies:assessment_update", args=[agreement.public_id])


@LISTS
def test_lists_count_find_and_show_what_is_at_the_workplace(client, leader, colleague, address):
    record_assessment(here(leader, "Anna Her"), Level.HIGH, by=colleague)
    here(leader, "Bo Her")
    record_assessment(elsewhere(leader, "Carl Andetsteds"), Level.HIGH, by=colleague)

    page = client.get(address)

    assert names(page) == ["Anna Her", "Bo Her"]
    assert "2 lærlinge" in text(page)
    assert names(client.get(address, {"navn": "andetsteds"})) == []
    assert progress_of(leader) == {"students": 2, "assessed": 1}
    assert "Kun Plejecenter Prøve." in text(page)
    assert f"{leader.company.name} (kun Plejecenter Prøve)" in text(page)


@LISTS
def test_a_bookmark_of_another_workplace_finds_nothing_of_it(client, leader, address):
    here(leader, "Anna Her")
    other = elsewhere(leader, "Carl Andetsteds")

    page = client.get(address, {"arbejdssted": other.workplace.p_number})

    assert names(page) == ["Anna Her"]
    assert "Vælg en af mulighederne på listen." in text(page)
    assert other.workplace.name not in text(page)


@LISTS
def test_workplaces_are_offered_where_there_are_several(client, logged_in, leader, colleague, address):
    here(leader, "Anna Her")
    assert 'name="arbejdssted"' not in client.get(address).text
    assert 'name="arbejdssted"' not in logged_in(colleague).get(address).text

    elsewhere(leader, "Carl Andetsteds")
    assert 'name="arbejdssted"' not in client.get(address).text
    assert 'name="arbejdssted"' in logged_in(colleague).get(address).text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (RISKS, "Ingen lærlinge at vurdere på Plejecenter Prøve lige nu"),
        (OVERVIEW, "Ingen lærlinge på Plejecenter Prøve lige nu"),
    ],
)
def test_an_empty_list_says_where(client, leader, address, words):
    elsewhere(leader, "Carl Andetsteds")

    page = text(client.get(address))

    assert words in page
    assert "I har ingen" not in page
    assert "Filtrer" not in page


def test_whoever_is_limited_to_nothing_reads_of_no_workplace(logged_in, leader, colleague):
    here(leader, "Anna Her")

    for address in (RISKS, OVERVIEW, reverse("front_page")):
        assert "kun Plejecenter" not in text(logged_in(colleague).get(address)).replace("Kun", "kun")


def test_one_goes_on_to_the_next_at_the_workplace(client, leader):
    anna, carl = here(leader, "Anna Her"), here(leader, "Carl Her")
    between = elsewhere(leader, "Bo Andetsteds")

    page = client.get(window(anna))
    assert page.context["following"].name == "Carl Her"
    after = client.post(window(anna), {"level": "high", "seen": "0", "next": carl.public_id}, follow=True)
    assert after.redirect_chain == [(window(carl), 302)]
    # Also where a form names somebody at another workplace as the next.
    after = client.post(window(carl), {"level": "low", "seen": "0", "next": between.public_id}, follow=True)
    assert "Den næste på listen er ikke længere hos jer." in text(after)
    assert "Bo Andetsteds" not in after.text


def test_a_student_at_another_workplace_is_neither_shown_nor_assessed(client, leader):
    other = elsewhere(leader, "Carl Andetsteds")

    assert client.get(window(other)).status_code == 404
    assert client.post(window(other), {"level": "high", "seen": "0"}).status_code == 404
    with pytest.raises(PermissionDenied):
        record_assessment(other, Level.HIGH, by=leader)
    assert not RiskAssessment.objects.exists()


def test_an_agreement_is_seen_where_it_is_now(client, leader, colleague):
    agreement = here(leader, "Anna Flytter")
    record_assessment(agreement, Level.HIGH, by=colleague)
    assert client.get(window(agreement)).status_code == 200

    Agreement.objects.filter(pk=agreement.pk).update(workplace=WorkplaceFactory(company=leader.company))
    assert client.get(window(agreement)).status_code == 404
    assert "Anna Flytter" not in client.get(RISKS).text + client.get(OVERVIEW).text
    assert not RiskAssessment.objects.visible_to(leader).exists()

    Agreement.objects.filter(pk=agreement.pk).update(workplace=leader.workplace)
    # With what was recorded before.
    assert "Kim Kollega" in client.get(window(agreement)).text


def test_a_namesake_at_another_workplace_is_not_told_of(client, leader):
    here(leader, "Emma Jensen")
    elsewhere(leader, "Emma Jensen")
    assert "elevnummer slutter på" not in client.get(RISKS).text

    here(leader, "Emma Jensen")
    assert client.get(RISKS).text.count("elevnummer slutter på") == 2


@LISTS
def test_the_log_names_whom_the_workplace_has(client, leader, address):
    own = [here(leader, f"Testelev {number}").student_id for number in range(3)]
    elsewhere(leader, "Carl Andetsteds")

    client.get(address, {"navn": "testelev 1"})
    client.get(address)

    logged = {student for entry in AccessLogEntry.objects.all() for student in entry.students}
    assert logged == set(own)


@LISTS
def test_a_list_takes_the_same_statements_however_long(client, leader, address):
    here(leader, "Testelev")
    one = statements(client, address)
    for number in range(29):
        here(leader, f"Testelev {number}")

    # One more than a colleague's: the workplace's name.
    assert statements(client, address) == one <= 9


def registered(membership, **details):
    return RejectionFactory(company=membership.company, registered_by=membership, **details)


def test_rejections_are_those_one_registered_oneself(client, logged_in, leader, colleague):
    assert "Du har ikke registreret afslag endnu." in text(client.get("/"))
    registered(colleague)
    assert "Du har ikke registreret afslag endnu" in text(client.get(REGISTERED))
    assert "Du har ikke registreret afslag endnu." in text(client.get("/"))
    assert "Dine afslag" in text(client.get(reverse("companies:rejection_create")))

    registered(leader)

    assert "Du registrerede sidst et afslag" in text(client.get("/"))
    page = client.get(REGISTERED)
    assert "1 afslag" in text(page)
    assert "Kim Kollega" not in page.text
    for file in ("companies:rejection_csv", "companies:rejection_xlsx"):
        assert b"Kim Kollega" not in client.get(reverse(file)).getvalue()
    assert "2 afslag" in text(logged_in(colleague).get(REGISTERED))


def test_a_repetition_is_noticed_of_what_one_registered_oneself(leader, colleague):
    RejectionReasonFactory()
    form = {
        "education": EducationFactory(),
        "applicant": Identity("Bo Prøve", phone="20304050"),
        "primary_reason": RejectionReason.objects.first(),
        "given_on": timezone.localdate(),
    }
    register_rejection(**form, form_token=uuid.uuid4(), by=colleague)

    register_rejection(**form, form_token=uuid.uuid4(), by=leader)

    for membership in (leader, colleague):
        with pytest.raises(RegisteredBefore), transaction.atomic():
            register_rejection(**form, form_token=uuid.uuid4(), by=membership)


AGREEMENTS = st.lists(
    st.tuples(st.sampled_from(["here", "there", "foreign"]), st.integers(-33, 33), st.booleans(), st.booleans()),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=AGREEMENTS, by_leader=st.lists(st.booleans(), max_size=3))
def test_a_workplace_is_a_part_of_its_company_at_both_refusals(leader, colleague, made, by_leader):
    """Whatever agreements there are, wherever they move: workplaces share a company's rows, and each has its own."""
    with transaction.atomic():
        there = WorkplaceFactory(company=leader.company)
        beside = MembershipFactory(company_staff=True, company=leader.company, workplace=there)
        places = {"here": leader.workplace, "there": there, "foreign": WorkplaceFactory()}
        for place, last_day, moves, annulled in made:
            agreement = AgreementFactory(
                workplace=places[place],
                company=places[place].company,
                student=StudentFactory(),
                starts_on=days_from_today(-700),
                ends_on=days_from_today(last_day),
                annulled_on=timezone.localdate() if annulled else None,
            )
            if moves and place != "foreign":
                to = places["there" if place == "here" else "here"]
                Agreement.objects.filter(pk=agreement.pk).update(workplace=to)
        for own in by_leader:
            rejection = registered(leader if own else colleague)
            Fingerprint.objects.create(rejection=rejection, digest=b"x")
        for model in (Agreement, AgreementListEntry, RiskAssessment, Rejection, Fingerprint):
            table = model._meta.db_table
            seen = {each.pk: sees(each, table) for each in (leader, beside, colleague)}
            for each in (leader, beside, colleague):
                assert seen[each.pk] == set(model.objects.visible_to(each).values_list("pk", flat=True)), table
            assert seen[leader.pk] | seen[beside.pk] <= seen[colleague.pk]
            assert not seen[leader.pk] & seen[beside.pk]
            if model in (Agreement, AgreementListEntry):
                assert seen[leader.pk] | seen[beside.pk] == seen[colleague.pk]
        transaction.set_rollback(True)
