"""Every mail says from whom it is and how one can check it, in plain text."""

import re
from email.headerregistry import Address

import pytest
from allauth.core.context import request_context
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from laereplads.accounts.new_address import NewAddress, change_address
from laereplads.accounts.operations import CHANGES, send_mail, tell_of_change
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked(rf):
    """Mails are sent while somebody asks for a page."""
    with request_context(rf.get("/")):
        yield


MAILS = sorted(
    path.name.removesuffix("_message.txt")
    for path in (settings.BASE_DIR / "laereplads" / "accounts" / "templates" / "account" / "email").glob(
        "*_message.txt"
    )
)
LINK = "https://portal.example/adgangskode/ny/abc/"
CONTEXT = {
    "at": None,
    "what": "Noget",
    "email": "ukendt@test.example",
    "new_address": "ny@test.example",
    "before": "a@test.example",
    "after": "b@test.example",
    **dict.fromkeys(("url", "password_url", "password_reset_url"), LINK),
}


def test_there_are_mails():
    assert {"invitation", "password_reset_key", "unknown_account", "new_address_asked"} <= set(MAILS)


@pytest.mark.parametrize("name", MAILS)
def test_it_says_from_whom_it_is_and_how_to_check_it(name):
    send_mail(UserFactory(email="kendt@test.example"), name, CONTEXT)
    (message,) = mail.outbox

    sender = Address(
        display_name=f"{settings.PORTAL_NAME}, {settings.AUTHORITY_NAME}", addr_spec=settings.AUTHORITY_EMAIL
    )
    assert message.from_email == str(sender)
    text = " ".join(message.body.split())
    assert f"Venlig hilsen {settings.PORTAL_NAME} {settings.AUTHORITY_NAME}" in text
    assert "Skriv selv" in text
    assert "i browseren" in text
    assert settings.AUTHORITY_PHONE in text
    assert "Vi beder aldrig om din adgangskode eller dit CPR-nummer i en mail." in text
    assert settings.PORTAL_NAME in text.partition("Venlig hilsen")[0]
    # Plain: text alone, at most one link, nothing that cries.
    assert (message.alternatives, message.attachments) == ([], [])
    assert re.findall(r"https?://\S+", message.body) in ([], [LINK])
    assert "!" not in message.subject + message.body
    assert "None" not in text.replace("Noget", "")


def test_the_address_to_type_is_the_portals_own():
    Client().post(reverse("account_reset_password"), {"email": "ukendt@test.example"}, headers={"host": "localhost"})

    assert "Skriv selv localhost i browseren" in mail.outbox[0].body


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_told_in_the_same_way(change):
    tell_of_change(UserFactory(), change)

    assert "Venlig hilsen" in mail.outbox[0].body


def test_of_a_new_address_both_are_told():
    user = UserFactory(email="gammel@test.example")
    assert change_address(NewAddress(user, "gammel@test.example", "ny@test.example"))

    assert sorted(message.to for message in mail.outbox) == [["gammel@test.example"], ["ny@test.example"]]
