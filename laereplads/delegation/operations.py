"""Letting people act for an organisation, and no longer: each as one operation in one transaction."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from laereplads.access.admission import vouches_for_school
from laereplads.access.models import RIGHTS, Membership, holds_on
from laereplads.access.roles import Role
from laereplads.accounts.models import Identity, User
from laereplads.accounts.sign_in.claims import Scheme
from laereplads.delegation import mails
from laereplads.delegation.codes import LINKED_LENGTH, TYPED_LENGTH, hashed, new_code
from laereplads.delegation.models import STAFF_DAYS, STUDENT_DAYS, AccessRequest, Invitation
from laereplads.notifications.operations import send
from laereplads.people.models import Company, School, Student

if TYPE_CHECKING:
    from laereplads.access.models import MembershipQuerySet
    from laereplads.accounts.sign_in.claims import SignIn
    from laereplads.notifications.kinds import MailKind

RENEWED = ("secret_hash", "invited_by", "created_at", "expires_at")


class NotForYou(Exception):
    """An invitation that the person who signed in may not take; `reason` is a machine's word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# An administrator is one at no organisation.
NOBODYS: Mapping[str, None] = {"company": None, "school": None}


def role_at(organisation: Company | School) -> Role:
    return Role.COMPANY_STAFF if isinstance(organisation, Company) else Role.SCHOOL_STAFF


def party_of(organisation: Company | School) -> dict[str, Company | School | None]:
    is_company = isinstance(organisation, Company)
    return {"company": organisation if is_company else None, "school": None if is_company else organisation}


def link_of(code: str) -> str:
    """Where in the portal an invitation is taken."""
    return reverse("invitation", args=[code])


def invite(
    organisation: Company | School, *, name: str, email: str, by: Membership | None, **rights: Any
) -> Invitation:
    """Invite somebody to act for `organisation`, by a mail with a link; `rights` are any of RIGHTS.

    An open invitation of the same address is replaced: its link no longer works. Raises ValidationError when the person
    acts for the organisation already, or when the rights do not fit.
    """
    return sent(role_at(organisation), party_of(organisation), name=name, email=email, rights=rights, by=by)


def invite_administrator(*, name: str, email: str) -> Invitation:
    """Invite an employee of the authority to administer the portal; only the operator does, as the owner of the tables.

    Raises ValidationError when the person is an administrator already.
    """
    return sent(Role.ADMINISTRATOR, NOBODYS, name=name, email=email, rights={}, by=None)


@transaction.atomic
def sent(  # noqa: PLR0913  # what an invitation says
    role: Role,
    party: Mapping[str, Company | School | None],
    *,
    name: str,
    email: str,
    rights: Mapping[str, Any],
    by: Membership | None,
) -> Invitation:
    """Write an invitation and its mail."""
    email = email.strip().lower()
    refuse_who_has_access(role, party, email)
    code = new_code(LINKED_LENGTH)
    invitation = Invitation.objects.open().filter(email=email, role=role, **party).first() or Invitation(
        email=email, role=role, **party
    )
    if unknown := set(rights) - set(RIGHTS):
        message = f"no rights of a membership: {', '.join(sorted(unknown))}"
        raise TypeError(message)
    for right in RIGHTS:
        setattr(invitation, right, rights.get(right, None if right == "workplace" else False))
    invitation.name = " ".join(name.split())
    renewed(invitation, code, STAFF_DAYS, by)
    check_as_typed(invitation)
    with refused_in_words():
        save(invitation)
    send(mails.INVITATION, to=email, organisation=invitation.party_name, link=link_of(code))
    return invitation


def refuse_who_has_access(role: Role, party: Mapping[str, Company | School | None], email: str) -> None:
    """Raises ValidationError when somebody with that address acts for the organisation already."""
    if Membership.objects.active().filter(user__email=email, role=role, **party).exists():
        raise ValidationError(_("Personen har allerede adgang."), code="has_access")


def save(invitation: Invitation) -> None:
    """Whom it is for, and what became of it, stay as they are."""
    invitation.save(update_fields=None if invitation.pk is None else ["name", *RENEWED, *RIGHTS])


@transaction.atomic
def invite_all(invitations: Sequence[Invitation], *, by: Membership | None) -> None:
    """Send new invitations, of people whom nobody of the organisation has let in or invited: `invite` for many.

    Raises ValidationError, and sends none, where one cannot be.
    """
    codes = [new_code(LINKED_LENGTH) for _invitation in invitations]
    for invitation, code in zip(invitations, codes, strict=True):
        renewed(invitation, code, STAFF_DAYS, by)
        check_as_typed(invitation)
    with refused_in_words():
        Invitation.objects.bulk_create(invitations)
    for invitation, code in zip(invitations, codes, strict=True):
        send(mails.INVITATION, to=invitation.email, organisation=invitation.party_name, link=link_of(code))


