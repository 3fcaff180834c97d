"""A copy of the database is whole or refused, and a server filled from it is one that people can work on."""

import json
import re
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from laereplads.accounts.models import User
from laereplads.database import backup, row_level_security, tools
from laereplads.database.backup import contents_path
from laereplads.notifications.models import OutgoingMail, Reason
from laereplads.people.models import Student
from risk.models import CurrentRisk, Level, RiskAssessment
from risk.operations import record_assessment
from tests.factories import AgreementFactory, MembershipFactory, StudentFactory, UserFactory, days_from_today

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "elleve små grise"


@pytest.fixture
def agreement():
    """An agreement with one assessment, whose company's employee can log in."""
    agreement = AgreementFactory(student__name="Markør Kopi")
    user = UserFactory(name="Bo Testsen", email="bo@test.example", password=PASSWORD)
    staff = MembershipFactory(company_staff=True, company=agreement.company, user=user)
    record_assessment(agreement, Level.HIGH, by=staff)
    return agreement


@pytest.fixture
def elsewhere():
    """Called, it goes over to an empty database on the same server, until the test ends."""
    before, name = connection.settings_dict["NAME"], f"{connection.settings_dict['NAME']}_restored"

    def go():
        with connection.cursor() as cursor:
            cursor.execute(f"create database {name}")
        connection.close()
        connection.settings_dict["NAME"] = name

    yield go
    connection.close()
    connection.settings_dict["NAME"] = before
    with connection.cursor() as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")


def refusal(command, *arguments):
    with pytest.raises(CommandError) as refused:
        call_command(command, *map(str, arguments))
    return str(refused.value)


def logged_in():
    client = Client()
    answer = client.post(reverse("account_login"), {"login": "bo@test.example", "password": PASSWORD}, follow=True)
    assert "Bo Testsen" in answer.content.decode()
    return client


def version():
    return connection.pg_version // 10_000


def change_contents(copy, **changes):
    path = contents_path(copy)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_people_work_on_a_restored_server_as_before(agreement, tmp_path, elsewhere, capsys):
    client = logged_in()
    copy = tmp_path / "kopi"
    call_command("backup", str(copy))
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600, 0o600]
    elsewhere()
    call_command("restore", str(copy))

    said = capsys.readouterr().out
    assert re.search(r"kopi: \d+ rækker i \d+ tabeller, \d+,\d MB\.", said)
    assert "er læst ind og talt efter" in said
    assert re.search(
        r"^Kopien er fra \d+\. [a-z]+ \d{4} kl\. \d\d\.\d\d\. Alle skal logge ind igen\.$", said, re.MULTILINE
    )
    assert "manage.py apply_retention" in said
    assert "manage.py migrate" not in said
    assert list(row_level_security.problems(connection)) == []
    # A session of the old server is worth nothing here.
    assert client.get(reverse("companies:assessment_list")).status_code == 302

    # The tests' requests reach the database as the web role: see tests/plain_role.py.
    client = logged_in()
    assert "Markør Kopi" in client.get(reverse("companies:assessment_list")).content.decode()
    page = reverse("companies:assessment_update", args=[agreement.public_id])
    answer = client.post(page, {"level": "low", "seen": client.get(page).context["seen"]})
    assert answer.status_code == 302
    assert list(RiskAssessment.objects.order_by("id").values_list("level", flat=True)) == ["high", "low"]
    # What guards the rows was restored, too.
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RiskAssessment.objects.update(level="high")


def test_what_was_used_after_the_copy_was_made_works_no_more(agreement, tmp_path, elsewhere, capsys, settings):
    """Codes end with the restore, links with the new key that it asks for; nobody is shown a login that was none."""
    user, newcomer = User.objects.get(email="bo@test.example"), UserFactory(email="ny@test.example")
    generator = PasswordResetTokenGenerator()
    logged_in()
    logins = set(User.objects.values_list("pk", "last_login"))
    tokens = {one.pk: generator.make_token(User.objects.get(pk=one.pk)) for one in (user, newcomer)}
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0})
    call_command("backup", str(tmp_path / "kopi"))
    elsewhere()
    call_command("restore", str(tmp_path / "kopi"))

    assert set(User.objects.values_list("pk", "last_login")) == logins
    assert not Authenticator.objects.exists()
    assert "SECRET_KEY" in capsys.readouterr().out
    settings.SECRET_KEY = "en ny " * 10
    for one in User.objects.all():
        assert not PasswordResetTokenGenerator().check_token(one, tokens.get(one.pk))


