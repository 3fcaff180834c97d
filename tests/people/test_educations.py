"""Educations are remembered for a minute, and no page is wrong about them meanwhile."""

import datetime

from django.urls import reverse

from laereplads.people.educations import educations
from laereplads.people.models import Education
from tests.factories import AgreementFactory, EducationFactory, MembershipFactory, StudentFactory


def test_they_are_read_once(django_assert_num_queries, db):
    educations()

    with django_assert_num_queries(0):
        educations()


def test_a_change_here_is_known_at_once(db):
    educations()
    new = EducationFactory(other=True)
    assert new in educations()
    new.delete()
    assert new not in educations()


def test_a_change_elsewhere_is_known_after_a_minute(db, frozen_clock):
    before = educations()
    Education.objects.bulk_create([Education(code="ny", name="Ny uddannelse")])

    assert educations() == before
    frozen_clock.shift(datetime.timedelta(minutes=1))
    assert "ny" in {education.code for education in educations()}


def test_a_student_of_an_education_that_is_not_known_yet_is_shown_with_it(logged_in):
    membership = MembershipFactory(school_staff=True)
    educations()
    [new] = Education.objects.bulk_create([Education(code="ny", name="Ny uddannelse")])
    student = StudentFactory(school=membership.school, education=new)
    AgreementFactory(student=student, education=new)

    page = logged_in(membership).get(reverse("schools:student_list")).content.decode()
    assert "Ny uddannelse" in page
    assert "Uddannelse ikke valgt" not in page
