"""The way back counts once, soon, at the same broker, and in the browser that began."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.http import Http404

from laereplads.accounts.sign_in import brokers
from laereplads.accounts.sign_in.errors import BrokerAway, Refused
from tests.sign_in.conftest import Visitor
from tests.sign_in.provider import CALLBACK


def test_another_browser_has_not_begun(provider, visitor):
    """As when somebody is given the address by which another would come back, and would be signed in as them."""
    way_back = provider.authorize(visitor.start())

    with pytest.raises(Refused, match="state"):
        Visitor(provider).finish(way_back)

    assert visitor.finish(way_back)


def test_a_way_back_counts_once(provider, visitor):
    way_back = provider.authorize(visitor.start())
    visitor.finish(way_back)

    with pytest.raises(Refused, match="state"):
        visitor.finish(way_back)


def test_it_counts_once_though_two_requests_have_read_the_session_at_once(provider, visitor):
    way_back = provider.authorize(visitor.start())
    twin = Visitor(provider)
    twin.session = {**visitor.session}
    visitor.finish(way_back)

    with pytest.raises(Refused, match="state"):
        twin.finish(way_back)


def test_it_counts_once_also_where_it_came_to_nothing(provider, visitor):
    way_back = provider.authorize(visitor.start())
    provider.lie.instead = {"/token": (500, {}, b"")}
    with pytest.raises(BrokerAway):
        visitor.finish(way_back)
    provider.lie.instead = {}

    with pytest.raises(Refused, match="state"):
        visitor.finish(way_back)


@pytest.mark.parametrize("later", [datetime.timedelta(minutes=31), datetime.timedelta(hours=2)])
def test_a_way_back_counts_for_half_an_hour(later, provider, visitor, frozen_clock):
    way_back = provider.authorize(visitor.start())
    frozen_clock.shift(later)

    with pytest.raises(Refused, match="late"):
        visitor.finish(way_back)


def test_the_code_of_another_browser_is_refused(provider, visitor):
    """Its code with one's own state: the verifier that the broker asks for is the other's."""
    stolen = provider.authorize(Visitor(provider).start())
    own = provider.authorize(visitor.start())

    with pytest.raises(Refused, match="code"):
        visitor.finish(own | {"code": stolen["code"]})


def test_the_id_token_of_another_sign_in_is_refused(provider, visitor):
    before = visitor.sign_in().id_token
    provider.lie.answer = lambda said: said | {"id_token": before}

    with pytest.raises(Refused, match="nonce"):
        visitor.sign_in()


def test_several_tabs_may_begin_at_once(provider, visitor):
    begun = [provider.authorize(visitor.start()) for _tab in range(brokers.MOST_BEGUN)]

    assert all(visitor.finish(way_back) for way_back in reversed(begun))


def test_the_oldest_of_many_tabs_begins_anew(provider, visitor):
    oldest, *others = [provider.authorize(visitor.start()) for _tab in range(brokers.MOST_BEGUN + 1)]

    assert len(visitor.session[brokers.SESSION_KEY]) == brokers.MOST_BEGUN
    with pytest.raises(Refused, match="state"):
        visitor.finish(oldest)
    assert visitor.finish(others[0])


def test_the_way_back_of_one_broker_is_none_of_another(provider, visitor, settings):
    settings.BROKERS = {**settings.BROKERS, "other": {**settings.BROKERS["broker"], "label": "En anden"}}
    way_back = provider.authorize(visitor.start())

    with pytest.raises(Refused, match="state"):
        visitor.finish(way_back, "other")


@pytest.mark.parametrize(
    "act", [lambda v: v.start("none"), lambda v: v.finish({}, "none"), lambda v: v.log_out("", "none")]
)
def test_a_broker_that_is_not_there_is_not_found(act, visitor):
    with pytest.raises(Http404):
        act(visitor)


def test_nothing_is_left_in_the_session_afterwards(visitor):
    visitor.sign_in()

    assert brokers.SESSION_KEY not in visitor.session


def test_the_answer_is_kept_by_no_cache(visitor):
    answer = brokers.start(visitor.request(), "broker", callback_url=CALLBACK)

    assert answer["Cache-Control"] == "no-store"


def test_many_browsers_sign_in_at_once(provider, visitor, settings):
    """Threads share what is known of the broker."""
    found = []
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    threads = [threading.Thread(target=lambda: found.append(Visitor(provider).sign_in())) for _browser in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == len(threads)
