"""What a file would do: its changes by student, what it asks, what it leaves out, and who is missing in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from laereplads.imports.files.changes import Changed, Line, Names
from laereplads.imports.files.plan import FilePlan, Question, Tally
from laereplads.people.models import Agreement, Student

# A school and its own number of a student.
type Key = tuple[str, str]


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
class Plan(FilePlan):
    """A student's rows are left out together when one is wrong."""

    drafts: list[Draft] = field(default_factory=list)
    # Whose rows wait for an answer.
    pending: list[Draft] = field(default_factory=list)
    # Students of the file's schools that it does not mention: it is for a human to find out why.
    missing: list[Student] = field(default_factory=list)

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

    def tallies(self) -> list[Tally]:
        return [
            Tally(_("Elever"), len(self.new_students), len(self.changed_students), self.unchanged_students),
            Tally(
                _("Uddannelsesaftaler"),
                len(self.new_agreements),
                len(self.changed_agreements),
                self.unchanged_agreements,
            ),
        ]

    def notes(self, *, with_missing: bool = False) -> list[str]:
        said = []
        if count := self.signed_off:
            text = ngettext(
                "%(count)s elev bliver meldt ud. Skolen kan derefter ikke se eleven.",
                "%(count)s elever bliver meldt ud. Skolen kan derefter ikke se dem.",
                count,
            )
            said.append(text % {"count": count})
        if with_missing and (count := len(self.missing)):
            text = ngettext(
                "%(count)s elev er ikke med i filen og bliver ikke ændret. Spørg skolen, om eleven skal meldes ud.",
                "%(count)s elever er ikke med i filen og bliver ikke ændret. Spørg skolen, om de skal meldes ud.",
                count,
            )
            said.append(text % {"count": count})
        elif with_missing:
            said.append(str(_("Alle skolens elever er med i filen.")))
        return said

    def lines(self, *, with_missing: bool = False) -> list[Line]:
        return told(self, with_missing=with_missing)


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
            Line(str(MISSING), student.student_number, student.name, student=student.pk) for student in plan.missing
        ]
    return sorted(lines, key=lambda line: RANK.get(line.what, len(RANK)))


def lines_of(draft: Draft, names: Names) -> Iterator[Line]:
    student = draft.student

    def line(what: Promise | str, name: str = "", before: str = "", after: str = "") -> Line:
        return Line(str(what), student.student_number, student.name, name, before, after, student.pk)

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
