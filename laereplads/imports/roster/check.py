"""What the rows would change: every row compared with the others and with the database, before anything is saved."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import formats
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from laereplads.imports.files.changes import Changed, update
from laereplads.imports.files.plan import NO, OTHER, YES, Answers, Question
from laereplads.imports.files.problems import Problems
from laereplads.imports.files.progress import Progress, silent
from laereplads.imports.roster.columns import HEADER_OF
from laereplads.imports.roster.parse import AgreementRow, Row, StudentRow
from laereplads.imports.roster.plan import Draft, Key, Move, Plan
from laereplads.people.models import Agreement, AgreementType, Company, Education, Merger, School, Student, Workplace
from laereplads.people.names import are_one_name, folded
from laereplads.people.operations import assessed_among

UNKNOWN_SCHOOL = gettext_lazy("Der er ingen skole med institutionsnummer %(value)s. Ret det, eller opret skolen først.")
UNKNOWN_EDUCATION = gettext_lazy("Uddannelsen “%(value)s” kendes ikke. Skriv dens kode, fx ssa, ssh eller pau.")
UNKNOWN_COMPANY = gettext_lazy(
    "Der er ingen virksomhed med CVR-nummer %(value)s. Ret det, eller opret virksomheden først."
)
UNKNOWN_WORKPLACE = gettext_lazy(
    "Der er intet arbejdssted med P-nummer %(value)s. Ret det, eller opret arbejdsstedet først."
)
YES_NO = ((YES, gettext_lazy("Ja")), (NO, gettext_lazy("Nej, udelad elevens rækker")))


@dataclass
class Known:
    """The part of the database that the file can touch, read once."""

    schools: dict[str, School]
    educations: dict[str, Education]
    companies: dict[str, Company]
    workplaces: dict[str, Workplace]
    students: dict[Key, Student]
    agreements: dict[str, Agreement]
    # Students of other schools who hold agreements that the file mentions.
    holders: dict[int, Student]
    # A company that was taken over, and by whom.
    successors: dict[int, Company]
    assessed: set[int]

    @cached_property
    def agreements_of(self) -> dict[int, list[Agreement]]:
        found: defaultdict[int, list[Agreement]] = defaultdict(list)
        for agreement in self.agreements.values():
            found[agreement.student_id].append(agreement)
        return found

    @cached_property
    def by_person(self) -> dict[tuple[str, str, datetime.date], list[Key]]:
        """The numbers under which a school has people of a name and a birth date."""
        found: defaultdict[tuple[str, str, datetime.date], list[Key]] = defaultdict(list)
        for key, student in self.students.items():
            found[key[0], folded(student.name), student.birth_date].append(key)
        return found

    @cached_property
    def uniids(self) -> dict[tuple[str, str], Key]:
        return {(key[0], student.uniid): key for key, student in self.students.items() if student.uniid}


def known_to(rows: list[Row]) -> Known:
    references = [row.references for row in rows]
    numbers = {row.agreement.number for row in rows if row.agreement}
    institutions = {one.institution_number for one in references} | {
        one.agreement_institution_number for one in references
    }
    schools = {
        school.institution_number: school for school in School.objects.filter(institution_number__in=institutions)
    }
    own = [schools[number] for number in {one.institution_number for one in references} if number in schools]
    students = list(Student.objects.filter(school__in=own))
    by_id = {student.pk: student for student in students}
    agreements = list(Agreement.objects.filter(Q(student__school__in=own) | Q(number__in=numbers)))
    strange = {agreement.student_id for agreement in agreements} - by_id.keys()
    holders = Student.objects.select_related("school").in_bulk(strange)
    if strange:
        agreements += Agreement.objects.filter(student__in=strange).exclude(pk__in=[one.pk for one in agreements])
    number_of = {school.pk: school.institution_number for school in own}
    of_id = {school.pk: school for school in own}
    for student in students:
        student.school = of_id[student.school_id]
    for agreement in agreements:
        # One object for each student, without a query for it.
        if found := by_id.get(agreement.student_id) or holders.get(agreement.student_id):
            agreement.student = found
    companies = {company.cvr: company for company in Company.objects.filter(cvr__in={one.cvr for one in references})}
    annulled = {
        row.agreement.number for row in rows if row.agreement and isinstance(row.agreement.annulled_on, datetime.date)
    }
    return Known(
        schools=schools,
        educations={
            word.casefold(): education
            for education in Education.objects.all()
            for word in (education.code, education.name)
        },
        companies=companies,
        workplaces={
            workplace.p_number: workplace
            for workplace in Workplace.objects.filter(p_number__in={one.p_number for one in references})
        },
        students={(number_of[student.school_id], student.student_number): student for student in students},
        agreements={agreement.number: agreement for agreement in agreements},
        holders=holders,
        successors={
            merger.company_id: merger.successor
            for merger in Merger.objects.filter(company__in=companies.values()).select_related("successor")
        },
        assessed=assessed_among(
            agreement.pk for agreement in agreements if agreement.number in annulled and not agreement.annulled_on
        ),
    )


def check(rows: list[Row], problems: Problems, answers: Answers, *, progress: Progress = silent) -> Plan:
    """What the rows would change. A student with a wrong row is left out with all of them; so is who was declined."""
    known = known_to(rows)
    of_students: dict[Key, list[Row]] = {}
    keys: dict[int, Key] = {}
    lines_of_numbers: dict[str, int] = {}
    for row in rows:
        key = (row.references.institution_number, row.references.student_number)
        if all(key):
            keys[row.line] = key
            of_students.setdefault(key, []).append(row)
        else:
            check_references(row, known, problems)

    drafts = []
    alike: defaultdict[Key, list[Key]] = defaultdict(list)
    for key in of_students:
        alike[key[0], bare(key[1])].append(key)
    for key, own in progress(_("Sammenligner"), list(of_students.items())):
        check_numbers(own, lines_of_numbers, problems)
        exist = [check_references(row, known, problems) for row in own]
        readable = [row for row in own if row.student]
        for row in readable[1:]:
            check_same_student(readable[0], row, problems)
        if len(readable) < len(own) or not all(exist):
            continue
        drafts.append(Drafting(key, own, known, of_students, alike, answers, problems).draft())

    return put_together(drafts, keys, known, problems, answers)


def put_together(drafts: list[Draft], keys: dict[int, Key], known: Known, problems: Problems, answers: Answers) -> Plan:
    """The plan of the students whose rows are right; `keys` are the students' by the rows' lines."""
    plan = Plan(problems=problems)
    wrong = {keys[line] for line in problems.lines if line in keys}
    plan.left_out = len(wrong) + len({line for line in problems.lines if line not in keys})
    for draft in drafts:
        if draft.key in wrong or draft.questions:
            plan.named |= draft.named
        if draft.key in wrong:
            continue
        open_questions = [question for question in draft.questions if question.id not in answers]
        plan.asked += draft.questions
        plan.questions += open_questions
        if draft.is_declined:
            plan.declined += 1
        else:
            (plan.pending if open_questions else plan.drafts).append(draft)
    in_file = set(keys.values())
    mentioned = {draft.student.pk for draft in drafts}
    plan.missing = [
        student
        for key, student in known.students.items()
        if key not in in_file and student.is_reported and student.pk not in mentioned
    ]
    return plan


def check_numbers(rows: list[Row], lines: dict[str, int], problems: Problems) -> None:
    """An agreement number stands once in the file; where it stands twice, both students are left out."""
    for row in rows:
        number = row.agreement.number if row.agreement else ""
        if number in lines:
            text = _("Aftalenummer %(number)s står også på linje %(line)s. Hver aftale skal have sit eget nummer.")
            problems.add(row.line, HEADER_OF["number"], text % {"number": number, "line": lines[number]})
            problems.lines.add(lines[number])
        elif number:
            lines[number] = row.line


def check_references(row: Row, known: Known, problems: Problems) -> bool:
    """Whether everything that the row refers to exists."""
    references = row.references
    before = problems.count
    for attribute, found, text in (
        ("institution_number", known.schools, UNKNOWN_SCHOOL),
        ("agreement_institution_number", known.schools, UNKNOWN_SCHOOL),
        ("education", known.educations, UNKNOWN_EDUCATION),
        ("agreement_education", known.educations, UNKNOWN_EDUCATION),
        ("cvr", known.companies, UNKNOWN_COMPANY),
        ("p_number", known.workplaces, UNKNOWN_WORKPLACE),
    ):
        value = getattr(references, attribute)
        if value and value.casefold() not in found:
            problems.add(row.line, HEADER_OF[attribute], text % {"value": value[:40]})
    company, workplace = known.companies.get(references.cvr), known.workplaces.get(references.p_number)
    owners = {company.pk, known.successors.get(company.pk, company).pk} if company else set()
    if company and workplace and workplace.company_id not in owners:
        problems.add(
            row.line,
            HEADER_OF["p_number"],
            _("Arbejdsstedet med P-nummer %(p_number)s hører ikke til CVR-nummer %(cvr)s. Ret det ene.")
            % {"p_number": references.p_number, "cvr": references.cvr},
        )
    return problems.count == before


def check_same_student(first: Row, row: Row, problems: Problems) -> None:
    """A student's second agreement has a row of its own, which must say the same of the student."""
    said, now = first.student.as_dict(), row.student.as_dict()  # type: ignore[union-attr]  # rows that could be read
    said["education"], now["education"] = (one.references.education.casefold() for one in (first, row))
    for attribute, value in now.items():
        if value != said[attribute]:
            problems.add(
                row.line,
                HEADER_OF[attribute],
                _("Eleven står med en anden værdi på linje %(line)s. Ret, så linje %(line)s og %(own)s er ens.")
                % {"line": first.line, "own": row.line},
            )


