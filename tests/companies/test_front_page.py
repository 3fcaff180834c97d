"""The front page reminds a company of its duty."""

import datetime

import pytest
from django.utils import timezone

from tests.factories import MembershipFactory, RejectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def membership():
    return MembershipFactory(company_staff=True)


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "I registrerede sidst et afslag den 2. marts 2026, i dag."),
        (1, "I registrerede sidst et afslag den 1. marts 2026, for 1 dag siden."),
        (60, "I registrerede sidst et afslag den 1. januar 2026, for 60 dage siden."),
    ],
)
def test_it_says_when_the_last_rejection_was_registered(logged_in, membership, days, words):
    for ago in (days, 90):
        then = timezone.now() - datetime.timedelta(days=ago)
        RejectionFactory(registered_by=membership, registered_at=then, given_on=timezone.localdate(then))
    page = logged_in(membership).get("/").content.decode()
    assert words in page
    assert "I har pligt til det, senest to uger efter afslaget." in page


def test_it_says_when_there_is_none_and_tells_nothing_of_others(logged_in, membership):
    RejectionFactory()
    assert "I har ikke registreret afslag endnu." in logged_in(membership).get("/").content.decode()


@pytest.mark.parametrize("role", ["school_staff", "of_student", "administrator"])
def test_other_roles_are_not_reminded(logged_in, role):
    page = logged_in(MembershipFactory(**{role: True})).get("/").content.decode()
    assert "afslag" not in page


def test_the_groups_stand_in_the_guides_order(logged_in, membership):
    page = logged_in(membership).get("/").content.decode()
    places = [page.index(f">{heading}</h2>") for heading in ("Lærlinge", "Søg nye lærlinge", "Uddannelsesaftaler")]
    assert places == sorted(places)
    assert page.index("Registrer afslag</a>") < page.index("Registrerede afslag</a>")
