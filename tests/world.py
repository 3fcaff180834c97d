"""A small world in which every kind of foreignness occurs, each with a name that occurs nowhere else."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from laereplads.delegation.operations import refuse
from risk.operations import record_assessment
from schools.models import StudentGroupMember
from tests.clock import moment_of
from tests.factories import (
    AccessRequestFactory,
    AgreementFactory,
    CompanyFactory,
    InvitationFactory,
    LocalAgreementFactory,
    MembershipFactory,
    SavedFilterFactory,
    SchoolFactory,
    SchoolPeriodFactory,
    StudentFactory,
    StudentGroupFactory,
    UserFactory,
    days_from_today,
)
from tests.sessions import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.access.models import Membership


@dataclass
class World:
    """Two companies and two schools, with agreements in every state; each name is a marker that occurs nowhere else.

    One employee is limited to one of the first company's workplaces.
    """

    clients: dict[str, Client]
    ids: dict[str, object]
    memberships: dict[str, Membership]
    # Role → names of students that must not be in any answer to it.
    foreign: dict[str, list[str]]


@pytest.fixture
def world(world_of_module: World, db: None) -> World:
    """The module's world, as it was when it was made: what a test changes is taken back after it."""
    return replace(
        world_of_module,
        clients={role: same_browser(client) for role, client in world_of_module.clients.items()},
        memberships=copy.deepcopy(world_of_module.memberships),
    )


def same_browser(client: Client) -> Client:
    other = Client()
    other.cookies = copy.deepcopy(client.cookies)
    return other


@pytest.fixture(scope="module")
def world_of_module(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once for all tests of a module that ask for it, and taken away again; none of them may commit."""
    with django_db_blocker.unblock(), time_machine.travel(moment_of(request.node)), transaction.atomic():
        world = made()
        # Some tests change tables, which none may that has rows still to be checked.
        connection.check_constraints()
        yield world
        transaction.set_rollback(True)


def made() -> World:
    company, school = CompanyFactory(), SchoolFactory()
    students = {
        "own": StudentFactory(name="Markør Egen", school=school),
        "lately": StudentFactory(name="Markør Nylig", school=school),
        "ended": StudentFactory(name="Markør Afsluttet", school=school),
        "signed off": StudentFactory(name="Markør Udmeldt", school=school, signed_off_on=days_from_today(-1)),
        "workplace": StudentFactory(name="Markør Arbejdssted", school=school),
        "foreign": StudentFactory(name="Markør Fremmed"),
    }
    running = AgreementFactory(student=students["own"], company=company)
    lately = AgreementFactory(student=students["lately"], company=company, ended_lately=True)
    ended = AgreementFactory(student=students["ended"], company=company, ended_long_ago=True)
    other = AgreementFactory(
        student=StudentFactory(name="Markør Andenuddannelse", school=school, education__other=True), company=company
    )
    AgreementFactory(student=students["signed off"], company=company)
    at_workplace = AgreementFactory(student=students["workplace"], company=company)
    foreign = AgreementFactory(student=students["foreign"])
    for student in students.values():
        # Begun before the agreements that ended.
        SchoolPeriodFactory(student=student, starts_on=days_from_today(-60))
    memberships = {
        "company": MembershipFactory(company_staff=True, company=company),
        "company workplace": MembershipFactory(company_staff=True, company=company, workplace=at_workplace.workplace),
        "other company": MembershipFactory(company_staff=True, company=foreign.company),
        "former employee": MembershipFactory(company_staff=True, company=company, ends_on=days_from_today(-1)),
        "school": MembershipFactory(school_staff=True, school=school),
        "other school": MembershipFactory(school_staff=True, school=students["foreign"].school),
        "student": MembershipFactory(of_student=True, student=students["own"], user__name="Markør Egen"),
        "other student": MembershipFactory(of_student=True, student=students["foreign"], user__name="Markør Fremmed"),
        "administrator": MembershipFactory(administrator=True),
        "company users": MembershipFactory(company_staff=True, company=company, is_user_administrator=True),
        "school users": MembershipFactory(
            school_staff=True, school=school, is_user_administrator=True, is_absence_officer=True
        ),
    }
    # Of one education, so that a test may make another of all.
    local_agreement = LocalAgreementFactory(
        school=school,
        company=company,
        education=running.education,
        proposed_by=memberships["school"],
        accepted_by=memberships["company"],
    )
    request = AccessRequestFactory(company=company)
    refuse(request, by=memberships["company users"])
    record_assessment(running, "high", by=memberships["company"])
    record_assessment(at_workplace, "medium", by=memberships["company"])
    record_assessment(at_workplace, "high", by=memberships["company workplace"])
    record_assessment(foreign, "low", by=memberships["other company"])
    groups = {
        "own": StudentGroupFactory(school=school),
        "foreign": StudentGroupFactory(school=students["foreign"].school),
    }
    for name, group in groups.items():
        StudentGroupMember.objects.create(group=group, student=students[name])
    saved = SavedFilterFactory(membership=memberships["school"])
    nobody = Client()
    without = Client()
    without.force_login(UserFactory())
    elsewhere = [students[key].name for key in ("own", "lately", "ended", "signed off")] + [other.student.name]
    of_company = [*elsewhere, "Markør Arbejdssted"]
    return World(
        clients={"nobody": nobody, "no role": without, **{role: session_of(own) for role, own in memberships.items()}},
        ids={
            "running agreement": running.public_id,
            "agreement at a workplace": at_workplace.public_id,
            "agreement ended lately": lately.public_id,
            "agreement ended long ago": ended.public_id,
            "agreement without SOSU": other.public_id,
            "student": students["own"].public_id,
            "student signed off": students["signed off"].public_id,
            "school of the company": school.institution_number,
            "company of the school": company.cvr,
            "local agreement": local_agreement.public_id,
            "no key": 0,
            "no broker": "ukendt",
            "colleague": memberships["company"].public_id,
            "request": request.public_id,
            "invitation": InvitationFactory(company=company).public_id,
            "group": groups["own"].public_id,
            "saved filter": saved.public_id,
            "nothing": "0b3a4c1e-0000-4000-8000-000000000000",
        },
        memberships=memberships,
        foreign={
            "nobody": [*of_company, "Markør Fremmed"],
            "no role": [*of_company, "Markør Fremmed"],
            "former employee": [*of_company, "Markør Fremmed"],
            "company": ["Markør Afsluttet", "Markør Fremmed"],
            "company workplace": [*elsewhere, "Markør Fremmed"],
            "other company": of_company,
            "school": ["Markør Udmeldt", "Markør Fremmed"],
            "other school": of_company,
            "student": ["Markør Fremmed", "Markør Nylig", "Markør Afsluttet", "Markør Udmeldt", "Markør Arbejdssted"],
            "other student": of_company,
            "administrator": [*of_company, "Markør Fremmed"],
            "company users": ["Markør Afsluttet", "Markør Fremmed"],
            "school users": ["Markør Udmeldt", "Markør Fremmed"],
        },
    )
