from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from absence.figures import Sums, percent_in_words
from absence.files.apply import import_days, import_periods, plan_days, plan_lessons
from absence.models import (
    AbsenceDay,
    AbsenceNotice,
    NoticeKind,
    PeriodListEntry,
    PeriodListEntryQuerySet,
)
from absence.notices import correct_notices, give_notices
from laereplads.access.models import Membership
from laereplads.accounts.models import User
from laereplads.database.declarations import declared
from laereplads.demo import absence_files, lives, world
from laereplads.demo.organisations import COMPANIES, SCHOOLS
from laereplads.demo.personas import PERSONAS
from laereplads.imports.roster.apply import import_roster
from laereplads.imports.roster.sample import SAMPLE_FILE
from laereplads.notifications.models import MailChoice
from laereplads.people.models import (
    Agreement,
    AgreementType,
    Company,
    CompanyKind,
    EducationStatus,
    School,
    Student,
    Workplace,
)
from laereplads.web.working_days import is_working_day
from rejections.models import Rejection
from risk.models import CurrentRisk, Level, RiskAssessment
from students.absence import Absence
from students.school_periods import SchoolPeriods
from tests.clock import moment_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def only_world(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One world for all tests that look at it: it takes seconds to make."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(moment_of(request.node)):
            world.make(200, say=[].append)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def made_up_world(only_world: None, db: None) -> None:
    """The world, in a transaction of the test's own."""


def test_a_world_has_everything_that_the_pages_can_show(made_up_world: None):
    assert Student.objects.count() == 200
    assert School.objects.count() >= 2
    assert set(Company.objects.values_list("kind", flat=True)) == set(CompanyKind.values)
    assert set(Agreement.objects.values_list("type", flat=True)) == set(AgreementType.values)
    assert set(Student.objects.values_list("status", flat=True)) == set(EducationStatus.values)
    assert Student.objects.filter(basic_programme="gf1", agreements=None).exists()
    assert Student.objects.exclude(signed_off_on=None).exists()
    assert Agreement.objects.filter(education__is_sosu=False).exists()
    assert Agreement.objects.exclude(ended_early_on=None).exists()
    assert Student.objects.annotate(number=Count("agreements")).filter(number=2).exists()
    for letters in ("æ", "ø", "å", "-"):
        assert Student.objects.filter(name__contains=letters).exists()


def test_who_imports_the_sample_finds_somebody_new(made_up_world: None):
    plan = import_roster(SAMPLE_FILE.read_bytes(), by=None)

    assert len(plan.new_students) == len(plan.new_agreements) == world.LEFT_TO_IMPORT
    assert not plan.changed_students


def test_about_half_are_assessed_most_of_them_low(made_up_world: None):
    assessable = Agreement.objects.running().on_sosu_educations()
    levels = list(CurrentRisk.objects.values_list("level", flat=True))

    assert 0.35 < assessable.exclude(current_risk=None).count() / assessable.count() < 0.65
    assert levels.count(Level.LOW) > levels.count(Level.MEDIUM) > levels.count(Level.HIGH) > 0
    assert RiskAssessment.objects.filter(level=None).exists()


def test_companies_have_given_rejections_for_many_reasons_most_in_time(made_up_world: None):
    rejections = list(Rejection.objects.all())
    in_time = sum((each.registered_on - each.given_on).days <= 14 for each in rejections)

    assert len(rejections) == 40
    assert len({each.primary_reason_id for each in rejections}) > 5
    assert len(rejections) / 2 < in_time < len(rejections)
    assert any(each.second_reason_id for each in rejections)


def test_assessments_lie_in_the_past_and_within_two_years(made_up_world: None):
    days = [assessment.recorded_on for assessment in RiskAssessment.objects.all()]

    assert max(days) < timezone.localdate()
    assert min(days) >= timezone.localdate() - datetime.timedelta(days=730)
    assert {day.weekday() for day in days} <= {0, 1, 2, 3, 4}


def test_every_persona_is_there_and_cannot_log_in_with_a_password(made_up_world: None):
    for persona in PERSONAS:
        user = User.objects.get(email=persona.email)
        assert not user.has_usable_password()
        memberships = Membership.objects.active().filter(user=user)
        assert memberships.count() == sum(not post.has_ended for post in persona.posts)
    assert Membership.objects.get(user__name="Mette Østergaard").followed_students.count() == world.FOLLOWED


def test_one_of_them_sees_one_workplace_where_something_has_happened(made_up_world: None):
    leader = Membership.objects.get(user__name="Dorte Krogh")
    own = RiskAssessment.objects.visible_to(leader)

    assert str(leader.workplace) == "Plejecenter Solgården"
    assert own.filter(recorded_by=leader).exists()
    assert own.exclude(recorded_by=leader).exists()
    everywhere = Agreement.objects.visible_to(Membership.objects.get(user__name="Birgit Holm"))
    assert 0 < Agreement.objects.visible_to(leader).count() < everywhere.count()


def test_the_world_has_some_of_all_that_apps_say_they_bring(made_up_world: None):
    assert [
        label for label in declared("demo_world", "MAKES") if not apps.get_model(label)._base_manager.exists()
    ] == []


def minutes(days: QuerySet[AbsenceDay]) -> Sums:
    found = days.aggregate(scheduled=Sum("scheduled"), lawful=Sum("lawful"), unlawful=Sum("unlawful"))
    return Sums(**found)


def test_students_are_absent_as_in_real_life(made_up_world: None):
    in_all = minutes(AbsenceDay.objects.all())
    assert 90 < (in_all.tenths or 0) < 130
    assert 0.2 < in_all.unlawful / in_all.absent < 0.3
    days = set(AbsenceDay.objects.values_list("day", flat=True))
    assert max(days) < timezone.localdate()
    assert min(days) > timezone.localdate() - datetime.timedelta(days=396)
    assert all(is_working_day(day) for day in days)
    assert not AbsenceNotice.objects.filter(made_at__gt=timezone.now()).exists()
    assert AbsenceNotice.objects.exclude(first_seen_at=None).exists()


def test_the_jobs_find_nothing_left_to_tell(made_up_world: None):
    with time_machine.travel(timezone.now()):
        assert give_notices(timezone.localdate() - datetime.timedelta(days=1), also_incomplete=True) == 0
        assert correct_notices() == 0


def test_each_persona_sees_what_the_list_of_them_says(made_up_world: None):
    karen, birgit, aylin = (
        Membership.objects.get(user__name=name) for name in ("Karen Toft", "Birgit Holm", "Aylin Demir")
    )
    assert karen.is_absence_officer
    assert told_of(karen, PeriodListEntry.objects.of_agreements().filter(last_day=None)) == 1
    at_school = PeriodListEntry.objects.filter(starts_on__lte=timezone.localdate(), due_on__gte=timezone.localdate())
    assert told_of(birgit, at_school) == 3
    assert AbsenceNotice.objects.visible_to(birgit).filter(kind=NoticeKind.CORRECTION).exists()
    assert told_of(aylin, PeriodListEntry.objects.begun_lately()) == 1
    assert MailChoice.objects.filter(membership=birgit, is_on=True).exists()

    emma, yusuf = (Membership.objects.get(user__name=name) for name in ("Emma Sørensen", "Yusuf Ali"))
    absence = Absence.visible_to(emma)
    assert len(absence.periods) == 3
    assert percent_in_words(absence.total.tenths) == "12,6 %"
    assert absence.told
    assert SchoolPeriods.visible_to(yusuf).sentences[0].endswith("om 6 uger.")


def test_the_files_on_the_demos_page_show_what_they_are_said_to(made_up_world: None, client, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    absence_files.write_all()
    page = client.get(reverse("demo:file_list")).text
    links = {name: reverse("demo:file_download", args=[name]) for name in absence_files.FILES}
    assert all(f'href="{link}"' in page for link in links.values())
    assert reverse("demo:file_list") in client.get(reverse("account_login")).text
    periods, days, lessons = (b"".join(client.get(link)) for link in links.values())

    karen = Membership.objects.get(user__name="Karen Toft")
    [(_label, new, changed, *_rest)] = import_periods(periods, by=karen).tallies()
    assert (new, changed) == (1, 1)
    [(_label, new, changed, _unchanged, removed)] = import_days(days, by=karen).tallies()
    assert (changed, removed) == (1, 0)
    assert new or not is_working_day(timezone.localdate())
    assert plan_days(days, by=karen).changes_nothing
    plan = plan_lessons(lessons, by=karen)
    assert (plan.problems.count, plan.left_out) == (2, 6)
    assert not plan.changes_nothing


def test_a_file_that_the_demo_has_not_written_is_not_there(client, db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "filer").mkdir()
    (tmp_path / "filer" / "andet.csv").write_text("x")
    for name in ("andet.csv", "fravaer.csv"):
        assert client.get(reverse("demo:file_download", args=[name])).status_code == 404


def told_of(membership: Membership, entries: PeriodListEntryQuerySet) -> int:
    """How many of the entries the membership sees that are due or run."""
    seen = entries.filter(starts_on__lte=timezone.localdate()).filter(
        Q(due_on__lt=timezone.localdate()) | Q(last_day__isnull=False)
    )
    return PeriodListEntry.objects.visible_to(membership).filter(pk__in=seen.values("pk")).count()


@pytest.mark.django_db
def test_every_made_up_organisation_is_there_under_its_own_name(made_up_world: None) -> None:
    assert {c.cvr: c.name for c in COMPANIES}.items() <= dict(Company.objects.values_list("cvr", "name")).items()
    assert Company.objects.get(cvr=lives.MERGED).name == lives.MERGED_NAME
    assert set(School.objects.values_list("institution_number", "cvr", "p_number")) == {
        (school.institution_number, school.cvr, school.p_number) for school in SCHOOLS
    }
    for place in (place for company in COMPANIES for place in company.workplaces):
        assert Workplace.objects.get(p_number=place.p_number).name == place.name


def test_a_world_of_another_version_is_noticed(db: None) -> None:
    assert not world.is_of_another_version()

    MigrationRecorder(connection).record_applied("people", "0099_of_another_version")

    assert world.is_of_another_version()


def test_the_world_shows_what_happens_to_students_and_companies(made_up_world: None):
    moved = Student.objects.get(student_number="F10011")
    assert moved.moved_to == Student.objects.get(student_number="B10011")
    assert Agreement.objects.get(number="280001-90011").assessments.exists()
    assert Agreement.objects.get(number="280001-90012").annulled_on
    assert Agreement.objects.running().filter(student__student_number="F10013").count() == 2
    assert Agreement.objects.get(number="280001-90015").takeovers.exists()
    assert Student.objects.get(student_number="F10016").is_protected
