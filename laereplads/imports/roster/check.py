"""What the rows would change: every row compared with the others and with the database, before anything is saved."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from laereplads.imports.roster.columns import HEADER_OF
from laereplads.imports.roster.parse import References, Row, StudentRow
from laereplads.imports.roster.problems import Problems
from laereplads.imports.roster.progress import Progress, silent
from laereplads.people.models import Agreement, Company, Education, School, Student, Workplace

# A school and its own number of a student.
type Key = tuple[str, str]

UNKNOWN_SCHOOL = gettext_lazy("Der er ingen skole med institutionsnummer %(value)s. Ret det, eller opret skolen først.")
UNKNOWN_EDUCATION = gettext_lazy("Uddannelsen “%(value)s” kendes ikke. Skriv dens kode, fx ssa, ssh eller pau.")
UNKNOWN_COMPANY = gettext_lazy(
    "Der er ingen virksomhed med CVR-nummer %(value)s. Ret det, eller opret virksomheden først."
)
UNKNOWN_WORKPLACE = gettext_lazy(
    "Der er intet arbejdssted med P-nummer %(value)s. Ret det, eller opret arbejdsstedet først."
)


@dataclass
class Changed[Record: models.Model]:
    """An existing record with its new values set, and what the fields that changed were before."""

    record: Record
    before: dict[str, Any]


@dataclass
class Plan:
    """What the file would do, and what it would leave alone."""

    new_students: list[Student] = field(default_factory=list)
    changed_students: list[Changed[Student]] = field(default_factory=list)
    unchanged_students: int = 0
    new_agreements: list[Agreement] = field(default_factory=list)
    changed_agreements: list[Changed[Agreement]] = field(default_factory=list)
    unchanged_agreements: int = 0
    # Students of the file's schools that it does not mention: it is for a human to find out why.
    missing: list[Student] = field(default_factory=list)

    @property
    def signed_off(self) -> int:
        """How many students are signed off that were not, or are new and signed off at once."""
        changed = [change.record for change in self.changed_students if is_sign_off(change)]
        return len(changed) + sum(not student.is_reported for student in self.new_students)

    @property
    def changes_nothing(self) -> bool:
        return not (self.new_students or self.changed_students or self.new_agreements or self.changed_agreements)


def is_sign_off(change: Changed[Student]) -> bool:
    return change.before.get("signed_off_on", change.record.signed_off_on) is None and not change.record.is_reported


@dataclass
class Known:
    """The part of the database that the file can touch, read once."""

    schools: dict[str, School]
    educations: dict[str, Education]
    companies: dict[str, Company]
    workplaces: dict[str, Workplace]
    students: dict[Key, Student]
    agreements: dict[str, Agreement]


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
    number_of = {school.pk: school.institution_number for school in own}
    for agreement in agreements:
        # One object for each student, without a query for it.
        if agreement.student_id in by_id:
            agreement.student = by_id[agreement.student_id]
    return Known(
        schools=schools,
        educations={
            word.casefold(): education
            for education in Education.objects.all()
            for word in (education.code, education.name)
        },
        companies={company.cvr: company for company in Company.objects.filter(cvr__in={one.cvr for one in references})},
        workplaces={
            workplace.p_number: workplace
            for workplace in Workplace.objects.filter(p_number__in={one.p_number for one in references})
        },
        students={(number_of[student.school_id], student.student_number): student for student in students},
        agreements={agreement.number: agreement for agreement in agreements},
    )


def check(rows: list[Row], problems: Problems, *, progress: Progress = silent) -> Plan:
    """What the rows would change. What stands in the way is added to `problems`; the plan is then not to be used."""
    known = known_to(rows)
    plan = Plan()
    first_rows: dict[Key, Row] = {}
    lines_of_numbers: dict[str, int] = {}
    delivered: defaultdict[Key, list[tuple[Agreement, int]]] = defaultdict(list)
    students: dict[Key, Student] = {}

    for row in progress(_("Sammenligner"), rows):
        references = row.references
        exist = check_references(row, known, problems)
        if row.student is None:
            continue
        key = (references.institution_number, row.student.student_number)
        first = first_rows.setdefault(key, row)
        if first is not row:
            check_same_student(first, row, problems)
        elif exist:
            students[key] = planned_student(key, row.student, references, known, plan)
        if row.agreement is None:
            continue
        number = row.agreement.number
        if number in lines_of_numbers:
            problems.add(
                row.line,
                HEADER_OF["number"],
                _("Aftalenummer %(number)s står også på linje %(line)s. Hver aftale skal have sit eget nummer.")
                % {"number": number, "line": lines_of_numbers[number]},
            )
            continue
        lines_of_numbers[number] = row.line
        existing = known.agreements.get(number)
        if existing and existing.student_id != (known.students[key].pk if key in known.students else None):
            problems.add(
                row.line,
                HEADER_OF["number"],
                _("Aftalenummer %(number)s hører til en anden elev. Ret aftalenummeret eller elevnummeret.")
                % {"number": number},
            )
        elif exist and key in students:
            agreement = planned_agreement(row, students[key], known, plan)
            delivered[key].append((agreement, row.line))

    check_overlaps(delivered, known, problems)
    plan.missing = [student for key, student in known.students.items() if key not in first_rows and student.is_reported]
    return plan


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
    if company and workplace and workplace.company_id != company.pk:
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


def planned_student(key: Key, row: StudentRow, references: References, known: Known, plan: Plan) -> Student:
    education = known.educations.get(references.education.casefold())
    values = {**row.as_dict(), "education_id": education.pk if education else None}
    existing = known.students.get(key)
    if existing is None:
        student = Student(school=known.schools[references.institution_number], **values)
        plan.new_students.append(student)
        return student
    before = update(existing, values)
    if before:
        plan.changed_students.append(Changed(existing, before))
    else:
        plan.unchanged_students += 1
    return existing


def planned_agreement(row: Row, student: Student, known: Known, plan: Plan) -> Agreement:
    references = row.references
    education = known.educations[(references.agreement_education or references.education).casefold()]
    values = {
        **row.agreement.as_dict(),  # type: ignore[union-attr]  # the caller has seen it
        "company_id": known.companies[references.cvr].pk,
        "workplace_id": known.workplaces[references.p_number].pk,
        "school_id": known.schools[references.agreement_institution_number or references.institution_number].pk,
        "education_id": education.pk,
    }
    existing = known.agreements.get(values["number"])
    if existing is None:
        agreement = Agreement(student=student, **values)
        plan.new_agreements.append(agreement)
        return agreement
    before = update(existing, values)
    if before:
        plan.changed_agreements.append(Changed(existing, before))
    else:
        plan.unchanged_agreements += 1
    return existing


def update(record: models.Model, values: dict[str, Any]) -> dict[str, Any]:
    """Set the values that differ; what they were before."""
    before = {name: getattr(record, name) for name, value in values.items() if getattr(record, name) != value}
    for name in before:
        setattr(record, name, values[name])
    return before


def check_overlaps(delivered: dict[Key, list[tuple[Agreement, int]]], known: Known, problems: Problems) -> None:
    """No two agreements of a student may share a day, neither in the file nor with those it does not mention."""
    others: defaultdict[int, list[Agreement]] = defaultdict(list)
    in_file = {agreement.number for own in delivered.values() for agreement, _line in own}
    for agreement in known.agreements.values():
        if agreement.number not in in_file:
            others[agreement.student_id].append(agreement)
    for key, own in delivered.items():
        student = known.students.get(key)
        kept = others[student.pk] if student else []
        periods: list[tuple[Agreement, int | None]] = [*own, *((agreement, None) for agreement in kept)]
        if len(periods) > 1:
            check_periods(periods, problems)


def check_periods(periods: list[tuple[Agreement, int | None]], problems: Problems) -> None:
    """Each agreement, in the order they begin, against the one before it that lasts the longest."""
    in_order = sorted(periods, key=lambda period: (period[0].starts_on, period[1] or 0))
    longest, longest_line = in_order[0]
    for agreement, line in in_order[1:]:
        if agreement.starts_on <= last_day_of(longest):
            # The row that is named must be one of the file's.
            (own, own_line), (other, other_line) = ((agreement, line), (longest, longest_line))
            if own_line is None or (other_line is not None and other_line > own_line):
                (own, own_line), (other, other_line) = (other, other_line), (own, own_line)
            if own_line is not None:
                problems.add(own_line, HEADER_OF["starts_on"], overlap_text(other, other_line))
        if last_day_of(agreement) > last_day_of(longest):
            longest, longest_line = agreement, line


def last_day_of(agreement: Agreement) -> datetime.date:
    """The last day by the values just set; the database's own column still holds the old one."""
    return agreement.ended_early_on or agreement.ends_on


def overlap_text(other: Agreement, line: int | None) -> str:
    text = (
        _("Aftalen overlapper aftale %(number)s på linje %(line)s (%(from)s–%(to)s). Ret datoerne.")
        if line
        else _(
            "Aftalen overlapper aftale %(number)s i portalen (%(from)s–%(to)s). Ret datoerne, eller tag "
            "den anden aftale med i filen."
        )
    )
    return text % {
        "number": other.number,
        "line": line,
        "from": formats.date_format(other.starts_on, "d.m.Y"),
        "to": formats.date_format(last_day_of(other), "d.m.Y"),
    }