@dataclass
class Drafting:
    """One student's rows on the way to what they would do."""

    key: Key
    rows: list[Row]
    known: Known
    in_file: dict[Key, list[Row]]
    # The file's numbers by what a spreadsheet would leave of them.
    alike: Mapping[Key, list[Key]]
    answers: Answers
    problems: Problems

    @property
    def row(self) -> StudentRow:
        found = self.rows[0].student
        assert found is not None  # noqa: S101  # all rows could be read
        return found

    @property
    def line(self) -> int:
        return self.rows[0].line

    @property
    def school(self) -> School:
        return self.known.schools[self.key[0]]

    def draft(self) -> Draft:
        references = self.rows[0].references
        education = self.known.educations.get(references.education.casefold())
        values = {**self.row.as_dict(), "education_id": education.pk if education else None}
        student = self.known.students.get(self.key)
        is_known_by_number = student is not None
        self.made = made = Draft(self.key, student or Student(school=self.school, **values), self.line, student is None)
        if student is None:
            student = self.known_by_another_number()
            if student is not None:
                made.student, made.is_new = student, False
        if student is not None:
            made.named.add(student.pk)
            if is_known_by_number:
                self.check_identity(student)
            self.ask_about_return(student, is_known_by_number)
            made.before = update(student, values)
        self.check_uniid()
        periods: list[tuple[Agreement, int | None]] = []
        for row in self.rows:
            if row.agreement:
                agreement = self.agreement(row, row.agreement)
                if agreement is not None:
                    periods.append((agreement, row.line))
        if not made.is_declined:
            self.check_overlaps(periods)
        return made

    def problem(self, column: str, text: str, line: int | None = None) -> None:
        self.problems.add(line or self.line, HEADER_OF[column], text)

    def ask(
        self,
        kind: str,
        text: str,
        *about: Student,
        subject: str = "",
        line: int | None = None,
        choices: tuple[Any, ...] = YES_NO,
    ) -> str:
        """The answer to a question that has been put, empty until there is one; a no leaves the student out."""
        subject = " ".join([subject, *(str(student.public_id) for student in about)])
        question = Question(line or self.line, kind, self.key[1], self.row.name, text, choices, subject)
        self.made.questions.append(question)
        self.made.named |= {student.pk for student in about if student.pk}
        answer = self.answers.get(question.id, "")
        self.made.is_declined |= answer == NO
        return answer

    def check_identity(self, student: Student) -> None:
        """A number is one person's for good."""
        if not are_one_name(student.name, self.row.name) and student.birth_date != self.row.birth_date:
            self.problem(
                "student_number",
                _(
                    "Elevnummeret tilhører allerede en anden elev. Ret elevnummeret. Har eleven fået både nyt navn og "
                    "ny fødselsdato, skal en administrator bekræfte det først."
                ),
            )

    def known_by_another_number(self) -> Student | None:
        """The student of the same name and birth date, if somebody has said that it is them."""
        others = self.known.by_person.get((self.key[0], folded(self.row.name), self.row.birth_date), [])
        alike = [key for key in self.alike[self.key[0], bare(self.key[1])] if self.is_same_person(key)]
        for key in [*others, *alike]:
            if bare(key[1]) == bare(self.key[1]):
                text = _(
                    "%(number)s ser ud til at være %(known)s, som et regneark har ændret. Skriv elevnummeret, som det "
                    "står i det studieadministrative system."
                )
                self.problem("student_number", text % {"number": self.key[1], "known": key[1]})
                return None
        free = [key for key in others if key not in self.in_file]
        if not others:
            return None
        known = self.known.students[(free or others)[0]]
        is_same = (YES, _("Det er den samme elev. Ret nummeret fra %(number)s") % {"number": known.student_number})
        text = _("Skolen har allerede en elev med samme navn og fødselsdato og elevnummer %(number)s.")
        answer = self.ask(
            "number",
            text % {"number": known.student_number},
            known,
            choices=(*((is_same,) if free else ()), (OTHER, _("Det er en anden elev")), YES_NO[1]),
        )
        return known if free and answer == YES else None

    def is_same_person(self, key: Key) -> bool:
        """Whether another number's first row in the file tells of the same name and birth date."""
        other = self.in_file[key][0].student
        if other is None or key == self.key:
            return False
        return are_one_name(other.name, self.row.name) and other.birth_date == self.row.birth_date

    def ask_about_return(self, student: Student, is_known_by_number: bool) -> None:  # noqa: FBT001
        """Whoever was signed off comes back only when somebody says so."""
        if student.signed_off_on and self.row.signed_off_on is None and is_known_by_number:
            text = _("Eleven blev meldt ud den %(day)s. Filen melder eleven ind igen. Skal eleven genindmeldes?")
            self.ask("return", text % {"day": day(student.signed_off_on)}, student, subject=f"{student.signed_off_on}")

    def check_uniid(self) -> None:
        uniid = self.row.uniid
        if not isinstance(uniid, str) or not uniid:
            return
        holder = self.known.uniids.setdefault((self.key[0], uniid), self.key)
        if holder != self.key and self.known.students.get(holder) is not self.made.student:
            self.problem("uniid", _("UNI-id'et hører til en anden elev på skolen. Ret det."))

    def agreement(self, row: Row, said: AgreementRow) -> Agreement | None:
        """The agreement as it would be; None where it stays what it is, and where something is wrong with it."""
        student, existing = self.made.student, self.known.agreements.get(said.number)
        if existing is None and student.pk:
            existing = self.corrected(row, said)
        if row.line in self.problems.lines or self.made.is_declined:
            return None
        if existing is None:
            agreement = Agreement(student=student, **self.values(row, said, None))
            self.made.new_agreements.append(agreement)
            return agreement
        values = self.values(row, said, existing)
        is_own = existing.student_id == student.pk or self.moves_along(row, existing)
        if not (is_own and self.can_become(existing, values, row)):
            return None
        before = update(existing, values)
        if before:
            self.made.changed_agreements.append(Changed(existing, before))
        else:
            self.made.unchanged_agreements += 1
        return existing

    def can_become(self, existing: Agreement, values: dict[str, Any], row: Row) -> bool:
        """Whether an agreement can take these values: it is one company's, annulled for good, never once assessed."""
        annulled = values.get("annulled_on", existing.annulled_on)
        if existing.company_id != values["company_id"]:
            name = Company.objects.values_list("name", flat=True).get(pk=existing.company_id)
            text = _("Aftalen hører til %(company)s. Afslut den, og send en ny med et nyt nummer.")
            self.problem("cvr", text % {"company": name}, row.line)
        elif existing.annulled_on and annulled == existing.annulled_on:
            self.made.unchanged_agreements += 1
        elif existing.annulled_on:
            text = _(
                "Aftalen er annulleret den %(day)s og kan ikke bruges igen. Skriv datoen i aftale_annulleret, "
                "eller send aftalen med et nyt nummer."
            )
            self.problem("annulled_on", text % {"day": day(existing.annulled_on)}, row.line)
        elif annulled and existing.pk in self.known.assessed:
            text = _("Aftalen er vurderet og kan ikke annulleres. Afslut den i stedet med aftale_ophoert.")
            self.problem("annulled_on", text, row.line)
        else:
            return True
        return False

    def values(self, row: Row, said: AgreementRow, existing: Agreement | None) -> dict[str, Any]:
        references, known = row.references, self.known
        company, workplace = known.companies[references.cvr], known.workplaces[references.p_number]
        successor = known.successors.get(company.pk)
        # Schools write the old number for a while after a merger.
        follows = existing.company_id if existing else workplace.company_id
        if successor and successor.pk == follows:
            company = successor
        return {
            **said.as_dict(),
            "company_id": company.pk,
            "workplace_id": workplace.pk,
            "school_id": known.schools[references.agreement_institution_number or references.institution_number].pk,
            "education_id": known.educations[(references.agreement_education or references.education).casefold()].pk,
        }

    def corrected(self, row: Row, said: AgreementRow) -> Agreement | None:
        """The agreement whose number the file corrects, if somebody has said so: same company, same time."""
        company = self.known.companies[row.references.cvr]
        companies = {company.pk, self.known.successors.get(company.pk, company).pk}
        numbers = {own.agreement.number for own in self.rows if own.agreement}
        for known in self.known.agreements_of.get(self.made.student.pk, []):
            if known.annulled_on or known.number in numbers or known.company_id not in companies:
                continue
            if bare(known.number) == bare(said.number):
                text = _(
                    "%(number)s ser ud til at være %(known)s, som et regneark har ændret. Skriv aftalenummeret, som "
                    "det står i det studieadministrative system."
                )
                self.problem("number", text % {"number": said.number, "known": known.number}, row.line)
                return None
            if not share_a_day(known, said) or (known.type == said.type == AgreementType.COMBINATION):
                continue
            text = _(
                "Eleven har aftale %(known)s med samme virksomhed i samme tid. Er %(number)s den samme aftale med et "
                "rettet nummer?"
            )
            answer = self.ask(
                "corrected",
                text % {"known": known.number, "number": said.number},
                self.made.student,
                subject=known.number,
                line=row.line,
            )
            # Until somebody says no it is the same: as another one it would be in the way.
            return known if answer != NO else None
        return None

    def moves_along(self, row: Row, agreement: Agreement) -> bool:
        """Whether the agreement of another row of the same person comes along to this school, or is about to."""
        holder, student = agreement.student, self.made.student
        is_same_person = are_one_name(holder.name, self.row.name) and holder.birth_date == self.row.birth_date
        if is_same_person and holder.school_id != self.school.pk:
            stays_away = student.moved_to_id == holder.pk and holder.is_reported
            if stays_away and not self.made.is_reenrolled:
                # The school has not signed the student off yet, and writes what it knew: it is not its own any more.
                self.made.unchanged_agreements += 1
                return False
            text = _("Eleven kommer fra %(school)s og tager aftale %(number)s med. Flyt eleven hertil?")
            answer = self.ask(
                "move", text % {"school": holder.school, "number": agreement.number}, holder, line=row.line
            )
            if answer == NO:
                return False
            # Several agreements of one person are one move.
            moves = {move.former.pk: move for move in self.made.moves}
            before = moves.get(holder.pk, Move(holder, ()))
            moves[holder.pk] = Move(holder, (*before.agreements, agreement.pk))
            self.made.moves = list(moves.values())
            return True
        text = _("Aftalenummer %(number)s hører til en anden elev. Ret aftalenummeret eller elevnummeret.")
        self.problem("number", text % {"number": agreement.number}, row.line)
        return False

    def check_overlaps(self, periods: list[tuple[Agreement, int | None]]) -> None:
        """No two agreements of a student share a day, in the file or the portal, unless both are combinations."""
        in_file = {id(agreement) for agreement, _line in periods}
        rows = {self.made.student.pk, *(move.former.pk for move in self.made.moves)} - {None}
        periods = [*periods]
        for student in rows:
            periods += [(one, None) for one in self.known.agreements_of.get(student, []) if id(one) not in in_file]
        in_force = [(agreement, line) for agreement, line in periods if not agreement.annulled_on]
        if len(in_force) > 1:
            self.check_periods(in_force)

    def check_periods(self, periods: list[tuple[Agreement, int | None]]) -> None:
        for (own, own_line), (other, other_line) in pairs(sorted(periods, key=lambda one: one[1] or 0, reverse=True)):
            both_combine = own.type == other.type == AgreementType.COMBINATION
            if own_line is not None and not both_combine and share_a_day(own, other):
                self.problem("starts_on", overlap_text(other, other_line), own_line)


