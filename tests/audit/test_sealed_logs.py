"""Whoever changes the access log after it was sealed is found; retention may shorten it all the same."""

import datetime
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from laereplads.access_log.models import AccessLogEntry
from laereplads.audit.actions import LOG_SEALED
from laereplads.audit.models import Event
from schools.purposes import STUDENT_PROFILE
from tests.audit.test_chain import check, retention, tamper
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-03-02")]

TABLE = "access_log_accesslogentry"


@pytest.fixture
def mentor(db):
    return MembershipFactory(school_staff=True)


@pytest.fixture
def entries(mentor):
    """Nine entries of three days, sealed."""
    made = [entry(mentor, days_ago=day, minutes=minute) for day in (3, 2, 1) for minute in (1, 2, 3)]
    assert check()[::2] == (0, "")
    return made


def entry(mentor, *, days_ago=0, minutes=0):
    return AccessLogEntry.objects.create(
        at=timezone.now() - datetime.timedelta(days=days_ago, minutes=minutes),
        membership=mentor,
        school=mentor.school,
        purpose=STUDENT_PROFILE,
        students=[7, 9],
    )


def test_a_seal_holds_a_day_at_most(entries):
    seals = Event.objects.filter(action=LOG_SEALED, object_type="access_log.accesslogentry")

    assert [each.changes["rows"] for each in seals] == [[3], [3], [3]]
    assert check()[::2] == (0, "")
    assert seals.count() == 3


def test_what_is_of_the_last_hour_waits_for_whoever_writes_slowly(mentor, frozen_clock):
    entry(mentor)
    assert "0 nye visninger er forseglet" in check()[1]

    frozen_clock.shift(datetime.timedelta(hours=1, seconds=1))
    assert "1 nye visninger er forseglet" in check()[1]
    entry(mentor)
    assert check()[::2] == (0, "")


@pytest.mark.parametrize(
    "change",
    [
        f"delete from {TABLE} where id = %(id)s",
        f"update {TABLE} set students = '{{7}}' where id = %(id)s",
        f"update {TABLE} set membership_id = 1 where id = %(id)s",
        f"update {TABLE} set school_id = null where id = %(id)s",
        f"update {TABLE} set purpose = 'assessment' where id = %(id)s",
        f"update {TABLE} set at = at + interval '1 microsecond' where id = %(id)s",
        f"update {TABLE} set at = at + interval '1 day' where id = %(id)s",
        f"update {TABLE} set request = gen_random_uuid() where id = %(id)s",
        f"update {TABLE} set id = -id where id = %(id)s",
        (
            f"insert into {TABLE} (at, membership_id, purpose, students) "
            f"select at, membership_id, purpose, students from {TABLE} where id = %(id)s"
        ),
    ],
)
def test_each_change_is_found(entries, change):
    tamper(change.replace("%(id)s", str(entries[4].pk)))

    code, _said, found = check()
    assert code == 1
    assert "fra 28.02.2026" in found


def test_a_whole_day_that_goes_too_early_is_found_however_well_it_is_noted(entries):
    with retention(**{TABLE: 3}):
        tamper(f"delete from {TABLE} where id = any(%s)", [each.pk for each in entries[:3]])

    assert "er slettet, før de var gamle nok" in check()[2]


class TestRetention:
    @pytest.fixture
    def old(self, entries, frozen_clock):
        frozen_clock.move_to(timezone.now() + datetime.timedelta(days=367))
        return [each.pk for each in entries]

    def test_what_is_old_goes_and_is_noted(self, old):
        with retention(**{TABLE: 9}):
            tamper(f"delete from {TABLE} where id = any(%s)", old)

        assert check()[::2] == (0, "")

    def test_the_command_notes_it_so(self, mentor):
        for minutes in (1, 2, 3):
            entry(mentor, days_ago=400, minutes=minutes)
        assert check()[::2] == (0, "")

        call_command("apply_retention", "--delete", "--allow", TABLE, "--today", "2026-03-02", stdout=io.StringIO())

        assert AccessLogEntry.objects.count() == 0
        assert check()[::2] == (0, "")

    @pytest.mark.parametrize("noted", [0, 8])
    def test_what_nobody_noted_is_found(self, old, noted):
        with retention(**({TABLE: noted} if noted else {})):
            tamper(f"delete from {TABLE} where id = any(%s)", old)

        assert "9 er slettet, men sletningen fortæller kun om" in check()[2]

    def test_a_part_of_a_day_is_found(self, old):
        with retention(**{TABLE: 1}):
            tamper(f"delete from {TABLE} where id = %s", old[0])

        assert "er ændret: der var 3, og der er 2" in check()[2]
