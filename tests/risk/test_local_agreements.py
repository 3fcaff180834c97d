"""Two parties agree: one proposes, the other answers; a change is a new version, and of two at once one is told."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from laereplads.audit.models import Event
from laereplads.database.identity import in_the_name_of
from risk.local_agreements import AnsweredMeanwhile, accept, end, propose, take_back
from risk.models import LocalAgreement, LocalAgreementState
from tests.factories import (
    AgreementFactory,
    EducationFactory,
    LocalAgreementFactory,
    MembershipFactory,
    WorkplaceFactory,
    days_from_today,
)
from tests.sessions import session_of

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-11-30")]
TODAY = datetime.date(2026, 11, 30)
RULES = {
    "timing": "every",
    "weeks": 6,
    "grace_days": 0,
    "shortest_days": 28,
    "assessor": "manager",
    "student_told": "own_page",
    "student_told_by": "trainer",
    "change_told": "when_risen",
    "school_told": "weekly",
    "passed_on_to": ["mentor"],
    "follow_up_within": 0,
}


class Two:
    """A school and a company with a student in training, and somebody who acts for each."""

    def __init__(self):
        self.agreement = AgreementFactory()
        self.school, self.company = self.agreement.student.school, self.agreement.company
        self.teacher = MembershipFactory(school_staff=True, school=self.school)
        self.employer = MembershipFactory(company_staff=True, company=self.company)

    def propose(self, *, by=None, valid_from=TODAY, answers=None, education=None, **rules):
        return propose(
            self.school,
            self.company,
            education=education,
            valid_from=valid_from,
            rules=RULES | rules,
            by=by or self.teacher,
            answers=answers,
        )


@pytest.fixture
def two():
    return Two()


def days_of(two):
    return list(
        LocalAgreement.objects.accepted().filter(school=two.school).order_by("id").values_list("valid_from", "valid_to")
    )


def day(text):
    return datetime.date.fromisoformat(text)


def test_it_holds_when_the_other_party_has_said_yes(two):
    proposal = two.propose()
    assert proposal.state == LocalAgreementState.AWAITING

    accepted = accept(proposal, by=two.employer)

    assert accepted.state == LocalAgreementState.IN_FORCE
    assert (accepted.proposed_by, accepted.accepted_by) == (two.teacher, two.employer)
    assert accepted.accepted_at is not None
    assert days_of(two) == [(TODAY, None)]


def test_it_holds_from_the_later_of_the_day_proposed_and_the_day_of_the_yes(two, frozen_clock):
    early = two.propose()
    frozen_clock.shift(datetime.timedelta(days=10))
    assert accept(early, by=two.employer).valid_from == day("2026-12-10")

    late = two.propose(valid_from=day("2027-02-01"), education=EducationFactory())
    assert accept(late, by=two.employer).valid_from == day("2027-02-01")


def test_a_change_ends_what_held_the_day_before(two):
    LocalAgreementFactory(school=two.school, company=two.company)
    accept(two.propose(by=two.employer, valid_from=day("2027-01-04")), by=two.teacher)

    assert days_of(two) == [(days_from_today(-400), day("2027-01-03")), (day("2027-01-04"), None)]


def test_what_was_agreed_today_holds_today_and_a_change_of_it_from_tomorrow(two):
    """What both said yes to is never taken back: it has a day at least."""
    first = two.propose()
    second = two.propose(by=two.employer, answers=first, grace_days=7)
    accept(second, by=two.teacher)
    with pytest.raises(ValidationError, match=r"1\. december 2026"):
        two.propose()
    accept(two.propose(valid_from=day("2026-12-01")), by=two.employer)

    assert days_of(two) == [(TODAY, TODAY), (day("2026-12-01"), None)]


def test_one_of_an_education_stands_beside_that_of_all(two):
    accept(two.propose(), by=two.employer)
    accept(two.propose(education=EducationFactory()), by=two.employer)

    assert days_of(two) == [(TODAY, None)] * 2


def test_only_the_other_party_says_yes(two):
    proposal = two.propose()
    colleague = MembershipFactory(school_staff=True, school=two.school)
    for nobody in (two.teacher, colleague, MembershipFactory(company_staff=True), MembershipFactory(school_staff=True)):
        with pytest.raises(PermissionDenied):
            accept(proposal, by=nobody)
    assert LocalAgreement.objects.get().accepted_at is None


def test_strangers_and_who_is_limited_to_a_workplace_change_nothing(two):
    proposal = two.propose()
    limited = MembershipFactory(
        company_staff=True, company=two.company, workplace=WorkplaceFactory(company=two.company)
    )
    for nobody in (limited, MembershipFactory(school_staff=True), MembershipFactory(of_student=True)):
        with pytest.raises(PermissionDenied):
            two.propose(by=nobody)
        with pytest.raises(PermissionDenied):
            take_back(proposal, by=nobody)
    assert LocalAgreement.objects.get() == proposal


def test_a_counter_proposal_takes_the_place_of_the_one_that_waits(two):
    first = two.propose()
    second = two.propose(by=two.employer, answers=first, weeks=8)

    assert list(LocalAgreement.objects.all()) == [second]
    with pytest.raises(PermissionDenied):
        accept(second, by=two.employer)
    assert accept(second, by=two.teacher).weeks == 8


def test_the_same_proposal_once_more_is_the_one_that_is_there(two):
    assert two.propose() == two.propose()
    with pytest.raises(AnsweredMeanwhile, match="venter på svar"):
        two.propose(weeks=8)
    assert LocalAgreement.objects.count() == 1


def test_whoever_said_yes_may_say_it_again(two):
    proposal = two.propose()
    first = accept(proposal, by=two.employer)

    assert accept(proposal, by=two.employer).accepted_at == first.accepted_at
    with pytest.raises(AnsweredMeanwhile):
        accept(proposal, by=MembershipFactory(company_staff=True, company=two.company))


def test_a_proposal_that_is_gone_cannot_be_answered(two):
    proposal = two.propose()
    take_back(proposal, by=two.employer)
    take_back(proposal, by=two.employer)

    with pytest.raises(AnsweredMeanwhile):
        accept(proposal, by=two.employer)
    with pytest.raises(AnsweredMeanwhile):
        two.propose(by=two.employer, answers=proposal)


def test_what_both_agreed_is_not_taken_back(two):
    accepted = accept(two.propose(), by=two.employer)
    with pytest.raises(AnsweredMeanwhile, match="kan ophøre"):
        take_back(accepted, by=two.teacher)


@pytest.mark.parametrize("who", ["teacher", "employer"])
def test_either_party_ends_it_and_nobody_prolongs_it(two, who):
    by = getattr(two, who)
    agreement = LocalAgreementFactory(school=two.school, company=two.company)
    with pytest.raises(ValidationError, match=r"30\. november 2026"):
        end(agreement, TODAY - datetime.timedelta(days=1), by=by)

    end(agreement, day("2026-12-31"), by=by)
    with pytest.raises(ValidationError, match=r"31\. december 2026"):
        end(agreement, day("2027-01-01"), by=by)
    end(agreement, TODAY, by=by)

    assert days_of(two) == [(days_from_today(-400), TODAY)]


def test_what_has_ended_or_was_never_agreed_does_not_end(two):
    ended = LocalAgreementFactory(school=two.school, company=two.company, valid_to=TODAY - datetime.timedelta(days=1))
    for agreement in (ended, two.propose()):
        with pytest.raises(AnsweredMeanwhile):
            end(agreement, TODAY, by=two.teacher)


def test_the_database_keeps_what_was_agreed_as_it_was(two):
    agreement = LocalAgreementFactory(school=two.school, company=two.company)
    for change in ({"grace_days": 3}, {"valid_from": TODAY}, {"accepted_by": two.teacher}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LocalAgreement.objects.filter(pk=agreement.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        agreement.delete()
    LocalAgreement.objects.filter(pk=agreement.pk).update(valid_to=TODAY, answer_told_at=timezone.now())
    assert days_of(two) == [(days_from_today(-400), TODAY)]


def test_each_step_is_recorded_in_the_name_of_who_took_it(two):
    proposal = two.propose()
    accepted = accept(proposal, by=two.employer)
    end(accepted, TODAY, by=two.teacher)
    take_back(two.propose(valid_from=day("2026-12-01")), by=two.employer)

    recorded = Event.objects.filter(object_type="risk.localagreement").order_by("id")
    assert list(recorded.values_list("action", "acting_membership")) == [
        ("local_agreement_proposed", two.teacher.pk),
        ("local_agreement_accepted", two.employer.pk),
        ("local_agreement_changed", two.teacher.pk),
        ("local_agreement_proposed", two.teacher.pk),
        ("local_agreement_withdrawn", two.employer.pk),
    ]


@pytest.mark.parametrize("answer", ["accept", "counter"])
def test_as_the_database_roles_let_it(two, answer):
    """Through the row policies, as the pages do it."""
    LocalAgreementFactory(school=two.school, company=two.company)
    with two.teacher.with_row_policies():
        proposal = two.propose()
    with two.employer.with_row_policies():
        if answer == "accept":
            accept(proposal, by=two.employer)
        else:
            two.propose(by=two.employer, answers=proposal, weeks=9)
    assert LocalAgreement.objects.accepted().count() == (2 if answer == "accept" else 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_does_and_the_other_is_told():
    two = Two()
    proposal = two.propose()
    colleagues = [MembershipFactory(company_staff=True, company=two.company) for _number in range(2)]
    clients = [session_of(membership) for membership in colleagues]
    together = threading.Barrier(2)
    number = two.school.institution_number
    change = f"{reverse('companies:local_agreement_propose', args=[number])}?fra={proposal.public_id}"
    sent = [
        (reverse("companies:local_agreement_answer", args=[number]), {"svar": "ja", "forslag": proposal.public_id}),
        (change, {**RULES, "weeks": "8", "valid_from": "30.11.2026"}),
    ]

    def send(client, address_and_form):
        together.wait(timeout=60)
        status = client.post(*address_and_form).status_code
        connection.close()
        return status

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(send, clients, sent)) == [302, 409]
    assert LocalAgreement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_say_yes_at_once_one_does_and_the_other_is_told():
    two = Two()
    proposal = two.propose()
    clients = [session_of(MembershipFactory(company_staff=True, company=two.company)) for _number in range(2)]
    together = threading.Barrier(2)
    address = reverse("companies:local_agreement_answer", args=[two.school.institution_number])

    def send(client):
        together.wait(timeout=60)
        answer = client.post(address, {"svar": "ja", "forslag": proposal.public_id})
        connection.close()
        return answer.status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(send, clients)) == [302, 409]
    assert LocalAgreement.objects.accepted().count() == 1


def test_students_read_what_is_agreed_about_them_and_no_proposal(two):
    own = MembershipFactory(of_student=True, student=two.agreement.student)
    LocalAgreementFactory(school=two.school, company=two.company)
    two.propose()
    assert LocalAgreement.objects.visible_to(own).count() == 1


def test_the_database_lets_nobody_say_yes_in_another_name(two):
    """Whatever a page forgets: of one's own party, or of the other."""
    proposal = LocalAgreementFactory(school=two.school, company=two.company, awaiting=True)
    theirs = MembershipFactory(company_staff=True, company=two.company)
    mine = MembershipFactory(school_staff=True, school=two.school)
    own = LocalAgreement.objects.filter(pk=proposal.pk)
    refused = pytest.raises(IntegrityError, match="accepted_in_ones_own_name")
    with refused, transaction.atomic(), in_the_name_of(mine.pk):
        own.update(accepted_by=theirs, accepted_at=timezone.now())
    with in_the_name_of(theirs.pk):
        own.update(accepted_by=theirs, accepted_at=timezone.now())


def test_the_database_lets_nothing_last_longer_than_it_did(two):
    agreed = LocalAgreementFactory(school=two.school, company=two.company)
    own = LocalAgreement.objects.filter(pk=agreed.pk)
    own.update(valid_to=timezone.localdate())
    for later in (timezone.localdate() + datetime.timedelta(days=1), None):
        with pytest.raises(IntegrityError, match="never_lasts_longer"), transaction.atomic():
            own.update(valid_to=later)
