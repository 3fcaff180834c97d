"""`apply_retention` takes all that has been kept long enough, nothing else, and never an implausible share."""

import datetime
import io
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access_log.models import AccessLogEntry
from laereplads.accounts.models import Session, User
from laereplads.audit import chain
from laereplads.audit.actions import RETENTION_APPLIED
from laereplads.audit.models import Event
from laereplads.database.derived_tables import declared
from laereplads.database.identity import in_the_name_of
from laereplads.database.locks import alone
from laereplads.imports.models import Upload
from laereplads.notifications.models import MailChoice, RefusedAddress
from laereplads.people.models import Agreement, Student
from laereplads.retention import run
from laereplads.retention.run import working_rules
from rejections.models import Applicant, DeliveredRejection, Delivery, Fingerprint, Rejection
from risk.models import AgreementListEntry, CurrentRisk, Level, RiskAssessment
from risk.operations import record_assessment
from schools.models import FollowedStudent, SavedFilterMatch, StudentGroupMember, StudentListEntry
from tests.factories import (
    AgreementFactory,
    MembershipFactory,
    RejectionFactory,
    SavedFilterFactory,
    StudentFactory,
    StudentGroupFactory,
    UserFactory,
    days_from_today,
)

pytestmark = pytest.mark.django_db
TABLES = {rule.table for rule, _work in working_rules()}


