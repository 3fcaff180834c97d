"""Each wall holds with the other one switched off."""

import gc

import pytest
from django.apps import apps

from laereplads.access.models import Membership
from laereplads.audit.readings import Reading
from laereplads.people.models import Agreement, Student
from rejections.models import Rejection
from risk.models import RiskAssessment
from schools.models import Standing, StandingCount
from tests.conventions.test_permission_matrix import PAGES, ROLES, url

# Every queryset that decides which rows a membership may see.
SCOPED = [Agreement, Reading, Rejection, RiskAssessment, Standing, StandingCount, Student]


def content(answer):
    """All bytes of an answer; a file closes when it is read to its end."""
    return answer.getvalue() if answer.streaming else answer.content


@pytest.fixture
def without_the_first_wall(monkeypatch):
    """Every role may use every page, and no query asks whose rows it reads."""
    monkeypatch.setattr(Membership, "grants", lambda membership, permission: True)
    for model in SCOPED:
        monkeypatch.setattr(type(model.objects.all()), "visible_to", lambda rows, membership: rows)


# A spreadsheet that is refused half-way leaves the library's own file to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("row", PAGES, ids=str)
def test_no_page_leaks_when_views_check_nothing(world, without_the_first_wall, row):
    for role in ROLES:
        client = world.clients[role]
        # What the database refuses is an error here, and never an answer.
        client.raise_request_exception = False
        for answer in (client.get(url(world, row)), client.post(url(world, row), {})):
            text = content(answer)
            leaked = [name for name in world.foreign[role] if name.encode() in text]
            assert leaked == [], f"{role} got {leaked}"
    gc.collect()


@pytest.fixture
def without_the_second_wall(monkeypatch, settings):
    """Requests stay the owner of the tables, whom no policy binds."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("tests.")]
    monkeypatch.setattr("laereplads.database.identity.database_role", lambda role: "none")


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_no_page_leaks_when_the_database_lets_everything_through(world, without_the_second_wall, row):
    for role in ROLES:
        answer = world.clients[role].get(url(world, row))
        text = content(answer)
        assert [name for name in world.foreign[role] if name.encode() in text] == []


def test_every_scoped_model_is_switched_off():
    """A new `visible_to` must be named in SCOPED, or the proof would rest on its filter."""
    scoped = {model for model in apps.get_models() if hasattr(model._default_manager.all(), "visible_to")}
    assert scoped == set(SCOPED)
