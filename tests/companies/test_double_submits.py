"""Double clicks and resends at the same moment: each form is saved once, and both answers say so."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from laereplads.audit.models import Event
from rejections.applicants import Identity
from rejections.auditing import REJECTION_REGISTERED
from rejections.models import Applicant, Rejection
from rejections.operations import register_rejection
from tests.factories import EducationFactory, MembershipFactory, RejectionReasonFactory
from tests.sessions import session_of

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS_AT_ONCE = 4


def doubly(forms, submit):
    """Call `submit(number, token)` twice at the same moment for each form, four forms at a time; all it returned."""
    tokens = [uuid.uuid4() for _form in range(forms)]
    together = [threading.Barrier(2) for _pair in range(PAIRS_AT_ONCE)]

    def one_of_two(pair):
        answers = []
        for number in range(pair, forms, PAIRS_AT_ONCE):
            together[pair].wait(timeout=60)
            answers.append(submit(number, tokens[number]))
        connection.close()
        return answers

    with ThreadPoolExecutor(2 * PAIRS_AT_ONCE) as threads:
        answers = threads.map(one_of_two, [*range(PAIRS_AT_ONCE), *range(PAIRS_AT_ONCE)])
        return [answer for each in answers for answer in each]


def assert_saved(forms):
    assert Rejection.objects.count() == Applicant.objects.count() == forms
    assert Event.objects.filter(action=REJECTION_REGISTERED).count() == forms


def test_a_thousand_double_submits_at_once_give_a_thousand_rejections():
    education, reason, by = EducationFactory(), RejectionReasonFactory(), MembershipFactory(company_staff=True)

    def submit(number, token):
        return register_rejection(
            education=education,
            applicant=Identity(f"Prøveansøger {number}", phone=f"{20000000 + number}"),
            primary_reason=reason,
            given_on=timezone.localdate(),
            form_token=token,
            by=by,
        ).pk

    saved = doubly(1000, submit)
    assert len(saved) == 2000
    assert len(set(saved)) == 1000
    assert_saved(1000)


def test_double_clicks_are_both_answered_as_if_they_were_the_only_one():
    EducationFactory()
    RejectionReasonFactory()
    membership = MembershipFactory(company_staff=True)

    def submit(number, token):
        form = {
            "education": "ssa",
            "applicant_name": f"Prøveansøger {number}",
            "applicant_contact": f"{20000000 + number}",
            "primary_reason": "ingen_pladser",
            "given_on": timezone.localdate().isoformat(),
            "form_token": str(token),
        }
        return session_of(membership).post("/afslag/", form).status_code

    assert doubly(60, submit) == [302] * 120
    assert_saved(60)
