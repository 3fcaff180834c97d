"""Mine beskeder: what one gets, where it goes, and what did not arrive."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from laereplads.notifications.models import MailChoice, OutgoingMail, Reason, RefusedAddress
from tests.factories import MembershipFactory
from tests.notifications.kinds import DAILY, NEWS, QUIET

pytestmark = pytest.mark.django_db
PAGE = "/beskeder/"
ROLES = ["company_staff", "school_staff", "of_student"]


def save(client, **ticks):
    shown = " ".join(client.get(PAGE).context["form"].kinds)
    return client.post(PAGE, {"shown": shown, **ticks}, follow=True)


def given_up(membership, *, days=1, reason=Reason.REFUSED, **values):
    at = timezone.now() - datetime.timedelta(days=days)
    values = {"kind": NEWS.name, "user": membership.user, "membership": membership, "organisation": "Afsender"} | values
    return OutgoingMail.objects.create(gave_up_at=at, gave_up_because=reason, **values)


def ticked(page):
    return {name for name in page.context["form"].kinds if page.context["form"][name].value()}


@pytest.mark.parametrize("role", ROLES)
def test_what_is_ticked_is_saved_and_said(logged_in, role):
    own = MembershipFactory(**{role: True})
    client = logged_in(own)
    page = client.get(PAGE)
    assert QUIET.label in page.text
    assert QUIET.help_text in page.text
    assert {NEWS.name, QUIET.name, DAILY.name} & ticked(page) == {NEWS.name, DAILY.name}

    saved = save(client, **{QUIET.name: "on", DAILY.name: "on"})

    assert saved.redirect_chain == [(PAGE, 302)]
    assert "Dine valg er gemt." in saved.text
    assert {NEWS.name, QUIET.name, DAILY.name} & ticked(saved) == {QUIET.name, DAILY.name}
    assert MailChoice.objects.get(kind=NEWS.name).membership == own


@pytest.mark.parametrize("form", [{}, {"shown": ""}, {"shown": "nothing access_ends"}, {QUIET.name: "on"}])
def test_what_the_page_did_not_show_stays_as_it_is(logged_in, form):
    """A kind that has come since, or a form that somebody made up."""
    client = logged_in(MembershipFactory(company_staff=True))

    client.post(PAGE, form)

    assert not MailChoice.objects.exists()


def test_who_looks_after_users_is_told_what_they_always_get(logged_in):
    alone, others = "nogen beder om adgang hos jer.", "din adgang får en slutdato."
    for is_user_administrator in (True, False):
        own = MembershipFactory(company_staff=True, is_user_administrator=is_user_administrator)
        page = logged_in(own).get(PAGE).text
        assert "Du får altid besked, når" in page
        assert others in page
        assert (alone in page) == is_user_administrator
    assert "Du får altid besked, når" not in logged_in(MembershipFactory(of_student=True)).get(PAGE).text


@pytest.mark.parametrize("role", ROLES)
def test_the_page_says_where_mails_go_and_is_found_beside_the_name(logged_in, role):
    own = MembershipFactory(**{role: True})
    client = logged_in(own)

    assert own.user.email in client.get(PAGE).text
    front_page = client.get(reverse("front_page"), follow=True).text
    assert f'href="{PAGE}"' in front_page.partition("<main")[0]


def test_who_has_no_address_is_told_so(logged_in):
    own = MembershipFactory(of_student=True, user__email=None)

    assert "Portalen kender ikke din e-mailadresse." in logged_in(own).get(PAGE).text


@pytest.mark.parametrize("role", ROLES)
def test_what_did_not_arrive_stands_there_for_thirty_days(logged_in, role):
    own = MembershipFactory(**{role: True})
    given_up(own, days=1, reason=Reason.UNCERTAIN)
    given_up(own, days=29, kind="gone", organisation="")
    given_up(own, days=31)
    given_up(own, reason=Reason.NO_RECEIVER)
    given_up(MembershipFactory(**{role: True}))
    OutgoingMail.objects.create(kind=NEWS.name, user=own.user, sent_at=timezone.now())

    page = logged_in(own).get(PAGE)

    assert [mail.kind for mail in page.context["undelivered"]] == [NEWS.name, "gone"]
    for words in (
        "Kunne ikke leveres (2)",
        str(NEWS.label),
        "Afsender",
        "Uvist, om mailen nåede frem",
        "Mail, som portalen ikke sender længere",
        "Mailserveren sagde nej",
    ):
        assert words in page.text


def test_where_nothing_is_missing_it_says_so(logged_in):
    page = logged_in(MembershipFactory(company_staff=True)).get(PAGE).text

    assert "Kunne ikke leveres (0)" in page
    assert "Der er ingen fra de seneste 30 dage." in page


def test_mails_are_turned_on_again_by_a_button(logged_in):
    own, other = MembershipFactory(company_staff=True), MembershipFactory(company_staff=True)
    for membership in (own, other):
        RefusedAddress.objects.create(user=membership.user, address=membership.user.email)
    client = logged_in(own)
    assert "Dine mails er slået fra" in client.get(PAGE).text

    answer = client.post(PAGE, {"turn_on": "1"}, follow=True)

    assert "Vi sender igen mails til din adresse." in answer.text
    assert "Dine mails er slået fra" not in answer.text
    assert RefusedAddress.objects.get().user == other.user


def test_an_address_that_was_refused_before_the_user_got_another_is_not_spoken_of(logged_in):
    own = MembershipFactory(company_staff=True)
    RefusedAddress.objects.create(user=own.user, address="gammel@test.example")

    assert "Dine mails er slået fra" not in logged_in(own).get(PAGE).text


@pytest.mark.parametrize("count", [1, 10])
def test_it_takes_as_many_queries_however_much_did_not_arrive(logged_in, django_assert_max_num_queries, count):
    own = MembershipFactory(company_staff=True)
    for _number in range(count):
        given_up(own)
    client = logged_in(own)
    client.get(PAGE)

    with django_assert_max_num_queries(15):
        client.get(PAGE)