def check_as_typed(invitation: Invitation) -> None:
    """Raises ValidationError for a name, an address or a workplace that cannot be.

    Not `full_clean`, which asks the database a dozen times what it asks itself when a row is saved: that is most of
    what two thousand invitations would cost.
    """
    invitation.clean_fields(exclude={field.name for field in invitation._meta.fields} - {"name", "email"})
    invitation.clean()


@contextmanager
def refused_in_words() -> Iterator[None]:
    """Raises ValidationError where a constraint of invitations is broken."""
    try:
        yield
    except IntegrityError as refusal:
        broken = [each for each in Invitation._meta.constraints if each.name in str(refusal)]
        if not broken:
            raise
        raise ValidationError([each.get_violation_error_message() for each in broken]) from refusal


def renewed(invitation: Invitation, code: str, days: int, by: Membership | None) -> None:
    invitation.secret_hash = hashed(code)
    invitation.invited_by = by
    invitation.created_at = timezone.now()
    invitation.expires_at = timezone.now() + datetime.timedelta(days=days)


@transaction.atomic
def invite_student(student: Student, *, by: Membership) -> tuple[Invitation, str]:
    """Make a code with which the student, and nobody born on another day, ties MitID to the record; (it, the code).

    A code that was made before no longer works: only the last letter does. Raises ValidationError when the student has
    access already.
    """
    if of_student(student.pk).exists():
        raise ValidationError(_("Eleven har allerede adgang."), code="has_access")
    code = new_code(TYPED_LENGTH)
    invitation = Invitation.objects.open().filter(student=student).first() or Invitation(
        student=student, role=Role.STUDENT
    )
    renewed(invitation, code, STUDENT_DAYS, by)
    save(invitation)
    return invitation, code


@transaction.atomic
def send_again(invitation: Invitation, *, by: Membership) -> None:
    """Mail a new link; the one before no longer works, and the days begin anew."""
    code = new_code(LINKED_LENGTH)
    renewed(invitation, code, STAFF_DAYS, by)
    save(invitation)
    send(mails.INVITATION, to=invitation.email, organisation=invitation.organisation.name, link=link_of(code))


@transaction.atomic
def withdraw(invitation: Invitation) -> None:
    """Take an open invitation back; its link no longer works."""
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])


def may_take(invitation: Invitation, sign_in: SignIn) -> None:
    """Raises NotForYou unless `invitation` is for somebody whom `sign_in` proves to be of the right kind."""
    if not invitation.is_usable:
        raise NotForYou("used" if invitation.accepted_at or invitation.withdrawn_at else "expired")
    if invitation.role == Role.STUDENT:
        if sign_in.scheme != Scheme.MITID:
            raise NotForYou("scheme")
        if sign_in.birth_date is None or sign_in.birth_date != invitation.students_own[1]:
            raise NotForYou("birth_date")
        return
    if not is_employee(sign_in):
        raise NotForYou("scheme")
    if invitation.school and not vouches_for_school(sign_in, invitation.school):
        raise NotForYou("organisation")
    if not invitation.school:
        cvr = invitation.company.cvr if invitation.company else settings.AUTHORITY_CVR
        if not sign_in.cvr or sign_in.cvr != cvr:
            raise NotForYou("organisation")


def is_employee(sign_in: SignIn) -> bool:
    return sign_in.scheme == Scheme.MITID_ERHVERV


def is_still(identity: Identity, sign_in: SignIn) -> bool:
    """Whether the broker says of an identity what it said when it was tied: an employee's is of one employer."""
    return (identity.scheme, identity.cvr) == (sign_in.scheme, sign_in.cvr if is_employee(sign_in) else "")


