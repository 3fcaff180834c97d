"""What who lets people in, and who is let in, may never do at the database, whatever page or form they find."""

import copy
import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.accounts.models import Identity, User
from laereplads.accounts.sign_in.claims import Scheme
from laereplads.delegation.models import AccessRequest, Confirmation, ConfirmationLine, Invitation
from laereplads.people.models import Student
from tests.delegation.people import BROKERS, signed_in
from tests.factories import (
    AccessRequestFactory,
    CompanyFactory,
    IdentityFactory,
    InvitationFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
    UserFactory,
    WorkplaceFactory,
    days_from_today,
)
from tests.row_policies.actors import at_the_login, user_administrator

pytestmark = pytest.mark.django_db

SECRET = "d" * 64
UNUSABLE = "!" + "x" * 40
ISSUER = BROKERS["mitid-erhverv"]["issuer"]


def is_done(actor, act):
    """Whether the database lets `actor` do it, until the end of the transaction; it is taken back."""
    try:
        with transaction.atomic():
            with actor.with_row_policies():
                done = act()
            connection.check_constraints()
            transaction.set_rollback(True)
            # An update that reaches no row does nothing.
            return done != 0
    except DatabaseError:
        return False


def new_user(**columns):
    return User.objects.create(**{"name": "Ny", "email": "ny@test.example", "password": UNUSABLE} | columns)


class Place:
    """A company with an administrator of its users, a colleague, somebody who asks; and another company beside it."""

    def __init__(self):
        self.company, self.other = CompanyFactory.create_batch(2)
        self.workplace = WorkplaceFactory(company=self.company)
        self.own = MembershipFactory(company_staff=True, company=self.company, is_user_administrator=True)
        self.colleague = MembershipFactory(company_staff=True, company=self.company)
        self.foreign = MembershipFactory(company_staff=True, company=self.other)
        self.authority = MembershipFactory(administrator=True)
        self.former = MembershipFactory(company_staff=True, company=self.company, ends_on=days_from_today(-1))
        self.asked = AccessRequestFactory(company=self.company, email="ny@test.example")
        self.actor = user_administrator(self.own)
        limited = copy.copy(self.own)
        limited.workplace = self.workplace
        self.limited = user_administrator(limited)

    def identity(self, user, **columns):
        names = ("scheme", "issuer", "subject", "cvr", "p_number", "professional_id")
        return Identity.objects.create(**{"user": user, **{n: getattr(self.asked, n) for n in names}} | columns)

    def membership(self, user, **columns):
        return Membership.objects.create(**{"user": user, "role": "company_staff", "company": self.company} | columns)

    def answer(self, membership=None, by=None, request=None):
        request = request or self.asked
        answers = {"answered_at": timezone.now(), "answered_by": by or self.own, "membership": membership}
        return AccessRequest.objects.filter(pk=request.pk).update(**answers)

    def invitation(self, **columns):
        names = {"name": "Ny", "email": "ny@test.example", "role": "company_staff", "secret_hash": SECRET}
        later = timezone.now() + datetime.timedelta(days=14)
        told = {**names, "company": self.company, "invited_by": self.own, "expires_at": later}
        return Invitation.objects.create(**told | columns)

    def change(self, membership, **columns):
        return Membership.objects.filter(pk=membership.pk).update(**columns)

    def grant(self, **wrong):
        """As `operations.grant` does it, but for what is wrong."""
        user = wrong.get("user") or new_user(**wrong.get("columns_of_user", {}))
        tied = self.identity(wrong.get("tied_to") or user, **wrong.get("columns_of_identity", {}))
        assert tied
        membership = self.membership(wrong.get("let_in") or user, **wrong.get("columns", {}))
        if wrong.get("twice"):
            self.membership(self.foreign.user)
        if wrong.get("unanswered"):
            return 1
        return self.answer(membership, by=wrong.get("by"))


@pytest.fixture
def place():
    return Place()


