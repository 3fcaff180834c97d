"""The login of jobs is nobody else's, and takes on nobody."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from laereplads.database import as_declared, row_level_security
from laereplads.notifications.models import OutgoingMail
from laereplads.notifications.sending import as_jobs
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def problems():
    return list(row_level_security.problems(connection))


@pytest.mark.parametrize(
    ("grant", "said"),
    [
        ("grant laereplads_jobs to laereplads_web", "laereplads_web må handle som laereplads_jobs."),
        ("grant laereplads_jobs to laereplads_student", "laereplads_student må handle som laereplads_jobs."),
        (
            "grant laereplads_company_staff to laereplads_jobs",
            "laereplads_jobs må handle som laereplads_company_staff.",
        ),
        ("grant laereplads_web to laereplads_jobs", "laereplads_jobs må handle som laereplads_web."),
        ("alter role laereplads_jobs createdb", "Rollen laereplads_jobs må for meget"),
        ("alter role laereplads_jobs bypassrls", "Rollen laereplads_jobs må for meget"),
        ("alter table access_processedform owner to laereplads_jobs", "ejes af laereplads_jobs"),
    ],
)
def test_a_role_that_lends_or_borrows_jobs_is_noticed(grant, said):
    assert problems() == []
    with connection.cursor() as cursor:
        cursor.execute(grant)

    assert any(said in problem for problem in problems())


def test_limits_that_are_missing_are_noticed():
    with connection.cursor() as cursor:
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"alter role laereplads_jobs in database {database} reset statement_timeout")

    assert any("laereplads_jobs mangler grænsen statement_timeout=60s" in problem for problem in problems())


@pytest.mark.parametrize(
    "change",
    [
        "alter function procrastinate_fetch_job_v2 security definer",
        "drop trigger procrastinate_trigger_delete_jobs_v1 on procrastinate_jobs",
        "create function procrastinate_more() returns int language sql as 'select 1'",
        "grant insert on procrastinate_jobs to laereplads_web",
        "grant usage on sequence procrastinate_jobs_id_seq to laereplads_web",
    ],
)
def test_a_queue_that_somebody_changed_on_the_server_is_noticed(change):
    with connection.cursor() as cursor:
        declared, found = as_declared.compared(connection, cursor, [])
        before = {name for name in {*declared, *found} if declared.get(name) != found.get(name)}
        cursor.execute(change)
        declared, found = as_declared.compared(connection, cursor, [])
    after = {name for name in {*declared, *found} if declared.get(name) != found.get(name)}

    assert [name for name in after - before if "procrastinate" in name]


def test_jobs_write_no_mail_that_has_been_tried():
    with pytest.raises(DatabaseError, match="row-level security"), as_jobs():
        OutgoingMail(kind="x", user=UserFactory.build(pk=1), sent_at=timezone.now()).save(force_insert=True)


def test_a_job_that_acts_for_a_party_tells_the_policies():
    with transaction.atomic(), as_jobs(company=7), connection.cursor() as cursor:
        cursor.execute("select current_user, current_setting('app.company_id'), current_setting('app.membership_id')")
        assert cursor.fetchone() == ("laereplads_jobs", "7", "")
