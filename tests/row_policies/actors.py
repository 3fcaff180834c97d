"""Whom the database answers: memberships by their own role, and roles that no membership has by itself."""

import copy
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from laereplads.access.roles import Role
from laereplads.accounts.sign_in.claims import Scheme
from laereplads.database.identity import acting_as
from laereplads.database.row_level_security import JOBS
from laereplads.delegation.database_roles import SIGN_IN, USER_ADMINISTRATOR, as_sign_in
from tests.delegation.people import signed_in

# Hashes of secrets that `fill` makes invitations with, and a student's name at Unilogin.
STAFF_SECRET, STUDENT_SECRET, UNIID = "a" * 64, "b" * 64, "mark1234"
# Who signs in: an identity and a request of `fill` are theirs.
EMPLOYEE = {"issuer": "https://broker.example", "subject": "beder-nu"}


@dataclass
class Actor:
    """As a membership, to what a test asks of one."""

    with_row_policies: Callable[[], AbstractContextManager[None]]


def user_administrator(membership):
    """Also of a membership that looks after no users: a page might take the role on for it."""
    taken_on = copy.copy(membership)
    taken_on.is_user_administrator = True
    return Actor(lambda: taken_on.with_row_policies(database_role=USER_ADMINISTRATOR))


def of_a_workplace(world):
    """Looks after the users of one workplace of the first company."""
    membership = copy.copy(world.memberships["company workplace"])
    membership.is_user_administrator = True
    return membership


def at_the_login(*, secret_hash="", known=None, **claims):
    return Actor(lambda: as_sign_in(signed_in(**claims), secret_hash=secret_hash, known=known))


def jobs():
    return Actor(lambda: acting_as(JOBS, membership=0, company=None, school=None, student=None))


def actors_of(world, role):
    """Everybody in the world whom the database answers as `role`."""
    if role == USER_ADMINISTRATOR:
        held = [world.memberships["company users"], world.memberships["school users"], of_a_workplace(world)]
        return [user_administrator(membership) for membership in held]
    if role == SIGN_IN:
        return [
            Actor(as_sign_in),
            at_the_login(**EMPLOYEE),
            at_the_login(**EMPLOYEE, secret_hash=STAFF_SECRET),
            at_the_login(scheme=Scheme.MITID, secret_hash=STUDENT_SECRET),
            at_the_login(scheme=Scheme.UNILOGIN, uniid=UNIID),
        ]
    if role == JOBS:
        return [jobs()]
    return [membership for membership in world.memberships.values() if membership.role == Role(role)]
