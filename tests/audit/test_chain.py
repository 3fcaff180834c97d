"""Whoever tampers with the record is found, even a superuser; retention may shorten it all the same."""

import datetime
import io
import threading
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from laereplads.audit import chain, operations
from laereplads.audit.actions import CONTENTS_ERASED, EVENTS_FORGOTTEN, RETENTION_APPLIED
from laereplads.audit.models import ChainEntry, Event
from laereplads.audit.operations import erase_contents, forget_events_before, one_run
from laereplads.database.identity import in_the_name_of
from laereplads.people.models import Education
from tests.factories import StudentFactory


@pytest.fixture
def record(db):
    return five_sealed_events()


@pytest.fixture
def committed_record(transactional_db):
    """Each event in a transaction of its own, as it is in life."""
    return five_sealed_events()


def five_sealed_events():
    for number in range(5):
        Education.objects.create(code=f"x{number}", name=f"Uddannelse {number}", is_sosu=number == 0)
    chain.seal()
    return list(Event.objects.order_by("id"))[-5:]


def tamper(statement, *values):
    """As a superuser who knows how to keep the triggers still."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("set local session_replication_role = origin")


@contextmanager
def retention(**taken):
    """A run of retention, as the command makes it, that takes what it is let do within and notes so many rows."""
    with one_run():
        yield
        operations.record(
            RETENTION_APPLIED, changes={name.replace("__", "."): [number, 100] for name, number in taken.items()}
        )


def forget(day, number):
    with retention(audit_event=number):
        assert forget_events_before(day) == number


def erase(events, number):
    with retention(audit_event__changes=number):
        assert erase_contents(events) == number


def check(*options):
    """(exit code, what was said, what was found)"""
    said, found = io.StringIO(), io.StringIO()
    try:
        call_command("check_change_log", *options, stdout=said, stderr=found)
    except CommandError as error:
        return 1, said.getvalue(), f"{found.getvalue()}{error}"
    return 0, said.getvalue(), found.getvalue()


def test_an_untouched_record_is_as_it_should_be(record):
    code, said, found = check()

    assert (code, found) == (0, "")
    assert "Loggen er, som den skal være." in said
    assert f"{ChainEntry.objects.count()} hændelser er sammenlignet" in said


def test_new_events_are_sealed_once(record):
    StudentFactory()

    assert "0 nye hændelser er forseglet" not in check()[1]
    assert "0 nye hændelser er forseglet" in check()[1]
    assert ChainEntry.objects.count() == Event.objects.count()
    assert list(ChainEntry.objects.order_by("position").values_list("position", flat=True)) == list(
        range(1, Event.objects.count() + 1)
    )


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize(
    "change",
    [
        "action = 'record_removed'",
        "at = at - interval '1 second'",
        "recorded_at = recorded_at + interval '1 microsecond'",
        "acting_for = 'En anden'",
        "acting_membership = 7",
        "request = '0b3a4c1e-0000-4000-8000-000000000000'",
        "student = '0b3a4c1e-0000-4000-8000-000000000000'",
        "object_type = 'people.school'",
        "object_id = 7",
        "changes = '{\"is_sosu\": [true, false]}'",
        "changes = '{}', erased_on = '2026-03-02'",
    ],
)
def test_a_changed_event_is_found(record, change):
    tamper(f"update audit_event set {change} where id = %s", record[2].pk)

    code, _said, found = check()
    assert code == 1
    assert f"Hændelse {record[2].pk} er ændret." in found
    assert "1 fejl" in found


def test_a_removed_event_is_found(record):
    tamper("delete from audit_event where id = any(%s)", [record[1].pk, record[3].pk])

    code, _said, found = check()
    assert code == 1
    assert f"Hændelse {record[1].pk} er fjernet." in found
    assert f"Hændelse {record[3].pk} er fjernet." in found


def test_an_event_that_is_removed_with_its_link_is_found(record):
    entry = ChainEntry.objects.get(event_id=record[2].pk)
    tamper("delete from audit_event where id = %s", record[2].pk)
    tamper("delete from audit_chainentry where event_id = %s", record[2].pk)

    code, _said, found = check()
    assert code == 1
    assert f"Led {entry.position} til {entry.position} i kæden mangler." in found


def test_an_event_between_others_is_found_and_never_sealed(committed_record):
    record = committed_record
    gone = record[2]
    tamper("delete from audit_event where id = %s", gone.pk)
    tamper(
        "insert into audit_event (id, at, recorded_at, action, acting_for, object_type, changes) "
        "values (%s, %s, %s, 'record_added', '', '', '{}')",
        record[0].pk - 1_000_000, record[0].at, record[0].recorded_at,
    )  # fmt: skip

    for _day in range(2):
        code, _said, found = check()
        assert code == 1
        assert f"Hændelse {record[0].pk - 1_000_000} er sat ind bagefter" in found
        Education.objects.create(code=f"ny{_day}", name=f"Ny {_day}")


def test_a_free_number_among_sealed_events_cannot_be_taken_with_an_honest_time(committed_record):
    record = committed_record
    tamper(
        "insert into audit_event (id, at, recorded_at, action, acting_for, object_type, changes) "
        "values (%s, clock_timestamp(), clock_timestamp(), 'record_added', '', '', '{}')",
        record[0].pk - 1_000_000,
    )

    assert f"Hændelse {record[0].pk - 1_000_000} er sat ind bagefter" in check()[2]


def test_an_event_that_was_committed_late_is_no_tampering(committed_record):
    """Its number and its time are below those of others that were sealed while it was under way."""
    has_written, may_commit = threading.Event(), threading.Event()

    def slow_saver():
        try:
            with transaction.atomic():
                Education.objects.create(code="sen", name="Sen")
                has_written.set()
                may_commit.wait(20)
        finally:
            connection.close()

    saver = threading.Thread(target=slow_saver)
    saver.start()
    assert has_written.wait(20)
    Education.objects.create(code="hurtig", name="Hurtig")
    chain.seal()
    may_commit.set()
    saver.join()

    late, quick = Event.objects.order_by("id")[len(Event.objects.all()) - 2 :]
    assert late.recorded_at < quick.recorded_at
    assert ChainEntry.objects.filter(event_id=quick.pk).exists()
    assert not ChainEntry.objects.filter(event_id=late.pk).exists()
    assert check()[0] == 0
    assert check()[0] == 0
    assert ChainEntry.objects.filter(event_id=late.pk).exists()


def test_a_chain_made_anew_is_found_by_the_head_kept_elsewhere(record, tmp_path):
    heads = tmp_path / "heads.txt"
    assert check("--heads", str(heads))[0] == 0
    tamper("update audit_event set acting_for = 'En anden' where id = %s", record[2].pk)
    tamper("delete from audit_chainentry")
    chain.seal()

    assert check()[0] == 0
    code, _said, found = check("--heads", str(heads))
    assert code == 1
    assert "er et andet end det, der er gemt uden for databasen" in found


def test_an_end_that_was_cut_off_is_found_by_the_head_kept_elsewhere(record, tmp_path):
    heads = tmp_path / "heads.txt"
    check("--heads", str(heads))
    last = ChainEntry.objects.order_by("position").last()
    tamper("delete from audit_event where id = %s", last.event_id)
    tamper("delete from audit_chainentry where position = %s", last.position)

    code, _said, found = check("--heads", str(heads))
    assert code == 1
    assert f"Kæden slutter ved led {last.position - 1}, men led {last.position} er gemt" in found


def test_what_was_never_sealed_can_vanish_unseen(record):
    """The honest limit: what happens between two runs is bound by the next one."""
    Education.objects.create(code="ny", name="Ny")
    tamper("delete from audit_event where id = %s", Event.objects.latest("id").pk)

    assert check()[0] == 0


def test_the_head_is_told_and_kept(record, tmp_path):
    heads = tmp_path / "heads.txt"
    _code, said, _found = check("--heads", str(heads))
    StudentFactory()
    check("--heads", str(heads))

    first, second = (line.split() for line in heads.read_text().splitlines())
    assert f"Kædens slutning: led {first[0]} {first[1]}" in said
    assert int(second[0]) == Event.objects.count() > int(first[0])
    assert (second[1], len(second[1])) == (chain.head().chain, 64)


def test_a_file_of_another_kind_is_refused(record, tmp_path):
    heads = tmp_path / "heads.txt"
    heads.write_text("Kære dagbog\n")

    assert "kan ikke læses" in check("--heads", str(heads))[2]


def test_only_checking_writes_nothing(record, tmp_path):
    StudentFactory()
    count = ChainEntry.objects.count()

    assert check("--only-check", "--heads", str(tmp_path / "heads.txt"))[0] == 0
    assert ChainEntry.objects.count() == count
    assert not (tmp_path / "heads.txt").exists()


def test_a_trigger_that_was_switched_off_is_found(record):
    with connection.cursor() as cursor:
        cursor.execute("alter table people_student disable trigger people_student_insert_is_recorded")
        try:
            code, _said, found = check()
        finally:
            cursor.execute("alter table people_student enable trigger people_student_insert_is_recorded")
    assert code == 1
    assert "people_student skriver ingen hændelse ved insert" in found


class TestForgetting:
    """Retention deletes the oldest events; the rest still verifies."""

    @pytest.fixture
    def old(self, record):
        """Two events of 2019 and one of today, sealed after each other."""
        tamper("delete from audit_chainentry")
        tamper("delete from audit_event")
        for number, year in enumerate([2019, 2019, 2026]):
            with transaction.atomic(), in_the_name_of(None, at=datetime.datetime(year, 3, 1, tzinfo=datetime.UTC)):
                Education.objects.create(code=f"gammel{number}", name=f"Gammel {number}")
        return list(Event.objects.order_by("id"))

    def test_only_what_is_older_goes(self, old):
        forget(datetime.date(2020, 1, 1), 2)

        assert list(Event.objects.order_by("id").values_list("action", flat=True)) == [
            "record_added",
            "events_forgotten",
            "retention_applied",
        ]
        code, said, found = check()
        assert (code, found) == (0, "")
        assert "Kæden begynder ved led 2" in said

    def test_nothing_more_the_second_time(self, old):
        forget(datetime.date(2020, 1, 1), 2)

        assert forget_events_before(datetime.date(2020, 1, 1)) == 0
        assert Event.objects.filter(action=EVENTS_FORGOTTEN).count() == 1
        assert check()[0] == 0

    def test_all_of_it_may_go(self, old):
        forget(datetime.date(2030, 1, 1), 3)
        assert check()[0] == 0
        Education.objects.create(code="ny", name="Ny")
        assert check()[0] == 0

    def test_a_beginning_that_somebody_else_deleted_is_found(self, old):
        chain.seal()
        tamper("delete from audit_event where id = %s", old[0].pk)
        tamper("delete from audit_chainentry where event_id = %s", old[0].pk)

        code, _said, found = check()
        assert code == 1
        assert "ingen hændelse fortæller, at de første er slettet" in found

    @pytest.mark.parametrize("noted", [None, 1, 5])
    def test_a_deletion_that_retention_did_not_note_is_found(self, old, noted):
        with retention(**({} if noted is None else {"audit_event": noted})):
            forget_events_before(datetime.date(2020, 1, 1))

        code, _said, found = check()
        assert code == 1
        assert "ingen hændelse fortæller, at de første er slettet" in found

    def test_a_note_of_another_run_is_not_believed(self, old):
        forget_events_before(datetime.date(2020, 1, 1))
        with retention(audit_event=2):
            pass

        assert check()[0] == 1

    def test_events_that_were_young_do_not_go_however_well_it_is_noted(self, record, tmp_path):
        """A superuser may forge act and note alike; when they were sealed stands outside the database."""
        heads = tmp_path / "heads.txt"
        check("--heads", str(heads))
        forget(datetime.date(2100, 1, 1), Event.objects.count())

        assert check()[0] == 0
        code, _said, found = check("--heads", str(heads))
        assert code == 1
        assert "er slettet, som om det var for gammelt" in found

    @pytest.mark.today("2026-03-02")
    def test_old_ones_go_and_the_heads_agree(self, record, tmp_path, frozen_clock):
        heads = tmp_path / "heads.txt"
        check("--heads", str(heads))
        frozen_clock.move_to(datetime.datetime(2031, 3, 3, tzinfo=datetime.UTC))
        with transaction.atomic(), in_the_name_of(None, at=timezone.now()):
            forget(datetime.date(2031, 3, 2), Event.objects.count())

        assert check("--heads", str(heads))[::2] == (0, "")
        assert check("--heads", str(heads))[::2] == (0, "")

    def test_a_count_that_is_kept_elsewhere_must_agree(self, record, tmp_path):
        heads = tmp_path / "heads.txt"
        check("--heads", str(heads))
        *line, events = heads.read_text().split()
        heads.write_text(" ".join([*line, str(int(events) + 1)]))

        assert f"Der er {events} hændelser til og med led {line[0]}" in check("--heads", str(heads))[2]

    def test_something_younger_keeps_what_was_recorded_after_it(self, record):
        with transaction.atomic(), in_the_name_of(None, at=datetime.datetime(2019, 3, 1, tzinfo=datetime.UTC)):
            Education.objects.create(code="hentet", name="Hentet ind")

        assert forget_events_before(datetime.date(2020, 1, 1)) == 0


class TestErasing:
    """What an event said can go; that it happened stays, and the chain still verifies."""

    @pytest.mark.today("2026-03-02")
    def test_contents_go_and_the_chain_verifies(self, record):
        told = record[0]
        assert told.changes == {"is_sosu": [None, True]}

        erase(Event.objects.filter(pk=told.pk), 1)

        told.refresh_from_db()
        assert (told.changes, told.erased_on) == ({}, datetime.date(2026, 3, 2))
        assert ChainEntry.objects.get(event_id=told.pk).salt is None
        code, said, found = check()
        assert (code, found) == (0, "")
        assert "1 er uden indhold" in said

    def test_what_is_not_sealed_yet_can_be_erased_too(self, record):
        student = StudentFactory()

        erase(Event.objects.about(student.public_id), 1)
        assert check()[0] == 0

    def test_what_says_nothing_is_left_alone(self, record):
        erase_contents(Event.objects.all())

        assert erase_contents(Event.objects.exclude(action=CONTENTS_ERASED)) == 0

    @pytest.mark.today("2026-03-02")
    def test_an_erasure_that_nobody_told_is_found(self, record):
        tamper("update audit_event set changes = '{}', erased_on = '2026-03-02' where id = %s", record[0].pk)
        tamper("update audit_chainentry set salt = null where event_id = %s", record[0].pk)

        assert f"Indholdet af hændelse {record[0].pk} er slettet, uden at" in check()[2]

    @pytest.mark.parametrize("number", [0, 2])
    def test_an_erasure_that_retention_did_not_note_is_found(self, record, number):
        """The act alone can be forged; and a note of another number is of other events."""
        with retention(**({"audit_event__changes": number} if number else {})):
            erase_contents(Event.objects.filter(pk=record[0].pk))

        assert f"Indholdet af hændelse {record[0].pk} er slettet, uden at" in check()[2]

    def test_another_text_instead_of_none_is_found(self, record):
        erase_contents(Event.objects.filter(pk=record[0].pk))
        tamper("update audit_event set changes = '{\"is_sosu\": [null, false]}' where id = %s", record[0].pk)

        assert check()[0] == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_chainentry set chain = ''",
        "update audit_chainentry set salt = ''",
        "delete from audit_chainentry",
        "update audit_event set changes = '{}', erased_on = now()",
    ],
)
def test_even_the_owner_changes_nothing_by_mistake(record, statement):
    with (
        pytest.raises(Exception, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement", ["update audit_event set acting_for = 'x'", "update audit_chainentry set digest = ''"]
)
def test_retention_may_shorten_and_never_change(record, statement):
    with (
        pytest.raises(Exception, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("set local app.retention = 'on'")
        cursor.execute(statement)
