"""Which memberships a sign-in reaches: those of the organisation that vouched for the person, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.conf import settings

from laereplads.access.roles import Role
from laereplads.accounts.sign_in.claims import Scheme

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from laereplads.accounts.models import Identity


class HasNumbers(Protocol):
    """An identity, a sign-in or a school: the numbers of its legal unit and its place."""

    @property
    def cvr(self) -> str: ...
    @property
    def p_number(self) -> str: ...


def covers(membership: Membership, identity: Identity | None) -> bool:
    """Whether who signed in with `identity` may act as `membership`. Asked again for every request.

    `membership` comes with its company and school. None is a sign-in without a broker: with the password that breaks
    the glass, or in a demo.
    """
    if identity is None:
        return settings.PASSWORD_FOR_EVERYBODY or membership.role == Role.ADMINISTRATOR
    if identity.ended_at is not None:
        return False
    if membership.role == Role.STUDENT:
        return identity.scheme != Scheme.MITID_ERHVERV
    return identity.scheme == Scheme.MITID_ERHVERV and vouches_for(identity, membership)


def vouches_for(identity: Identity, membership: Membership) -> bool:
    """Whether the identity is an employee's of the organisation that the membership is at."""
    if membership.role == Role.ADMINISTRATOR:
        return bool(identity.cvr) and identity.cvr == settings.AUTHORITY_CVR
    if membership.school:
        return vouches_for_school(identity, membership.school)
    return membership.company is not None and membership.company.cvr == identity.cvr


def vouches_for_school(identity: HasNumbers, school: HasNumbers) -> bool:
    """One legal unit may have several schools: the P-number tells them apart where both sides have one."""
    is_same_unit = not (identity.p_number and school.p_number) or identity.p_number == school.p_number
    return bool(identity.cvr) and identity.cvr == school.cvr and is_same_unit
