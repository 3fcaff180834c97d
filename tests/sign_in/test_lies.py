"""A broker that lies in one thing at a time."""

from __future__ import annotations

import time

import pytest

from laereplads.accounts.sign_in import conversation, metadata
from tests.sign_in.lies import HARMLESS, LIES, drip, silence

SLOW = [case for case in LIES if drip in case.lie.instead.values() or silence in case.lie.instead.values()]
QUICK = [case for case in LIES if case not in SLOW]


def answer_to(case, visitor):
    """Everything fetched anew, as in a process that has just begun."""
    metadata.forget()
    with pytest.raises(case.answer) as caught:
        visitor.sign_in()
        # Of a lie that is one the second time.
        visitor.sign_in()
    return caught.value


@pytest.mark.parametrize("case", QUICK, ids=str)
def test_a_lie_is_refused(case, provider, visitor):
    provider.lie = case.lie

    problem = answer_to(case, visitor)

    assert (type(problem), problem.reason) == (case.answer, case.reason)


@pytest.mark.parametrize("case", SLOW, ids=str)
def test_a_slow_answer_is_none(case, provider, visitor, monkeypatch):
    """The limits are shortened: the test is of what happens at them."""
    for name in ("CONNECT_LIMIT", "ANSWER_LIMIT"):
        monkeypatch.setattr(conversation, name, 0.2)
    provider.lie = case.lie
    began_at = time.monotonic()

    problem = answer_to(case, visitor)

    assert (type(problem), problem.reason) == (case.answer, case.reason)
    # The answer would take a minute.
    assert time.monotonic() - began_at < 30
    before = len(provider.asked)
    # Others do not wait, too.
    assert answer_to(case, visitor).reason == "resting"
    assert len(provider.asked) == before


@pytest.mark.parametrize("case", HARMLESS, ids=str)
def test_what_harms_nobody_passes(case, provider, visitor):
    provider.lie = case.lie

    assert visitor.sign_in().cvr == "99000007"


def test_no_case_is_told_twice():
    told = [case.told for case in (*LIES, *HARMLESS)]

    assert len(set(told)) == len(told)
