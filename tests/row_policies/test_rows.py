"""Which rows each party reaches, said once more in Django's words: querysets and policies agree row by row."""

import pytest
from django.db import connection
from django.utils import timezone

from absence.models import SchoolPeriod
from laereplads.access.models import Membership
from laereplads.accounts.models import User
from laereplads.audit.models import Event
from laereplads.delegation.models import AccessRequest, Confirmation, ConfirmationLine, Invitation
from laereplads.delegation.queries import colleagues
from laereplads.people.models import Agreement, Company, School, Student
from rejections.models import Rejection
from risk.models import RiskAssessment
from tests.factories import AgreementFactory, days_from_today
from tests.row_policies.actors import of_a_workplace, user_administrator
from tests.row_policies.rows import ROWS
from tests.row_policies.test_problems import PARTIES, WITHOUT_TRIGGERS, insertion, is_written, probed, rows_of, sees

__all__ = ["probed"]


# What names somebody, so that nobody may write it of others.
BINDING = {
    "agreement_id": Agreement,
    "company_id": None,
    "membership_id": Membership,
    "period_id": SchoolPeriod,
    "recorded_by_id": Membership,
    "registered_by_id": Membership,
    "rejection_id": Rejection,
    "school_id": None,
    "student_id": Student,
}
WRITERS = [
    ("company", "risk_riskassessment"),
    ("company workplace", "risk_riskassessment"),
    ("company workplace", "rejections_rejection"),
    ("company workplace", "rejections_applicant"),
    ("company workplace", "rejections_fingerprint"),
    ("company workplace", "access_log_accesslogentry"),
    ("company", "rejections_rejection"),
    ("company", "rejections_applicant"),
    ("company", "rejections_fingerprint"),
    ("company", "access_log_accesslogentry"),
    ("school", "access_log_accesslogentry"),
    ("school", "schools_followedstudent"),
    ("administrator", "access_log_accesslogentry"),
    ("school users", "absence_schoolperiod"),
    ("school users", "absence_absenceday"),
    *((role, "notifications_mailchoice") for role in ("company", "school", "student")),
]


@pytest.fixture
def apart(db):
    """No number of one table's rows is one of another's: a comparison of the wrong columns finds nothing."""
    with connection.cursor() as cursor:
        for number, model in enumerate((Membership, Company, School, Student, Agreement, User, Rejection), start=1):
            sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')"
            cursor.execute(f"select setval({sequence}, nextval({sequence}) + {1000 * number})")


@pytest.fixture
def bounded(apart, probed):
    """With an agreement on each of the days around the one on which it leaves its company's view, and a history."""
    taken_over = probed.ids["running agreement"]
    RiskAssessment.objects.create(
        agreement=Agreement.objects.get(public_id=taken_over),
        level="low",
        recorded_by=probed.memberships["other company"],
    )
    for days in (28, 29, 30, 31, 32):
        day = days_from_today(-days)
        AgreementFactory(company=probed.memberships["company"].company, starts_on=days_from_today(-900), ends_on=day)
    return probed


# What is of one's own alone, wherever one works.
OF_ONESELF = {"notifications_outgoingmail", "notifications_mailchoice", "notifications_refusedaddress"}
# What the company as a whole has agreed holds at each of its workplaces.
OF_THE_WHOLE_COMPANY = {"risk_localagreement"}


@pytest.mark.parametrize("table", sorted(OF_ONESELF))
def test_colleagues_see_nothing_of_each_others_mails(bounded, table):
    limited, company = (sees(bounded.memberships[role], table) for role in ("company workplace", "company"))
    assert limited
    assert company
    assert limited.isdisjoint(company)


@pytest.mark.parametrize("table", sorted(ROWS.keys() - OF_ONESELF - OF_THE_WHOLE_COMPANY))
def test_a_workplace_shows_some_of_what_its_company_sees_and_no_more(bounded, table):
    limited, company = (sees(bounded.memberships[role], table) for role in ("company workplace", "company"))
    assert limited < company or limited == company == set()


@pytest.mark.parametrize("table", sorted(OF_THE_WHOLE_COMPANY))
def test_a_workplace_is_told_what_the_company_has_agreed(bounded, table):
    limited, company = (sees(bounded.memberships[role], table) for role in ("company workplace", "company"))
    assert limited == company != set()


