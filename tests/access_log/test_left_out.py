"""Whatever a page lets somebody learn about a few students is in the access log, whatever it was asked."""

from __future__ import annotations

import html
import itertools
import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companies.assessment_forms import AgreementFilterForm, AssessmentFilterForm
from laereplads.access_log.left_out import FEW
from laereplads.access_log.models import AccessLogEntry
from laereplads.people.models import Student
from risk.models import AgreementListEntry, DueTab, RiskAssessment, in_tab
from schools.forms import StudentFilterForm
from schools.groups import groups_of
from schools.models import FollowedStudent, Rank, StudentListEntry
from tests.factories import (
    AgreementFactory,
    EducationFactory,
    MembershipFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)
from tests.schools.conftest import absent, assess
from tests.sessions import session_of

LEVELS = ("high", "medium", "low", "")
NAMES = ("Anna", "Bo", "Cilla")
COMPANY, SCHOOL = ("companies:assessment_list", "companies:agreement_list"), ("schools:student_list",)
FILES = ("schools:student_xlsx",)

# What each filter may be set to; `None` is not at all.
VALUES = {
    "schools": {
        "navn": ["anna", "bo 7", "cilla 2", "ingen"],
        "niveau": [["high"], ["low"], ["none"], ["high", "medium", "none"]],
        "senest": ["01-02-2026", "01-03-2026"],
        "aftale": [["ja"], ["nej"]],
        "status": [["in_progress"], ["completed"]],
        "elevtype": [["eux"], ["eud"]],
        "fravaer": [["15"], ["0", "15"], ["ingen"]],
        "mine": ["on"],
    },
    "companies": {
        "navn": ["anna", "bo 7", "cilla 2", "ingen"],
        "niveau": [["high"], ["low"], ["none"], ["high", "medium", "none"]],
        "arbejdssted": ["own"],
        "slutter": ["snart"],
        "vis": ["nu", "snart", "aldrig"],
    },
}


def asked_of(app: str) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(each) for name, each in VALUES[app].items()})


class Lists:
    """A school and a company with the same students, of whom some share their names and levels."""

    def __init__(self, students: int) -> None:
        self.company, self.school = MembershipFactory(company_staff=True), MembershipFactory(school_staff=True)
        company, education = self.company.company, EducationFactory()
        places = WorkplaceFactory.create_batch(2, company=company)
        for number in range(students):
            student = StudentFactory(
                name=f"{NAMES[number % 3]} {number}",
                school=self.school.school,
                education=education,
                student_type=["eud", "eux"][number % 7 == 0],
            )
            agreement = AgreementFactory(
                student=student,
                company=company,
                workplace=places[number % 4 == 0],
                education=education,
                starts_on=days_from_today(-10 * (number % 9)),
            )
            if level := LEVELS[number % 11 % 4]:
                assess(agreement, level, f"2026-02-{1 + number % 20:02}T12:00:00+01:00")
            if number % 3 == 0:
                absent(student, [(360, 36 * (number % 4), 0)] * 5)
            if number % 5 == 0:
                FollowedStudent.objects.create(membership=self.school, student=student)
        self.places = {"own": places[0].p_number}
        self.clients = {"schools": session_of(self.school), "companies": session_of(self.company)}


def logged_by(client, address):
    last = AccessLogEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    response = client.get(address)
    assert response.status_code == 200, address
    if response.streaming:
        response.getvalue()
    entries = AccessLogEntry.objects.filter(id__gt=last)
    return set(itertools.chain.from_iterable(entries.values_list("students", flat=True)))


def students_in(entries):
    return set(entries.values_list("student", flat=True))


