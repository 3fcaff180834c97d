"""What follows from a sign-in at a broker: who is let in, who may ask, and who is turned away with what words."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from laereplads.access.admission import covers, vouches_for_school
from laereplads.access.models import Membership
from laereplads.accounts.models import Identity
from laereplads.accounts.sign_in.claims import Level, Scheme, SignIn
from laereplads.delegation.database_roles import as_sign_in
from laereplads.delegation.operations import admit_by_uniid, is_employee, is_still
from laereplads.people.models import Company, School

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

# Where a session keeps who signed in and is nobody here yet, and for how long that may be gone on with.
SESSION_KEY = "signed_in"
MINUTES_TO_GO_ON = 15


class Turn(Enum):
    """Where a sign-in leads."""

    IN = "in"
    ASK = "ask"
    CODE = "code"
    UNKNOWN_ORGANISATION = "organisation"
    UNKNOWN_TO_THE_SCHOOL = "uniid"
    OTHER_ORGANISATION = "other_cvr"
    NO_MEMBERSHIP = "no_membership"


@dataclass(frozen=True)
class Outcome:
    turn: Turn
    identity: Identity | None = None


def is_sure_enough(sign_in: SignIn) -> bool:
    """Unilogin, which reaches a student's own page alone, may be less sure. Asked before anything else is."""
    return sign_in.level >= Level.SUBSTANTIAL or sign_in.scheme == Scheme.UNILOGIN


def outcome_of(sign_in: SignIn) -> Outcome:
    """Decides by the identity and the numbers that the broker vouches for; never by a name or an address."""
    identity = known_identity(sign_in)
    if identity is None:
        return first_time(sign_in)
    if not is_still(identity, sign_in):
        return Outcome(Turn.OTHER_ORGANISATION)
    with transaction.atomic():
        identity.p_number = sign_in.p_number
        identity.last_signed_in_at = timezone.now()
        identity.save(update_fields=["p_number", "last_signed_in_at"])
    held = Membership.objects.active().filter(user=identity.user_id).with_party()
    if not any(covers(membership, identity) for membership in held):
        return Outcome(Turn.NO_MEMBERSHIP, identity)
    return Outcome(Turn.IN, identity)


def known_identity(sign_in: SignIn) -> Identity | None:
    own = Identity.objects.filter(issuer=sign_in.issuer, subject=sign_in.subject, ended_at=None)
    return own.select_related("user").first()


def first_time(sign_in: SignIn) -> Outcome:
    if is_employee(sign_in):
        return Outcome(Turn.ASK if organisations_of(sign_in) else Turn.UNKNOWN_ORGANISATION)
    if sign_in.scheme == Scheme.UNILOGIN:
        with as_sign_in(sign_in):
            identity = admit_by_uniid(sign_in)
        return Outcome(Turn.IN, identity) if identity else Outcome(Turn.UNKNOWN_TO_THE_SCHOOL)
    return Outcome(Turn.CODE)


def organisations_of(sign_in: SignIn) -> list[Company | School]:
    """Those of the portal that the employer of who signed in is; several where one legal unit has several schools."""
    if not sign_in.cvr:
        return []
    with as_sign_in():
        companies = list(Company.objects.filter(cvr=sign_in.cvr))
        schools = [school for school in School.objects.filter(cvr=sign_in.cvr) if vouches_for_school(sign_in, school)]
    return [*companies, *schools]


def remember(session: SessionBase, sign_in: SignIn) -> None:
    """Keep who signed in until they have answered the page they are led to."""
    told = dataclasses.asdict(sign_in) | {
        "level": int(sign_in.level),
        "authenticated_at": sign_in.authenticated_at.isoformat(),
        "birth_date": sign_in.birth_date.isoformat() if sign_in.birth_date else None,
    }
    session[SESSION_KEY] = {"at": timezone.now().isoformat(), "sign_in": told}


def remembered(session: SessionBase) -> SignIn | None:
    """Who signed in at a broker a moment ago in this browser, and is nobody here yet."""
    kept: dict[str, Any] | None = session.get(SESSION_KEY)
    if kept is None:
        return None
    age = timezone.now() - datetime.datetime.fromisoformat(kept["at"])
    if age > datetime.timedelta(minutes=MINUTES_TO_GO_ON):
        return None
    told = kept["sign_in"]
    born = told["birth_date"]
    return SignIn(
        **told
        | {
            "scheme": Scheme(told["scheme"]),
            "level": Level(told["level"]),
            "authenticated_at": datetime.datetime.fromisoformat(told["authenticated_at"]),
            "birth_date": datetime.date.fromisoformat(born) if born else None,
            "institution_numbers": tuple(told["institution_numbers"]),
        }
    )
