"""Two tabs of one browser: a form that was filled in before the role was switched in the other tab."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from risk.models import Level, RiskAssessment
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import (
    AgreementFactory,
    CompanyFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
    UserFactory,
)


@pytest.fixture
def user():
    return UserFactory(name="Lone Testsen")


@pytest.fixture
def company(user):
    return MembershipFactory(company_staff=True, user=user, company=CompanyFactory(name="Prøvekøbing Kommune"))


@pytest.fixture
def switched(context, live_server, company, user):
    """Switches to the role named, in a second tab."""
    MembershipFactory(company_staff=True, user=user, company=CompanyFactory(name="Anden Kommune"))
    MembershipFactory(school_staff=True, user=user, school=SchoolFactory(name="SOSU Prøve"))

    def switch(to):
        other = context.new_page()
        other.goto(live_server.url + reverse("choose_membership"))
        other.get_by_role("button", name=to).click()
        expect(other.get_by_role("heading", name="Forside")).to_be_visible()
        other.close()

    return switch


def asked(page, filled_in_for, acting):
    expect(page.get_by_role("heading", name="Formularen hører til en anden rolle")).to_be_visible()
    expect(page.get_by_text(f"Den er udfyldt for {filled_in_for}. Du handler nu for {acting}.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.django_db(transaction=True)
def test_the_window_of_one_student(page, live_server, sign_in, company, switched):
    agreement = AgreementFactory(company=company.company, student__name="Amalie Prøve")
    sign_in(company)
    page.goto(live_server.url + reverse("companies:assessment_list"))
    page.get_by_role("button", name="Rediger Amalie Prøve").click()
    page.get_by_role("dialog").get_by_text("Høj", exact=True).click()

    switched("Anden Kommune")
    page.get_by_role("button", name="Gem", exact=True).click()

    asked(page, "Prøvekøbing Kommune", "Anden Kommune")
    assert not RiskAssessment.objects.exists()
    page.get_by_role("button", name="Skift til Prøvekøbing Kommune, og gem").click()
    expect(page.get_by_text("Vurderingen er gemt.")).to_be_visible()
    assert RiskAssessment.objects.get().level == Level.HIGH
    assert RiskAssessment.objects.get().agreement == agreement


@pytest.mark.django_db(transaction=True)
def test_a_star(page, live_server, sign_in, switched, user):
    school = user.memberships.get(role="school_staff")
    StudentFactory(school=school.school, name="Amalie Prøve")
    sign_in(school)
    page.goto(live_server.url + reverse("schools:student_list"))

    switched("Anden Kommune")
    page.get_by_role("button", name="Følg Amalie Prøve").click()

    asked(page, "SOSU Prøve", "Anden Kommune")
    page.get_by_role("button", name="Skift til SOSU Prøve, og gem").click()
    expect(page.get_by_role("button", name="Følg Amalie Prøve", pressed=True)).to_be_visible()