def shown(page, query, lists):
    """By filter in force, the students whom it leaves in; everybody; and those of each number that is shown."""
    asked = QueryDict(query)
    if page.startswith("schools"):
        entries, wanted = (
            StudentListEntry.objects.visible_to(lists.school),
            StudentFilterForm(asked, groups_of(lists.school)).wanted,
        )
        conditions = wanted.conditions(lists.school)
        counted = replace(wanted, ranks=()).of(entries, lists.school)
        cells = [students_in(counted.filter(rank=rank)) for rank in Rank] if page in SCHOOL else []
    else:
        form = {"companies:assessment_list": AssessmentFilterForm, "companies:agreement_list": AgreementFilterForm}
        wanted = form[page](asked, lists.company).wanted
        entries, conditions = wanted.list_of(lists.company), wanted.conditions
        assessed = students_in(entries.exclude(level=""))
        parts = [
            assessed,
            *(
                students_in(entries.filter(in_tab(tab, timezone.localdate(), lists.company.company_id)))
                for tab in DueTab
            ),
        ]
        cells = [*parts, *(students_in(entries) - part for part in parts)] if wanted.assessable else []
    return [students_in(entries.filter(each)) for each in conditions], students_in(entries), cells


def learnt(filters, everybody, cells):
    """Each set of at most FEW of whom one can tell.

    They fit some filters, and are not among those who fit all; or they are those whom a number counts.
    """
    found = everybody.intersection(*filters)
    for number in range(len(filters)):
        for some in itertools.combinations(filters, number):
            absent = everybody.intersection(*some) - found
            if len(absent) <= FEW:
                yield absent
    yield from (each for each in cells if len(each) <= FEW)


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize("students", [3, 14, 24])
@pytest.mark.parametrize("page", [*SCHOOL, *FILES, *COMPANY])
def test_whatever_is_learnt_about_few_students_is_logged(db, page, students):
    lists = Lists(students)
    app = page.partition(":")[0]

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(asked_of(app))
    def any_search(asked):
        chosen = {
            name: lists.places.get(value, value) if isinstance(value, str) else value for name, value in asked.items()
        }
        query = urlencode(chosen, doseq=True)
        filters, everybody, cells = shown(page, query, lists)
        logged = logged_by(lists.clients[app], f"{reverse(page)}?{query}")
        assert logged >= everybody.intersection(*filters)
        for told in learnt(filters, everybody, cells):
            assert logged >= told, query
        # And nobody else: of one among many nothing is learnt.
        assert logged == everybody.intersection(*filters).union(*learnt(filters, everybody, cells)), query

    any_search()


@pytest.mark.today("2026-03-02")
def test_whoever_is_missing_between_two_others_is_logged(db):
    """All but those of one kind, page by page in the order of names: who knows a name sees that it is not there."""
    lists = Lists(64)
    client, everybody = lists.clients["schools"], StudentListEntry.objects.visible_to(lists.school)
    left_out = set(everybody.filter(student_type="eux").values_list("student", flat=True))
    assert len(left_out) > FEW

    address, seen = reverse("schools:student_list") + "?elevtype=eud", []
    while address:
        seen.append(logged_by(client, address))
        following = re.search(r'href="([^"]*)"[^>]*>Næste</a>', client.get(address).text)
        address = following and reverse("schools:student_list") + html.unescape(following[1])

    assert set().union(*seen) == set(everybody.values_list("student", flat=True))
    assert all(len(logged & left_out) <= FEW for logged in seen)


@pytest.mark.today("2026-03-02")
def test_a_number_beside_a_filter_is_a_reading_of_the_one_it_counts(db):
    """Of ten of one name three are named and seven left out, which tells of nobody; but a number says who is alone."""
    school = MembershipFactory(school_staff=True)
    students = [StudentFactory(name=f"Anna {each}", school=school.school) for each in range(10)]
    for student, level in zip(students, ["low"] * 3 + ["high"] * 6 + ["medium"], strict=True):
        assess(AgreementFactory(student=student, education=EducationFactory()), level, "2026-02-02T12:00:00+01:00")
    logged = logged_by(session_of(school), reverse("schools:student_list") + "?navn=anna&niveau=low")
    assert logged == {student.pk for student in [*students[:3], students[9]]}


