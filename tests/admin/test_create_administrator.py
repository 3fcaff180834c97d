"""The command that makes an installation's first administrator."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from laereplads.access.auditing import MEMBERSHIP_ADDED
from laereplads.access.management.commands import create_administrator
from laereplads.access.models import Membership
from laereplads.accounts.models import Session, User
from laereplads.audit.actions import RECORD_ADDED, RECORD_CHANGED
from laereplads.audit.models import Event
from tests.factories import MembershipFactory, UserFactory
from tests.sessions import session_of

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
        (RECORD_CHANGED, None),
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


def test_it_alone_lets_somebody_in_with_a_password(settings):
    settings.PASSWORD_FOR_EVERYBODY = False
    run("pia@test.example", "Pia")

    assert User.objects.get(email="pia@test.example").may_use_password
    assert not MembershipFactory(administrator=True).user.may_use_password


def test_a_second_one_is_refused_and_told_how_others_come_in():
    run("pia@test.example", "Pia")

    with pytest.raises(CommandError, match=r"^Pia har nødadgangen, .*invite_administrator.*--move\.$"):
        run("ny@test.example", "Ny")
    assert not User.objects.filter(email="ny@test.example").exists()


def test_it_is_moved_and_the_former_holder_is_logged_out_and_comes_in_no_more(settings):
    run("pia@test.example", "Pia")
    former = User.objects.get()
    client = session_of(former.memberships.get())
    settings.PASSWORD_FOR_EVERYBODY = False
    assert Session.objects.filter(user=former).exists()

    said = run("ny@test.example", "Ny", "--move")
    assert "Pia har ikke længere nødadgang." in said
    assert [user.name for user in User.objects.filter(is_break_glass=True)] == ["Ny"]
    assert not Session.objects.filter(user=former).exists()
    assert client.get(reverse("front_page")).status_code == 302
    assert "nødadgang" not in run("ny@test.example", "Ny", "--move")


def test_who_holds_it_stands_in_the_record():
    run("pia@test.example", "Pia")
    run("ny@test.example", "Ny", "--move")

    changed = Event.objects.filter(object_type="accounts.user", action=RECORD_CHANGED).order_by("id")
    assert [event.changes["is_break_glass"][1] for event in changed] == [True, False, True]


def test_others_stay_what_they_are():
    """Neither another administrator nor another of her own roles is taken for what is asked."""
    other = MembershipFactory(administrator=True)
    employee = MembershipFactory(company_staff=True, user__email="pia@test.example", user__name="Pia Kendt")

    run("pia@test.example", "Pia")
    run("ny@test.example", "Ny", "--move")

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
