"""Min side tells when the next assessment is proposed or agreed, who makes it, and how one is told."""

import datetime
import html
import re

import pytest
from django.urls import reverse
from django.utils import translation

from risk.models import LocalAgreement
from students.local_agreements import to_the_student
from tests.factories import (
    AgreementFactory,
    AssessmentPauseFactory,
    LocalAgreementFactory,
    MembershipFactory,
    SchoolPeriodFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-09-30")]
PAGE = reverse("students:own_page")


@pytest.fixture
def agreement():
    """In its first training period, from 17 August until 13 December, which is due on 15 October."""
    made = AgreementFactory(starts_on=datetime.date(2026, 6, 1), ends_on=datetime.date(2027, 3, 1))
    for first, last in (("2026-06-01", "2026-08-16"), ("2026-12-14", "2027-03-01")):
        SchoolPeriodFactory(student=made.student, starts_on=first, ends_on=last)
    return made


@pytest.fixture
def card(agreement, logged_in):
    """What the card says, in words."""
    client = logged_in(MembershipFactory(of_student=True, student=agreement.student))

    def read(language=""):
        if language:
            client.cookies["django_language"] = language
        page = client.get(PAGE).content.decode()
        found = re.search(r'id="next-heading".*?</section>', page, re.DOTALL)
        return " ".join(html.unescape(re.sub("<[^>]+>", " ", found.group())).split()) if found else ""

    return read


def agreed(agreement, **rules):
    return LocalAgreementFactory(school=agreement.student.school, company=agreement.company, **rules)


def test_without_an_agreement_it_is_proposed(card):
    told = card()
    assert "Din næste vurdering er foreslået til den 15. oktober 2026 (midt i 1. oplæring)." in told
    assert "Din skole og din arbejdsplads har ikke aftalt, hvem der vurderer dig" in told
    assert "At vurdere dig er frivilligt for din arbejdsplads." in told


def test_with_one_it_is_agreed_and_it_is_said_who_and_how(agreement, card):
    agreed(agreement, passed_on_to=["contact_teacher", "mentor"])
    told = card()
    assert "Din næste vurdering er aftalt til den 15. oktober 2026 (midt i 1. oplæring)." in told
    assert (
        "Din oplæringsvejleder vurderer dig midt i hver oplæringsperiode og taler med dig, før vurderingen registreres."
        in told
    )
    assert "Din skole får besked straks, hvis risikoen er høj, og ellers hver uge." in told
    assert "Skolen giver beskeden videre til din kontaktlærer og din mentor." in told


def test_a_proposal_is_not_told(agreement, card):
    agreed(agreement, awaiting=True)
    assert "aftalt til" not in card()


@pytest.mark.today("2026-10-20")
def test_a_day_that_has_passed_is_no_reproach(card):
    told = card()
    assert "Din vurdering var foreslået til den 15. oktober 2026" in told
    assert "Den er ikke registreret endnu." in told


def test_a_pause_is_told_neutrally(agreement, card):
    AssessmentPauseFactory(agreement=agreement, until=datetime.date(2026, 11, 30))
    told = card()
    assert "Din arbejdsplads vurderer dig ikke til og med den 30. november 2026." in told
    assert "Det siger ikke noget om dig." in told
    assert "foreslået til" not in told


def test_without_school_periods_it_says_why(agreement, card):
    agreement.student.school_periods.all().delete()
    told = card()
    assert "Foreslået, fordi skoleopholdene ikke er kendt." in told
    assert "oplæring)" not in told


@pytest.mark.today("2026-12-20")
def test_when_no_more_is_to_come(agreement, card):
    agreed(agreement, assessor="manager", student_told_by="contact_teacher")
    told = card()
    assert "Der er ikke foreslået flere vurderinger i din aftale." in told
    assert "Lederen på dit arbejdssted vurderer dig" in told
    assert "Din kontaktlærer taler med dig, før vurderingen registreres." in told


@pytest.mark.today("2027-03-10")
def test_nothing_is_told_without_a_running_agreement(card):
    assert card() == ""


def test_in_english(agreement, card):
    agreed(agreement, timing="before_end", weeks=4, student_told="talk_after", change_told="when_risen")
    told = card("en")
    assert "Your next assessment is agreed for 16 November 2026 (in training period 1)." in told
    assert "Your training supervisor assesses you 4 weeks before each training period ends" in told
    assert "Assessing you is voluntary for your workplace." in told
    assert not re.search("[æøåÆØÅ]", told)


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_rule_is_said(language):
    told = set()
    with translation.override(language):
        for field in ("timing", "student_told", "change_told", "school_told", "assessor", "student_told_by"):
            for choice in dict(LocalAgreement._meta.get_field(field).choices):
                for within in (0, 5):
                    made = LocalAgreement(
                        weeks=5, follow_up_within=within, passed_on_to=["reading_counsellor"], **{field: choice}
                    )
                    told.update(to_the_student(made))
    if language == "en":
        assert [words for words in told if re.search("[æøåÆØÅ]", words)] == []
    assert len(told) > 15