def test_who_asked_is_let_in(place):
    assert is_done(place.actor, place.grant)


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns_of_user": {"is_break_glass": True}},
        {"columns_of_user": {"password": "argon2$made-up"}},
        {"columns_of_user": {"password": ""}},
        {"columns_of_user": {"is_active": False}},
        {"columns_of_user": {"email": "somebody@test.example"}},
        {"columns_of_user": {"email": None}},
        {"columns_of_identity": {"subject": "somebody else"}},
        {"columns_of_identity": {"issuer": "https://other.example"}},
        {"columns_of_identity": {"cvr": "12345678"}},
        {"columns_of_identity": {"p_number": "1234567890"}},
        {"columns_of_identity": {"professional_id": "another"}},
        {"columns_of_identity": {"scheme": "mitid", "cvr": ""}},
        {"tied_to": "colleague"},
        {"tied_to": "foreign"},
        {"tied_to": "authority"},
        {"tied_to": "own"},
        {"let_in": "foreign"},
        {"let_in": "former"},
        {"let_in": "authority"},
        {"let_in": "own"},
        {"user": "foreign"},
        {"user": "colleague"},
        {"columns": {"role": "administrator", "company": None}},
        {"columns": {"company": "other"}},
        {"twice": True},
        {"unanswered": True},
        {"by": "colleague"},
    ],
    ids=str,
)
def test_nobody_else_is_and_not_in_another_way(place, wrong):
    def meant(value):
        if isinstance(value, dict):
            return {key: meant(each) for key, each in value.items()}
        return getattr(place, value) if isinstance(value, str) and hasattr(place, value) else value

    wrong = {key: meant(value) for key, value in wrong.items()}
    for key in ("tied_to", "let_in", "user"):
        if key in wrong:
            wrong[key] = wrong[key].user
    assert not is_done(place.actor, lambda: place.grant(**wrong))


def test_without_a_request_nobody_is_let_in(place):
    place.answer()
    assert not is_done(place.actor, new_user)
    assert not is_done(place.actor, lambda: place.membership(place.foreign.user))
    assert not is_done(place.actor, lambda: place.identity(place.foreign.user))


def test_an_answer_stays(place):
    place.answer()
    reopened = {"answered_at": None, "answered_by": None}
    assert not is_done(place.actor, lambda: AccessRequest.objects.filter(pk=place.asked.pk).update(**reopened))
    with pytest.raises(DatabaseError), transaction.atomic():
        AccessRequest.objects.filter(pk=place.asked.pk).update(**reopened)


@pytest.mark.parametrize(
    ("whose", "columns", "may"),
    [
        ("colleague", {"is_user_administrator": True}, True),
        ("colleague", {"ends_on": 0}, True),
        ("colleague", {"ends_on": -1}, False),
        ("colleague", {"role": "administrator"}, False),
        ("colleague", {"starts_on": 0}, False),
        ("colleague", {"user": "own"}, False),
        ("colleague", {"company": "other"}, False),
        ("former", {"ends_on": None}, False),
        ("former", {"ends_on": 10}, False),
        ("former", {"is_user_administrator": True}, False),
        ("foreign", {"ends_on": 0}, False),
        ("authority", {"ends_on": 0}, False),
        ("own", {"ends_on": 10}, False),
        ("own", {"confirmed_on": 0}, False),
        ("own", {"is_user_administrator": False}, False),
    ],
)
def test_only_rights_and_ends_of_colleagues_are_changed(place, whose, columns, may):
    def meant(value):
        if isinstance(value, str) and hasattr(place, value):
            return getattr(place, value)
        return days_from_today(value) if type(value) is int else value

    changed = {name: value if name == "role" else meant(value) for name, value in columns.items()}
    if "user" in changed:
        changed["user"] = changed["user"].user
    assert is_done(place.actor, lambda: place.change(getattr(place, whose), **changed)) == may