@transaction.atomic
def accept(invitation: Invitation, sign_in: SignIn, *, known: User | None) -> tuple[Membership, Identity]:
    """Let who signed in act as `invitation` says: ties the identity to `known`, or to a new user.

    `known` is who has the identity already, or who was logged in when the link was followed. Raises NotForYou when the
    invitation is not theirs, or when its address belongs to somebody else in the portal. A student who has come in
    another way meanwhile stays the user they are.
    """
    invitation = locked(invitation)
    may_take(invitation, sign_in)
    identity = Identity.objects.filter(issuer=sign_in.issuer, subject=sign_in.subject, ended_at=None).first()
    if identity and not is_still(identity, sign_in):
        raise NotForYou("organisation")
    held = of_student(invitation.student_id).first() if invitation.student_id else None
    # No more of them is read at the login than who they are.
    users = {each.user_id for each in (identity, held) if each} | ({known.pk} if known else set())
    if len(users) > 1:
        raise NotForYou("somebody_else")
    user = User(pk=users.pop()) if users else None
    if user and reads_or_administers(user, but=Role(invitation.role)):
        raise NotForYou("administrator")
    if user and Membership.objects.filter(pk=invitation.invited_by_id or 0, user=user).exists():
        raise NotForYou("own")
    if user is None:
        name = invitation.students_own[0] if invitation.role == Role.STUDENT else invitation.name
        user = new_user(invitation.email or None, name)
    if identity is None:
        identity = tie(user, sign_in)
    membership = held or let_in(user, invitation)
    invitation.accepted_at = timezone.now()
    invitation.membership = membership
    invitation.save(update_fields=["accepted_at", "membership"])
    return membership, identity


def of_student(student: int) -> MembershipQuerySet:
    """The student's own membership, also of a user who may not log in: a second one is not made."""
    held = Membership.objects.filter(holds_on(timezone.localdate()), student=student, role=Role.STUDENT)
    return held.only("id", "user", "role", "student").order_by("id")


def let_in(user: User, invitation: Invitation) -> Membership:
    """Raises NotForYou where the database knows that the user cannot have it."""
    membership = Membership(
        user=user,
        role=invitation.role,
        company=invitation.company,
        school=invitation.school,
        student_id=invitation.student_id,
        **{right: getattr(invitation, right) for right in RIGHTS},
    )
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as refusal:
        raise NotForYou("held") from refusal
    return membership


def reads_or_administers(user: User, *, but: Role) -> bool:
    """Whether `user` administers the portal where `but` reads, or reads where it administers: never both."""
    held = Membership.objects.active().filter(user=user)
    if but == Role.ADMINISTRATOR:
        return held.exclude(role=Role.ADMINISTRATOR).exists()
    return held.filter(role=Role.ADMINISTRATOR).exists()


@transaction.atomic
def admit_by_uniid(sign_in: SignIn) -> Identity | None:
    """Tie who came by Unilogin to the student whom their school reported with that `uniid`; None where there is none.

    The school must be one that Unilogin says they belong to.
    """
    students = Student.objects.filter(
        uniid=sign_in.uniid, school__institution_number__in=sign_in.institution_numbers, signed_off_on=None
    )
    found = students.order_by("pk").values_list("pk", "name").first() if sign_in.uniid else None
    if found is None:
        return None
    student, name = found
    held = of_student(student).first()
    user = User(pk=held.user_id) if held else new_user(None, name)
    if held is None:
        Membership.objects.create(user=user, role=Role.STUDENT, student_id=student)
    return tie(user, sign_in)


def locked(invitation: Invitation) -> Invitation:
    """The invitation as it is now, for nobody else until the transaction ends: the second of two answers is refused."""
    return Invitation.objects.select_for_update(of=("self",)).select_related("company", "school").get(pk=invitation.pk)


def new_user(email: str | None, name: str) -> User:
    """Raises NotForYou when somebody in the portal has the address: they log in first, and tie this to themselves."""
    user = User(email=email, name=name)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as refusal:
        raise NotForYou("address_taken") from refusal
    return user


def tie(user: User, sign_in: SignIn) -> Identity:
    return Identity.objects.create(
        user=user,
        scheme=sign_in.scheme,
        issuer=sign_in.issuer,
        subject=sign_in.subject,
        cvr=sign_in.cvr if is_employee(sign_in) else "",
        p_number=sign_in.p_number,
        last_signed_in_at=timezone.now(),
        professional_id=sign_in.professional_id,
    )


@transaction.atomic
def ask_for_access(organisation: Company | School, sign_in: SignIn, *, email: str) -> tuple[AccessRequest, bool]:
    """Ask the organisation's administrators to let in who signed in; (the request, whether it is new).

    Its administrators are told by mail; where it has none, the authority is.
    """
    request, is_new = AccessRequest.objects.get_or_create(
        issuer=sign_in.issuer,
        subject=sign_in.subject,
        answered_at=None,
        **party_of(organisation),
        defaults={
            "role": role_at(organisation),
            "scheme": sign_in.scheme,
            "cvr": sign_in.cvr,
            "p_number": sign_in.p_number,
            "professional_id": sign_in.professional_id,
            "name": " ".join(sign_in.name.split())[:200],
            "email": email.strip().lower(),
        },
    )
    if is_new:
        tell_administrators(organisation, mails.ACCESS_ASKED_FOR)
    return request, is_new