@pytest.mark.parametrize("table", ROWS)
def test_policies_and_querysets_show_the_same_rows(bounded, table):
    for role in PARTIES[:-1]:
        own = bounded.memberships[role]
        assert sees(own, table) == set(ROWS[table](own).values_list("pk", flat=True)), role


def invitations(own):
    """Of colleagues, and of the school's students, who are found by themselves."""
    students = Student.objects.visible_to(own) if own.school_id else Student.objects.none()
    return Invitation.objects.visible_to(own) | Invitation.objects.filter(student__in=students)


OF_USERS = {
    "delegation_invitation": invitations,
    "delegation_accessrequest": AccessRequest.objects.visible_to,
    "delegation_confirmation": Confirmation.objects.visible_to,
    "delegation_confirmationline": ConfirmationLine.objects.visible_to,
}


@pytest.mark.parametrize("table", OF_USERS)
def test_policies_and_querysets_show_who_looks_after_users_the_same_rows(probed, table):
    roles = ("company users", "school users")
    for own in (*(probed.memberships[role] for role in roles), of_a_workplace(probed)):
        shown = set(OF_USERS[table](own).values_list("pk", flat=True))
        assert sees(user_administrator(own), table) == shown
        assert shown != set() or own.workplace_id


def test_policies_and_querysets_show_the_same_colleagues(probed):
    today = timezone.localdate()
    for own in (probed.memberships["company users"], of_a_workplace(probed)):
        seen = Membership.objects.filter(pk__in=sees(user_administrator(own), "access_membership"))
        held = seen.exclude(ends_on__lt=today).values_list("pk", flat=True)
        assert set(colleagues(own).values_list("pk", flat=True)) == set(held) != set()


def test_administrators_see_every_event_but_those_of_assessments_and_absence(probed):
    seen = sees(probed.memberships["administrator"], "audit_event")
    hidden = ("risk.riskassessment", "risk.assessmentpause", "absence.schoolperiod", "absence.absencenotice")
    assert seen == set(Event.objects.exclude(object_type__in=hidden).values_list("pk", flat=True)) != set()
    assert {*Event.objects.values_list("object_type", flat=True)} > {*hidden}


def named(own, column):
    """The values that whoever acts as `own` may write in the column."""
    match BINDING[column]:
        case None:
            return {getattr(own, column)}
        case model if model is Membership:
            return {own.pk}
        case model if model is Student:
            return set(Student.objects.visible_to(own).values_list("pk", flat=True))
        case model:
            return set(model.objects.visible_to(own).values_list("pk", flat=True))


@pytest.mark.parametrize(("role", "table"), WRITERS)
def test_nobody_writes_a_row_that_names_another_party(probed, role, table):
    """A row that one may add, changed in one of the columns that bind it to somebody, is refused."""
    own, others = probed.memberships[role], probed.memberships.values()
    first = WITHOUT_TRIGGERS + ("" if table == "rejections_rejection" else f"delete from {table}")
    mine = [row for row in rows_of(table) if is_written(own, table, *insertion(table, row), first=first)]
    assert mine
    bound = [column for column in mine[0] if column in BINDING]
    assert bound
    assert all(named(own, column) >= {row[column] for row in mine} for column in bound)
    for column in bound:
        model = BINDING[column]
        values = model.objects.values_list("pk", flat=True) if model else {getattr(each, column) for each in others}
        foreign = [value for value in values if value not in {row[column] for row in mine}]
        # What the school or the company may name as well, though no row of the world does.
        refused = [value for value in foreign if value not in named(own, column)]
        assert refused, column
        for value in refused:
            assert not is_written(own, table, *insertion(table, {**mine[0], column: value}), first=first), column


@pytest.mark.parametrize("role", ["company", "school"])
def test_nobody_takes_a_foreign_star_away(probed, role):
    own = probed.memberships[role]
    may_go = set(own.followed_students.values_list("pk", flat=True))
    for row in rows_of("schools_followedstudent"):
        statement = ("delete from schools_followedstudent where id = %s", [row["id"]])
        assert is_written(own, "schools_followedstudent", *statement, first=WITHOUT_TRIGGERS) == (row["id"] in may_go)
    # Without a condition no row is read, and only the rule of deleting itself is asked.
    everything = ("delete from schools_followedstudent", [])
    assert is_written(own, "schools_followedstudent", *everything, first=WITHOUT_TRIGGERS) == len(may_go)