def pairs[Item](items: list[Item]) -> Iterator[tuple[Item, Item]]:
    """Each with one after it, once: of the last row of a file that is in another's way."""
    for index, item in enumerate(items):
        # One other is enough to be told of.
        yield from ((item, other) for other in items[index + 1 :])


def bare(number: str) -> str:
    """What is left when a spreadsheet has read a number: no noughts before it, and no capitals that anybody kept."""
    return number.casefold().lstrip("0")


def share_a_day(one: Agreement | AgreementRow, other: Agreement | AgreementRow) -> bool:
    return one.starts_on <= last_day_of(other) and other.starts_on <= last_day_of(one)


def last_day_of(agreement: Agreement | AgreementRow) -> datetime.date:
    """The last day by the values just set; the database's own column still holds the old one."""
    return agreement.ended_early_on or agreement.ends_on


def day(date: datetime.date) -> str:
    return formats.date_format(date, "d.m.Y")


def overlap_text(other: Agreement, line: int | None) -> str:
    text = (
        _("Aftalen overlapper aftale %(number)s på linje %(line)s (%(from)s–%(to)s). Ret datoerne.")
        if line
        else _(
            "Aftalen overlapper aftale %(number)s i portalen (%(from)s–%(to)s). Ret datoerne, eller tag "
            "den anden aftale med i filen."
        )
    )
    return text % {"number": other.number, "line": line, "from": day(other.starts_on), "to": day(last_day_of(other))}
