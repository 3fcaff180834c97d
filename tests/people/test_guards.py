"""Whose a number and an agreement are, as the database keeps it; mergers; and forms that take no CPR number."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from laereplads.accounts.models import User
from laereplads.audit.models import Event
from laereplads.people.models import Agreement, Merger, School, Student, Workplace
from laereplads.people.operations import merge_companies, move_to_school
from risk.models import RiskAssessment
from risk.operations import record_assessment
from tests.factories import (
    AgreementFactory,
    CompanyFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
    UserFactory,
    WorkplaceFactory,
    days_from_today,
)

pytestmark = pytest.mark.django_db


def refused(constraint: str, rows, **values) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**values)


def test_name_and_birth_date_do_not_change_together():
    student = Student.objects.filter(pk=StudentFactory(name="Emma Første").pk)

    refused("student_number_is_one_persons", student, name="Karl Anden", birth_date=datetime.date(1971, 3, 3))
    student.update(name="Emma Gift")
    student.update(birth_date=datetime.date(2004, 9, 10))
    student.update(name="Karl Anden", birth_date=datetime.date(1971, 3, 3), identity_confirmed_at=timezone.now())


def test_a_student_goes_nowhere_but_as_themselves():
    student, other, elsewhere = StudentFactory(), StudentFactory(), StudentFactory(name="En anden")
    own = Student.objects.filter(pk=student.pk)

    refused("student_stays_at_the_school", own, school=SchoolFactory())
    refused("student_moves_as_the_same_person", own, moved_to=elsewhere, moved_on=timezone.localdate())
    refused("student_moves_to_a_school_on_a_day", own, moved_to=None, moved_on=timezone.localdate())
    with pytest.raises(ValidationError):
        move_to_school(student, other, on=timezone.localdate())


def test_an_agreement_stays_its_students_and_its_companys():
    agreement = Agreement.objects.filter(pk=AgreementFactory().pk)
    place = WorkplaceFactory()

    refused("agreement_stays_its_students", agreement, student=StudentFactory())
    refused("agreement_stays_its_companys", agreement, company=place.company, workplace=place)
    refused("agreement_is_at_a_workplace_of_its_company", agreement, workplace=place)


def test_a_workplace_stays_its_companys():
    refused(
        "workplace_stays_its_companys", Workplace.objects.filter(pk=WorkplaceFactory().pk), company=CompanyFactory()
    )


def test_what_is_assessed_is_not_annulled_and_what_is_annulled_is_not_assessed():
    membership = MembershipFactory(company_staff=True)
    assessed, annulled = AgreementFactory.create_batch(2, company=membership.company)
    record_assessment(assessed, "low", by=membership)

    refused(
        "assessed_agreement_is_not_annulled", Agreement.objects.filter(pk=assessed.pk), annulled_on=timezone.localdate()
    )
    Agreement.objects.filter(pk=annulled.pk).update(annulled_on=timezone.localdate())
    refused("agreement_stays_annulled", Agreement.objects.filter(pk=annulled.pk), annulled_on=None)
    with pytest.raises(IntegrityError, match="annulled_agreement_takes_no_assessment"), transaction.atomic():
        RiskAssessment.objects.create(agreement=annulled, level="low", recorded_by=membership)


def test_whoever_is_signed_off_takes_no_assessment(logged_in):
    membership = MembershipFactory(company_staff=True)
    agreement = AgreementFactory(company=membership.company, student__signed_off_on=days_from_today(-1))

    with pytest.raises(ValidationError, match="meldt ud"):
        record_assessment(agreement, "high", by=membership)
    with pytest.raises(IntegrityError, match="signed_off_student_takes_no_assessment"), transaction.atomic():
        RiskAssessment.objects.create(agreement=agreement, level="low", recorded_by=membership)
    page = logged_in(membership).get(reverse("companies:assessment_list")).text
    assert "Udmeldt af skolen" in page
    assert "formaction" not in page


def test_a_merger_takes_over_places_and_what_runs_and_leaves_what_ended():
    old = MembershipFactory(company_staff=True)
    new = MembershipFactory(company_staff=True)
    running, ended = AgreementFactory(company=old.company), AgreementFactory(company=old.company, ended_lately=True)
    made = record_assessment(running, "high", by=old)

    merger = merge_companies(old.company, new.company, on=timezone.localdate())

    running.refresh_from_db()
    ended.refresh_from_db()
    assert (running.company, ended.company) == (new.company, old.company)
    assert {place.company for place in Workplace.objects.filter(agreements__in=[running, ended])} == {new.company}
    assert [takeover.merger for takeover in running.takeovers.all()] == [merger]
    assert {"companies_merged", "agreement_taken_over"} <= set(Event.objects.values_list("action", flat=True))
    assert list(RiskAssessment.objects.visible_to(new)) == [made]
    assert set(Agreement.objects.visible_to(old)) == {ended}
    assert set(Agreement.objects.visible_to(new)) == {running}


def test_there_are_no_circles_and_no_mergers_to_come():
    first, second = CompanyFactory(), CompanyFactory()
    with pytest.raises(ValidationError):
        merge_companies(first, second, on=days_from_today(1))
    merge_companies(first, second, on=timezone.localdate())
    with pytest.raises(ValidationError):
        merge_companies(second, first, on=timezone.localdate())
    with pytest.raises(IntegrityError, match="mergers_are_written_once"), transaction.atomic():
        Merger.objects.update(successor=CompanyFactory())


def test_the_administration_merges_companies(logged_in):
    agreement, successor = AgreementFactory(), CompanyFactory()
    client = logged_in(MembershipFactory(administrator=True))

    client.post(
        reverse("admin:people_merger_add"),
        {"company": agreement.company.pk, "successor": successor.pk, "takes_over_on": timezone.localdate().isoformat()},
    )

    agreement.refresh_from_db()
    assert agreement.company == successor


def form_of(client, address: str) -> dict[str, object]:
    form = client.get(address).context["adminform"].form
    values = {name: form.initial.get(name, form.fields[name].initial) for name in form.fields}
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in values.items()
        if value not in (None, False)
    }


def test_the_administration_confirms_that_somebody_is_the_same_person(logged_in):
    student = StudentFactory(name="Emma Første")
    client = logged_in(MembershipFactory(administrator=True))
    address = reverse("admin:people_student_change", args=[student.pk])
    changed = form_of(client, address) | {"name": "Karl Anden", "birth_date": "1971-03-03"}

    assert "Elevnummeret tilhører allerede en anden elev" in client.post(address, changed).text
    student.refresh_from_db()
    assert student.name == "Emma Første"

    client.post(address, changed | {"confirms_identity": "on"})
    student.refresh_from_db()
    assert (student.name, student.birth_date) == ("Karl Anden", datetime.date(1971, 3, 3))
    assert Event.objects.latest("id").action == "student_confirmed"


def test_the_administration_annuls_what_was_never_assessed(logged_in):
    membership = MembershipFactory(company_staff=True)
    assessed, other = AgreementFactory.create_batch(2, company=membership.company)
    record_assessment(assessed, "low", by=membership)
    client = logged_in(MembershipFactory(administrator=True))

    for agreement in (assessed, other):
        address = reverse("admin:people_agreement_change", args=[agreement.pk])
        client.post(address, form_of(client, address) | {"annulled_on": timezone.localdate().isoformat()})
        agreement.refresh_from_db()
    assert (assessed.annulled_on, other.annulled_on) == (None, timezone.localdate())


@pytest.mark.parametrize(
    ("factory", "field"),
    [
        *((StudentFactory, field) for field in ("name", "student_number", "email", "phone", "uniid")),
        (AgreementFactory, "number"),
        *((SchoolFactory, field) for field in ("name", "email", "phone")),
        (CompanyFactory, "name"),
        *((WorkplaceFactory, field) for field in ("name", "street", "town")),
        *((UserFactory, field) for field in ("name", "email")),
    ],
)
@pytest.mark.parametrize("number", ["050805-1234", "0508051234", "05082005-1234", "050805.1234"])
def test_no_form_takes_a_cpr_number(factory, field, number):
    record = factory()
    setattr(record, field, f"{number}@test.example" if field == "email" else number)

    with pytest.raises(ValidationError) as refusal:
        record.full_clean()
    assert "Det ligner et CPR-nummer." in str(refusal.value.message_dict[field])
    assert isinstance(record, Student | Agreement | School | User | Workplace) or record.pk


def test_a_protected_student_is_marked_and_in_no_list_by_contact(logged_in):
    membership = MembershipFactory(school_staff=True)
    student = StudentFactory(school=membership.school, is_protected=True, email="skjult@test.example", phone="20304050")
    client = logged_in(membership)

    assert "Navne- og adressebeskyttet" in client.get(reverse("schools:student_detail", args=[student.public_id])).text
    listed = client.get(reverse("schools:student_list")).text
    assert "skjult@" not in listed
    assert "20304050" not in listed


def test_both_schools_see_what_is_theirs_of_whoever_moved(logged_in):
    company = MembershipFactory(company_staff=True)
    agreement = AgreementFactory(student__name="Tilde Skift", company=company.company)
    former = agreement.student
    record_assessment(agreement, "high", by=company)
    login = MembershipFactory(of_student=True, student=former)
    now = StudentFactory(name="Tilde Skift", birth_date=former.birth_date)
    move_to_school(former, now, on=timezone.localdate())

    old, new = (logged_in(MembershipFactory(school_staff=True, school=one.school)) for one in (former, now))
    listed = old.get(reverse("schools:student_list")).text
    assert "Flyttet til anden skole" in listed
    assert "Høj</" not in old.get(reverse("schools:student_detail", args=[former.public_id])).text
    assert "Høj</" in new.get(reverse("schools:student_detail", args=[now.public_id])).text
    login.refresh_from_db()
    assert login.student == now
    assert "Høj</" in logged_in(login).get(reverse("students:own_agreement")).text
    assert Student.objects.get(pk=former.pk).name in logged_in(login).get(reverse("students:own_data")).text