def administrators_of(organisation: Company | School) -> list[Membership]:
    """Who looks after all of the organisation's users today."""
    held = Membership.objects.active().filter(is_user_administrator=True, workplace=None, **party_of(organisation))
    return list(held.select_related("user").only("role", "user", "user__email", "user__is_active").order_by("id"))


def tell_administrators(organisation: Company | School, kind: MailKind, **counts: int) -> None:
    """Mail each of them; the authority, where the organisation has none."""
    administrators = administrators_of(organisation)
    for membership in administrators:
        if membership.user.email:
            send(kind, to=membership.user, on_behalf_of=membership, organisation=organisation.name, counts=counts)
    if not administrators:
        send(mails.NOBODY_LOOKS_AFTER_USERS, to=settings.AUTHORITY_EMAIL, organisation=organisation.name)


@transaction.atomic
def grant(request: AccessRequest, *, by: Membership, rights: Mapping[str, Any] | None = None) -> Membership:
    """Let in who asked. Raises ValidationError when somebody has answered already, or the address is another user's."""
    request = unanswered(request)
    known = Identity.objects.filter(issuer=request.issuer, subject=request.subject, ended_at=None)
    known_user = known.order_by("id").values_list("user_id", flat=True).first()
    if known_user:
        # Perhaps known to another organisation, whose users are none of ours to read.
        user = User(pk=known_user)
    else:
        try:
            user = new_user(request.email, request.name or request.email)
        except NotForYou:
            raise ValidationError(
                _("E-mailadressen bruges af en anden bruger. Bed personen om at skrive en anden."), code="address_taken"
            ) from None
        Identity.objects.create(
            user=user,
            **{
                name: getattr(request, name)
                for name in ("scheme", "issuer", "subject", "cvr", "p_number", "professional_id")
            },
        )
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                user=user, role=request.role, company=request.company, school=request.school, **(rights or {})
            )
    except IntegrityError as refusal:
        raise ValidationError(_("Personen kan ikke få adgangen."), code="refused") from refusal
    answer(request, by, membership)
    send(mails.ACCESS_GRANTED, to=user, on_behalf_of=membership, organisation=request.organisation.name)
    return membership


@transaction.atomic
def refuse(request: AccessRequest, *, by: Membership) -> None:
    """Say no. Raises ValidationError when somebody has answered already."""
    request = unanswered(request)
    answer(request, by, None)
    send(mails.ACCESS_REFUSED, to=request.email, organisation=request.organisation.name)


def unanswered(request: AccessRequest) -> AccessRequest:
    found = AccessRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if found.answered_at:
        raise ValidationError(_("En anden har allerede svaret."), code="answered")
    return found


def answer(request: AccessRequest, by: Membership, membership: Membership | None) -> None:
    request.answered_at = timezone.now()
    request.answered_by = by
    request.membership = membership
    request.save(update_fields=["answered_at", "answered_by", "membership"])


@transaction.atomic
def end_membership(membership: Membership, *, on: datetime.date, by: Membership) -> None:
    """Let the membership end with the day `on`, today at the earliest. Raises ValidationError."""
    if membership.user_id == by.user_id:
        raise ValidationError(_("Du kan ikke afslutte din egen adgang. Bed en anden om det."), code="own")
    if on < timezone.localdate():
        raise ValidationError(_("Vælg i dag eller en senere dag."), code="past")
    if on < membership.starts_on:
        raise ValidationError(_("Vælg en dag, efter at adgangen er begyndt."), code="before_it_began")
    membership.ends_on = on
    membership.save(update_fields=["ends_on"])
    send(mails.ACCESS_ENDS, to=membership.user, organisation=membership.party_name)


@transaction.atomic
def change_rights(membership: Membership, rights: Mapping[str, Any], *, by: Membership | None) -> None:
    """Give the membership other rights; `by` is None when the operator runs a command.

    Raises ValidationError when it is one's own, or they do not fit the role.
    """
    if by and membership.user_id == by.user_id:
        raise ValidationError(_("Du kan ikke ændre dine egne rettigheder. Bed en anden om det."), code="own")
    changed = [name for name in RIGHTS if name in rights and getattr(membership, name) != rights[name]]
    if not changed:
        return
    for name in changed:
        setattr(membership, name, rights[name])
    membership.save(update_fields=changed)
    send(mails.RIGHTS_CHANGED, to=membership.user, on_behalf_of=membership, organisation=membership.party_name)
