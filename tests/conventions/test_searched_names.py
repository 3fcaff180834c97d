"""A name that is typed into a search stands in the address, and in nothing that the portal keeps."""

import itertools
import logging
import re

import pytest
from django.db import connection
from django.urls import reverse
from psycopg import sql

from laereplads.access.sessions import SessionStore
from laereplads.accounts.models import Session
from schools import queries
from tests.factories import AgreementFactory, MembershipFactory, UserFactory

# Borne by nobody, so that no row has it for another reason. Its parts are words that are looked for, too.
TYPED = "Xanthippe Qvorgsen"
WORDS = [word.encode() for word in ("Xanthippe", "Qvorgsen", "xanthippe", "qvorgsen", "XANTHIPPE")]
STAFF_OF_SCHOOLS = ["schools:student_list", "schools:student_xlsx"]
STAFF_OF_COMPANIES = [
    *("companies:assessment_list", "companies:agreement_list", "companies:absence_list", "companies:absence_xlsx"),
    *("companies:school_period_list", "companies:school_period_xlsx"),
]
ADMINISTRATORS = [
    f"admin:{kind}_changelist"
    for kind in (
        *("people_student", "people_agreement", "accounts_user"),
        *("access_membership", "audit_event", "access_log_accesslogentry"),
    )
]


def everything_kept():
    """Every row of every table as text, and what sessions hold."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(
                sql.SQL("select coalesce(string_agg(t::text, ' '), '') from {} t").format(sql.Identifier(table))
            )
            yield table, cursor.fetchone()[0].encode()
        cursor.execute("select coalesce(string_agg(statement, ' '), '') from pg_prepared_statements")
        yield "prepared statements", cursor.fetchone()[0].encode()
    for session in Session.objects.all():
        yield "session", repr(SessionStore().decode(session.session_data)).encode()


def assert_forgotten(caplog):
    assert [place for place, text in everything_kept() for word in WORDS if word in text] == []
    assert [line for line in caplog.text.splitlines() for word in WORDS if word.decode() in line] == []


@pytest.fixture
def caplog(caplog):
    """Every line that any part of the portal writes; the tests' own look at the database is none."""
    quiet = [logger for logger in map(logging.getLogger, ["laereplads.security", "django"]) if not logger.propagate]
    for logger in quiet:
        logger.addHandler(caplog.handler)
    logging.getLogger("django.db.backends").disabled = True
    with caplog.at_level(logging.INFO), caplog.at_level(logging.INFO, "laereplads.security"):
        yield caplog
    logging.getLogger("django.db.backends").disabled = False
    for logger in quiet:
        logger.removeHandler(caplog.handler)


@pytest.fixture
def agreement(db):
    return AgreementFactory()


@pytest.fixture
def client_of(logged_in, agreement):
    parties = {
        "school": {"school_staff": True, "school": agreement.student.school},
        "company": {"company_staff": True, "company": agreement.company},
        "administrator": {"administrator": True},
        "student": {"of_student": True, "student": agreement.student},
    }
    return lambda role: logged_in(MembershipFactory(**parties[role]))


@pytest.mark.parametrize(
    ("role", "parameter", "pages"),
    [
        ("school", "navn", STAFF_OF_SCHOOLS),
        ("company", "navn", STAFF_OF_COMPANIES),
        ("administrator", "q", ADMINISTRATORS),
    ],
)
def test_a_search_leaves_nothing_behind(client_of, caplog, role, parameter, pages):
    client = client_of(role)
    for name, part in itertools.product(pages, ({}, {"HX-Request": "true"})):
        answer = client.get(reverse(name), {parameter: TYPED}, headers=part)
        assert answer.status_code == 200
        # A file is read to its end, and closed.
        assert answer.getvalue() if answer.streaming else answer.content

    assert_forgotten(caplog)


@pytest.mark.parametrize(
    ("role", "pages"),
    [("school", STAFF_OF_SCHOOLS[:1]), ("company", STAFF_OF_COMPANIES[:2]), ("administrator", ADMINISTRATORS)],
)
def test_no_browser_offers_names_that_were_looked_for_before(client_of, role, pages):
    client = client_of(role)
    for name in pages:
        forms = re.findall(r"<form[^>]*>.*?</form>", client.get(reverse(name)).text, re.DOTALL)
        searches = [form for form in forms if re.search('name="(navn|q)"', form)]
        assert searches, name
        assert all('autocomplete="off"' in form.partition(">")[0] for form in searches), name


def test_what_follows_from_a_search_leaves_nothing_behind(client_of, agreement, caplog):
    """The profile knows the list that one came from, the star goes back to it, and the window and what is saved too."""
    school, company = client_of("school"), client_of("company")
    student = agreement.student.public_id
    school.get(reverse("schools:student_detail", args=[student]), {"liste": f"navn={TYPED}"})
    school.post(reverse("schools:student_follow", args=[student]), {"follow": "1", "liste": f"navn={TYPED}"})
    edit = f"{reverse('companies:assessment_update', args=[agreement.public_id])}?navn={TYPED}"
    page = company.get(edit)
    assert page.status_code == 200
    assert company.post(edit, {"level": "high", "seen": page.context["seen"]}).status_code == 302

    assert_forgotten(caplog)


@pytest.mark.parametrize("role", ["company", "student"])
def test_a_search_that_is_refused_leaves_nothing_behind(client_of, caplog, role):
    assert client_of(role).get(reverse("schools:student_list"), {"navn": TYPED}).status_code == 403

    assert "refused" in caplog.text
    assert_forgotten(caplog)


def test_a_search_by_somebody_who_was_logged_out_leaves_nothing_behind(client, db, caplog):
    UserFactory()
    answer = client.get(reverse("schools:student_list"), {"navn": TYPED}, follow=True)

    assert "Log ind" in answer.text
    assert_forgotten(caplog)


def test_a_search_that_fails_leaves_nothing_behind(client_of, caplog, monkeypatch):
    def fail(*_arguments, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr("schools.views.page_or_part", fail)
    client = client_of("school")
    client.raise_request_exception = False
    assert client.get(reverse("schools:student_list"), {"navn": TYPED}).status_code == 500

    assert "ZeroDivisionError" in caplog.text
    assert_forgotten(caplog)


def test_no_query_is_kept_for_a_name(client_of):
    """Queries that are put together once are kept by what they ask for: a name that was typed is no part of that."""
    client, kept = client_of("school"), []
    for name in ("", "Xanthippe", "Qvorgsen"):
        client.get(reverse("schools:student_list"), {"navn": name})
        kept.append([query.cache_info().currsize for query in (queries.counts_query, queries.lines_query)])

    assert kept[1] == kept[2]
