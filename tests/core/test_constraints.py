"""What must never be false is refused by the database itself, whoever asks and however."""

import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from laereplads.access.auditing import LINK_SENT
from laereplads.audit.operations import record
from laereplads.people.models import Agreement, Company, Region, School, Student, Workplace
from tests.factories import (
    AgreementFactory,
    CompanyFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)

pytestmark = pytest.mark.django_db


def assert_refused(name, act):
    """`act` breaks the constraint of that name; deferred ones are asked at once."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")


@pytest.mark.parametrize("cvr", ["12345678", "1234567", "abcdefgh", "00000000", "123456789"])
def test_a_company_has_a_cvr_number_that_checks(cvr):
    company = CompanyFactory()
    with pytest.raises(DatabaseError), transaction.atomic():
        Company.objects.filter(pk=company.pk).update(cvr=cvr)


def test_a_valid_cvr_number_is_taken():
    company = CompanyFactory(cvr="10000009")
    company.full_clean()


@pytest.mark.parametrize(
    ("model", "factory", "field", "value", "constraint"),
    [
        (Company, CompanyFactory, "kind", "ngo", "company_is_of_a_known_kind"),
        (School, SchoolFactory, "institution_number", "12345", "school_has_an_institution_number_of_6_digits"),
        (Company, CompanyFactory, "kommunekode", "998", "company_has_a_known_kommunekode"),
        (Company, CompanyFactory, "kommunekode", "999", "company_has_a_known_kommunekode"),
        (School, SchoolFactory, "p_number", "12", "school_has_a_p_number_of_10_digits"),
        (Workplace, WorkplaceFactory, "p_number", "12", "workplace_has_a_p_number_of_10_digits"),
        (Workplace, WorkplaceFactory, "postal_code", "12", "workplace_has_a_postal_code_of_4_digits"),
        (Student, StudentFactory, "name", "", "student_has_a_name"),
        (Student, StudentFactory, "student_number", "", "student_has_a_number"),
        (Student, StudentFactory, "student_type", "euv9", "student_is_of_a_known_type"),
        (Student, StudentFactory, "status", "lost", "student_has_a_known_status"),
        (Student, StudentFactory, "basic_programme", "gf3", "student_has_a_known_basic_programme"),
        (Student, StudentFactory, "relation", "none", "student_has_a_known_relation_to_the_school"),
        (Student, StudentFactory, "visibility", "maybe", "student_has_a_known_visibility"),
        (Student, StudentFactory, "expected_completion_on", datetime.date(1990, 1, 1), "student_completes_after_birth"),
        (Agreement, AgreementFactory, "type", "long", "agreement_is_of_a_known_type"),
        (Agreement, AgreementFactory, "ends_on", datetime.date(1990, 1, 1), "agreement_ends_after_it_starts"),
        (
            Agreement,
            AgreementFactory,
            "ended_early_on",
            datetime.date(1990, 1, 1),
            "agreement_ends_early_within_its_period",
        ),
    ],
)
def test_values_outside_what_is_known_are_refused(model, factory, field, value, constraint):
    row = factory()
    assert_refused(constraint, lambda: model.objects.filter(pk=row.pk).update(**{field: value}))


@pytest.mark.parametrize("cvr", ["12345678", "1234567", "abcdefgh", "00000000"])
def test_a_school_has_a_cvr_number_that_checks_or_none(cvr):
    school = SchoolFactory()
    assert school.cvr == ""
    assert_refused("school_has_a_cvr_number_that_checks", lambda: School.objects.filter(pk=school.pk).update(cvr=cvr))


def test_several_schools_may_be_one_legal_unit():
    SchoolFactory(cvr="10000009").full_clean()
    SchoolFactory(cvr="10000009").full_clean()


def test_a_kommunekode_is_one_municipalitys():
    CompanyFactory(kommunekode="101").full_clean()
    assert_refused("kommunekode_is_one_municipalitys", lambda: CompanyFactory(kommunekode="101"))


@pytest.mark.parametrize("kind", ["region", "private"])
def test_only_a_municipality_has_a_kommunekode(kind):
    CompanyFactory(kind=kind)
    assert_refused("company_with_a_kommunekode_is_a_municipality", lambda: CompanyFactory(kind=kind, kommunekode="101"))


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"valid_to": datetime.date(2006, 12, 31)}, "region_ends_after_it_begins"),
        ({"valid_to": None}, "region_that_ends_has_a_successor"),
        ({"successor": None}, "region_that_ends_has_a_successor"),
    ],
)
def test_a_region_that_ends_is_succeeded(changed, constraint):
    ending = Region.objects.filter(code="sjaelland")
    assert_refused(constraint, lambda: ending.update(**changed))


@pytest.mark.parametrize(
    ("code", "on", "expected"),
    [
        ("sjaelland", datetime.date(2026, 12, 31), "sjaelland"),
        ("sjaelland", datetime.date(2027, 1, 1), "oestdanmark"),
        ("hovedstaden", datetime.date(2027, 1, 1), "oestdanmark"),
        ("midtjylland", datetime.date(2027, 1, 1), "midtjylland"),
    ],
)
def test_from_2027_two_regions_are_one(code, on, expected):
    assert Region.objects.get(code=code).on(on).code == expected


@pytest.mark.parametrize(("on", "count"), [(datetime.date(2026, 12, 31), 5), (datetime.date(2027, 1, 1), 4)])
def test_there_are_five_regions_and_from_2027_four(on, count):
    assert Region.objects.valid_on(on).count() == count


def test_a_student_number_is_the_schools_own():
    student = StudentFactory()
    StudentFactory(student_number=student.student_number)
    assert_refused(
        "student_number_is_the_schools_own",
        lambda: StudentFactory(school=student.school, student_number=student.student_number),
    )


def test_agreements_of_a_student_do_not_overlap():
    first = AgreementFactory()
    assert_refused(
        "agreements_of_a_student_do_not_overlap",
        lambda: AgreementFactory(student=first.student, starts_on=first.ends_on, ends_on=days_from_today(900)),
    )


def test_a_new_agreement_may_begin_the_day_after_one_that_ended_early():
    first = AgreementFactory(ended_early_on=days_from_today(-10))

    second = AgreementFactory(student=first.student, starts_on=days_from_today(-9))

    assert [agreement.pk for agreement in Agreement.objects.running()] == [second.pk]


def test_an_agreement_is_at_a_workplace_of_its_company():
    agreement = AgreementFactory()
    elsewhere = WorkplaceFactory()
    assert_refused(
        "agreement_is_at_a_workplace_of_its_company",
        lambda: Agreement.objects.filter(pk=agreement.pk).update(workplace=elsewhere),
    )


@pytest.mark.parametrize(
    "wrong",
    [{"company": None}, {"school": "own"}, {"role": "school_staff"}, {"role": "administrator"}, {"role": "boss"}],
)
def test_a_membership_names_exactly_the_party_of_its_role(wrong):
    if wrong.get("school"):
        wrong = {"school": SchoolFactory()}
    assert_refused(
        "membership_names_the_party_of_its_role", lambda: MembershipFactory(**{"company_staff": True, **wrong})
    )


def test_a_membership_ends_after_it_starts():
    assert_refused(
        "membership_ends_after_it_starts",
        lambda: MembershipFactory(administrator=True, starts_on=days_from_today(0), ends_on=days_from_today(-1)),
    )


def test_the_same_membership_is_held_once_at_a_time():
    first = MembershipFactory(company_staff=True)
    assert_refused(
        "membership_without_an_end_is_held_once",
        lambda: MembershipFactory(company_staff=True, user=first.user, company=first.company),
    )


@pytest.mark.parametrize("statement", ["update audit_event set action = 'x'", "delete from audit_event"])
def test_events_are_append_only(statement):
    record(LINK_SENT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_events_cannot_be_emptied():
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("truncate audit_event cascade")