@pytest.mark.parametrize(
    ("columns", "may"),
    [
        ({}, True),
        ({"is_user_administrator": True}, True),
        ({"company": "other"}, False),
        ({"invited_by": "colleague"}, False),
        ({"invited_by": None}, False),
        ({"role": "administrator", "company": None}, False),
        ({"accepted_at": "now", "membership": "colleague"}, False),
    ],
)
def test_whom_one_invites_is_invited_in_ones_own_name_to_ones_own_place(place, columns, may):
    def meant(value):
        if value == "now":
            return timezone.now()
        return getattr(place, value) if isinstance(value, str) and hasattr(place, value) else value

    told = {name: meant(value) for name, value in columns.items()}
    assert is_done(place.actor, lambda: place.invitation(**told)) == may


@pytest.mark.parametrize(
    "column", ["role", "company_id", "school_id", "student_id", "email", "accepted_at", "membership_id", "public_id"]
)
@pytest.mark.parametrize("who", ["user_administrator", "administrator"])
def test_whom_an_invitation_is_for_stays(place, column, who):
    place.invitation()
    actor = place.actor if who == "user_administrator" else place.authority
    assert is_done(actor, lambda: Invitation.objects.update(name="Anden"))
    assert not is_done(actor, lambda: Invitation.objects.update(**{column: None}))


def test_only_the_operator_invites_administrators(place):
    """Who administers the portal invites and invites anew those whom organisations could."""

    def invite(**columns):
        return place.invitation(invited_by=place.authority, **columns)

    assert is_done(place.authority, invite)
    assert not is_done(place.authority, lambda: invite(role=Role.ADMINISTRATOR, company=None))
    place.invitation(invited_by=None, role=Role.ADMINISTRATOR, company=None)
    for actor in (place.authority, place.actor):
        assert not is_done(actor, lambda: Invitation.objects.update(secret_hash="e" * 64))


