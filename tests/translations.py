"""The texts that students meet, read out of templates and code, and the catalogue that has them in English."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babel.messages.catalog import Catalog

CATALOGUE = settings.BASE_DIR / "laereplads" / "locale" / "en" / "LC_MESSAGES" / "django.po"

# What students and those who are not logged in yet can meet. The other roles' pages are Danish only.
TEMPLATES = (
    "templates/*.html",
    "templates/account/**/*",
    "laereplads/accounts/templates/account/**/*",
    "templates/access/*.html",
    "templates/sign_in/*.html",
    "templates/notifications/*.html",
    "templates/students/*.html",
    "laereplads/design_system/jinja2/**/*.html",
)
MODULES = (
    "students/*.py",
    "*/own_data.py",
    "laereplads/*/own_data.py",
    "*/purposes.py",
    "laereplads/*/purposes.py",
    "*/privacy.py",
    "absence/charts.py",
    "absence/figures.py",
    "absence/template_filters.py",
    "absence/told.py",
    "absence/weeks.py",
    "laereplads/*/privacy.py",
    "laereplads/retention/notice.py",
    "laereplads/web/pages.py",
    "laereplads/accounts/*.py",
    "laereplads/accounts/sign_in/claims.py",
    "laereplads/delegation/sign_in_views.py",
    "laereplads/notifications/at_login.py",
    "laereplads/notifications/navigation.py",
    "laereplads/notifications/views.py",
    "laereplads/database/retention.py",
)
# These speak of more than students meet: their words are translated as far as a student's page shows them.
SHARED_WORDS = {
    "absence/auditing.py": None,
    "absence/models.py": ("GF1", "GF2", "Hovedforløb", "Kommende", "I gang", "Afsluttet", "Underretning", "Rettelse"),
    "absence/retention.py": None,
    "risk/local_agreement_words.py": (
        "midt i hver oplæringsperiode",
        "%(weeks)d uge inde i hver oplæringsperiode",
        "%(weeks)d uge før, hver oplæringsperiode slutter",
        "hver %(weeks)d. uge i oplæringen",
    ),
    "laereplads/web/navigation.py": ("Forside",),
    "laereplads/access/roles.py": None,
    "laereplads/people/models/agreements.py": (
        "Ordinær aftale",
        "Ny mesterlæreaftale",
        "Kort aftale",
        "Kombinationsaftale",
        "Restaftale",
    ),
    "laereplads/people/models/students.py": (
        "Grundforløb",
        "Søger læreplads",
        "I hovedforløb",
        "Afbrudt",
        "Udlært",
        "Intet grundforløb nu",
        "Grundforløb på skolen",
        "Hovedforløb på skolen",
        "Ingen profil",
        "Skjult profil",
        "Synlig profil",
    ),
    "laereplads/audit/models.py": ("Systemet",),
    "laereplads/audit/actions.py": (
        "Oplysninger er oprettet",
        "Oplysninger er rettet",
        "Oplysninger er slettet",
        "Indhold af hændelser er slettet",
    ),
    "laereplads/people/auditing.py": None,
    "laereplads/access/auditing.py": (
        "Tilknytning er oprettet",
        "Tilknytning er ændret",
        "Tilknytning er slettet",
        "Link til adgangskode er sendt",
    ),
    "laereplads/delegation/auditing.py": (
        "Invitation er sendt",
        "Invitation er ændret",
        "Invitation er brugt",
        "Invitation er trukket tilbage",
        "Invitation er slettet",
    ),
    "laereplads/notifications/kinds.py": ("Mail, som portalen ikke sender længere",),
    "laereplads/notifications/models.py": (
        "Mailserveren kunne ikke nås",
        "Mailserveren sagde nej",
        "Mailserveren kender ikke adressen",
        "Uvist, om mailen nåede frem",
        "Fejl i portalen",
    ),
    "risk/auditing.py": None,
    "risk/models/assessments.py": ("Høj", "Middel", "Lav", "Ikke registreret", "Vurderingen blev fjernet"),
}
# For administrators, and sent by them: Danish.
NOT_FOR_STUDENTS = {
    "laereplads/accounts/apps.py",
    "laereplads/accounts/models.py",
    "laereplads/accounts/templates/account/email/invitation_message.txt",
    "laereplads/accounts/templates/account/email/invitation_subject.txt",
    "laereplads/accounts/templates/account/email/new_address_asked_message.txt",
    "laereplads/accounts/templates/account/email/new_address_asked_subject.txt",
    # Of the demo, for whoever tries the portal.
    "students/demo_world.py",
    # Operators read all rules; everybody's page shows some of them.
    "laereplads/accounts/retention.py",
}


def texts_in(path: Path) -> Iterator[str]:
    """The msgids of a template or a module; of plurals the singular."""
    source = path.read_text()
    method = "python"
    if path.suffix == ".html":
        method = "jinja2"
    elif path.suffix == ".txt":
        source = templatize(source)
    for _line, message, _comments, _context in extract(
        method, io.BytesIO(source.encode()), options={"silent": "false"}
    ):
        yield message if isinstance(message, str) else message[0]


def files(patterns: tuple[str, ...]) -> list[str]:
    found = {path for pattern in patterns for path in settings.BASE_DIR.glob(pattern) if path.is_file()}
    return sorted(name for path in found if (name := str(path.relative_to(settings.BASE_DIR))) not in NOT_FOR_STUDENTS)


def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="en")


def compiled() -> Catalog:
    with CATALOGUE.with_suffix(".mo").open("rb") as source:
        return read_mo(source)
