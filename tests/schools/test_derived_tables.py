"""What the database derives of the history: always what the history says, whoever saves, and however many at once."""

import datetime
import random
import threading
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from absence.models import SchoolPeriod
from laereplads.database import derived_tables, trigger_files
from laereplads.database.derived_tables import differences
from laereplads.people.models import Agreement, Education, Student, Workplace
from risk.models import AgreementListEntry, CurrentRisk, Level, RiskAssessment
from risk.operations import record_assessment
from schools.models import Rank, StudentListEntry
from schools.queries import StudentFilter, level_counts
from tests.factories import (
    AgreementFactory,
    EducationFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)
from tests.risk.test_operations import refused
from tests.schools.conftest import assess


def found():
    """The tables with wrong rows, and of how many rows they are derived of."""
    differing = differences(timezone.localdate(), progress=iter)
    return {table.model: number for table, number in differing.items() if number}


def today(student):
    day = timezone.localdate()
    return StudentListEntry.objects.get(student=student, starts_on__lte=day, ends_on__gte=day)


def test_an_entry_follows_what_it_is_derived_of(school):
    student = school.student("Anna", level="high")
    agreement = student.agreements.get()
    assert (today(student).rank, today(student).assessed_on) == (Rank.HIGH, datetime.date(2026, 2, 1))

    changes = [
        lambda: assess(agreement, "low", "2026-02-02T12:00:00+01:00"),
        lambda: record_assessment(agreement, None, by=MembershipFactory(company_staff=True, company=agreement.company)),
        lambda: Student.objects.filter(pk=student.pk).update(name="Åse Ny", status="completed", visibility="hidden"),
        lambda: Agreement.objects.filter(pk=agreement.pk).update(ended_early_on=days_from_today(-1)),
        lambda: Agreement.objects.filter(pk=agreement.pk).update(ended_early_on=None),
        lambda: Education.objects.filter(code="ssa").update(is_sosu=False),
        lambda: Education.objects.filter(code="ssa").update(is_sosu=True),
        lambda: Workplace.objects.filter(pk=agreement.workplace_id).update(name="Åhuset"),
        lambda: Workplace.objects.filter(pk=agreement.workplace_id).update(street="Åvej 1", town="Årby"),
        lambda: Agreement.objects.filter(pk=agreement.pk).update(type="short"),
        lambda: Agreement.objects.filter(pk=agreement.pk).update(workplace=WorkplaceFactory(company=agreement.company)),
    ]
    ranks = []
    for change in changes:
        change()
        assert found() == {}
        ranks.append(today(student).rank)

    assert ranks == [2, 3, 3, 4, 3, 4, 3, 3, 3, 3, 3]
    assert today(student).sort_key == Student.objects.get(pk=student.pk).sort_key


def test_who_is_signed_off_is_in_no_list(school):
    student = school.student("Anna", level="high")

    Student.objects.update(signed_off_on=days_from_today(0))
    assert not StudentListEntry.objects.exists()
    assert level_counts(school.membership, StudentFilter()).of([]) == 0
    Student.objects.update(signed_off_on=None)
    assert today(student).rank == Rank.HIGH


def test_agreements_begin_and_end_at_midnight_without_anybodys_doing(school):
    student = school.without_agreement("Anna")
    for starts, ends in ((-10, 0), (5, 400)):
        AgreementFactory(student=student, starts_on=days_from_today(starts), ends_on=days_from_today(ends))
    levels = []
    for day in range(8):
        with time_machine.travel(timezone.now() + datetime.timedelta(days=day), tick=False):
            counts = level_counts(school.membership, StudentFilter())
            levels.append(today(student).rank)
            assert counts.of([Rank(levels[-1])]) == counts.of([]) == 1

    assert levels == [3, 4, 4, 4, 4, 3, 3, 3]