def test_mails_that_waited_when_the_copy_was_made_do_not_go_again(agreement, tmp_path, elsewhere):
    now = timezone.now()
    for values in ({}, {"sending_since": now, "attempts": 1}, {"sent_at": now}):
        OutgoingMail.objects.create(kind="x", user=UserFactory(), **values)
    call_command("backup", str(tmp_path / "kopi"))
    elsewhere()
    call_command("restore", str(tmp_path / "kopi"))

    assert OutgoingMail.objects.undelivered().filter(gave_up_because=Reason.UNCERTAIN).count() == 2
    assert OutgoingMail.objects.exclude(sent_at=None).count() == 1
    assert not OutgoingMail.objects.waiting().exists()


def test_memberships_that_ended_after_the_copy_was_made_are_named(agreement, tmp_path, elsewhere, capsys):
    leaver, stayer = MembershipFactory(school_staff=True, user__name="Lis Færdig"), MembershipFactory(school_staff=True)
    before = MembershipFactory(school_staff=True, user__name="Før Kopien", ends_on=days_from_today(-1))
    call_command("backup", str(tmp_path / "kopi"))
    leaver.ends_on = days_from_today(-1)
    leaver.save()
    call_command("list_ended_memberships", str(tmp_path / "slut"))
    assert (tmp_path / "slut").read_text().split() == sorted(map(str, [leaver.pk, before.pk]), key=int)
    elsewhere()
    capsys.readouterr()
    call_command("restore", str(tmp_path / "kopi"), "--ended", str(tmp_path / "slut"))

    said = capsys.readouterr().out
    assert f"Tilknytning {leaver.pk} (Lis Færdig, school_staff) er afsluttet efter, at kopien blev lavet." in said
    assert "Før Kopien" not in said
    assert f"Tilknytning {stayer.pk} " not in said
    assert "--ended mangler" not in said


def test_without_a_list_of_ended_memberships_restore_says_so(agreement, tmp_path, elsewhere, capsys):
    call_command("backup", str(tmp_path / "kopi"))
    elsewhere()
    (tmp_path / "andet").write_text("Kære dagbog")
    assert "er ikke en liste" in refusal("restore", tmp_path / "kopi", "--ended", tmp_path / "andet")
    call_command("restore", str(tmp_path / "kopi"))
    assert "--ended mangler" in capsys.readouterr().out


