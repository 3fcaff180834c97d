"""What each database role may do to which tables and columns, said once more: a grant too many fails here."""

import pytest
from django.db import connection, transaction

from laereplads.database import row_level_security

# What a request may read before anybody acts, and what each role reads; "table: columns" where not the whole row.
READS = {
    "web": {
        "mfa_authenticator",
        "access_membership",
        "account_emailaddress",
        "accounts_identity",
        "accounts_user",
        "cache",
        "accounts_session",
        "django_migrations",
        "notifications_jobrun",
        "notifications_outgoingmail: due_at gave_up_at sent_at",
        "notifications_refusedaddress: address user_id",
        "people_company",
        "people_school",
        "people_workplace",
    },
    # Runs jobs; no page acts as it.
    "jobs": {
        "schools_followedstudent",
        "schools_studentlistentry",
        "schools_toldassessment",
        "risk_riskassessment: agreement_id id is_removed level recorded_at",
        "risk_dueassessment",
        "risk_localagreement",
        "risk_sentreminder",
        "risk_notedassessment",
        (
            "access_membership: company_id confirmed_on ends_on id is_leader is_user_administrator role school_id"
            " starts_on student_id user_id workplace_id"
        ),
        "accounts_user: email id is_active",
        "absence_absenceday",
        "absence_absencedelivery",
        "absence_absencenotice",
        "absence_periodlistentry",
        "people_education",
        "schools_savedfilter: compared_at id membership_id query tells_of_new",
        "schools_savedfiltermatch",
        "schools_studentgroup",
        "schools_studentgroupmember",
        "people_agreement: annulled_on company_id id last_day student_id workplace_id",
        "people_student: id moved_to_id",
        (
            "risk_agreementlistentry: agreement_id company_id is_sosu last_day signed_off_on student_id"
            " unassessed_from workplace_id"
        ),
        "delegation_confirmation",
        "delegation_confirmationline",
        "people_company",
        "people_school",
        "notifications_jobrun",
        "notifications_mailchoice",
        "notifications_outgoingmail",
        "notifications_refusedaddress",
        "procrastinate_events",
        "procrastinate_jobs",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
    },
    # Who is nobody yet: each table that has a student's data by row, too.
    "sign_in": {
        (
            "access_membership: company_id ends_on id is_user_administrator role school_id starts_on student_id"
            " user_id workplace_id"
        ),
        "accounts_identity",
        "accounts_user: created_at email id is_active search_key sort_key",
        "delegation_accessrequest",
        "delegation_invitation",
        "people_company",
        "people_school",
        "people_student: birth_date id name school_id signed_off_on uniid",
        "people_workplace",
    },
    # Staff on their pages about users.
    "user_administrator": {
        "access_membership",
        "access_processedform",
        "accounts_identity: cvr ended_at id issuer last_signed_in_at subject user_id",
        "accounts_user: created_at email id is_active name public_id search_key sort_key",
        "delegation_accessrequest",
        "delegation_confirmation",
        "delegation_confirmationline",
        "delegation_invitation",
        "people_company",
        "people_education",
        "people_school",
        (
            "people_student: birth_date education_id email id name public_id school_id search_key signed_off_on"
            " sort_key student_number"
        ),
        "people_workplace",
    },
    "company_staff": {
        "risk_assessmentpause",
        "risk_dueassessment",
        "risk_localagreement",
        "absence_absenceday",
        "absence_absencenotice",
        "absence_periodlistentry",
        "access_membership: company_id id user_id",
        "notifications_mailchoice",
        "notifications_outgoingmail: gave_up_at gave_up_because id kind organisation user_id",
        "notifications_refusedaddress",
        "accounts_user: id name",
        "people_agreement",
        "people_agreementtakeover",
        "people_company",
        "people_education",
        "people_merger",
        "people_school",
        "people_workplace",
        "rejections_fingerprint",
        "rejections_rejection",
        "rejections_rejectionreason",
        "risk_agreementlistentry",
        "risk_riskassessment",
    },
    "school_staff": {
        "schools_overviewvisit",
        "risk_dueassessment",
        "risk_localagreement",
        "absence_absenceday",
        "absence_absencedelivery",
        "absence_absencenotice",
        "absence_absencestanding",
        "absence_periodlistentry",
        "absence_schoolperiod",
        "access_membership: company_id id is_absence_officer user_id",
        "imports_upload",
        "notifications_mailchoice",
        "notifications_outgoingmail: gave_up_at gave_up_because id kind organisation user_id",
        "notifications_refusedaddress",
        "accounts_user: id name",
        "audit_event: acting_for acting_membership action at id student",
        "people_agreement",
        "people_agreementtakeover",
        "people_company",
        "people_education",
        "people_merger",
        "people_student",
        "people_workplace",
        "risk_riskassessment",
        "schools_followedstudent",
        "schools_savedfilter",
        "schools_savedfiltermatch",
        "schools_studentgroup",
        "schools_studentgroupmember",
        "schools_studentlistentry",
    },
    "student": {
        "risk_assessmentpause",
        "risk_dueassessment",
        "risk_localagreement",
        "absence_absenceday",
        "absence_absencenotice",
        "absence_absencestanding",
        "absence_periodlistentry",
        "absence_schoolperiod",
        "access_membership: company_id id user_id",
        "notifications_mailchoice",
        "notifications_outgoingmail: gave_up_at gave_up_because id kind organisation user_id",
        "notifications_refusedaddress",
        "accounts_user: id name",
        "audit_event: acting_for acting_membership action at changes id student",
        "access_log_accesslogentry: at company_id id purpose school_id students",
        "accounts_identity",
        "delegation_invitation: accepted_at created_at expires_at id public_id student_id withdrawn_at",
        "people_agreement",
        "people_agreementtakeover",
        "people_company",
        "people_education",
        "people_merger",
        "people_school",
        "people_student",
        "people_workplace",
        "risk_riskassessment",
        "schools_followedstudent: id student_id",
        "schools_studentgroup",
        "schools_studentgroupmember",
    },
    "administrator": {
        "absence_absencedelivery",
        "mfa_authenticator: id type user_id",
        "access_membership",
        "access_processedform",
        "account_emailaddress",
        ("accounts_user: created_at email id is_active is_break_glass last_login name public_id search_key sort_key"),
        "audit_event",
        "delegation_invitation",
        "access_log_accesslogentry",
        "django_content_type",
        "people_agreement",
        "people_agreementtakeover",
        "people_company",
        "people_education",
        "people_merger",
        "imports_upload",
        "people_region",
        (
            "notifications_outgoingmail: address attempts created_at due_at gave_up_at gave_up_because id kind"
            " membership_id organisation sending_since sent_at user_id"
        ),
        "people_school",
        "people_student",
        "people_workplace",
        "rejections_rejection: id primary_reason_id registered_on second_reason_id",
        "rejections_rejectionreason",
    },
}
# Everything that anybody but the owner may write.
WRITES = {
    "web": {
        "insert mfa_authenticator",
        "update mfa_authenticator",
        "delete mfa_authenticator",
        "insert account_emailaddress",
        "insert cache",
        "insert accounts_session",
        "update account_emailaddress",
        "update accounts_identity: last_signed_in_at p_number",
        "update accounts_user: email last_login password",
        "update cache",
        "update accounts_session",
        "delete cache",
        "delete accounts_session",
    },
    "jobs": {
        "insert schools_toldassessment",
        "insert risk_sentreminder",
        "insert risk_notedassessment",
        "delete risk_notedassessment",
        "update risk_notedassessment: assessment_number",
        "update risk_localagreement: answer_told_at proposal_told_at",
        "insert absence_absencenotice",
        "update absence_absencedelivery: instant_told_at",
        "insert delegation_confirmation",
        "insert delegation_confirmationline",
        "update access_membership: confirmed_on ends_on",
        "update delegation_confirmation: closed_on warnings",
        "insert schools_savedfiltermatch",
        "update schools_savedfilter: compared_at",
        "delete schools_savedfiltermatch",
        "update delegation_confirmationline: answered_at is_confirmed",
        "insert notifications_jobrun",
        "insert notifications_outgoingmail",
        "insert notifications_refusedaddress",
        "update notifications_refusedaddress: address refused_at",
        "update notifications_outgoingmail: attempts due_at gave_up_at gave_up_because link sending_since sent_at",
        "insert procrastinate_events",
        *(
            f"{command} procrastinate_{table}"
            for command in ("insert", "update", "delete")
            for table in ("jobs", "periodic_defers", "workers")
        ),
    },
    "sign_in": {
        "insert access_membership",
        "insert accounts_identity",
        "insert accounts_user",
        "insert delegation_accessrequest",
        "insert notifications_outgoingmail",
        "update delegation_invitation: accepted_at membership_id",
    },
    "user_administrator": {
        "insert access_log_accesslogentry: at company_id membership_id purpose request school_id students",
        "insert access_membership",
        "insert access_processedform",
        "insert accounts_identity",
        "insert accounts_user",
        "insert delegation_invitation",
        "insert notifications_outgoingmail",
        (
            "update access_membership: confirmed_on ends_on is_absence_officer is_leader is_support_officer"
            " is_user_administrator workplace_id"
        ),
        "update delegation_accessrequest: answered_at answered_by_id membership_id",
        "update delegation_confirmation: closed_on",
        "update delegation_confirmationline: answered_at answered_by_id is_confirmed",
        (
            "update delegation_invitation: created_at expires_at invited_by_id is_absence_officer is_leader"
            " is_support_officer is_user_administrator name secret_hash withdrawn_at workplace_id"
        ),
    },
    "company_staff": {
        "insert risk_assessmentpause",
        "delete risk_assessmentpause",
        "insert risk_localagreement",
        "delete risk_localagreement",
        "update risk_localagreement: accepted_at accepted_by_id valid_from valid_to",
        "insert access_log_accesslogentry: at company_id membership_id purpose request school_id students",
        "insert notifications_mailchoice",
        "delete notifications_mailchoice",
        "delete notifications_refusedaddress",
        "insert notifications_outgoingmail",
        "insert rejections_applicant",
        "insert rejections_fingerprint",
        "insert rejections_rejection",
        "insert risk_riskassessment",
        "update absence_absencenotice: first_seen_at seen_by_id",
    },
    "school_staff": {
        "insert schools_overviewvisit",
        "update schools_overviewvisit: before_on latest_on",
        "insert risk_localagreement",
        "delete risk_localagreement",
        "update risk_localagreement: accepted_at accepted_by_id valid_from valid_to",
        "insert access_log_accesslogentry: at company_id membership_id purpose request school_id students",
        "insert notifications_mailchoice",
        "delete notifications_mailchoice",
        "delete notifications_refusedaddress",
        "insert notifications_outgoingmail",
        "insert absence_absenceday",
        "insert absence_absencedelivery",
        "insert absence_schoolperiod",
        "insert schools_followedstudent",
        "insert schools_savedfilter",
        "insert schools_studentgroup",
        "insert schools_studentgroupmember",
        "update schools_savedfilter: compared_at name tells_of_new",
        "update schools_studentgroup: name",
        "delete schools_savedfilter",
        "delete schools_savedfiltermatch",
        "delete schools_studentgroup",
        "delete schools_studentgroupmember",
        "update absence_absenceday: delivery_id lawful registered_at scheduled unlawful",
        "update absence_schoolperiod: cancelled_on class_code ends_on kind name starts_on",
        "delete absence_absenceday",
        "delete schools_followedstudent",
        "insert imports_upload",
        "delete imports_upload",
    },
    "student": {
        "insert notifications_outgoingmail",
        "insert notifications_mailchoice",
        "delete notifications_mailchoice",
        "delete notifications_refusedaddress",
    },
    "administrator": {
        "delete mfa_authenticator",
        "insert access_membership",
        "insert access_processedform",
        "insert account_emailaddress",
        "insert accounts_user",
        "insert access_log_accesslogentry: at company_id membership_id purpose request school_id students",
        "insert people_agreement",
        "insert people_company",
        "insert people_education",
        "insert people_merger",
        "insert imports_upload",
        "insert notifications_outgoingmail",
        "insert people_school",
        "insert people_student",
        "insert people_workplace",
        "insert rejections_rejectionreason",
        "insert delegation_invitation",
        "update access_membership: ends_on is_user_administrator starts_on workplace_id",
        "update account_emailaddress",
        (
            "update delegation_invitation: created_at expires_at invited_by_id is_absence_officer is_leader"
            " is_support_officer is_user_administrator name secret_hash withdrawn_at workplace_id"
        ),
        "update accounts_user: email is_active name",
        (
            "update people_agreement: annulled_on company_id education_id ended_early_on ends_on number school_id"
            " starts_on student_id type workplace_id"
        ),
        "update notifications_outgoingmail: attempts due_at gave_up_at gave_up_because",
        "update people_company",
        "update people_education",
        "update people_school",
        (
            "update people_student: basic_programme birth_date dropped_out_on education_id education_starts_on email"
            " expected_completion_on has_completed_youth_education has_credit identity_confirmed_at is_protected"
            " main_programme_starts_on moved_on moved_to_id name phone relation residence_municipality signed_off_on"
            " status student_number student_type uniid visibility"
        ),
        "update people_workplace: company_id email name p_number phone postal_code street town",
        "update rejections_rejectionreason: help_text is_catch_all label order valid_from valid_until",
        "delete imports_upload",
    },
}
COLUMNS_ALLOWED = """
select c.relname, count(*) filter (where allowed) = count(*), array_agg(a.attname::text order by a.attname::text)
    filter (where allowed)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
cross join lateral (select has_column_privilege(%(role)s, c.oid, a.attnum, %(command)s) as allowed) as asked
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p')
group by c.relname having bool_or(allowed)
"""
TABLES_ALLOWED = """
select relname from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'p')
and has_table_privilege(%(role)s, oid, %(command)s)
"""


