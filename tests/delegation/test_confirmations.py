"""ÅRLIG BEKRÆFTELSE: opened once a year, warned of twice, and over after thirty days."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.delegation.confirmations import unanswered
from laereplads.delegation.models import Confirmation
from laereplads.notifications.models import OutgoingMail
from laereplads.notifications.timetable import run_due
from tests.factories import CompanyFactory, MembershipFactory, days_from_today
from tests.sessions import session_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(frozen_clock):
    """Each test begins at noon, so that days pass as whole days."""
    frozen_clock.move_to(timezone.localtime().replace(hour=12, minute=0), tick=True)


def text_of(answer):
    return answer.content.decode()


def told(kind):
    return OutgoingMail.objects.filter(kind=kind).count()


@pytest.fixture
def own():
    return MembershipFactory(company_staff=True, is_user_administrator=True, starts_on=days_from_today(-400))


def colleague(own, **columns):
    return MembershipFactory(company_staff=True, company=own.company, **columns)


def pass_days(clock, days):
    """The jobs run again after so many days."""
    clock.shift(datetime.timedelta(days=days))
    run_due()


def test_it_opens_when_the_first_user_is_a_year_old_and_again_after_a_year(own, frozen_clock):
    young = MembershipFactory(company_staff=True, is_user_administrator=True, starts_on=days_from_today(-363))
    run_due()
    assert [opened.company for opened in Confirmation.objects.all()] == [own.company]
    run_due()
    pass_days(frozen_clock, 2)
    assert {opened.company for opened in Confirmation.objects.all()} == {own.company, young.company}
    assert told("confirmation_opened") == 2


def test_two_warnings_and_then_access_ends(own, frozen_clock):
    late, confirmed = colleague(own), colleague(own)
    run_due()
    confirmation = Confirmation.objects.get()
    assert confirmation.lines.count() == 3
    line = confirmation.lines.get(membership=confirmed)
    session_of(own).post(reverse("user_confirmation"), {f"svar-{line.pk}": "ja"})
    pass_days(frozen_clock, 13)
    assert told("your_access_is_unconfirmed") == 0
    pass_days(frozen_clock, 1)
    assert (told("your_access_is_unconfirmed"), told("confirmation_waits")) == (1, 1)
    pass_days(frozen_clock, 9)
    assert (told("your_access_is_unconfirmed"), told("confirmation_waits")) == (2, 2)
    pass_days(frozen_clock, 7)
    assert Membership.objects.active().filter(pk=late.pk).exists()
    pass_days(frozen_clock, 1)
    assert not Membership.objects.active().filter(pk=late.pk).exists()
    assert set(Membership.objects.active()) == {own, confirmed}
    confirmed.refresh_from_db()
    own.refresh_from_db()
    assert confirmed.confirmed_on
    assert own.confirmed_on
    assert told("confirmation_ended") == 1
    assert told("your_access_is_unconfirmed") == 2


def test_nobody_who_answers_is_left_and_everybody_loses_access(frozen_clock):
    alone = MembershipFactory(company_staff=True, starts_on=days_from_today(-400))
    run_due()
    assert told("nobody_looks_after_users") == 1
    pass_days(frozen_clock, 31)
    assert not Membership.objects.active().filter(pk=alone.pk).exists()


def test_names_are_answered_one_by_one_and_the_last_answer_closes(own):
    stays, leaves = colleague(own, user__name="Bliver Her"), colleague(own, user__name="Går Nu")
    run_due()
    confirmation = Confirmation.objects.get()
    site = session_of(own)
    page = text_of(site.get(reverse("user_confirmation")))
    assert "Bliver Her" in page
    assert own.user.name not in page.partition("<main")[2]
    assert "2 brugere mangler svar" not in page
    answers = {held: confirmation.lines.get(membership=held).pk for held in (stays, leaves, own)}
    assert site.post(reverse("user_confirmation"), {}).status_code == 422
    site.post(reverse("user_confirmation"), {f"svar-{answers[stays]}": "ja", f"svar-{answers[own]}": "nej"})
    assert [line.membership for line in unanswered(confirmation)] == [leaves]
    site.post(reverse("user_confirmation"), {f"svar-{answers[leaves]}": "nej"})
    confirmation.refresh_from_db()
    assert confirmation.closed_on == timezone.localdate()
    leaves.refresh_from_db()
    assert leaves.ends_on == timezone.localdate()
    assert told("access_ends") == 1
    assert "Bliver Her" in text_of(site.get(reverse("user_confirmation")))


def test_other_organisations_lines_are_not_answered(own):
    other = MembershipFactory(company_staff=True, is_user_administrator=True, starts_on=days_from_today(-400))
    theirs = colleague(other)
    colleague(own)
    run_due()
    line = Confirmation.objects.get(company=other.company).lines.get(membership=theirs)
    assert session_of(own).post(reverse("user_confirmation"), {f"svar-{line.pk}": "nej"}).status_code == 422
    theirs.refresh_from_db()
    assert theirs.ends_on is None


def test_the_authority_is_told_monthly_while_nobody_looks_after_the_users(own, frozen_clock):
    colleague(own, starts_on=days_from_today(-10))
    other = CompanyFactory()
    MembershipFactory(company_staff=True, company=other, starts_on=days_from_today(-10))
    Membership.objects.filter(pk=own.pk).update(ends_on=days_from_today(1), starts_on=days_from_today(-20))
    run_due()
    assert told("nobody_looks_after_users") == 0
    pass_days(frozen_clock, 2)
    assert list(OutgoingMail.objects.values_list("organisation", "address")) == [
        (own.company.name, "support@laerepladsportalen.example")
    ]
    pass_days(frozen_clock, 28)
    assert told("nobody_looks_after_users") == 1
    pass_days(frozen_clock, 4)
    assert told("nobody_looks_after_users") == 2


def test_the_users_page_says_who_waits(own):
    colleague(own)
    run_due()
    page = text_of(session_of(own).get(reverse("user_list")))
    assert "Årlig bekræftelse" in page
    assert "1 bruger mangler svar" in page


def test_who_is_alone_says_that_the_organisation_still_uses_the_portal(own, frozen_clock):
    run_due()
    site = session_of(own)
    assert "Bekræft, at I stadig bruger portalen" in text_of(site.get(reverse("user_list")))
    assert "Ja, vi bruger stadig portalen" in text_of(site.get(reverse("user_confirmation")))
    assert site.post(reverse("user_confirmation"), {}).status_code == 302
    assert Confirmation.objects.get().closed_on == timezone.localdate()
    pass_days(frozen_clock, 31)
    assert Membership.objects.active().filter(pk=own.pk).exists()
