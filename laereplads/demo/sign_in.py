"""The demo's sign-in with MitID Erhverv, MitID and Unilogin: who can be chosen there, and the brokers' start."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.accounts.models import Identity
from laereplads.accounts.sign_in.claims import Scheme
from laereplads.delegation.models import AccessRequest
from laereplads.demo import provider, users
from laereplads.demo.personas import PERSONAS
from laereplads.demo.provider import Addresses, Person
from laereplads.people.demo_world import FJORDBY
from laereplads.people.models import Student

# Nobody in the portal has it.
UNKNOWN_CVR = "99100036"
WITHOUT_ACCESS = 4


def people() -> list[Person]:
    """Everybody whom one can choose at a broker. Asked as the owner of the tables, before web processes begin."""
    return [*known(), *strangers(), *students()]


def known() -> list[Person]:
    """The personas, once for each place where they work."""
    found = []
    held = Membership.objects.active().filter(user__email__in=[persona.email for persona in PERSONAS])
    for membership in held.select_related("user", "company", "school", "student").order_by("id"):
        party = membership.company or membership.school
        student = membership.student
        found.append(
            Person(
                subject=users.subject_of(membership),
                scheme=users.scheme_of(membership),
                label=membership.user.name,
                note=party.name if party else membership.get_role_display(),
                name=membership.user.name,
                email=membership.user.email or "",
                cvr="" if membership.role == Role.STUDENT else users.cvr_of(party),
                organisation_name=party.name if party else str(settings.AUTHORITY_NAME),
                birth_date=student.birth_date if student else None,
            )
        )
    return found


def strangers() -> list[Person]:
    """Who is nobody here yet: at a company of the portal, and at one that is not."""
    return [
        Person(
            "helle-hjort",
            Scheme.MITID_ERHVERV,
            "Helle Hjort",
            "Fjordby Kommune. Ikke bruger endnu: prøv at bede om adgang, eller tag imod en invitation.",
            name="Helle Hjort",
            email="helle.hjort@fjordby.example",
            cvr=FJORDBY,
            organisation_name="Fjordby Kommune",
        ),
        Person(
            "nynne-nyholm",
            Scheme.MITID_ERHVERV,
            users.ASKS,
            "Fjordby Kommune. Har bedt om adgang og venter på svar.",
            name=users.ASKS,
            email="nynne.nyholm@fjordby.example",
            cvr=FJORDBY,
            organisation_name="Fjordby Kommune",
        ),
        Person(
            "ulrik-udefra",
            Scheme.MITID_ERHVERV,
            "Ulrik Udefra",
            "Et firma, som portalen ikke kender.",
            name="Ulrik Udefra",
            cvr=UNKNOWN_CVR,
            organisation_name="Udefra ApS",
        ),
    ]


def students() -> list[Person]:
    """Students without access, for the letters' codes; and those whom their school reported with a Unilogin."""
    by_mitid = [
        Person(
            f"elev-{student.pk}",
            Scheme.MITID,
            student.name,
            "Elev på SOSU Fjordby uden adgang. Brug en kode fra skolen.",
            name=student.name,
            birth_date=student.birth_date,
        )
        for student in users.without_access()[:WITHOUT_ACCESS]
    ]
    reported = Student.objects.exclude(uniid="").filter(signed_off_on=None).select_related("school")
    by_unilogin = [
        Person(
            f"unilogin-{student.pk}",
            Scheme.UNILOGIN,
            student.name,
            f"Elev på {student.school.name}",
            uniid=student.uniid,
            institution_numbers=(student.school.institution_number,),
        )
        for student in reported.order_by("sort_key", "id")[:WITHOUT_ACCESS]
    ]
    stranger = Person(
        "unilogin-ukendt",
        Scheme.UNILOGIN,
        "Elev, som skolen ikke kender",
        uniid="ukendt00",
        institution_numbers=("280001",),
    )
    return [*by_mitid, *by_unilogin, stranger]


def start(people: list[Person], *, log: Path) -> provider.Provider:
    """Start the brokers on the port after the portal's, and let the portal use them. Raises ProviderUnavailable."""
    portal = settings.PORTAL_ADDRESS
    addresses = {
        key: Addresses(
            callback=portal + reverse("sign_in_callback", args=[key]),
            after_logout=portal + reverse("account_login"),
            logged_out=portal + reverse("sign_in_ended", args=[key]),
        )
        for key in users.KEYS.values()
    }
    started = provider.start(people, addresses, (urlsplit(portal).port or 0) + 1, log=log)
    settings.BROKERS = started.brokers()
    return started


def move_identities() -> None:
    """Let the identities be of the brokers of this start, whose port may be another. As the owner of the tables."""
    port = (urlsplit(settings.PORTAL_ADDRESS).port or 0) + 1
    for key in users.KEYS.values():
        issuer = f"http://127.0.0.1:{port}/{key}"
        for model in (Identity, AccessRequest):
            own = model.objects.filter(issuer__startswith="http://127.0.0.1:", issuer__endswith=f"/{key}")
            own.exclude(issuer=issuer).update(issuer=issuer)
