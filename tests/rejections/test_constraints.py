"""What must never be false of rejections is refused by the database itself, whoever asks and however."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from rejections.models import Applicant, Rejection, RejectionReason
from tests.factories import (
    EducationFactory,
    MembershipFactory,
    RejectionFactory,
    RejectionReasonFactory,
    days_from_today,
)

pytestmark = pytest.mark.django_db


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "statement",
    [
        "update rejections_rejection set given_on = given_on - 1",
        "update rejections_rejection set second_reason_id = null",
        "update rejections_rejection set registered_at = now()",
        "delete from rejections_rejection",
    ],
)
def test_a_rejection_is_written_once(statement):
    RejectionFactory()
    with pytest.raises(DatabaseError, match="written once"):
        sql(statement)


def test_a_rejection_is_neither_saved_again_nor_deleted_by_django():
    rejection = RejectionFactory()
    for act in (rejection.save, rejection.delete, Rejection.objects.all().delete):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            act()
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Rejection.objects.update(given_on=days_from_today(-3))


@pytest.mark.parametrize("table", ["rejections_rejection", "rejections_rejectionreason"])
def test_the_tables_are_not_emptied(table):
    with pytest.raises(DatabaseError, match=r"written once|never deleted"):
        sql(f"truncate {table} cascade")


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("update rejections_rejectionreason set code = 'noget_andet' where code = %s", False),
        ("delete from rejections_rejectionreason where code = %s", False),
        ("update rejections_rejectionreason set valid_until = current_date where code = %s", True),
        ("update rejections_rejectionreason set label = 'Ingen pladser' where code = %s", True),
    ],
)
def test_a_reason_is_retired_and_its_code_stays_its_own(statement, allowed):
    reason = RejectionReasonFactory()
    if allowed:
        sql(statement, reason.code)
    else:
        with pytest.raises(DatabaseError, match="never deleted"):
            sql(statement, reason.code)


def test_a_code_is_never_used_again():
    RejectionReasonFactory(valid_until=days_from_today(-1))
    with pytest.raises(DatabaseError, match="code"), transaction.atomic():
        RejectionReason.objects.create(code="ingen_pladser", label="En anden begrundelse")


def test_a_reason_ends_after_it_starts_and_is_given_in_words():
    with pytest.raises(DatabaseError, match="reason_is_retired_after_it_starts"), transaction.atomic():
        RejectionReasonFactory(code="ny", valid_until=datetime.date(2021, 4, 14))
    with pytest.raises(DatabaseError, match="reason_is_given_in_words"), transaction.atomic():
        RejectionReasonFactory(code="ny", label="")


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("rejection_is_about_a_sosu_education", lambda: {"education": EducationFactory(other=True)}),
        (
            "rejection_is_registered_by_its_companys_staff",
            lambda: {"company": MembershipFactory(company_staff=True).company},
        ),
        ("rejection_gives_two_different_reasons", lambda: {"second_reason": RejectionReasonFactory()}),
        ("rejection_is_given_before_it_is_registered", lambda: {"given_on": days_from_today(1)}),
        ("rejection_is_given_after_the_duty_began", lambda: {"given_on": datetime.date(2021, 4, 14)}),
        ("rejection_form_is_saved_once", lambda: {"form_token": RejectionFactory().form_token}),
    ],
)
def test_an_impossible_rejection_is_refused(constraint, wrong):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        RejectionFactory(**wrong())
    assert refused.value.__cause__.diag.constraint_name == constraint


@pytest.mark.parametrize(("days", "late"), [(0, False), (14, False), (15, True), (400, True)])
def test_a_rejection_given_more_than_14_days_ago_is_late(days, late):
    rejection = RejectionFactory(given_on=days_from_today(-days))
    rejection.refresh_from_db()
    assert rejection.is_late is late


@pytest.mark.today("2026-03-02")
def test_the_day_of_registration_is_copenhagens():
    """Half past eleven in the evening, UTC, is the next day in Copenhagen: the fifteenth day is too late."""
    evening = datetime.datetime(2026, 1, 20, 23, 30, tzinfo=datetime.UTC)
    rejection = RejectionFactory(given_on=datetime.date(2026, 1, 6), registered_at=evening)
    rejection.refresh_from_db()
    assert (rejection.registered_on, rejection.is_late) == (datetime.date(2026, 1, 21), True)
    assert rejection.registered_on == timezone.localdate(evening)


def test_the_applicant_is_kept_until_the_delivery_is_confirmed():
    Applicant.objects.create(rejection=RejectionFactory(), sealed=b"x")
    with pytest.raises(DatabaseError, match="until the delivery is confirmed"):
        sql("delete from rejections_applicant")


@pytest.mark.parametrize(
    ("constraint", "columns"),
    [
        ("delivery_has_a_checksum_once_written", "now(), null, null"),
        ("delivery_has_a_checksum_once_written", "null, '\\x00', null"),
        ("delivery_is_confirmed_after_it_is_written", "null, null, now()"),
        ("delivery_is_confirmed_after_it_is_written", "now(), '\\x00', now() - interval '1 day'"),
    ],
)
def test_a_delivery_is_written_before_it_is_confirmed(constraint, columns):
    with pytest.raises(DatabaseError, match=constraint):
        sql(
            "insert into rejections_delivery (public_id, created_at, written_at, checksum, confirmed_at)"
            f" values (gen_random_uuid(), now(), {columns})"
        )
