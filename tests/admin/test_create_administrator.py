"""The command that makes an installation's first administrator."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from laereplads.access.auditing import MEMBERSHIP_ADDED
from laereplads.access.management.commands import create_administrator
from laereplads.access.models import Membership
from laereplads.accounts.models import User
from laereplads.audit.actions import RECORD_ADDED
from laereplads.audit.models import Event
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = io.StringIO()
    call_command("create_administrator", *arguments, stdout=output)
    return output.getvalue()


def test_it_makes_an_administrator_who_chooses_her_own_password():
    said = run("Pia@Test.example", "Pia  Prøve", "--address", "https://portal.example/")

    user = User.objects.get(email="pia@test.example")
    assert user.name == "Pia Prøve"
    assert not user.has_usable_password()
    assert Membership.objects.active().get(user=user).role == "administrator"
    path = re.search(r"https://portal\.example(/\S+)", said).group(1)
    assert Client().get(path, follow=True).status_code == 200
    assert list(Event.objects.order_by("id").values_list("action", "actor")) == [
        (RECORD_ADDED, None),
        (MEMBERSHIP_ADDED, None),
    ]


def test_again_it_only_gives_a_new_link():
    run("pia@test.example", "Pia")

    assert "Pia er allerede administrator." in run("pia@test.example", "Pia")
    assert Membership.objects.count() == 1


def test_it_makes_a_known_user_administrator():
    UserFactory(email="pia@test.example", name="Pia Kendt")

    said = run("pia@test.example", "Pia")
    assert "Pia Kendt er nu administrator." in said
    assert "oprettet" not in said


def test_others_stay_what_they_are():
    """Neither another administrator nor another of her own roles is taken for what is asked."""
    other = MembershipFactory(administrator=True)
    employee = MembershipFactory(company_staff=True, user__email="pia@test.example", user__name="Pia Kendt")

    run("pia@test.example", "Pia")
    run("ny@test.example", "Ny")

    administrators = Membership.objects.filter(role="administrator")
    assert set(administrators.values_list("user__email", flat=True)) == {
        other.user.email, "pia@test.example", "ny@test.example",
    }  # fmt: skip
    assert set(employee.user.memberships.values_list("role", flat=True)) == {"company_staff", "administrator"}


@pytest.mark.parametrize(("is_local", "address"), [(True, "http://127.0.0.1:8000"), (False, "https://portal.example")])
def test_the_link_leads_to_where_the_portal_most_likely_answers(settings, is_local, address):
    settings.LOCAL, settings.ALLOWED_HOSTS = is_local, ["portal.example", "testserver"]

    said = run("pia@test.example", "Pia Prøve").splitlines()
    assert said[:-1] == [
        "Pia Prøve er oprettet som bruger.",
        "Pia Prøve er nu administrator.",
        "Vælg adgangskode her. Linket virker én gang og i tre dage:",
    ]
    assert re.fullmatch(rf"{address}/[\w/-]+", said[-1])


def test_what_fails_leaves_nobody_behind(monkeypatch):
    def fail(_user):
        raise InterruptedError

    monkeypatch.setattr(create_administrator, "password_path", fail)
    with pytest.raises(InterruptedError):
        run("pia@test.example", "Pia")
    assert not User.objects.exists()


def test_it_says_all_that_is_wrong():
    with pytest.raises(CommandError, match=r"^[^.]+\. [A-ZÆØÅ][^.]+\.$"):
        run("pia", "x" * 300)


@pytest.mark.parametrize(
    ("email", "name", "message"),
    [("pia", "Pia", "e-mail"), ("pia@test.example", " ", r"^Skriv administratorens navn\.$")],
)
def test_it_refuses_what_is_no_user(email, name, message):
    with pytest.raises(CommandError, match=message):
        run(email, name)
    assert not User.objects.exists()


def test_it_does_not_open_a_closed_user():
    UserFactory(email="pia@test.example", is_active=False)

    with pytest.raises(CommandError, match="ikke aktiv"):
        run("pia@test.example", "Pia")