@pytest.mark.today("2026-03-02")
def test_the_progress_is_a_reading_of_the_few_who_are_behind_or_ahead(db):
    company = MembershipFactory(company_staff=True)
    agreements = [
        AgreementFactory(company=company.company, student__name=f"Bo {each:02}", education=EducationFactory())
        for each in range(30)
    ]
    assess(agreements[29], "low", "2026-02-02T12:00:00+01:00")
    logged = logged_by(session_of(company), reverse("companies:assessment_list"))
    assert logged == {each.student_id for each in [*agreements[:25], agreements[29]]}


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize("order", ["", "&sortering=risk"])
@pytest.mark.parametrize("page", ["schools:student_list", "companies:assessment_list"])
def test_an_address_that_names_somebody_is_a_reading_of_them(db, page, order):
    """Whether a page begins beside them shows whether they are on the list, and where."""
    lists = Lists(32)
    model = StudentListEntry if page in SCHOOL else AgreementListEntry
    for level, code in (("low", 2), ("high", 0)):
        own = model.objects.visible_to(lists.school if page in SCHOOL else lists.company)
        named = own.filter(**({"rank": code} if page in SCHOOL else {"level": level})).last()
        query = f"?niveau=high&efter={named.public_id}&nr=3{order}"
        assert named.student_id in logged_by(lists.clients[page.partition(":")[0]], reverse(page) + query)


@pytest.mark.today("2026-03-02")
def test_a_window_is_a_reading_of_whom_its_list_leaves_out(db):
    lists = Lists(12)
    first, *others = AgreementListEntry.objects.visible_to(lists.company).order_by("sort_key", "student")
    window = reverse("companies:assessment_update", args=[first.public_id])
    for other in others[:6]:
        logged = logged_by(lists.clients["companies"], f"{window}?{urlencode({'navn': other.name, 'niveau': 'none'})}")
        assert logged >= {first.student_id, other.student_id}


@pytest.mark.today("2026-03-02")
def test_counts_of_few_are_readings_of_them(db):
    """The progress tells of everybody, whoever is saved."""
    lists = Lists(4)
    first, *others = AgreementListEntry.objects.visible_to(lists.company).order_by("sort_key")
    last = AccessLogEntry.objects.latest("id").pk if AccessLogEntry.objects.exists() else 0
    seen = RiskAssessment.objects.filter(agreement=first.agreement_id).values_list("pk", flat=True).last() or 0
    answer = lists.clients["companies"].post(
        reverse("companies:assessment_update", args=[first.public_id]),
        {"level": "none", "seen": seen, "assessed": "ja"},
        headers={"HX-Request": "true"},
    )
    assert "af 4 lærlinge har en vurdering" in answer.text
    logged = AccessLogEntry.objects.filter(id__gt=last).values_list("students", flat=True)
    assert set(itertools.chain(*logged)) == {each.student_id for each in (first, *others)}


@pytest.mark.parametrize("query", ["?q=egen&status__exact=completed", "?q=egen&student_type__exact=eux", "?q=egen"])
def test_the_administrations_lists_tell_of_nobody_unseen(world, query):
    named = Student.objects.get(name="Markør Egen")
    assert named.pk in logged_by(world.clients["administrator"], reverse("admin:people_student_changelist") + query)


def test_no_list_of_the_administration_counts_beside_its_filters(world):
    """Of ten of one name one is at another school: the count beside that school would tell of them alone."""
    for model, model_admin in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        page = world.clients["administrator"].get(f"{address}?q=egen")
        assert model_admin.show_facets is admin.ShowFacets.NEVER, model
        assert not page.context_data["cl"].add_facets
        asked = world.clients["administrator"].get(f"{address}?_facets=True")
        assert asked.status_code == 302, model
