"""What a file would do: its changes by student, what it asks, what it leaves out, and who is missing in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from laereplads.imports.roster.problems import Problems
from laereplads.people.models import Agreement, Student

if TYPE_CHECKING:
    import datetime

# A school and its own number of a student.
type Key = tuple[str, str]
type Answers = Mapping[str, str]

YES, NO, OTHER = "ja", "nej", "anden"


@dataclass
class Changed[Record: models.Model]:
    """An existing record with its new values set, and what the fields that changed were before."""

    record: Record
    before: dict[str, Any]


@dataclass(frozen=True)
class Question:
    """What a human must say before a student's rows are saved; whoever says no leaves them out."""

    line: int
    kind: str
    # Who it is about, for the eye.
    student_number: str
    name: str
    text: str
    choices: tuple[tuple[str, Promise | str], ...]
    # What else it depends on: another question after all when that is another.
    subject: str = ""

    @property
    def id(self) -> str:
        whole = f"{self.line} {self.kind} {self.student_number} {self.subject}"
        return f"svar-{self.line}-{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Move:
    """That a student comes from another school, as `former` there, with these agreements."""

    former: Student
    agreements: tuple[int, ...]


@dataclass
class Draft:
    """What the rows of one student would do."""

    key: Key
    student: Student
    line: int
    is_new: bool
    # What the student's fields that change were before.
    before: dict[str, Any] = field(default_factory=dict)
    new_agreements: list[Agreement] = field(default_factory=list)
    changed_agreements: list[Changed[Agreement]] = field(default_factory=list)
    unchanged_agreements: int = 0
    moves: list[Move] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    # Whose data the draft's questions and problems tell.
    named: set[int] = field(default_factory=set)
    # Whether a question was answered so that the rows are not to be saved.
    is_declined: bool = False

    @property
    def changes_nothing(self) -> bool:
        return not (self.is_new or self.before or self.new_agreements or self.changed_agreements or self.moves)

    @property
    def is_reenrolled(self) -> bool:
        return self.before.get("signed_off_on") is not None and self.student.is_reported

    @property
    def is_signed_off(self) -> bool:
        """Signed off now, and not before."""
        return not self.student.is_reported and (self.is_new or self.before.get("signed_off_on", 0) is None)


@dataclass
class Plan:
    """What the file would do, and what it would leave alone."""

    drafts: list[Draft] = field(default_factory=list)
    # Rows that are wrong: a student's are left out together.
    problems: Problems = field(default_factory=Problems)
    left_out: int = 0
    declined: int = 0
    # Whose rows wait for an answer.
    pending: list[Draft] = field(default_factory=list)
    # Not answered yet.
    questions: list[Question] = field(default_factory=list)
    # Those and the answered ones.
    asked: list[Question] = field(default_factory=list)
    # Students of the file's schools that it does not mention: it is for a human to find out why.
    missing: list[Student] = field(default_factory=list)
    # Whose data questions and problems tell.
    named: set[int] = field(default_factory=set)

    @property
    def new_students(self) -> list[Student]:
        return [draft.student for draft in self.drafts if draft.is_new]

    @property
    def changed_students(self) -> list[Changed[Student]]:
        return [Changed(draft.student, draft.before) for draft in self.drafts if draft.before and not draft.is_new]

    @property
    def unchanged_students(self) -> int:
        return sum(not draft.is_new and not draft.before for draft in self.drafts)

    @property
    def new_agreements(self) -> list[Agreement]:
        return [agreement for draft in self.drafts for agreement in draft.new_agreements]

    @property
    def changed_agreements(self) -> list[Changed[Agreement]]:
        return [change for draft in self.drafts for change in draft.changed_agreements]

    @property
    def unchanged_agreements(self) -> int:
        return sum(draft.unchanged_agreements for draft in self.drafts)

    @property
    def moved(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.moves]

    @property
    def reenrolled(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.is_reenrolled]

    @property
    def signed_off(self) -> int:
        """How many students are signed off that were not, or are new and signed off at once."""
        return sum(draft.is_signed_off for draft in self.drafts)

    @property
    def changing(self) -> list[Draft]:
        return [draft for draft in self.drafts if not draft.changes_nothing]

    @property
    def changes_nothing(self) -> bool:
        return not self.changing

    @property
    def is_clean(self) -> bool:
        """Whether every row is right and nothing needs an answer."""
        return not (self.problems.count or self.questions)


