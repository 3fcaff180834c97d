from __future__ import annotations

import datetime
import random

import pytest

from laereplads.audit.models import Event
from laereplads.demo import history, world
from laereplads.demo.names import full_name
from laereplads.demo.organisations import SCHOOLS
from laereplads.demo.personas import PERSONAS
from laereplads.demo.study_administration import StudyAdministration
from laereplads.people.models import Student
from risk.models import RiskAssessment
from tests.factories import StudentFactory, UserFactory


def test_the_same_chance_makes_the_same_file():
    def file() -> str:
        chance = random.Random(7)
        return StudyAdministration(SCHOOLS[0], datetime.date(2026, 3, 2), chance).roster(50)

    assert file() == file()


def test_names_are_of_many_kinds():
    chance = random.Random(7)
    names = [full_name(chance) for _number in range(500)]

    assert len(set(names)) > 450
    assert any("-" in name.split()[-1] for name in names)


def test_a_world_that_was_interrupted_is_not_there_at_all(db: None, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(history, "assess", interrupted)
    with pytest.raises(KeyboardInterrupt):
        world.make(80, say=[].append)

    assert not world.exists()
    assert not Student.objects.exists()
    assert world.stranger() == ""


def test_a_database_with_real_users_is_left_alone(db: None):
    assert world.stranger() == ""
    UserFactory()
    assert "bliver ikke rørt" in world.stranger()


def test_a_demos_own_database_is_known_again(db: None):
    UserFactory(email=PERSONAS[0].email)
    StudentFactory()

    assert world.exists()
    assert world.stranger() == ""


def test_the_record_of_a_made_up_history_is_dated_on_the_days_it_is_about(db: None):
    world.make(80, say=[].append)

    recorded = dict(RiskAssessment.objects.values_list("pk", "recorded_at"))
    told = dict(Event.objects.filter(object_type="risk.riskassessment").values_list("object_id", "at"))
    assert told == recorded
    assert len(told) > 20
    reported = Event.objects.filter(object_type="people.student", action="student_reported")
    # Those who change school later are reported there on that day.
    first = reported.exclude(student__in=Student.objects.exclude(moved_from=None).values("public_id")).latest("at")
    assert first.at <= min(recorded.values())
