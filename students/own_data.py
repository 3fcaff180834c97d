"""Hent mine oplysninger: everything that the portal holds about a student, for her to read and for a machine."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from laereplads.access.models import Membership
from laereplads.access_log.models import AccessLogEntry
from laereplads.audit.models import Event
from laereplads.database.identity import as_web_role
from laereplads.people.models import Student
from students.training import Training

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from laereplads.web.http import Request

    type Labels = Mapping[str, StrPromise]

STUDENT: Labels = {
    "name": _("Navn"),
    "birth_date": _("Fødselsdag"),
    "email": _("E-mailadresse"),
    "phone": _("Telefon"),
    "school": _("Skole"),
    "student_number": _("Elevnummer"),
    "education": _("Uddannelse"),
    "student_type": _("Elevtype"),
    "status": _("Uddannelsesstatus"),
    "basic_programme": _("Grundforløb"),
    "relation": _("Relation til skolen"),
    "visibility": _("Profilens synlighed"),
    "expected_completion_on": _("Forventet udlært"),
    "signed_off_on": _("Meldt ud af skolen"),
    "public_id": _("Dit nummer i portalen"),
    "followed_by": _("Antal medarbejdere på skolen, der har dig på deres egen liste"),
}
AGREEMENT: Labels = {
    "number": _("Aftalenummer"),
    "education": _("Uddannelse"),
    "type": _("Aftaletype"),
    "starts_on": _("Begynder"),
    "ends_on": _("Slutter"),
    "ended_early_on": _("Ophævet"),
    "last_day": _("Sidste dag"),
    "company": _("Virksomhed"),
    "workplace": _("Arbejdssted"),
    "school": _("Skole"),
    "public_id": _("Aftalens nummer i portalen"),
}
ASSESSMENT: Labels = {
    "level": _("Frafaldsrisiko"),
    "recorded_at": _("Registreret"),
    "recorded_by.user.name": _("Medarbejderens navn"),
    "recorded_by.company": _("Virksomhed"),
    "agreement.number": _("Aftalenummer"),
}
ACCOUNT: Labels = {
    "name": _("Navn"),
    "email": _("E-mailadresse"),
    "is_active": _("Brugeren er i brug"),
    "created_at": _("Oprettet"),
    "last_login": _("Sidst logget ind"),
    "public_id": _("Brugerens nummer i portalen"),
}
MEMBERSHIP: Labels = {
    "role": _("Rolle"),
    "company": _("Virksomhed"),
    "school": _("Skole"),
    "starts_on": _("Fra"),
    "ends_on": _("Til og med"),
    "public_id": _("Tilknytningens nummer i portalen"),
}
EVENT: Labels = {
    "at": _("Tidspunkt"),
    "action": _("Hvad der er sket"),
    "party": _("På vegne af"),
    "changes": _("Ændringer, hver med det, der stod før, og det, der står nu"),
}
READING: Labels = {"at": _("Tidspunkt"), "company": _("Virksomhed"), "school": _("Skole"), "purpose": _("Formål")}


WIDEST_TABLE = 6


@dataclass(frozen=True)
class Fact:
    """One thing that the portal holds: `value` for a machine, `words` for its reader, if it can be said in words.

    A code is a value that only its words explain.
    """

    key: str
    label: StrPromise
    value: Any
    words: str
    is_code: bool = False


@dataclass(frozen=True)
class Section:
    """What one table of the portal holds about the student."""

    key: str
    heading: StrPromise
    labels: Labels
    records: list[list[Fact]]
    # Said where there is nothing.
    nothing: StrPromise | str = ""

    @property
    def is_one_record(self) -> bool:
        return not self.nothing

    @property
    def is_table(self) -> bool:
        """Whether its records fit side by side."""
        return not self.is_one_record and len(self.labels) <= WIDEST_TABLE


def sections(request: Request) -> list[Section]:
    """Everything but the readings, which have their own page."""
    membership = request.membership
    students = Student.objects.visible_to(membership).select_related("school", "education")
    training = Training.visible_to(membership)
    numbers = {agreement.pk: agreement for agreement in training.agreements}
    for assessment in training.assessments:
        assessment.agreement = numbers[assessment.agreement_id]
    student = students.annotate(followed_by=Count("followers")).get()
    events = Event.objects.about(student.public_id).only(
        "id", "at", "action", "acting_for", "acting_membership", "changes"
    )
    with as_web_role():
        memberships = list(Membership.objects.filter(user=request.user).with_party().order_by("-starts_on", "-id"))
    return [
        section("student", _("Dig og din uddannelse"), STUDENT, [student]),
        section("agreements", _("Uddannelsesaftaler"), AGREEMENT, training.agreements, _("Der er ingen aftaler.")),
        section(
            "assessments",
            _("Vurderinger af frafaldsrisiko"),
            ASSESSMENT,
            training.assessments,
            _("Der er ingen vurderinger."),
        ),
        section("account", _("Din bruger"), ACCOUNT, [request.user]),
        section("memberships", _("Din adgang"), MEMBERSHIP, memberships, _("Der er ingen adgang.")),
        section(
            "events", _("Ændringer af dine oplysninger"), EVENT, events, _("Der er ikke registreret nogen ændringer.")
        ),
    ]


def section(
    key: str, heading: StrPromise, labels: Labels, rows: Iterable[Model], nothing: StrPromise | str = ""
) -> Section:
    return Section(key, heading, labels, [facts(row, labels) for row in rows], nothing)


def facts(row: Model, labels: Labels) -> list[Fact]:
    return [fact(row, path, label) for path, label in labels.items()]


def fact(row: Model, path: str, label: StrPromise) -> Fact:
    *way, name = path.split(".")
    holder = reduce(getattr, way, row)
    value = getattr(holder, name)
    display = getattr(holder, f"get_{name}_display", None)
    is_code = bool(display and value)
    words = display() if display and value else in_words(value)
    return Fact(path.replace(".", "_"), label, for_a_machine(value), str(words), is_code)


def in_words(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Ja") if value else gettext("Nej")
    if isinstance(value, datetime.datetime):
        moment = timezone.localtime(value)
        told = {"day": date_format(moment, "DATE_FORMAT"), "time": date_format(moment, "TIME_FORMAT")}
        return gettext("%(day)s kl. %(time)s") % told
    if isinstance(value, datetime.date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, dict):
        return ""
    return "–" if value is None or value == "" else str(value)


def for_a_machine(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | dict) else str(value)


def readings(request: Request) -> Section:
    """Each reading by itself, the newest first."""
    own = AccessLogEntry.objects.visible_to(request.membership).select_related("company", "school").order_by("-id")
    rows = own.only("at", "purpose", "company__name", "school__name")
    heading = _("Hvem har set mine oplysninger")
    return section("readings", heading, READING, rows, _("Ingen har set dine oplysninger."))


def as_file(request: Request) -> dict[str, Any]:
    """The file: sections by their keys, what each key of them means, and what each code in them stands for."""
    found = [*sections(request), readings(request)]
    return {
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "meaning": {
            each.key: {
                "_": str(each.heading),
                **{path.replace(".", "_"): str(label) for path, label in each.labels.items()},
            }
            for each in found
        },
        "codes": {each.key: codes(each) for each in found},
        **{each.key: for_file(each) for each in found},
    }


def codes(found: Section) -> dict[str, dict[str, str]]:
    """By key, the words of each code that stands in the section."""
    explained: dict[str, dict[str, str]] = {}
    for fact in itertools.chain.from_iterable(found.records):
        if fact.is_code:
            explained.setdefault(fact.key, {})[str(fact.value)] = fact.words
    return explained


def for_file(found: Section) -> Any:
    records = [{fact.key: fact.value for fact in record} for record in found.records]
    return records[0] if found.is_one_record else records
