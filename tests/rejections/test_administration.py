"""The administrator maintains the list of reasons, and is told when it lacks one."""

import datetime
import re
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from laereplads.audit.actions import RECORD_ADDED, RECORD_CHANGED
from laereplads.audit.models import Event
from rejections.models import Rejection, RejectionReason, in_percent
from tests.factories import MembershipFactory, RejectionFactory, RejectionReasonFactory

pytestmark = pytest.mark.django_db
LIST = "admin:rejections_rejectionreason_changelist"


@pytest.fixture
def client(logged_in):
    return logged_in(MembershipFactory(administrator=True))


# All days of the tests are in March.
LAST_MONTH = datetime.datetime(2026, 2, 28, 23, 59, tzinfo=ZoneInfo("Europe/Copenhagen"))


def given(reason, count, at=LAST_MONTH):
    return RejectionFactory.create_batch(count, primary_reason=reason, registered_at=at, given_on=at.date())


@pytest.mark.parametrize(("others", "warned"), [(17, False), (16, True)])
def test_the_share_of_andet_is_shown_and_warned_of_above_15_percent(client, others, warned):
    given(RejectionReasonFactory(), others)
    given(RejectionReasonFactory(catch_all=True), 3)
    page = client.get(reverse(LIST)).content.decode()

    assert ("15,8 % (3)" if warned else "15,0 % (3)") in page
    assert ("15,8 % af afslagene" in page) is warned
    assert ("mangler listen sandsynligvis en begrundelse" in page) is warned


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        *((0, 0, "–"), (0, 7, "0,0 %"), (1, 3, "33,3 %"), (2, 3, "66,7 %"), (7, 7, "100,0 %")),
        # Halves go up, always.
        *((1, 2000, "0,1 %"), (1, 2001, "0,0 %"), (3, 2000, "0,2 %"), (5, 2000, "0,3 %"), (1999, 2000, "100,0 %")),
        *((15049, 100000, "15,0 %"), (15050, 100000, "15,1 %")),
    ],
)
def test_a_share_is_shown_with_one_decimal_half_up(part, whole, shown):
    assert in_percent(part, whole) == shown


def test_counts_are_of_closed_months_only(client):
    """Whoever looks before a rejection and after it learns no reason, neither from the page nor past it."""
    reason, catch_all = RejectionReasonFactory(), RejectionReasonFactory(catch_all=True)
    given(reason, 2)
    before = client.get(reverse(LIST)).text
    for at in (LAST_MONTH + datetime.timedelta(minutes=1), timezone.now(), LAST_MONTH - datetime.timedelta(days=364)):
        given(catch_all, 4, at)

    def counted(page):
        return set(re.findall(r"\d+,\d % \(\d+\)", page)) - {"0,0 % (0)"}

    assert counted(before) == {"100,0 % (2)"}
    given(catch_all, 5, LAST_MONTH - datetime.timedelta(days=366))
    assert counted(client.get(reverse(LIST)).text) == {"33,3 % (2)", "66,7 % (4)"}
    with MembershipFactory(administrator=True).with_row_policies():
        assert Rejection.objects.count() == 11


def test_without_rejections_there_is_nothing_to_warn_of(client):
    RejectionReasonFactory(catch_all=True)
    page = client.get(reverse(LIST)).content.decode()
    assert "– (0)" in page
    assert "sandsynligvis" not in page


def test_the_list_takes_the_same_statements_however_many_reasons(client, django_assert_max_num_queries):
    RejectionReasonFactory()
    given(RejectionReasonFactory(motivation=True), 2)
    with django_assert_max_num_queries(10):
        client.get(reverse(LIST))


@pytest.mark.today("2026-03-02")
def test_a_reason_is_added_retired_and_never_deleted_nor_given_another_code(client):
    form = {"code": "ny", "label": "Ny begrundelse", "help_text": "", "order": "50", "valid_from": "2026-03-01"}
    assert client.post(reverse("admin:rejections_rejectionreason_add"), form).status_code == 302
    reason = RejectionReason.objects.get(code="ny")

    change = reverse("admin:rejections_rejectionreason_change", args=[reason.pk])
    assert client.post(change, form | {"code": "anden", "valid_until": "2026-03-02"}).status_code == 302
    reason.refresh_from_db()
    assert (reason.code, str(reason.valid_until)) == ("ny", "2026-03-02")
    assert client.post(reverse("admin:rejections_rejectionreason_delete", args=[reason.pk])).status_code == 403
    events = Event.objects.filter(object_type="rejections.rejectionreason", object_id=reason.pk).order_by("id")
    assert [event.action for event in events] == [
        RECORD_ADDED,
        RECORD_CHANGED,
    ]


@pytest.mark.today("2026-03-02")
def test_a_reason_that_ends_before_it_begins_is_refused_in_words(client):
    form = {"code": "ny", "label": "Ny", "order": "50", "valid_from": "2026-03-02", "valid_until": "2026-03-01"}
    page = client.post(reverse("admin:rejections_rejectionreason_add"), form)
    assert "Begrundelsen skal slutte efter, at den er begyndt at gælde." in page.content.decode()


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize(("value", "shown"), [("ja", "Ingen ledige lærepladser"), ("nej", "Motivation og kendskab")])
def test_reasons_are_filtered_by_whether_they_can_be_chosen(client, value, shown):
    RejectionReason.objects.update(valid_until="2026-03-01")
    RejectionReason.objects.filter(pk=RejectionReasonFactory().pk).update(valid_until=None)
    RejectionReason.objects.filter(pk=RejectionReasonFactory(motivation=True).pk).update(valid_until="2026-03-01")
    page = client.get(reverse(LIST), {"gaelder": value}).content.decode()
    assert shown in page
    assert ({"Ingen ledige lærepladser", "Motivation og kendskab"} - {shown}).pop() not in page
