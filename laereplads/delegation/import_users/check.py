"""What the rows would change: whom to invite, and whose rights are others. Who is there already stays as they are."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.delegation.import_users.columns import CVR_DIGITS, LAYOUT
from laereplads.delegation.models import Invitation
from laereplads.delegation.operations import party_of
from laereplads.imports.files.changes import Changed, Line, Names, update
from laereplads.imports.files.plan import FilePlan, Tally
from laereplads.imports.files.records import CHANGED
from laereplads.people.models import Company, Merger, School, Workplace

if TYPE_CHECKING:
    from laereplads.imports.files.problems import Problems
    from laereplads.imports.files.progress import Progress
    from laereplads.imports.files.records import Row

NEW = gettext_lazy("Ny invitation")
HEADERS = {column.attribute: column.header for column in LAYOUT.columns}

# An address, and the organisation that it acts for.
type Key = tuple[str, type[Company | School], int]


@dataclass
class Draft:
    """One row: a new invitation, or an open one or a membership whose fields would become others."""

    line: int
    organisation: Company | School
    # With its new values; `current` is it as it is.
    record: Invitation | Membership
    current: Invitation | Membership | None = None
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return self.record.email if isinstance(self.record, Invitation) else self.record.user.email or ""

    @property
    def name(self) -> str:
        name = self.record.name if isinstance(self.record, Invitation) else self.record.user.name
        return f"{name}, {self.organisation}"


@dataclass
class Plan(FilePlan):
    drafts: list[Draft] = field(default_factory=list)

    @property
    def new(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.current is None]

    @property
    def changed(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.before]

    @property
    def changes_nothing(self) -> bool:
        return not (self.new or self.changed)

    def tallies(self) -> list[Tally]:
        new, changed = len(self.new), len(self.changed)
        return [Tally(_("Brugere"), new, changed, len(self.drafts) - new - changed)]

    def notes(self, *, with_missing: bool = False) -> list[str]:
        said = []
        if count := len(self.new):
            text = ngettext(
                "%(count)s invitation bliver sendt med mail.", "%(count)s invitationer bliver sendt med mail.", count
            )
            said.append(text % {"count": count})
        currents = [draft.current for draft in self.drafts if not draft.before]
        if count := sum(isinstance(each, Invitation) and each.has_expired for each in currents):
            text = ngettext(
                "%(count)s invitation er udløbet og bliver ikke sendt igen af filen.",
                "%(count)s invitationer er udløbet og bliver ikke sendt igen af filen.",
                count,
            )
            said.append(text % {"count": count})
        return said

    def lines(self, *, with_missing: bool = False) -> list[Line]:
        names = Names([Changed(draft.record, draft.before) for draft in self.changed])
        told = [
            Line(str(CHANGED), draft.email, draft.name, *names.told(draft.record, *was))
            for draft in self.changed
            for was in draft.before.items()
        ]
        return told + [Line(str(NEW), draft.email, draft.name) for draft in self.new]


@dataclass
class Comparing:
    """The rows of a file, held against organisations, open invitations and memberships as they are."""

    rows: Sequence[Row]
    problems: Problems

    def problem(self, row: Row, attribute: str, text: str) -> None:
        self.problems.add(row.line, HEADERS[attribute], text)

    @cached_property
    def numbers(self) -> set[str]:
        return {row.values["organisation"] for row in self.rows}

    @cached_property
    def companies(self) -> dict[str, Company]:
        return {company.cvr: company for company in Company.objects.filter(cvr__in=self.numbers)}

    @cached_property
    def schools(self) -> dict[str, School]:
        return {
            school.institution_number: school for school in School.objects.filter(institution_number__in=self.numbers)
        }

    @cached_property
    def schools_of_cvr(self) -> dict[str, list[School]]:
        found: dict[str, list[School]] = {}
        for school in School.objects.filter(cvr__in=self.numbers):
            found.setdefault(school.cvr, []).append(school)
        return found

    @cached_property
    def workplaces(self) -> dict[str, Workplace]:
        wanted = {row.values["p_number"] for row in self.rows if row.values.get("p_number")}
        return {workplace.p_number: workplace for workplace in Workplace.objects.filter(p_number__in=wanted)}

    @cached_property
    def successors(self) -> dict[int, Company]:
        mergers = Merger.objects.filter(company__in=self.companies.values()).select_related("successor")
        return {merger.company_id: merger.successor for merger in mergers}

    @cached_property
    def current(self) -> dict[Key, Invitation | Membership]:
        """Who is invited or let in already; of both, the membership."""
        addresses = {row.values["email"] for row in self.rows}
        invitations = Invitation.objects.open().exclude(role=Role.STUDENT).filter(email__in=addresses)
        memberships = (
            Membership.objects.active().filter(user__email__in=addresses).select_related("user").defer("user__password")
        )
        found: dict[Key, Invitation | Membership] = {}
        for one in [*invitations.order_by("id"), *memberships.order_by("id")]:
            email = one.email if isinstance(one, Invitation) else one.user.email or ""
            if one.company_id:
                found[email, Company, one.company_id] = one
            elif one.school_id:
                found[email, School, one.school_id] = one
        return found

    @cached_property
    def administrators(self) -> set[str | None]:
        """Who maintains the portal has no ground to read assessments, whoever lets them in."""
        addresses = {row.values["email"] for row in self.rows}
        held = Membership.objects.active().filter(role=Role.ADMINISTRATOR, user__email__in=addresses)
        return set(held.values_list("user__email", flat=True))

    def drafts(self, progress: Progress) -> list[Draft]:
        """One for each row that is right."""
        found = []
        lines: dict[Key, int] = {}
        for row in progress(_("Sammenligner"), self.rows):
            organisation = self.organisation(row)
            if organisation is None:
                continue
            key = (row.values["email"], type(organisation), organisation.pk)
            if key in lines:
                text = _("Personen står også på linje %(line)s med samme organisation. Slet den ene af rækkerne.")
                self.problem(row, "email", text % {"line": lines[key]})
                self.problems.lines.add(lines[key])
            lines.setdefault(key, row.line)
            if row.values["email"] in self.administrators:
                text = _("En administrator kan ikke også have adgang til elever. Brug en anden adresse.")
                self.problem(row, "email", text)
            values = self.rights(row, organisation)
            found.append(self.draft(row, organisation, values, self.current.get(key)))
        return [draft for draft in found if draft.line not in self.problems.lines]

    def draft(
        self,
        row: Row,
        organisation: Company | School,
        values: dict[str, Any],
        current: Invitation | Membership | None,
    ) -> Draft:
        if current is None:
            email, name, role = (row.values[each] for each in ("email", "name", "role"))
            record = Invitation(email=email, name=name, role=role, **party_of(organisation), **values)
            return Draft(row.line, organisation, record)
        changed = copy.copy(current)
        # What a user is called is theirs to say.
        named = {"name": row.values["name"]} if isinstance(current, Invitation) else {}
        return Draft(row.line, organisation, changed, current, update(changed, {**named, **values}))

    def organisation(self, row: Row) -> Company | School | None:
        """Where the person is to act; None where that cannot be, which is told."""
        number, role = row.values["organisation"], row.values["role"]
        if role == Role.COMPANY_STAFF:
            return self.company(row, number)
        if number in self.schools:
            return self.schools[number]
        several = self.schools_of_cvr.get(number, [])
        if len(several) == 1:
            return several[0]
        text = (
            _("Flere skoler har CVR-nummer %(number)s. Skriv skolens institutionsnummer.")
            if several
            else _("Der er ingen skole med nummer %(number)s. Ret det, eller indlæs skolen først.")
        )
        self.problem(row, "organisation", text % {"number": number})
        return None

    def company(self, row: Row, number: str) -> Company | None:
        company = self.companies.get(number)
        if company and company.pk not in self.successors:
            return company
        if company:
            text = _("%(company)s er overtaget af %(successor)s. Skriv CVR-nummer %(cvr)s.")
            successor = self.successors[company.pk]
            said = text % {"company": company, "successor": successor, "cvr": successor.cvr}
        elif len(number) == CVR_DIGITS:
            said = _("Der er ingen virksomhed med CVR-nummer %(number)s. Ret det, eller indlæs virksomheden først.") % {
                "number": number
            }
        else:
            said = _("Et institutionsnummer er en skoles. Skriv virksomhedens CVR-nummer, eller ret rollen.")
        self.problem(row, "organisation", said)
        return None

    def rights(self, row: Row, organisation: Company | School) -> dict[str, Any]:
        """What the row says of the person's rights; a column that the file lacks says nothing."""
        said = {name: row.values[name] for name in ("is_user_administrator",) if name in row.values}
        number = row.values.get("p_number")
        if number is None:
            return said
        if isinstance(organisation, School):
            if number:
                self.problem(
                    row, "p_number", _("Kun i en virksomhed kan man være knyttet til ét arbejdssted. Slet det.")
                )
            return said
        workplace = self.workplaces.get(number)
        if number and (workplace is None or workplace.company_id != organisation.pk):
            text = _("Arbejdsstedet med P-nummer %(p_number)s hører ikke til %(company)s. Ret det, eller slet det.")
            self.problem(row, "p_number", text % {"p_number": number, "company": organisation})
        return {**said, "workplace_id": workplace.pk if workplace else None}
