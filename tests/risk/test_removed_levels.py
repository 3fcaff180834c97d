"""**Ikke angivet** removes what was registered: nobody is shown it again, wherever it stood, and later levels stay."""

import json
import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from risk.models import CurrentRisk, Level, RiskAssessment
from risk.operations import record_assessment
from tests.factories import AgreementFactory, MembershipFactory

pytestmark = pytest.mark.django_db

# What was recorded, oldest first; None removes. What everybody is shown of it, newest first.
HISTORIES = [
    (["high"], ["high"]),
    (["high", None], [None]),
    (["high", None, "low"], ["low", None]),
    (["high", "medium", None, "low"], ["low", None]),
    (["high", "high", None], [None]),
    (["high", None, "high"], ["high", None]),
    (["high", None, "medium", "low", None, "medium"], ["medium", None, None]),
]
LABELS = {"Høj": "high", "Middel": "medium", "Lav": "low", "Vurderingen blev fjernet": None}
BADGE = re.compile(rf"</svg>({'|'.join(LABELS)})</strong>")


@pytest.fixture
def agreement():
    return AgreementFactory(student__name="Amalie Prøve")


@pytest.fixture
def employee(agreement):
    return MembershipFactory(company_staff=True, company=agreement.company)


@pytest.fixture
def everybody(agreement, employee):
    """Each party with the page that shows the history, and what stands before it there."""
    student = agreement.student
    window = reverse("companies:assessment_update", args=[agreement.public_id])
    profile = reverse("schools:student_detail", args=[student.public_id])
    return [
        (employee, window, "Seneste vurdering:"),
        (MembershipFactory(school_staff=True, school=student.school), profile, "Alle vurderinger"),
        (
            MembershipFactory(of_student=True, student=student),
            reverse("students:own_agreement"),
            "Aktuel frafaldsrisiko",
        ),
    ]


def shown_on(page, begins):
    """The levels in the page's history, without the choices and the words about them."""
    page = page.partition(begins)[2]
    for explained in ("<form", "Hvad betyder frafaldsrisiko"):
        before, found, after = page.partition(explained)
        page = before + (after.partition("</form>")[2] if explained == "<form" else "") if found else page
    return [LABELS[label] for label in BADGE.findall(page)]


def record(agreement, levels, *, by):
    for level in levels:
        record_assessment(agreement, Level(level) if level else None, by=by)


@pytest.mark.parametrize(("recorded", "shown"), HISTORIES)
def test_what_was_removed_is_shown_to_nobody(logged_in, agreement, everybody, recorded, shown):
    record(agreement, recorded, by=everybody[0][0])

    for membership, address, begins in everybody:
        with transaction.atomic(), membership.with_row_policies():
            rows = list(
                RiskAssessment.objects.filter(agreement=agreement).order_by("-id").values_list("level", flat=True)
            )
        assert rows == shown
        visible = RiskAssessment.objects.visible_to(membership).order_by("-id").values_list("level", flat=True)
        assert list(visible) == shown
        assert shown_on(logged_in(membership).get(address).content.decode(), begins) == shown, membership.role


@pytest.mark.parametrize(("recorded", "shown"), HISTORIES)
def test_nor_is_it_in_the_students_own_file(logged_in, agreement, everybody, recorded, shown):
    record(agreement, recorded, by=everybody[0][0])
    file = logged_in(everybody[2][0]).get(reverse("students:own_data_file")).content.decode()

    told = json.loads(file)
    assert [one["level"] for one in told["assessments"]] == shown
    assert [one["is_removal"] for one in told["assessments"]] == [level is None for level in shown]
    gone = {level for level in recorded if level} - set(shown)
    assert [level for level in gone if f'"{level}"' in file] == []


@pytest.mark.parametrize(("recorded", "shown"), HISTORIES)
def test_nor_does_the_database_show_it_in_an_event(agreement, everybody, recorded, shown):
    """Whatever a page forgets: who may read `changes` at all finds no level there."""
    record(agreement, recorded, by=everybody[0][0])

    for membership, _address, _begins in everybody[1:]:
        with transaction.atomic(), membership.with_row_policies(), connection.cursor() as cursor:
            cursor.execute("select action from audit_event")
            assert ("assessment_removed",) in cursor.fetchall() or None not in recorded
            cursor.execute("select has_column_privilege('audit_event', 'changes', 'select')")
            if cursor.fetchone() == (True,):
                cursor.execute("select changes from audit_event where action like 'assessment%'")
                assert {row[0] for row in cursor.fetchall()} <= {"{}"}


def test_levels_of_another_agreement_stay(agreement, employee):
    other = AgreementFactory(company=agreement.company)
    record_assessment(other, Level.HIGH, by=employee)
    record_assessment(agreement, Level.LOW, by=employee)
    record_assessment(agreement, None, by=employee)

    assert list(
        RiskAssessment.objects.visible_to(employee).filter(agreement=other).values_list("level", flat=True)
    ) == ["high"]


def test_nothing_is_brought_back(agreement, employee):
    record_assessment(agreement, Level.HIGH, by=employee)
    removal = record_assessment(agreement, None, by=employee)
    gone = RiskAssessment.objects.filter(level="high")

    for change in ({"is_removed": False}, {"level": "low"}, {"is_removed": True, "level": None}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            gone.update(**change)
    # As the owner of the tables might; nobody else can.
    with connection.cursor() as cursor:
        cursor.execute("delete from risk_riskassessment where id = %s", [removal.pk])
    assert not CurrentRisk.objects.filter(agreement=agreement).exists()