@dataclass(frozen=True)
class Line:
    """One line of the preview: what happens to whom, and the field that changes, before and after."""

    what: str
    institution_number: str
    student_number: str
    name: str
    field: str = ""
    before: str = ""
    after: str = ""
    # None for a student whom the portal does not have yet.
    student: int | None = None


NEW, CHANGED, MISSING = _("Ny elev"), _("Ændret"), _("Ikke med i filen")
REENROLLED, SIGNED_OFF, MOVED = _("Genindmeldt"), _("Udmeldt"), _("Kommer fra anden skole")
NEW_AGREEMENT, ANNULLED, RENUMBERED = _("Ny aftale"), _("Annulleret"), _("Rettet aftalenummer")
# New students and agreements come last: there may be hundreds of them.
RANK = {
    str(each): rank for rank, each in enumerate((REENROLLED, MOVED, SIGNED_OFF, ANNULLED, RENUMBERED, CHANGED, MISSING))
}
# Agreements tell how they are known beside the field.
OF_AGREEMENT = _("%(field)s (aftale %(number)s)")


def told(plan: Plan, *, with_missing: bool) -> list[Line]:
    """Every change, the weightiest first."""
    # A student whom the portal may know by another number is told when somebody has said which.
    drafts = [*plan.changing, *(draft for draft in plan.pending if not draft.is_new or draft.moves)]
    changes: list[Changed[Any]] = [Changed(draft.student, draft.before) for draft in drafts]
    names = Names([*changes, *(change for draft in drafts for change in draft.changed_agreements)])
    lines = [line for draft in drafts for line in lines_of(draft, names)]
    if with_missing:
        lines += [
            Line(
                str(MISSING),
                student.school.institution_number,
                student.student_number,
                student.name,
                student=student.pk,
            )
            for student in plan.missing
        ]
    return sorted(lines, key=lambda line: RANK.get(line.what, len(RANK)))


def lines_of(draft: Draft, names: Names) -> Iterator[Line]:
    student, institution = draft.student, draft.key[0]

    def line(what: Promise | str, name: str = "", before: str = "", after: str = "") -> Line:
        return Line(str(what), institution, student.student_number, student.name, name, before, after, student.pk)

    if draft.is_new:
        yield line(NEW)
    for move in draft.moves:
        yield line(MOVED, "", str(move.former.school), str(student.school))
    if not draft.is_new:
        for name in draft.before:
            is_sign_off = name == "signed_off_on" and draft.is_signed_off
            what = (
                REENROLLED
                if name == "signed_off_on" and draft.is_reenrolled
                else SIGNED_OFF
                if is_sign_off
                else CHANGED
            )
            yield line(what, *names.told(student, name, draft.before[name]))
    for agreement in draft.new_agreements:
        yield line(NEW_AGREEMENT, "", "", agreement.number)
    for change in draft.changed_agreements:
        for name, before in change.before.items():
            what = {"annulled_on": ANNULLED, "number": RENUMBERED}.get(name, CHANGED)
            label, was, now = names.told(change.record, name, before)
            number = change.before.get("number", change.record.number)
            yield line(what, OF_AGREEMENT % {"field": label, "number": number}, was, now)


class Names:
    """What values are called: organisations are looked up once for all changes."""

    def __init__(self, changes: Iterable[Changed[Any]]) -> None:
        wanted: dict[Any, set[int]] = {}
        for change in changes:
            for name, before in change.before.items():
                model = change.record._meta.get_field(name.removesuffix("_id")).related_model
                if model:
                    wanted.setdefault(model, set()).update({before, getattr(change.record, name)} - {None})
        self.known = {
            model: {row.pk: str(row) for row in model.objects.filter(pk__in=keys)} for model, keys in wanted.items()
        }

    def told(self, record: models.Model, name: str, before: Any) -> tuple[str, str, str]:
        """A field's label, and both its values in words."""
        found: Any = record._meta.get_field(name.removesuffix("_id"))
        label = str(found.verbose_name)
        return label[:1].upper() + label[1:], self.word(found, before), self.word(found, getattr(record, name))

    def word(self, found: Any, value: Any) -> str:
        if found.related_model:
            return self.known[found.related_model].get(value, "")
        if found.choices and value not in (None, ""):
            return str(dict(found.flatchoices).get(value, value))
        return in_words(value)


def in_words(value: datetime.date | str | bool | None) -> str:  # noqa: FBT001
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("Ja") if value else _("Nej"))
    return value if isinstance(value, str) else f"{value:%d.%m.%Y}"
