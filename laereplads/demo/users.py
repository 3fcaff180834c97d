"""How the made-up employees come in: identities at the demo's brokers, invitations, a request, confirmations."""

from __future__ import annotations

import datetime
import random

from django.conf import settings
from django.utils import timezone

from laereplads.access.models import STAFF_ROLES, Membership
from laereplads.access.roles import Role
from laereplads.accounts.models import Identity
from laereplads.accounts.sign_in.claims import Scheme
from laereplads.delegation.models import AccessRequest, Confirmation, ConfirmationLine
from laereplads.delegation.operations import invite, invite_student
from laereplads.people.demo_world import BAKKEDAL, FJORDBY, SOSU_FJORDBY
from laereplads.people.models import Company, School, Student

# Where the brokers of a demo listen, unless its port is another.
ISSUER = "http://127.0.0.1:8001"
KEYS = {scheme: scheme.value.replace("_", "-") for scheme in Scheme}
INVITED = (("Trine Bak", True), ("Ole Ravn", False))
ASKS = "Nynne Nyholm"
LETTERS = 3


def issuer_of(scheme: Scheme) -> str:
    return f"{ISSUER}/{KEYS[scheme]}"


def subject_of(membership: Membership) -> str:
    """How a broker knows somebody; the same in each demo."""
    party = membership.company or membership.school
    place = party.name if party else membership.get_role_display()
    letters = f"{membership.user.name}-{place}".lower()
    return "".join(letter if letter.isalnum() else "-" for letter in letters)


def scheme_of(membership: Membership) -> Scheme:
    return Scheme.MITID if membership.role == Role.STUDENT else Scheme.MITID_ERHVERV


def make(today: datetime.date, chance: random.Random) -> None:
    """In one transaction with the rest of the world."""
    make_identities(chance)
    birgit = Membership.objects.get(user__email="birgit.holm@fjordby.example")
    fjordby = Company.objects.get(cvr=FJORDBY)
    for name, is_user_administrator in INVITED:
        email = f"{name.lower().replace(' ', '.')}@fjordby.example"
        invite(fjordby, name=name, email=email, is_user_administrator=is_user_administrator, by=birgit)
    AccessRequest.objects.create(
        role=Role.COMPANY_STAFF,
        company=fjordby,
        scheme=Scheme.MITID_ERHVERV,
        issuer=issuer_of(Scheme.MITID_ERHVERV),
        subject="nynne-nyholm",
        cvr=FJORDBY,
        name=ASKS,
        email="nynne.nyholm@fjordby.example",
        requested_at=timezone.now() - datetime.timedelta(days=1),
    )
    jens = Membership.objects.get(user__email="jens.kjaer@sosu-fjordby.example")
    for student in without_access()[:LETTERS]:
        invite_student(student, by=jens)
    make_confirmations(today)


def without_access() -> list[Student]:
    """Students of SOSU Fjordby who cannot log in yet, by name."""
    own = Student.objects.filter(school__institution_number=SOSU_FJORDBY, signed_off_on=None)
    return list(own.exclude(memberships__isnull=False).order_by("sort_key", "id")[:20])


def make_identities(chance: random.Random) -> None:
    """One for each membership of today, used some days ago; administrators are the authority's own."""
    held = Membership.objects.active().select_related("user", "company", "school")
    for membership in held.order_by("id"):
        party = membership.company or membership.school
        used = timezone.now() - datetime.timedelta(days=chance.randint(0, 60), minutes=chance.randint(0, 600))
        scheme = scheme_of(membership)
        Identity.objects.create(
            user=membership.user,
            scheme=scheme,
            issuer=issuer_of(scheme),
            subject=subject_of(membership),
            cvr=cvr_of(party) if scheme == Scheme.MITID_ERHVERV else "",
            tied_at=used - datetime.timedelta(days=90),
            last_signed_in_at=used,
        )


def cvr_of(party: Company | School | None) -> str:
    return party.cvr if party else str(settings.AUTHORITY_CVR)


def make_confirmations(today: datetime.date) -> None:
    """Everybody has confirmed their users this year but Region Bakkedal, whose turn it is."""
    opened, closed = today - datetime.timedelta(days=100), today - datetime.timedelta(days=95)
    staff = Membership.objects.active().filter(role__in=STAFF_ROLES).exclude(company__cvr=BAKKEDAL)
    by_party: dict[tuple[int | None, int | None], list[Membership]] = {}
    for membership in staff.order_by("id"):
        by_party.setdefault((membership.company_id, membership.school_id), []).append(membership)
    answered_at = timezone.now() - datetime.timedelta(days=95)
    for (company, school), members in by_party.items():
        confirmation = Confirmation.objects.create(
            company_id=company, school_id=school, opened_on=opened, closed_on=closed
        )
        answers = next((member for member in members if member.is_user_administrator), members[0])
        ConfirmationLine.objects.bulk_create(
            ConfirmationLine(
                confirmation=confirmation,
                membership=member,
                is_confirmed=True,
                answered_at=answered_at,
                answered_by=answers,
            )
            for member in members
        )
        Membership.objects.filter(pk__in=[member.pk for member in members]).update(confirmed_on=closed)
