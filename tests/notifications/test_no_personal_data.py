"""No mail holds a name, a number or an id of the world, whoever it goes to and whatever people are called."""

import re

import pytest
from django.apps import apps
from django.db import models

from laereplads.notifications.kinds import USUAL_SUBJECT, mail_kinds
from laereplads.notifications.operations import send
from laereplads.notifications.rendering import render
from laereplads.people.models import Education
from tests.factories import AgreementFactory, MembershipFactory, StudentFactory, UserFactory, WorkplaceFactory
from tests.notifications.kinds import INVITATION, KINDS, NEWS, PLAIN
from tests.notifications.searching import found_in

pytestmark = pytest.mark.django_db

# The organisation that one acts for is told; these are words of it, of the portal or of any text.
ORGANISATION = "Fjordby Kommune"
SECRETS = {
    "name": "Zoé <b>Ørsted</b> %(zoe)s {{ hemmelig }}",
    "email": "zoe.oersted@hemmelig.example",
    "street": "Lønvej 77",
}


def all_kinds():
    return [*mail_kinds().values(), *KINDS]


@pytest.fixture
def world():
    """Everything that a mail must not hold, as text: every value of the tables of people, users and memberships."""
    student = StudentFactory(name=SECRETS["name"], email=SECRETS["email"], phone="87654321", student_number="Q98765")
    membership = MembershipFactory(company_staff=True, company__name=ORGANISATION, user__name=SECRETS["name"])
    AgreementFactory(
        number="AFT-77123",
        student=student,
        company=membership.company,
        workplace=WorkplaceFactory(company=membership.company, name="Plejehjemmet Solsikken", street=SECRETS["street"]),
    )
    return membership


def values_of_the_world():
    for model in apps.get_models():
        # What educations are called is no news of anybody.
        if model._meta.app_label in {"people", "accounts", "access"} and model is not Education:
            for row in model.objects.all():
                yield from values_of(row)


def values_of(row):
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        is_code = field.choices or isinstance(field, (models.BooleanField, models.DateTimeField))
        if value in (None, "", ORGANISATION) or is_code or field.name in {"sort_key", "search_key", "kind"}:
            continue
        # Numbers of rows are short: as words they would be found in any text.
        if isinstance(value, int):
            continue
        yield str(value)
        if field.name == "name":
            yield from (part for part in re.findall(r"\w+", str(value)) if len(part) > 3)


def everything(message):
    # Drawn by chance and by the clock, which may say any four digits.
    drawn = {"Message-ID", "Date", "Content-Type"}
    headers = [f"{name}: {value}" for name, value in message.message().items() if name not in drawn]
    return "\n".join([message.subject, message.body, *(part.content for part in message.alternatives), *headers])


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.name)
@pytest.mark.parametrize("is_known", [True, False])
def test_no_kind_tells_anything_of_anybody(world, kind, is_known):
    mail = send(
        kind,
        to=world.user if is_known or kind.can_be_turned_off else SECRETS["email"],
        on_behalf_of=world if is_known or kind.can_be_turned_off else None,
        organisation=ORGANISATION,
        counts=dict.fromkeys(kind.numbers, 3),
        link="/invitation/engangs-kode/" if kind.has_link else "",
    )
    to = "modtager@test.example"

    said = everything(render([mail], to))

    found = {value for value in values_of_the_world() if value in said}
    assert found == set()
    assert str(mail.pk) not in said
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", said)
    links = set(re.findall(r"https?://[^\s\"<]+", said))
    own_mails = {"/beskeder/"} if kind.can_be_turned_off else set()
    found = {link.removeprefix("http://127.0.0.1:8000") for link in links}
    assert own_mails <= found <= {"", ".", "/invitation/engangs-kode/"} | own_mails


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.name)
def test_every_kind_says_from_whom_it_is_and_that_nobody_need_answer(kind, settings):
    membership = MembershipFactory(company_staff=True) if kind.can_be_turned_off else None
    mail = send(
        kind,
        to=membership.user if membership else "ny@test.example",
        on_behalf_of=membership,
        organisation=ORGANISATION,
        counts=dict.fromkeys(kind.numbers, 3),
        link="/x/" if kind.has_link else "",
    )
    message = render([mail], "ny@test.example")

    assert message.extra_headers.keys() == {"Auto-Submitted", "Message-ID"}
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert settings.PORTAL_NAME in message.subject
    assert "\n" not in message.subject
    assert "Vi beder aldrig om din adgangskode" in message.body
    assert kind.subject != USUAL_SUBJECT or message.subject == f"{settings.PORTAL_NAME}: der er noget nyt til dig"
    assert "%" not in message.subject + message.body
    (html,) = message.alternatives
    assert html.mimetype == "text/html"
    as_text = re.sub(r"<[^>]+>", "", html.content.replace("<br>", "\n"))
    assert as_text.split() == message.body.split()


def test_every_kind_has_a_name_that_administrators_read():
    assert [kind.name for kind in mail_kinds().values() if not kind.label] == []


def test_every_kind_that_can_be_turned_off_is_offered_in_words():
    kinds = [kind for kind in mail_kinds().values() if kind.can_be_turned_off]
    assert [kind.name for kind in kinds if not (kind.roles and kind.help_text)] == []
    # What one always gets is told in a sentence of its own.
    assert [kind.name for kind in mail_kinds().values() if kind.roles and not kind.help_text] == []


HOSTILE = [
    "<script>alert(1)</script>",
    "%(link)s %s %d %",
    "{{ portal }} {% now %}",
    "https://andre.example/ log ind her",
    "Ab\r\nBcc: x@y.example\r\n\r\nHej",
    "\u202eOmvendt",
    "A & B <c@d.example>",
    "x" * 200,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_an_organisation_calls_itself_stays_its_name(name):
    mail = send(INVITATION, to=UserFactory(), organisation=name, link="/invitation/abc/")
    message = render([mail], "ny@test.example")
    sent = message.message()

    assert sent["Bcc"] is None
    assert message.subject == "Lærepladsportalen: der er noget nyt til dig"
    assert " ".join(name.split()) in message.body
    html = message.alternatives[0].content
    assert "<script" not in html
    assert re.findall(r'href="([^"]*)"', html) == ["http://127.0.0.1:8000/invitation/abc/"]


def test_a_number_may_change_the_words():
    from django.utils.translation import ngettext_lazy  # only here

    from laereplads.notifications.kinds import MailKind

    text = ngettext_lazy("%(students)d elev. %(address)s", "%(students)d elever. %(address)s", "students")
    kind = MailKind("x", USUAL_SUBJECT, text, True)
    assert kind.numbers == {"students"}
    assert not kind.has_link
    assert NEWS.numbers == {"students"}
    assert PLAIN.numbers == set()


@pytest.mark.parametrize("secret", [SECRETS["name"], SECRETS["email"], "87654321", "Q98765", "AFT-77123", "Lønvej 77"])
def test_the_search_through_all_mails_of_the_suite_finds_what_it_looks_for(world, secret):
    mail = send(PLAIN, to="modtager@test.example")
    message = render([mail], "modtager@test.example")
    assert list(found_in(message)) == []
    message.body += f" ({secret})"
    assert list(found_in(message)) != []