def test_a_wrong_level_is_repaired_on_the_same_assessment_and_never_copied(agreement, tmp_path, elsewhere):
    """Keys bind the level to its assessment: a copy of such a database would fill no other."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("update risk_currentrisk set level = 'low'; update risk_agreementlistentry set level = 'low'")
        cursor.execute("set local session_replication_role = origin")
    copy = tmp_path / "kopi"
    said = refusal("backup", copy)
    assert "1 aftaler har en anden aktuel frafaldsrisiko, end deres historik siger." in said
    assert "check_derived_tables --rebuild" in said
    assert list(tmp_path.iterdir()) == []

    call_command("check_derived_tables", "--rebuild")

    assert [risk.level for risk in CurrentRisk.objects.all()] == ["high"]
    call_command("backup", str(copy))
    elsewhere()
    call_command("restore", str(copy))
    assert [risk.level for risk in CurrentRisk.objects.all()] == ["high"]


def test_a_copy_made_while_others_save_agrees_with_its_own_counts(agreement, tmp_path, elsewhere, monkeypatch):
    """The student who comes between the counting and the dump is in neither."""
    dump = backup.dump

    def dump_later(*arguments):
        with ThreadPoolExecutor(1) as other:
            other.submit(lambda: (StudentFactory(name="Markør Senere"), connection.close())).result()
        return dump(*arguments)

    monkeypatch.setattr(backup, "dump", dump_later)
    call_command("backup", str(tmp_path / "kopi"))
    assert Student.objects.count() == 2
    elsewhere()
    call_command("restore", str(tmp_path / "kopi"))
    assert [student.name for student in Student.objects.all()] == ["Markør Kopi"]


def test_a_copy_that_is_not_whole_or_not_ours_is_refused(agreement, tmp_path, elsewhere):
    copy = tmp_path / "kopi"
    call_command("backup", str(copy))
    contents, content = contents_path(copy).read_text(), copy.read_bytes()
    assert refusal("backup", copy) == (
        f"{copy} findes allerede. Vælg et andet navn: en sikkerhedskopi bliver aldrig overskrevet."
    )
    assert copy.read_bytes() == content
    assert refusal("restore", copy).startswith("Databasen er ikke tom, så den bliver ikke rørt.")

    elsewhere()
    copy.write_bytes(content[:-1])
    assert "er ikke hel, eller den er ændret" in refusal("restore", copy)
    copy.write_bytes(content)
    change_contents(copy, server=99)
    assert refusal("restore", copy).startswith("Kopien er fra PostgreSQL 99, men serveren er kun version")
    change_contents(copy, server=version(), migrations=["risk.0099_in_the_future"])
    assert refusal("restore", copy).endswith("nyere udgave af portalen, som har risk.0099_in_the_future.")
    contents_path(copy).write_text("{}")
    assert refusal("restore", copy).endswith("er beskadiget.")
    contents_path(copy).unlink()
    assert refusal("restore", copy).endswith("mangler. Uden den kan ingen vide, om kopien er hel.")
    assert connection.introspection.table_names() == []

    # One whose rows are not those that were counted is loaded, and then found out.
    contents_path(copy).write_text(contents)
    rows = json.loads(contents)["rows"]
    change_contents(copy, rows=rows | {"people_student": 2})
    assert refusal("restore", copy) == ("Databasen må ikke bruges: antallet af rækker passer ikke i people_student.")


def test_a_copy_older_than_the_code_asks_for_its_migrations(agreement, tmp_path, elsewhere, capsys):
    call_command("backup", str(tmp_path / "kopi"))
    migrations = json.loads(contents_path(tmp_path / "kopi").read_text())["migrations"]
    change_contents(tmp_path / "kopi", migrations=[*migrations[:-1], "given_up.0001_initial"])
    elsewhere()
    call_command("restore", str(tmp_path / "kopi"))

    assert "manage.py migrate" in capsys.readouterr().out


def test_a_role_behind_the_wall_copies_nothing(tmp_path):
    """Its copy would be empty, and nobody would know until it was needed."""
    with connection.cursor() as cursor:
        cursor.execute("set role laereplads_web")
        try:
            said = refusal("backup", tmp_path / "kopi")
        finally:
            cursor.execute("reset role")
    assert said.startswith("Rollen laereplads_web må ikke se alt i ")
    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_cannot_be_finished_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "tool", lambda *_arguments: "/bin/false")
    assert refusal("backup", tmp_path / "kopi").startswith("PostgreSQLs program fejlede:")
    assert list(tmp_path.iterdir()) == []
    assert refusal("backup", tmp_path / "mangler" / "kopi").endswith(
        "kopi kan ikke skrives: No such file or directory."
    )


def test_another_servers_tools_must_be_of_its_version(tmp_path, monkeypatch):
    monkeypatch.setattr(tools, "is_embedded", lambda _connection: False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal("backup", tmp_path / "kopi") == (
        f"Programmet pg_dump mangler. Installér PostgreSQL {version()}s klientprogrammer, og prøv igen."
    )
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    (tmp_path / "pg_dump").chmod(0o755)
    assert refusal("backup", tmp_path / "kopi").startswith(
        f"Serveren er PostgreSQL {version()}, men {tmp_path}/pg_dump er version 9. Installér PostgreSQL {version()}s "
    )