def said_by(*arguments, is_today_sure=True):
    """What the command says; tests take place on days of their own, which the database's clock knows nothing of."""
    out = io.StringIO()
    if is_today_sure:
        arguments = (*arguments, "--today", timezone.localdate().isoformat())
    call_command("apply_retention", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def refusal(*arguments, **options):
    with pytest.raises(CommandError) as refused:
        said_by(*arguments, **options)
    return str(refused.value)


def days_ago(days):
    return timezone.now() - datetime.timedelta(days=days)


def minutes(number):
    return datetime.timedelta(minutes=number)


def delete():
    """Run it for good, however much of so small a world goes."""
    return said_by("--delete", *(f"--allow={table}" for table in TABLES))


def counts(said):
    """Table → how many rows, of an answer of the command."""
    lines = [line.split() for line in said.splitlines() if line.startswith("  ") and " af " in line]
    return {words[0]: int(words[1]) for words in lines}


def assessed(*levels, **details):
    """An agreement that was assessed a month before it ended, by an employee of its company."""
    agreement = AgreementFactory(starts_on=details["ends_on"] - datetime.timedelta(days=300), **details)
    staff = MembershipFactory(company_staff=True, company=agreement.company, starts_on=datetime.date(2020, 1, 1))
    with time_machine.travel(details["ends_on"] - datetime.timedelta(days=30)):
        for level in levels:
            record_assessment(agreement, level, by=staff)
    return agreement


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize(
    ("ends_on", "last_moment"),
    [
        ("2025-08-31", "2026-02-28T23:59:59+01:00"),
        ("2025-08-30", "2026-02-28T23:59:59+01:00"),
        ("2025-08-27", "2026-02-27T23:59:59+01:00"),
        # Summer: midnight in Copenhagen is 22 o'clock of the day before in UTC.
        ("2025-12-31", "2026-06-30T23:59:59+02:00"),
        ("2025-09-29", "2026-03-29T23:59:59+02:00"),
    ],
)
def test_assessments_go_when_the_sixth_month_has_passed_in_copenhagen(ends_on, last_moment, frozen_clock):
    assessed(Level.HIGH, None, Level.LOW, ends_on=datetime.date.fromisoformat(ends_on))
    last = datetime.datetime.fromisoformat(last_moment)

    frozen_clock.move_to(last)
    delete()
    assert (RiskAssessment.objects.count(), CurrentRisk.objects.count()) == (3, 1)

    frozen_clock.move_to(last + datetime.timedelta(seconds=1))
    delete()
    assert (RiskAssessment.objects.count(), CurrentRisk.objects.count()) == (0, 0)
    # What the school needs to know of the student's way is still there.
    assert Agreement.objects.count() == 1


def test_an_agreement_that_ended_early_counts_from_its_last_day():
    assessed(Level.HIGH, ends_on=days_from_today(100))
    Agreement.objects.update(ended_early_on=days_from_today(-199))
    delete()
    assert RiskAssessment.objects.count() == 0


@pytest.fixture
def anything():
    """Students, agreements, assessments and employees of all ages, the same each time."""
    chance = random.Random(4)
    for _student in range(40):
        signed_off = chance.choice([None, days_from_today(-chance.randrange(1, 800))])
        student = StudentFactory()
        if chance.random() < 0.5:
            MembershipFactory(of_student=True, student=student, starts_on=days_from_today(-900))
        mentor = MembershipFactory(school_staff=True, school=student.school)
        FollowedStudent.objects.create(membership=mentor, student=student)
        StudentGroupMember.objects.create(group=StudentGroupFactory(school=student.school), student=student)
        SavedFilterMatch.objects.create(saved_filter=SavedFilterFactory(membership=mentor), student=student)
        end = days_from_today(chance.randrange(-900, 100))
        levels = chance.choices([Level.HIGH, Level.LOW, None], k=chance.randrange(4))
        assessed(*levels, student=student, ends_on=end)
        student.signed_off_on = signed_off
        student.save(update_fields=["signed_off_on"])
    for membership in Membership.objects.exclude(role="student"):
        if chance.random() < 0.7:
            membership.ends_on = days_from_today(-chance.randrange(900))
            membership.save()
    User.objects.update(created_at=days_ago(1000))


def ids_where(table, condition):
    with connection.cursor() as cursor:
        cursor.execute(f"select id from {table} where {condition}")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.today("2026-03-02")
def test_nothing_overdue_remains_nothing_young_is_gone_and_again_takes_nothing(anything):
    """What is overdue is asked of PostgreSQL, in words of its own."""
    over = "(select id from people_agreement where last_day + interval '6 months' < date '2026-03-02')"
    young_assessments = ids_where("risk_riskassessment", f"agreement_id not in {over}")
    has_young_agreement = (
        "exists (select from people_agreement a where a.student_id = people_student.id"
        " and a.last_day + interval '12 months' >= date '2026-03-02')"
    )
    kept_students = ids_where(
        "people_student",
        "signed_off_on is null or signed_off_on + interval '12 months' >= date '2026-03-02' or " + has_young_agreement,
    )
    kept_agreements = set(Agreement.objects.filter(student__in=kept_students).values_list("pk", flat=True))
    everything = (RiskAssessment.objects.count(), Student.objects.count(), Agreement.objects.count())

    tried = said_by(*(f"--allow={table}" for table in TABLES))
    assert everything == (RiskAssessment.objects.count(), Student.objects.count(), Agreement.objects.count())
    done = delete()

    assert set(RiskAssessment.objects.values_list("pk", flat=True)) == young_assessments
    assert set(Student.objects.values_list("pk", flat=True)) == kept_students
    assert set(Agreement.objects.values_list("pk", flat=True)) == kept_agreements
    assert ids_where("risk_currentrisk c join people_agreement a on a.id = c.agreement_id", f"a.id in {over}") == set()
    assert set(AgreementListEntry.objects.values_list("pk", flat=True)) == kept_agreements
    assert not AgreementListEntry.objects.filter(agreement__in=ids_where("people_agreement", f"id in {over}")).exclude(
        level=""
    )
    # Everybody who is named by an assessment keeps her name.
    assert not User.objects.filter(memberships__assessments__isnull=False, name="Slettet bruger").exists()
    assert User.objects.filter(name="Slettet bruger").exists()
    assert len(counts(done)) >= 7
    assert all(gone > 0 for gone in counts(done).values())
    # The trial run told exactly what would happen.
    assert counts(tried) == counts(done)
    assert counts(delete()) == {}
    assert sound()


def test_a_former_employee_loses_her_name_but_not_while_an_assessment_shows_it():
    running = assessed(Level.HIGH, ends_on=days_from_today(-100))
    User.objects.update(created_at=days_ago(1000))
    staff = Membership.objects.get(company=running.company)
    EmailAddress.objects.create(user=staff.user, email=staff.user.email)
    rejection = RejectionFactory(registered_by=staff)
    Membership.objects.update(ends_on=days_from_today(-400))
    staff.user.set_password("elleve små grise")
    staff.user.save()
    name = staff.user.name

    delete()
    assert User.objects.get().name == name

    Agreement.objects.update(ended_early_on=days_from_today(-250))
    delete()
    # The rejection is for good, so somebody has to have registered it; nobody can tell who.
    rejection.refresh_from_db()
    assert rejection.recorder.name == "Slettet bruger"
    assert not EmailAddress.objects.exists()
    assert not User.objects.get().is_active
    assert authenticate(None, username=User.objects.get().email, password="elleve små grise") is None
    assert name not in str(list(User.objects.values()))


def test_a_user_who_was_made_just_now_or_logged_in_lately_stays():
    new, lately = UserFactory(), UserFactory(last_login=days_ago(300))
    User.objects.filter(pk=lately.pk).update(created_at=days_ago(1000))
    delete()
    assert set(User.objects.values_list("name", flat=True)) == {new.name, lately.name}


@pytest.mark.today("2026-03-02")
def test_what_is_kept_for_a_time_of_its_own_goes_to_the_second(frozen_clock):
    user = UserFactory()
    address = EmailAddress.objects.create(user=user, email=user.email)
    now = timezone.now()
    sender = MembershipFactory(administrator=True)
    for age in (datetime.timedelta(hours=8), datetime.timedelta(hours=8, seconds=1)):
        Upload.objects.create(kind="roster", uploaded_by=sender, uploaded_at=now - age, content=b"x")
    for age in (datetime.timedelta(days=30), datetime.timedelta(days=30, seconds=1)):
        rejection = RejectionFactory(registered_at=now - age, given_on=days_from_today(-40))
        Fingerprint.objects.create(rejection=rejection, digest=b"x")
    for created in ("2026-02-01T23:59:59+01:00", "2026-02-02T00:00:00+01:00"):
        moment = datetime.datetime.fromisoformat(created)
        EmailConfirmation.objects.create(email_address=address, created=moment, key=created)
        entry = LogEntry.objects.create(user=user, object_repr="x", action_flag=ADDITION, change_message="")
        LogEntry.objects.filter(pk=entry.pk).update(action_time=moment)
    for key, started, seen in (("a", 479, 29), ("b", 480, 29), ("c", 479, 30)):
        times = {"started_at": now - minutes(started), "last_seen_at": now - minutes(seen)}
        Session.objects.create(session_key=key, session_data="", user=user, **times)
    for read in ("2025-03-01T23:59:59+01:00", "2025-03-02T00:00:00+01:00"):
        mentor = MembershipFactory(school_staff=True)
        moment = datetime.datetime.fromisoformat(read)
        AccessLogEntry.objects.create(
            at=moment, membership=mentor, school=mentor.school, purpose="student_profile", students=[1]
        )
    with connection.cursor() as cursor:
        cursor.execute("delete from cache")
        cursor.execute("insert into cache values ('a', '', %s), ('b', '', %s)", [now, now - datetime.timedelta(1)])
    frozen_clock.move_to(now, tick=False)

    assert counts(delete()) == {
        "imports_upload": 1,
        "rejections_fingerprint": 1,
        "account_emailconfirmation": 1,
        "django_admin_log": 1,
        "cache": 1,
        "accounts_session": 2,
        "access_log_accesslogentry": 1,
    }


@pytest.mark.today("2026-03-02")
def test_choices_of_mails_go_with_the_access_and_refused_addresses_when_there_is_another():
    ended, lately, assessing, present = (
        MembershipFactory(company_staff=True, ends_on=ends_on)
        for ends_on in (datetime.date(2025, 2, 28), datetime.date(2025, 3, 2), datetime.date(2025, 2, 28), None)
    )
    with time_machine.travel("2025-02-01"):
        agreement = AgreementFactory(company=assessing.company, ends_on=days_from_today(600))
        record_assessment(agreement, "low", by=assessing)
    for membership in (ended, lately, assessing, present):
        MailChoice.objects.create(membership=membership, kind="x", is_on=True)
    for membership, address in ((lately, "gammel@test.example"), (present, present.user.email)):
        RefusedAddress.objects.create(user=membership.user, address=address)

    delete()

    assert set(MailChoice.objects.values_list("membership", flat=True)) == {lately.pk, present.pk}
    assert RefusedAddress.objects.get().user == present.user
    # What is kept longer for another reason keeps no choice.
    assert Membership.objects.filter(pk=assessing.pk).exists()


def test_applicants_go_when_the_delivery_is_confirmed_and_no_sooner():
    """Here the portal was restored from a copy that still had them."""
    for confirmed_at in (timezone.now(), None):
        rejection = RejectionFactory()
        Applicant.objects.create(rejection=rejection, sealed=b"x")
        delivery = Delivery.objects.create(written_at=days_ago(1), checksum=b"x", confirmed_at=confirmed_at)
        DeliveredRejection.objects.create(rejection=rejection, delivery=delivery)
    delete()
    assert Applicant.objects.get().rejection.delivered.delivery.confirmed_at is None
    assert Rejection.objects.count() == 2


def sound():
    """Whether the record is whole and untouched, as its own check finds."""
    return chain.verify().findings == []


def test_no_event_tells_what_is_deleted_and_the_chain_still_holds():
    gone = assessed(Level.HIGH, Level.LOW, ends_on=days_from_today(-300))
    stays = assessed(Level.HIGH, Level.LOW, ends_on=days_from_today(-100))
    chain.seal()
    about = Event.objects.filter(object_type="risk.riskassessment")

    delete()

    assert [event.changes for event in about.filter(student=gone.student.public_id)] == [{}, {}, {}, {}]
    told = about.filter(student=stays.student.public_id).order_by("id")
    assert [event.changes["level"] for event in told] == [[None, "high"], ["high", "low"]]
    assert sound()
    assert counts(delete()) == {}


def test_events_about_a_student_who_is_deleted_say_only_that_they_happened():
    student = StudentFactory()
    student.status = "completed"
    student.signed_off_on = days_from_today(-400)
    student.save()
    assert any(event.changes for event in Event.objects.about(student.public_id))

    delete()

    assert not Student.objects.exists()
    events = Event.objects.about(student.public_id)
    assert [event.action for event in events] == ["student_removed", "student_signed_off", "student_reported"]
    assert [event.changes for event in events] == [{}, {}, {}]
    assert sound()


@pytest.mark.today("2026-03-02")
def test_events_go_after_five_years_and_the_rest_of_the_chain_holds():
    students = []
    for moment in ("2021-03-01T23:59:59+01:00", "2021-03-02T00:00:00+01:00"):
        with in_the_name_of(None, at=datetime.datetime.fromisoformat(moment)):
            students.append(StudentFactory())
    old, young = students
    assert Event.objects.about(old.public_id).exists()

    assert counts(delete())["audit_event"] >= 1

    assert not Event.objects.about(old.public_id).exists()
    assert Event.objects.about(young.public_id).exists()
    assert sound()
    assert counts(delete()) == {}


def test_an_implausible_share_stops_everything():
    ended = days_from_today(-300)
    for _agreement in range(21):
        assessed(Level.HIGH, ends_on=ended)
    sender = MembershipFactory(administrator=True)
    Upload.objects.create(kind="roster", uploaded_by=sender, uploaded_at=days_ago(1), content=b"x")

    for arguments in ((), ("--delete",), ("--delete", "--allow", "people_student")):
        assert "risk_riskassessment: 21 af 21 (100 %). Grænsen er 20 %." in refusal(*arguments)
    assert RiskAssessment.objects.count() == 21
    assert Upload.objects.count() == 1
    assert not Event.objects.filter(action=RETENTION_APPLIED).exists()

    said_by("--delete", "--allow", "risk_riskassessment")
    assert RiskAssessment.objects.count() == 0


@pytest.mark.parametrize(("overdue", "rows", "stops"), [(1, 1, False), (2, 4, False), (2, 3, True), (20, 20, True)])
def test_of_few_rows_half_may_go(overdue, rows, stops):
    for number in range(rows):
        assessed(Level.HIGH, ends_on=days_from_today(-300 if number < overdue else 100))
    if stops:
        assert f"risk_riskassessment: {overdue} af {rows}" in refusal("--delete")
    else:
        said_by("--delete")
    assert RiskAssessment.objects.count() == (rows if stops else rows - overdue)


class TestTheClock:
    """A wrong clock must not empty the portal, however small a share would go."""

    @pytest.fixture
    def known(self, frozen_clock):
        """The last run of the database is of now, and there is much to keep."""
        frozen_clock.move_to(database_clock())
        said_by("--delete", is_today_sure=False)
        return frozen_clock

    @pytest.mark.parametrize(("days", "stops"), [(0, False), (1, False), (6.9, False), (7.1, True), (200, True)])
    def test_a_jump_of_more_than_a_week_is_asked_about(self, known, days, stops):
        known.shift(datetime.timedelta(days=days))
        if stops:
            assert f"tilføj --today {timezone.localdate()}" in refusal("--delete", is_today_sure=False)
            said_by("--delete")
        else:
            said_by("--delete", is_today_sure=False)

    def test_the_last_event_tells_where_it_never_ran(self, frozen_clock):
        frozen_clock.move_to(database_clock())
        StudentFactory()
        said_by("--delete", is_today_sure=False)
        Event.objects.all()
        frozen_clock.shift(datetime.timedelta(days=8))
        assert "uret siger" in refusal("--delete", is_today_sure=False)

    def test_what_somebody_saved_while_it_was_wrong_hides_nothing(self, known):
        known.shift(datetime.timedelta(days=200))
        with in_the_name_of(None, at=timezone.now()):
            StudentFactory()
        assert "uret siger" in refusal("--delete", is_today_sure=False)

    def test_a_day_that_is_not_the_clocks_is_no_answer(self, known):
        assert "--today 2020-01-01" in refusal("--delete", "--today=2020-01-01", is_today_sure=False)

    @pytest.mark.today("2026-03-02")
    def test_lists_are_right_again_the_night_after(self, frozen_clock):
        """Entries of today went, because the clock was wrong and somebody said that it was right."""
        student = AgreementFactory(ends_on=days_from_today(100)).student
        now = timezone.now()
        frozen_clock.move_to(now + datetime.timedelta(days=200))
        delete()
        frozen_clock.move_to(now)
        today = timezone.localdate()
        entries = StudentListEntry.objects.filter(student=student, starts_on__lte=today, ends_on__gte=today)
        assert not entries.exists()

        others = [table for table in declared() if table.model != "schools.StudentListEntry"]
        with CaptureQueriesContext(connection) as asked:
            assert "dannet på ny" in delete()
        assert entries.count() == 1
        # Those that were right are left alone.
        kept = " ".join(each["sql"] for each in asked if "derived.keep_" in each["sql"])
        assert kept
        assert not any(f"derived.keep_{table.names['table']}(" in kept for table in others)
        assert "dannet på ny" not in delete()


def database_clock():
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        return cursor.fetchone()[0]


def test_one_row_is_no_share_of_anything():
    assessed(Level.HIGH, ends_on=days_from_today(-300))
    said_by("--delete")
    assert RiskAssessment.objects.count() == 0


def test_many_rows_go_in_batches(monkeypatch):
    monkeypatch.setattr(run, "ROWS_AT_A_TIME", 2)
    assessed(Level.HIGH, Level.LOW, Level.HIGH, Level.LOW, Level.HIGH, ends_on=days_from_today(-300))
    assert counts(delete())["risk_riskassessment"] == 5
    assert RiskAssessment.objects.count() == 0


def test_each_run_leaves_one_event_that_tells_how_much_went():
    assessed(Level.HIGH, Level.LOW, ends_on=days_from_today(-300))
    delete()
    event = Event.objects.get(action=RETENTION_APPLIED)
    assert event.changes["risk_riskassessment"] == [2, 2]
    assert "people_student" not in event.changes


def test_two_runs_do_not_overlap():
    """Another process holds the lock; here it is another connection."""
    is_held, may_end = threading.Event(), threading.Event()

    def hold():
        try:
            with alone("retention") as is_alone:
                is_held.set()
                may_end.wait(timeout=60)
                return is_alone
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        holder = elsewhere.submit(hold)
        assert is_held.wait(timeout=60)
        said = refusal("--delete")
        may_end.set()
        assert holder.result() is True
    assert said == "Sletningen kører allerede et andet sted. Intet er slettet herfra."
    assert "Intet" in delete()


def test_a_role_behind_the_wall_deletes_nothing():
    """It would see nothing overdue, and say that all is well."""
    with connection.cursor() as cursor:
        cursor.execute("set role laereplads_web")
        try:
            assert refusal().startswith("Rollen laereplads_web må ikke se alt i ")
        finally:
            cursor.execute("reset role")