def columns_allowed(role, command):
    """The tables of which `role` may `command` something: "table", or "table: columns" where not all of it."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS_ALLOWED, {"role": row_level_security.database_role(role), "command": command})
        return {table if whole else f"{table}: {' '.join(columns)}" for table, whole, columns in cursor.fetchall()}


def tables_allowed(role, command):
    with connection.cursor() as cursor:
        cursor.execute(TABLES_ALLOWED, {"role": row_level_security.database_role(role), "command": command})
        return {table for (table,) in cursor.fetchall()}


@pytest.mark.django_db
@pytest.mark.parametrize("role", READS)
def test_each_role_reads_these_columns_and_no_others(role):
    assert columns_allowed(role, "select") == READS[role]


@pytest.mark.django_db
@pytest.mark.parametrize("role", WRITES)
def test_each_role_writes_these_columns_and_no_others(role):
    by_column = {f"{command} {what}" for command in ("insert", "update") for what in columns_allowed(role, command)}
    by_row = {f"delete {table}" for table in tables_allowed(role, "delete")}
    assert by_column | by_row == WRITES[role]
    # TRUNCATE asks no policy, and a trigger or a foreign key on another's table can read it.
    for command in ("truncate", "references", "trigger"):
        assert tables_allowed(role, command) == set()


@pytest.mark.django_db
def test_every_role_is_said_here():
    assert {*row_level_security.LOGINS, *row_level_security.role_names()} == set(READS) == set(WRITES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "alter policy school_staff_may_select_4 on people_student using (true)",
        "drop policy student_may_select_5 on people_student",
        "create policy open on people_student for select to laereplads_company_staff using (true)",
        "alter table people_student disable row level security",
        "grant select on people_student to laereplads_company_staff",
        "grant select (birth_date) on people_student to laereplads_company_staff",
        "grant delete on people_student to public",
        "revoke select on audit_event from laereplads_school_staff",
    ],
)
def test_policies_that_somebody_changed_on_the_server_are_noticed_and_built_anew(change):
    with connection.cursor() as cursor:
        before = row_level_security.as_built(cursor)
        cursor.execute(change)
    assert any("efter, at de blev bygget" in problem for problem in row_level_security.problems(connection))

    with transaction.atomic():
        assert row_level_security.build(connection)
    assert list(row_level_security.problems(connection)) == []
    with connection.cursor() as cursor:
        assert row_level_security.as_built(cursor) == before