@pytest.mark.parametrize("state", ["accepted", "withdrawn"])
def test_an_invitation_that_was_used_or_taken_back_is_not_opened_again(place, state):
    columns = {"accepted_at": timezone.now(), "membership": place.colleague}
    place.invitation(**columns if state == "accepted" else {"withdrawn_at": timezone.now()})
    opened = {"withdrawn_at": None, "expires_at": timezone.now() + datetime.timedelta(days=30)}
    assert not is_done(place.actor, lambda: Invitation.objects.update(**opened))
    closed = {"accepted_at": None, "membership": None}
    assert not is_done(at_the_login(secret_hash=SECRET), lambda: Invitation.objects.update(**closed)) or (
        state == "withdrawn"
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        Invitation.objects.update(accepted_at=None, membership=None, withdrawn_at=None)


@pytest.mark.parametrize("state", ["none", "ended"])
def test_who_looks_after_no_users_changes_nothing_of_them(place, state):
    """Whatever role a page takes on for them."""
    columns = {"is_user_administrator": False} if state == "none" else {"ends_on": days_from_today(-1)}
    place.change(place.own, **columns)
    line = ConfirmationLine.objects.create(
        confirmation=Confirmation.objects.create(company=place.company, opened_on=timezone.localdate()),
        membership=place.colleague,
    )
    answer = {"is_confirmed": True, "answered_at": timezone.now(), "answered_by": place.own}
    for act in (
        place.invitation,
        place.grant,
        place.answer,
        lambda: place.change(place.colleague, ends_on=days_from_today(1)),
        lambda: ConfirmationLine.objects.filter(pk=line.pk).update(**answer),
    ):
        assert not is_done(place.actor, act)


class TestOfAWorkplace:
    def test_a_colleague_there_is_invited_and_looked_after(self, place):
        there = MembershipFactory(company_staff=True, company=place.company, workplace=place.workplace)
        assert is_done(place.limited, lambda: place.change(there, is_user_administrator=True))
        assert is_done(place.limited, lambda: place.invitation(workplace=place.workplace))

    def test_nothing_else_is(self, place):
        elsewhere = WorkplaceFactory(company=place.company)
        there = MembershipFactory(company_staff=True, company=place.company, workplace=place.workplace)
        away = MembershipFactory(company_staff=True, company=place.company, workplace=elsewhere)
        wide = place.invitation(secret_hash="e" * 64, email="bred@test.example")
        list_of_names = Confirmation.objects.create(company=place.company, opened_on=timezone.localdate())
        line = ConfirmationLine.objects.create(confirmation=list_of_names, membership=place.colleague)
        answer = {"is_confirmed": True, "answered_at": timezone.now(), "answered_by": place.own}
        for act in (
            lambda: place.change(there, workplace=None),
            lambda: place.change(there, workplace=elsewhere),
            lambda: place.change(away, ends_on=days_from_today(1)),
            lambda: place.change(place.colleague, ends_on=days_from_today(1)),
            place.invitation,
            lambda: place.invitation(workplace=elsewhere),
            lambda: Invitation.objects.filter(pk=wide.pk).update(withdrawn_at=timezone.now()),
            place.answer,
            lambda: place.grant(columns={"workplace": place.workplace}),
            lambda: ConfirmationLine.objects.filter(pk=line.pk).update(**answer),
            lambda: Confirmation.objects.update(closed_on=timezone.localdate()),
        ):
            assert not is_done(place.limited, act)
        with transaction.atomic(), place.limited.with_row_policies():
            assert list(Membership.objects.values_list("pk", flat=True)) == [there.pk]
            assert not AccessRequest.objects.exists()
            assert not Invitation.objects.exists()
            assert not ConfirmationLine.objects.exists()


class TestTheYearlyConfirmation:
    @pytest.fixture
    def names(self, place):
        confirmation = Confirmation.objects.create(company=place.company, opened_on=timezone.localdate())
        held = (place.own, place.colleague)
        return [ConfirmationLine.objects.create(confirmation=confirmation, membership=each) for each in held]

    def confirm(self, line, by):
        answer = {"is_confirmed": True, "answered_at": timezone.now(), "answered_by": by}
        return ConfirmationLine.objects.filter(pk=line.pk).update(**answer)

    def close(self):
        return Confirmation.objects.update(closed_on=timezone.localdate())

    def test_others_answer_for_one(self, place, names):
        own, colleague = names
        assert is_done(place.actor, lambda: self.confirm(colleague, place.own))
        assert not is_done(place.actor, lambda: self.confirm(own, place.own))
        assert not is_done(place.actor, lambda: self.confirm(colleague, place.colleague))

    def test_nobody_answers_for_another_membership_of_their_own(self, place, names):
        second = MembershipFactory(
            company_staff=True, company=place.company, user=place.own.user, ends_on=days_from_today(30)
        )
        line = ConfirmationLine.objects.create(confirmation=names[0].confirmation, membership=second)
        assert not is_done(place.actor, lambda: self.confirm(line, place.own))

    def test_it_is_closed_when_all_are_answered(self, place, names):
        assert not is_done(place.actor, self.close)
        assert is_done(place.actor, lambda: self.confirm(names[1], place.own) and self.close())

    def test_answers_stay(self, place, names):
        self.confirm(names[1], place.own)
        unsaid = {"is_confirmed": None, "answered_at": None, "answered_by": None}
        with pytest.raises(DatabaseError), transaction.atomic():
            ConfirmationLine.objects.filter(pk=names[1].pk).update(**unsaid)
        self.close()
        with pytest.raises(DatabaseError), transaction.atomic():
            Confirmation.objects.update(closed_on=None)


class TestWhatIsReached:
    def test_of_students_no_more_than_a_letter_needs(self):
        student = StudentFactory()
        own = MembershipFactory(school_staff=True, school=student.school, is_user_administrator=True)
        held = MembershipFactory(of_student=True, student=student)
        MembershipFactory(of_student=True, student=StudentFactory())
        StudentFactory(school=student.school, signed_off_on=days_from_today(-1))
        IdentityFactory(user=held.user, scheme="mitid", cvr="")
        with transaction.atomic(), user_administrator(own).with_row_policies():
            assert list(Student.objects.values_list("pk", flat=True)) == [student.pk]
            assert set(Membership.objects.values_list("pk", flat=True)) == {own.pk, held.pk}
            # Neither the address they log in with nor when they were here last.
            assert list(User.objects.values_list("pk", flat=True)) == [own.user_id]
            assert not Identity.objects.values_list("pk").exists()
            for column in ("phone", "residence_municipality", "is_protected", "uniid", "status"):
                with pytest.raises(DatabaseError), transaction.atomic():
                    Student.objects.values_list(column).first()
        with pytest.raises(DatabaseError), transaction.atomic(), user_administrator(own).with_row_policies():
            User.objects.values_list("last_login").first()

    def test_of_colleagues_the_organisations_own_login(self, place):
        IdentityFactory(user=place.colleague.user, cvr=place.other.cvr)
        by_own = IdentityFactory(user=place.colleague.user, cvr=place.company.cvr)
        IdentityFactory(user=place.foreign.user, cvr=place.other.cvr)
        with transaction.atomic(), place.actor.with_row_policies():
            assert list(Identity.objects.values_list("pk", flat=True)) == [by_own.pk]


class TestAtTheLogin:
    """Who shows an invitation's secret takes that one, once, for themselves."""

    @pytest.fixture
    def invited(self, place):
        return place.invitation()

    def actor(self, place, **told):
        return at_the_login(**{"secret_hash": SECRET, "cvr": place.company.cvr} | told)

    def take(self, place, invited, **wrong):
        """As `operations.accept` does it, but for what is wrong."""
        user = wrong.get("user") or new_user(**wrong.get("columns_of_user", {}))
        columns = {"scheme": "mitid_erhverv", "issuer": ISSUER, "subject": "somebody", "cvr": place.company.cvr}
        Identity.objects.create(user=wrong.get("tied_to") or user, **columns | wrong.get("columns_of_identity", {}))
        membership = place.membership(user, **wrong.get("columns", {}))
        if wrong.get("twice"):
            place.membership(place.foreign.user)
        if wrong.get("unused"):
            return 1
        return self.use(invited, wrong.get("became") or membership)

    def use(self, invited, membership):
        return Invitation.objects.filter(pk=invited.pk).update(accepted_at=timezone.now(), membership=membership)

    def test_it_is_taken(self, place, invited):
        assert is_done(self.actor(place), lambda: self.take(place, invited))

    def test_it_is_taken_by_who_is_logged_in(self, place, invited):
        known, stranger = self.actor(place, known=place.foreign.user), UserFactory()
        assert is_done(known, lambda: self.take(place, invited, user=place.foreign.user))
        assert not is_done(known, lambda: self.take(place, invited, user=stranger))
        assert not is_done(self.actor(place), lambda: self.take(place, invited, user=place.foreign.user))

    @pytest.mark.parametrize(
        "wrong",
        [
            {"columns": {"is_user_administrator": True}},
            {"columns": {"company": "other"}},
            {"columns": {"role": "administrator", "company": None}},
            {"columns": {"role": "school_staff", "company": None, "school": "school"}},
            {"columns_of_user": {"is_break_glass": True}},
            {"columns_of_user": {"password": "argon2$made-up"}},
            {"columns_of_user": {"email": "another@test.example"}},
            {"columns_of_identity": {"subject": "somebody else"}},
            {"columns_of_identity": {"issuer": "https://other.example"}},
            {"columns_of_identity": {"cvr": "12345678"}},
            {"columns_of_identity": {"scheme": "mitid", "cvr": ""}},
            {"columns_of_identity": {"scheme": "unilogin", "cvr": ""}},
            {"tied_to": "colleague"},
            {"tied_to": "authority"},
            {"twice": True},
            {"unused": True},
            {"became": "colleague"},
        ],
        ids=str,
    )
    def test_nothing_else_is_made(self, place, invited, wrong):
        place.school = SchoolFactory()

        def meant(value):
            if isinstance(value, dict):
                return {key: meant(each) for key, each in value.items()}
            return getattr(place, value) if isinstance(value, str) and hasattr(place, value) else value

        wrong = {key: meant(value) for key, value in wrong.items()}
        if "tied_to" in wrong:
            wrong["tied_to"] = wrong["tied_to"].user
        for known in (None, place.foreign.user):
            assert not is_done(self.actor(place, known=known), lambda: self.take(place, invited, **wrong))

    @pytest.mark.parametrize("state", ["expired", "withdrawn", "used", "another's", "none shown"])
    def test_it_is_taken_while_it_may_be(self, place, invited, state):
        now = timezone.now()
        if state == "expired":
            Invitation.objects.update(expires_at=now - datetime.timedelta(seconds=1))
        elif state == "withdrawn":
            Invitation.objects.update(withdrawn_at=now)
        elif state == "used":
            Invitation.objects.update(accepted_at=now, membership=place.colleague)
        elif state == "another's":
            InvitationFactory(company=place.other, secret_hash="f" * 64)
        secret = {"another's": "f" * 64, "none shown": ""}.get(state, SECRET)
        actor = self.actor(place, secret_hash=secret)
        assert not is_done(actor, lambda: self.take(place, invited))
        assert not is_done(actor, lambda: place.membership(new_user()))
        assert not is_done(actor, lambda: self.take(place, invited, unused=True))

    def test_nobody_takes_one_of_their_own(self, place):
        Membership.objects.filter(pk=place.own.pk).update(ends_on=days_from_today(5))
        invited = place.invitation()
        actor = self.actor(place, known=place.own.user)
        assert not is_done(actor, lambda: self.take(place, invited, user=place.own.user))

    def test_no_administrator_becomes_a_reader(self, place, invited):
        user = place.authority.user
        assert not is_done(self.actor(place, known=user), lambda: self.take(place, invited, user=user))
        Membership.objects.filter(pk=place.authority.pk).update(ends_on=days_from_today(-1))
        assert is_done(self.actor(place, known=user), lambda: self.take(place, invited, user=user))

    def test_who_asks_asks_for_themselves_at_their_own_employer(self, place):
        def ask(**columns):
            told = {"issuer": ISSUER, "subject": "somebody", "company": place.company}
            return AccessRequestFactory(**told | columns)

        actor = at_the_login()
        assert is_done(actor, ask)
        assert not is_done(actor, lambda: ask(subject="somebody else"))
        assert not is_done(actor, lambda: ask(issuer="https://other.example"))
        assert not is_done(actor, lambda: ask(cvr=place.other.cvr))
        assert not is_done(actor, lambda: ask(answered_at=timezone.now(), answered_by=place.own))
        with transaction.atomic(), actor.with_row_policies():
            assert not AccessRequest.objects.exists()

    def test_no_password_is_read(self, place):
        for column in ("password", "name", "last_login"):
            with pytest.raises(DatabaseError), transaction.atomic(), self.actor(place).with_row_policies():
                User.objects.values_list(column).first()


class TestStudentsAtTheLogin:
    @pytest.fixture
    def student(self):
        return StudentFactory(uniid="abcd1234")

    def let_in(self, student, user=None):
        user = user or new_user(email=None)
        return Membership.objects.create(user=user, role="student", student=student)

    def tied(self, membership, scheme, subject="somebody"):
        issuer = BROKERS[scheme]["issuer"]
        return Identity.objects.create(user_id=membership.user_id, scheme=scheme, issuer=issuer, subject=subject)

    def test_by_uniid(self, student):
        stranger, other_student = UserFactory(), StudentFactory()
        own = at_the_login(scheme=Scheme.UNILOGIN, uniid="abcd1234")
        assert is_done(own, lambda: self.tied(self.let_in(student), "unilogin"))
        for other in (at_the_login(scheme=Scheme.UNILOGIN, uniid="other123"), at_the_login(scheme=Scheme.UNILOGIN)):
            assert not is_done(other, lambda: self.let_in(student, stranger))
            assert not is_done(other, lambda: new_user(email=None))
        assert not is_done(own, lambda: self.let_in(other_student))
        assert not is_done(own, lambda: self.let_in(student, stranger))
        assert not is_done(own, lambda: self.tied(self.let_in(student), "unilogin", "somebody else"))

    def test_no_uniid_is_nobodys(self):
        student, user = StudentFactory(), UserFactory()
        assert not is_done(at_the_login(scheme=Scheme.UNILOGIN, known=user), lambda: self.let_in(student, user))

    def test_who_is_signed_off_is_not_let_in(self, student):
        Student.objects.filter(pk=student.pk).update(signed_off_on=days_from_today(-1))
        assert not is_done(at_the_login(scheme=Scheme.UNILOGIN, uniid="abcd1234"), lambda: self.let_in(student))

    def test_a_student_has_one_login(self, student):
        held = MembershipFactory(of_student=True, student=student)
        own = at_the_login(scheme=Scheme.UNILOGIN, uniid="abcd1234")
        assert not is_done(own, lambda: self.let_in(student))
        assert is_done(own, lambda: self.tied(held, "unilogin"))
        other = MembershipFactory(of_student=True, student=StudentFactory())
        assert not is_done(own, lambda: self.tied(other, "unilogin"))

    def test_by_a_code(self, student):
        of_student = {"role": "student", "student": student, "company": None, "name": "", "email": ""}
        invited = InvitationFactory(**of_student, secret_hash=SECRET)

        def take():
            membership = self.let_in(student)
            return Invitation.objects.filter(pk=invited.pk).update(accepted_at=timezone.now(), membership=membership)

        own = at_the_login(scheme=Scheme.MITID, secret_hash=SECRET)
        assert is_done(own, take)
        other_student = StudentFactory()
        assert not is_done(own, lambda: self.let_in(student))
        assert not is_done(own, lambda: self.let_in(other_student))
        assert not is_done(at_the_login(scheme=Scheme.MITID), lambda: self.let_in(student))
        held = MembershipFactory(of_student=True, student=student)
        assert is_done(own, lambda: self.tied(held, "mitid"))
        assert not is_done(own, lambda: self.tied(held, "unilogin"))
        with transaction.atomic(), own.with_row_policies():
            assert list(Student.objects.order_by().values_list("pk", flat=True)) == [student.pk]
        Invitation.objects.update(expires_at=timezone.now())
        with transaction.atomic(), own.with_row_policies():
            assert not Student.objects.order_by().values_list("pk", flat=True)


@pytest.mark.parametrize("model", [User, Membership, Identity, Invitation, AccessRequest, Confirmation])
@pytest.mark.parametrize("command", ["insert into {} default values", "delete from {}"])
def test_a_web_process_lets_nobody_in_by_itself(model, command):
    with connection.cursor() as cursor:
        cursor.execute("set local role laereplads_web")
        with pytest.raises(DatabaseError, match="permission denied"):
            cursor.execute(command.format(model._meta.db_table))
    transaction.set_rollback(True)


def test_what_is_told_at_the_login_ends_with_it(place):
    place.invitation()
    with transaction.atomic():
        with at_the_login(secret_hash=SECRET, uniid="abcd1234", known=place.own.user).with_row_policies():
            assert Invitation.objects.exists()
        with at_the_login().with_row_policies():
            assert not Invitation.objects.exists()
    assert signed_in().subject == "somebody"
