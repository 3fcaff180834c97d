"""Who may reach periods and absence: the school and the student all, a company the days of its own agreements.

Administrators have no ground to; they see how many rows a file had.
"""

from laereplads.access.roles import Role
from laereplads.database.row_level_security import (
    ALL_ROWS,
    COMPANY,
    JOBS,
    LISTED_AT_OWN_WORKPLACE,
    MEMBERSHIP,
    SCHOOL,
    TODAY,
    Table,
    may,
)
from laereplads.people.models.agreements import DAYS_IN_VIEW_AFTER_THE_END

# Who reads the school's files in. Asked once, not for each row.
IS_ABSENCE_OFFICER = f"(select is_absence_officer from access_membership where id = {MEMBERSHIP})"
OF_OWN_SCHOOL = f"school_id = {SCHOOL}"
OF_OWN_STUDENTS = "exists (select from people_student where id = absence_schoolperiod.student_id)"
OF_ONESELF = "student_id = any(array(select id from people_student))"
OF_OWN_FEW_PERIODS = "period_id = any(array(select id from absence_schoolperiod))"


def of_own_periods(table: str) -> str:
    return f"exists (select from absence_schoolperiod where id = {table}.period_id)"


# The company's entries are its own agreements in view.
IN_OWN_AGREEMENT = (
    "exists (select from absence_periodlistentry entry where entry.period_id = absence_absenceday.period_id"
    " and absence_absenceday.day between entry.agreement_starts_on and entry.agreement_last_day)"
)
OF_OWN_AGREEMENT = "exists (select from people_agreement where id = absence_absencenotice.agreement_id)"

TABLES = [
    Table(
        "absence_schoolperiod",
        (
            *may(Role.SCHOOL_STAFF, "select", f"{OF_OWN_SCHOOL} and {OF_OWN_STUDENTS}"),
            *may(Role.SCHOOL_STAFF, "insert", f"{OF_OWN_SCHOOL} and {OF_OWN_STUDENTS} and {IS_ABSENCE_OFFICER}"),
            *may(
                Role.SCHOOL_STAFF,
                "update",
                f"{OF_OWN_SCHOOL} and {OF_OWN_STUDENTS} and {IS_ABSENCE_OFFICER}",
                columns=("name", "kind", "class_code", "starts_on", "ends_on", "cancelled_on"),
            ),
            *may(Role.STUDENT, "select", OF_ONESELF),
        ),
    ),
    Table(
        "absence_absenceday",
        (
            *may(Role.COMPANY_STAFF, "select", IN_OWN_AGREEMENT),
            *may(Role.SCHOOL_STAFF, "select", of_own_periods("absence_absenceday")),
            *may(
                Role.SCHOOL_STAFF, "insert delete", f"{of_own_periods('absence_absenceday')} and {IS_ABSENCE_OFFICER}"
            ),
            *may(
                Role.SCHOOL_STAFF,
                "update",
                f"{of_own_periods('absence_absenceday')} and {IS_ABSENCE_OFFICER}",
                columns=("scheduled", "lawful", "unlawful", "registered_at", "delivery_id"),
            ),
            *may(Role.STUDENT, "select", OF_OWN_FEW_PERIODS),
            *may(JOBS, "select", ALL_ROWS),
        ),
    ),
    Table(
        "absence_absencedelivery",
        (
            *may(Role.SCHOOL_STAFF, "select", OF_OWN_SCHOOL),
            *may(Role.SCHOOL_STAFF, "insert", f"{OF_OWN_SCHOOL} and {IS_ABSENCE_OFFICER}"),
            *may(Role.ADMINISTRATOR, "select", ALL_ROWS),
            *may(JOBS, "select", ALL_ROWS),
            *may(JOBS, "update", ALL_ROWS, columns=("instant_told_at",)),
        ),
    ),
    # What retention leaves of days: lists are derived of it, and nobody asks for it.
    Table("absence_archivedsum"),
    # Written by the database alone. The scope leads every index, so that the policy costs nothing.
    Table(
        "absence_periodlistentry",
        (
            *may(
                Role.COMPANY_STAFF,
                "select",
                f"company_id = {COMPANY} and {LISTED_AT_OWN_WORKPLACE}"
                f" and agreement_last_day > {TODAY} - {DAYS_IN_VIEW_AFTER_THE_END}",
            ),
            *may(Role.SCHOOL_STAFF, "select", f"{OF_OWN_SCHOOL} and signed_off_on is null"),
            *may(Role.STUDENT, "select", OF_ONESELF),
            *may(JOBS, "select", ALL_ROWS),
        ),
    ),
    Table(
        "absence_absencestanding",
        (
            *may(
                Role.SCHOOL_STAFF,
                "select",
                "exists (select from people_student where id = absence_absencestanding.student_id)",
            ),
            *may(Role.STUDENT, "select", OF_ONESELF),
        ),
    ),
    Table(
        "absence_absencenotice",
        (
            *may(Role.COMPANY_STAFF, "select", OF_OWN_AGREEMENT),
            # That it looked, in one's own name; a guard says that nothing is noted twice.
            *may(
                Role.COMPANY_STAFF,
                "update",
                f"{OF_OWN_AGREEMENT} and (seen_by_id is null or seen_by_id = {MEMBERSHIP})",
                columns=("first_seen_at", "seen_by_id"),
            ),
            *may(Role.SCHOOL_STAFF, "select", of_own_periods("absence_absencenotice")),
            *may(Role.STUDENT, "select", OF_OWN_FEW_PERIODS),
            *may(JOBS, "select insert", ALL_ROWS),
        ),
    ),
    # Whether a company still has an agreement in view, and at which workplace it is.
    Table(
        "people_agreement",
        may(JOBS, "select", ALL_ROWS, columns=("id", "company_id", "workplace_id", "last_day", "annulled_on")),
    ),
    Table(
        "access_membership",
        may(Role.SCHOOL_STAFF, "select", f"id = {MEMBERSHIP}", columns=("id", "is_absence_officer")),
    ),
]
