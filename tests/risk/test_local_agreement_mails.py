"""The other party is told of a proposal and of a yes: once, whoever looks after that, and without a name."""

import datetime

import pytest

from laereplads.notifications.models import OutgoingMail
from laereplads.notifications.operations import choose_mails
from laereplads.notifications.timetable import run_due
from risk.local_agreements import accept, take_back
from risk.models import LocalAgreement
from tests.factories import MembershipFactory, WorkplaceFactory
from tests.risk.test_local_agreements import Two

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-11-30")]


@pytest.fixture
def two():
    return Two()


@pytest.fixture
def do_what_is_due(frozen_clock):
    """Ten minutes later each time: a job runs once for a time."""

    def run():
        frozen_clock.shift(datetime.timedelta(minutes=10))
        run_due()

    return run


def told():
    mails = OutgoingMail.objects.filter(kind__startswith="local_agreement")
    return list(mails.order_by("kind", "user").values_list("kind", "membership"))


def test_a_proposal_is_told_once_to_who_is_to_answer(two, do_what_is_due):
    two.propose()
    do_what_is_due()
    do_what_is_due()
    assert told() == [("local_agreement_proposed", two.employer.pk)]
    mail = OutgoingMail.objects.get(kind="local_agreement_proposed")
    assert (mail.organisation, mail.counts) == (two.company.name, {"agreements": 1})
    assert mail.sent_at is not None


def test_a_yes_is_told_once_to_who_proposed(two, do_what_is_due):
    proposal = two.propose(by=two.employer)
    accept(proposal, by=two.teacher)
    do_what_is_due()
    do_what_is_due()
    assert told() == [("local_agreement_accepted", two.employer.pk)]


def test_what_was_taken_back_or_replaced_before_the_job_is_not_told(two, do_what_is_due):
    take_back(two.propose(), by=two.teacher)
    do_what_is_due()
    assert told() == []

    two.propose(by=two.employer, answers=two.propose(), weeks=9)
    do_what_is_due()
    assert told() == [("local_agreement_proposed", two.teacher.pk)]


@pytest.mark.parametrize("kind", ["company", "school"])
def test_user_administrators_or_leaders_are_told_where_there_are_any(two, do_what_is_due, kind):
    if kind == "company":
        right, by, party = {"is_user_administrator": True}, two.teacher, {"company_staff": True, "company": two.company}
    else:
        right, by, party = {"is_leader": True}, two.employer, {"school_staff": True, "school": two.school}
    first = MembershipFactory(**party, **right)
    two.propose(by=by)
    do_what_is_due()
    assert told() == [("local_agreement_proposed", first.pk)]


def test_whoever_cannot_answer_or_has_turned_it_off_is_not_told(two, do_what_is_due):
    MembershipFactory(company_staff=True, company=two.company, workplace=WorkplaceFactory(company=two.company))
    choose_mails(two.employer, {"local_agreement_proposed": False})
    two.propose()
    do_what_is_due()
    assert told() == []
    assert LocalAgreement.objects.filter(proposal_told_at=None).count() == 0