def test_deleted_assessments_leave_the_latest_of_the_others(school):
    agreement = school.student("Anna").agreements.get()
    first, second = (assess(agreement, level, "2026-02-01T12:00:00+01:00") for level in ("high", "low"))

    second.delete()
    assert CurrentRisk.objects.get().assessment == first
    RiskAssessment.objects.all().delete()
    assert not CurrentRisk.objects.exists()
    assert found() == {}


@pytest.mark.parametrize("assessed", [False, True])
def test_a_removal_and_its_deletion_are_followed(school, assessed):
    """Also where there was nothing to remove, which no page does."""
    agreement = school.student("Anna", level="high" if assessed else "").agreements.get()
    by = MembershipFactory(company_staff=True, company=agreement.company)
    RiskAssessment.objects.create(agreement=agreement, level=None, recorded_by=by)
    assert today(agreement.student).removed_on == timezone.localdate()
    assert (AgreementListEntry.objects.get().unassessed_from is None) is assessed
    assert found() == {}
    RiskAssessment.objects.all().delete()
    assert today(agreement.student).removed_on is None
    assert AgreementListEntry.objects.get().unassessed_from is not None
    assert found() == {}


def test_an_entry_follows_school_periods(school):
    student = school.student("Anna")
    period = SchoolPeriodFactory(student=student, class_code="SSA2701")
    assert today(student).class_code == "SSA2701"
    assert found() == {}
    SchoolPeriod.objects.filter(pk=period.pk).update(class_code="SSA2702", ends_on=days_from_today(40))
    assert today(student).class_code == "SSA2702"
    assert found() == {}
    SchoolPeriod.objects.all().delete()
    assert today(student).class_code == ""
    assert found() == {}


def test_entries_that_have_ended_go_at_night_and_nobody_sees_a_difference(school):
    for number in range(12):
        student = school.student(f"Elev {number}", level=("high", "low", "")[number % 3])
        AgreementFactory(student=student, starts_on=days_from_today(-900), ends_on=days_from_today(-600))
    before = level_counts(school.membership, StudentFilter()), school.found(), StudentListEntry.objects.count()

    call_command("apply_retention", "--delete", f"--today={timezone.localdate()}", stdout=StringIO())

    assert (level_counts(school.membership, StudentFilter()), school.found()) == before[:2]
    assert StudentListEntry.objects.count() < before[2]
    assert not StudentListEntry.objects.filter(ends_on__lt=timezone.localdate()).exists()
    assert found() == {}


SPOILING = {
    "risk.CurrentRisk": "delete from risk_currentrisk",
    "risk.AgreementListEntry": "delete from risk_agreementlistentry where name = 'Bo'; "
    "update risk_agreementlistentry set level = 'high'; "
    "insert into risk_agreementlistentry select (jsonb_populate_record(entry, '{\"agreement_id\": 0}')).* "
    "from risk_agreementlistentry entry",
    "risk.DueAssessment": "delete from risk_dueassessment where number = 1; "
    "update risk_dueassessment set grace_until = grace_until + 1",
    "schools.StudentListEntry": "update schools_studentlistentry set rank = 0; "
    "insert into schools_studentlistentry "
    "select (jsonb_populate_record(entry, jsonb_build_object('id', -id, 'student_id', 99999))).* "
    "from schools_studentlistentry entry",
}


@pytest.mark.parametrize(("kind", "statement"), SPOILING.items(), ids=str)
def test_what_was_written_by_hand_is_found_and_made_good(school, kind, statement):
    school.student("Anna", level="low")
    school.student("Bo")
    with connection.cursor() as cursor:
        # As a superuser who switches the triggers off.
        cursor.execute(f"set local session_replication_role = replica; {statement}")
        cursor.execute("set local session_replication_role = origin")
    assert found()[kind] > 0
    with pytest.raises(CommandError, match="Ret dem med"):
        call_command("check_derived_tables")

    call_command("check_derived_tables", "--rebuild")

    assert found() == {}


