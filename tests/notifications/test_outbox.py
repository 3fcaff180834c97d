"""What gets into the outbox, who may put it there, and what the database refuses of it."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from laereplads.notifications.models import OutgoingMail, Reason
from laereplads.notifications.operations import send, send_again
from tests.factories import MembershipFactory, UserFactory
from tests.notifications.kinds import INVITATION, NEWS, PLAIN

pytestmark = pytest.mark.django_db


def test_a_mail_waits_in_the_transaction_of_what_it_tells_of():
    user = UserFactory()

    with pytest.raises(InterruptedError), transaction.atomic():
        send(PLAIN, to=user)
        raise InterruptedError
    assert not OutgoingMail.objects.exists()

    mail = send(PLAIN, to=user)
    assert list(OutgoingMail.objects.due(timezone.now())) == [mail]


def test_one_for_later_is_not_due_yet():
    now = timezone.now()
    mail = send(PLAIN, to=UserFactory(), due_at=now + datetime.timedelta(hours=2))

    assert not OutgoingMail.objects.due(now + datetime.timedelta(minutes=119)).exists()
    assert OutgoingMail.objects.due(now + datetime.timedelta(minutes=120)).get() == mail


def test_the_organisation_is_the_memberships_where_nobody_says_otherwise():
    membership = MembershipFactory(company_staff=True)

    mail = send(NEWS, to=membership.user, on_behalf_of=membership, counts={"students": 3})

    assert mail.organisation == membership.company.name


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (NEWS, {"organisation": "X"}),
        (NEWS, {"organisation": "X", "counts": {"students": 1.5}}),
        (NEWS, {"organisation": "X", "counts": {"students": True}}),
        (NEWS, {"organisation": "X", "counts": {"students": "3"}}),
        (NEWS, {"organisation": "X", "counts": {"students": 3, "others": 1}}),
        (NEWS, {"counts": {"students": 3}}),
        (NEWS, {"organisation": " \n ", "counts": {"students": 3}}),
        (NEWS, {"organisation": "X", "counts": {"students": 3}, "link": "/noget/"}),
        (INVITATION, {"organisation": "X"}),
        (PLAIN, {"counts": {"students": 3}}),
        (PLAIN, {"link": "/noget/"}),
    ],
)
def test_what_the_kind_has_no_place_for_is_refused(kind, given):
    with pytest.raises(ValueError, match=kind.name):
        send(kind, to=UserFactory(), **given)
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "address", ["", " ", "navn", "navn@", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example"]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValidationError):
        send(PLAIN, to=address)


def test_a_mail_goes_to_whoever_holds_the_membership():
    for to in (UserFactory(), "ny@test.example"):
        with pytest.raises(ValueError, match="holds the membership"):
            send(PLAIN, to=to, on_behalf_of=MembershipFactory(company_staff=True))


def test_what_can_be_turned_off_goes_to_a_membership_that_may_have_done_so():
    with pytest.raises(ValueError, match="can be turned off"):
        send(NEWS, to=UserFactory(), organisation="X", counts={"students": 3})


@pytest.mark.parametrize("role", ["company_staff", "school_staff", "of_student", "administrator"])
def test_every_role_writes_mails_and_reads_of_its_own_alone_what_did_not_arrive(role):
    membership, other = MembershipFactory(**{role: True}), UserFactory()
    given_up = {"kind": "own", "gave_up_at": timezone.now()}
    own = OutgoingMail.objects.create(user=membership.user, gave_up_because=Reason.REFUSED, **given_up)
    OutgoingMail.objects.create(user=membership.user, gave_up_because=Reason.NO_RECEIVER, **given_up)
    OutgoingMail.objects.create(user=other, gave_up_because=Reason.REFUSED, **given_up)
    with transaction.atomic(), membership.with_row_policies():
        send(INVITATION, to=other, organisation="Fjordby Kommune", link="/invitation/abc/")

        for column in ("link", "counts", "kind"):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f"select {column} from notifications_outgoingmail")
                    assert column == "kind"
                    assert len(cursor.fetchall()) == (4 if role == "administrator" else 1)
            except DatabaseError:
                assert column != "kind"
        if role != "administrator":
            assert OutgoingMail.objects.visible_to(membership).only("kind").get() == own
    assert OutgoingMail.objects.get(kind="test_invitation").link == "/invitation/abc/"


@pytest.mark.parametrize("role", ["company_staff", "school_staff", "of_student", "administrator"])
@pytest.mark.parametrize("done", [{"sent_at": timezone.now()}, {"attempts": 1}, {"sending_since": timezone.now()}])
def test_nobody_writes_one_that_has_been_tried(role, done):
    membership = MembershipFactory(**{role: True})
    mail = OutgoingMail(kind="test_plain", user=membership.user, **done)

    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic(), membership.with_row_policies():
        mail.save(force_insert=True)


WRONG = [
    ({"address": "a@b.example"}, "goes_to_a_user_or_to_an_address"),
    ({"user": None}, "goes_to_a_user_or_to_an_address"),
    ({"sent_at": timezone.now(), "gave_up_at": timezone.now(), "gave_up_because": "refused"}, "sent_or_given_up"),
    ({"sent_at": timezone.now(), "link": "/x/"}, "forgets_its_link"),
    ({"gave_up_at": timezone.now()}, "given_up_for_a_reason"),
    ({"gave_up_because": "refused"}, "given_up_for_a_reason"),
    ({"sending_since": timezone.now(), "sent_at": timezone.now()}, "being_sent_or_done"),
    *(
        ({"counts": counts}, "counts_whole_numbers")
        for counts in (
            [],
            1,
            "x",
            {"x": "3"},
            {"x": 1.5},
            {"x": None},
            {"x": True},
            {"x": [1]},
            {"x": -1},
            {"Lærling": 1},
            {"": 1},
        )
    ),
    *(
        ({"link": link}, "leads_into_the_portal")
        for link in (
            "x",
            "https://andre.example/",
            "//andre.example/",
            "/\\andre.example/",
            "/a b",
            "/a\n",
            "mailto:x",
            "/å/",
        )
    ),
]


@pytest.mark.parametrize(("values", "constraint"), WRONG)
def test_the_database_refuses_what_must_never_be(values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        OutgoingMail.objects.create(**{"kind": "test_plain", "user": UserFactory(), **values})


@pytest.mark.parametrize("link", ["", "/", "/invitation/abc_D-e/?x=1", "/a"])
@pytest.mark.parametrize("counts", [{}, {"x": 0}, {"aftaler_nu": 3, "x": 1_000_000}])
def test_the_database_takes_what_may_be(link, counts):
    OutgoingMail.objects.create(kind="test_plain", user=UserFactory(), link=link, counts=counts)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "x"},
        {"user": None, "address": "x@y.example"},
        {"organisation": "x"},
        {"counts": {"x": 1}},
        {"link": "/x/"},
    ],
)
def test_a_mail_does_not_become_another(change):
    mail = send(PLAIN, to=UserFactory())

    with pytest.raises(IntegrityError, match="outgoing_mail_stays_what_it_is"), transaction.atomic():
        OutgoingMail.objects.filter(pk=mail.pk).update(**change)


def test_a_mail_that_has_gone_is_not_sent_again():
    mail = OutgoingMail.objects.create(kind="test_plain", user=UserFactory(), sent_at=timezone.now())

    with pytest.raises(ValueError, match="given up"):
        send_again(mail)
    with pytest.raises(IntegrityError, match="outgoing_mail_goes_once"), transaction.atomic():
        OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=None)


def test_one_that_was_given_up_waits_anew():
    mail = OutgoingMail.objects.create(
        kind="test_plain", user=UserFactory(), gave_up_at=timezone.now(), gave_up_because=Reason.REFUSED, attempts=4
    )
    assert list(OutgoingMail.objects.undelivered()) == [mail]

    send_again(mail)

    assert list(OutgoingMail.objects.due(timezone.now())) == [mail]
    assert not OutgoingMail.objects.undelivered().exists()


def test_what_nobody_should_have_is_not_shown_as_undelivered():
    OutgoingMail.objects.create(
        kind="test_plain", user=UserFactory(), gave_up_at=timezone.now(), gave_up_because=Reason.NO_RECEIVER
    )

    assert not OutgoingMail.objects.undelivered().exists()
