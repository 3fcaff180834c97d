from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from laereplads.access.personas import WORDS
from laereplads.accounts.models import User
from laereplads.demo.personas import PERSONAS
from tests.factories import MembershipFactory, UserFactory
from tests.production_environment import production_environment

BIRGIT = PERSONAS[0]


def test_the_login_page_has_a_button_for_each_persona_named_by_the_role_first(client: Client, db: None):
    page = client.get(reverse("account_login")).content.decode()

    assert "Vælg en testperson" in page
    for persona in PERSONAS:
        assert f">{WORDS[persona.role]}: {persona.name}</button>" in page
        assert str(persona.sees) in page


def test_a_mail_is_shown_in_the_terminal_with_a_link_that_can_be_followed(client: Client, db: None, settings, capsys):
    settings.MAILERS = {"default": {"BACKEND": "laereplads.demo.mail.EmailBackend"}}
    user = UserFactory(email=BIRGIT.email, name=BIRGIT.name)

    page = client.post(reverse("account_reset_password"), {"email": BIRGIT.email}, follow=True)

    assert "Mailen står i det vindue, hvor du startede portalen." in page.text
    shown = capsys.readouterr().out
    assert f"Mail til: {user.email}\nEmne: Vælg en ny adgangskode\n" in shown
    [link] = re.findall(r"^http://testserver(/adgangskode/ny/\S+)$", shown, re.MULTILINE)
    assert "Ny adgangskode" in client.get(link, follow=True).text


def test_each_role_has_several_personas_and_one_persona_has_two_memberships():
    assert min(Counter(persona.role for persona in PERSONAS).values()) >= 2
    assert any(len(persona.posts) == 2 for persona in PERSONAS)


def test_a_button_logs_in_with_a_new_session(client: Client, db: None):
    user = UserFactory(email=BIRGIT.email, name=BIRGIT.name)
    MembershipFactory(company_staff=True, user=user)
    client.force_login(UserFactory())
    before = client.session.session_key

    response = client.post(reverse("demo:log_in_as"), {"persona": BIRGIT.email}, follow=True)

    assert client.session[SESSION_KEY] == str(user.pk)
    assert client.session.session_key != before
    assert response.redirect_chain == [(reverse("front_page"), 302)]
    assert response.status_code == 200


def test_a_button_leads_where_one_was_going(client: Client, db: None):
    form = client.get(reverse("account_login"), {"next": "/elever/?navn=æ"}).text.partition('id="personas"')[2]

    assert '<input type="hidden" name="next" value="/elever/?navn=æ">' in form


def test_what_was_typed_before_the_session_ended_comes_along(client: Client, db: None, frozen_clock):
    MembershipFactory(company_staff=True, user=UserFactory(email=BIRGIT.email, name=BIRGIT.name))
    button = {"persona": BIRGIT.email}
    client.post(reverse("demo:log_in_as"), button)
    frozen_clock.shift(30 * 60 + 1)
    late = client.post(
        reverse("companies:rejection_create"),
        {"education": "ssa", "applicant_name": "Bo Prøve", "applicant_contact": "20304050"},
    )
    fields = {name: re.findall(rf'name="{name}" value="([^"]+)"', late.text)[-1] for name in ("kept", "next")}
    assert late.text.count('name="kept"') == 2
    kept = client.post(reverse("demo:log_in_as"), {**button, **fields}, follow=True).text
    assert 'name="education" value="ssa"' in kept
    assert "Bo Prøve" not in kept


@pytest.mark.parametrize("persona", ["", "ingen@test.example", "bruger@test.example", BIRGIT.email])
def test_nobody_but_a_persona_of_this_world_is_logged_in(client: Client, db: None, persona: str):
    UserFactory(email="bruger@test.example")
    UserFactory(email=BIRGIT.email, is_active=False)

    response = client.post(reverse("demo:log_in_as"), {"persona": persona})

    assert response.status_code == 404
    assert SESSION_KEY not in client.session


def test_a_link_cannot_log_in(client: Client, db: None):
    UserFactory(email=BIRGIT.email)

    response = client.get(reverse("demo:log_in_as"), {"persona": BIRGIT.email})

    assert response.status_code == 405
    assert User.objects.get().last_login is None


def in_production(script: str) -> subprocess.CompletedProcess[str]:
    """Run `script` as production would, far from what this process has loaded."""
    here = {name: value for name, value in os.environ.items() if name not in {"DEMO", "DEBUG", "DATA_DIR"}}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env={**here, **production_environment(), "DJANGO_SETTINGS_MODULE": "laereplads.settings"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_refuses_to_install_the_demo():
    done = in_production(
        "import django\n"
        "from django.conf import settings\n"
        "settings.INSTALLED_APPS.append('laereplads.demo')\n"
        "django.setup()\n"
    )

    assert done.returncode != 0
    assert "ImproperlyConfigured: laereplads.demo lader enhver logge ind som enhver." in done.stderr


def test_production_knows_no_personas():
    done = in_production(
        "import django; django.setup()\n"
        "from django.apps import apps\n"
        "from django.template.loader import get_template\n"
        "from django.urls import NoReverseMatch, reverse\n"
        "assert not apps.is_installed('laereplads.demo')\n"
        "assert '/demo/' not in get_template('account/login.html').origin.name\n"
        "try: reverse('demo:log_in_as')\n"
        "except NoReverseMatch: print('alt vel')\n"
    )

    assert done.stdout == "alt vel\n", done.stderr