def test_rows_are_made_anew_where_their_triggers_are_another_than_before(school):
    school.student("Anna", level="low")
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("delete from schools_studentlistentry; delete from risk_agreementlistentry")
        derived_tables.build()
        assert found() != {}

        cursor.execute("comment on schema derived is 'of an older version'")
        assert list(trigger_files.problems(connection)) == [
            "Databasens triggere (derived) er fra en anden version af koden. Kør: manage.py build_policies"
        ]
        derived_tables.build()

    assert found() == {}
    assert list(trigger_files.problems(connection)) == []


def test_triggers_that_somebody_changed_on_the_server_are_noticed_and_made_anew(school):
    with connection.cursor() as cursor:
        cursor.execute("alter table risk_riskassessment disable trigger assessments_are_append_only")
        cursor.execute(
            "create or replace function derived.student_list_of_risks() returns trigger language plpgsql "
            "as $$ begin return null; end $$"
        )
    said = "Nogen har ændret databasens triggere ({}) på serveren. Kør: manage.py build_policies"
    assert list(trigger_files.problems(connection)) == [said.format("guards"), said.format("derived")]

    derived_tables.build()

    assert list(trigger_files.problems(connection)) == []


def test_lists_follow_the_employees_name(school):
    agreement = school.student("Anna", level="high").agreements.get()
    by = agreement.assessments.get().recorded_by.user
    others = AgreementFactory(company=agreement.company)
    record_assessment(others, "low", by=MembershipFactory(company_staff=True, company=agreement.company))

    by.name = "Åse Ny"
    by.save()

    lines = {line.agreement_id: line.recorder for line in AgreementListEntry.objects.all()}
    assert lines[agreement.pk] == "Åse Ny"
    assert lines[others.pk] == others.assessments.get().recorded_by.user.name != "Åse Ny"
    assert found() == {}

    record_assessment(agreement, None, by=MembershipFactory(company_staff=True, company=agreement.company))
    assert AgreementListEntry.objects.get(pk=agreement.pk).recorder == ""


def test_a_deleted_agreement_leaves_the_lists(school):
    agreement = school.student("Anna").agreements.get()

    agreement.delete()

    assert not AgreementListEntry.objects.exists()
    assert found() == {}


def test_the_current_risk_is_one_of_its_own_agreements(school):
    one, other = (school.student(name, level="low").agreements.get() for name in ("Anna", "Bo"))
    swapped = "update risk_currentrisk set assessment_id = %s where agreement_id = %s; set constraints all immediate"
    foreign = RiskAssessment.objects.get(agreement=other).pk
    CurrentRisk.objects.filter(agreement=other).delete()

    assert refused(swapped, foreign, one.pk) == "current_risk_is_an_assessment_of_its_agreement_and_level"


@pytest.mark.django_db(transaction=True)
def test_savers_at_the_same_time_cannot_make_it_differ():
    """Colleagues assess, a study administration renames and ends, all of the same three students, in any order."""
    education = EducationFactory()
    students = StudentFactory.create_batch(3, education=education)
    agreements = [AgreementFactory(student=student) for student in students]
    staff = {each.pk: MembershipFactory(company_staff=True, company=each.company) for each in agreements}
    start, problems = threading.Barrier(6, timeout=20), []

    def work(number):
        chance = random.Random(number)
        try:
            connection.ensure_connection()
            start.wait()
            for _ in range(15):
                agreement = chance.choice(agreements)
                with transaction.atomic():
                    if number % 3:
                        level = chance.choice([*Level, None])
                        record_assessment(agreement, level, by=staff[agreement.pk])
                    elif chance.random() < 0.5:
                        Student.objects.filter(pk=agreement.student_id).update(name=f"Elev {chance.random()}")
                    else:
                        end = chance.choice([None, days_from_today(-1), days_from_today(30)])
                        Agreement.objects.filter(pk=agreement.pk).update(ended_early_on=end)
        except Exception as problem:  # noqa: BLE001  # told by the test's own thread
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert problems == []
    assert found() == {}
    for agreement in agreements:
        latest = agreement.assessments.order_by("-id").first()
        current = CurrentRisk.objects.filter(agreement=agreement).first()
        assert (current.assessment if current else None) == (latest if latest and latest.level else None)
