"""The rosters of the made-up schools: students at every stage of an education, as a real file would report them."""

from __future__ import annotations

import csv
import datetime
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from laereplads.demo.names import address, full_name
from laereplads.demo.organisations import COMPANIES, MadeUpCompany, MadeUpSchool
from laereplads.imports.roster.columns import COLUMNS
from laereplads.people.demo_world import ASSESSED_STUDENT, GF1_STUDENT, SOSU_FJORDBY, UNASSESSED_STUDENT
from laereplads.people.models import (
    AgreementType,
    BasicProgramme,
    EducationStatus,
    ProfileVisibility,
    SchoolRelation,
    StudentType,
)

type Cells = dict[str, str]

# Days of the main programme: SSA takes 2 years, 9 months and 3 weeks, SSH 1 year and 2 months.
DAYS = {"ssa": 1025, "ssh": 425, "pau": 800}

# How many of a hundred students are at each stage; the methods of these names say what it means.
STAGES = {
    "training": 60,
    "second_agreement": 7,
    "gf1": 7,
    "gf2": 5,
    "seeking": 4,
    "not_begun": 5,
    "ended_lately": 4,
    "completed": 3,
    "dropped_out": 3,
    "signed_off": 2,
}
EDUCATIONS = {"ssa": 58, "ssh": 37, "pau": 5}
AGREEMENT_TYPES = {AgreementType.ORDINARY: 80, AgreementType.NEW_APPRENTICESHIP: 12, AgreementType.COMBINATION: 8}
STUDENT_TYPES = {
    StudentType.EUD: 30,
    StudentType.EUV1: 15,
    StudentType.EUV2: 30,
    StudentType.EUV3: 15,
    StudentType.EUX: 10,
}
YOUNG = (StudentType.EUD, StudentType.EUX)
VISIBILITIES = {ProfileVisibility.NONE: 60, ProfileVisibility.HIDDEN: 15, ProfileVisibility.VISIBLE: 25}


@dataclass(frozen=True)
class Period:
    """An agreement's time, and its type where the stage decides it."""

    starts_on: datetime.date
    ends_on: datetime.date
    ended_early_on: datetime.date | None = None
    type: AgreementType | None = None


@dataclass
class Stage:
    """Where a student is."""

    status: EducationStatus
    education: str = ""
    basic_programme: BasicProgramme = BasicProgramme.NONE
    periods: tuple[Period, ...] = ()
    signed_off_on: datetime.date | None = None
    completes_on: datetime.date | None = None
    dropped_out_on: datetime.date | None = None


@dataclass
class Pupil:
    """Who a row is about, where the world and not chance decides it."""

    number: str
    name: str
    stage: str
    company: MadeUpCompany | None = None


# The students one can log in as.
PERSONAS = {
    SOSU_FJORDBY: [
        Pupil(ASSESSED_STUDENT, "Emma Sørensen", "well_under_way", COMPANIES[0]),
        Pupil(UNASSESSED_STUDENT, "Yusuf Ali", "well_under_way", COMPANIES[0]),
        Pupil(GF1_STUDENT, "Åse Nørgaard-Lund", "gf1"),
    ]
}


@dataclass
class StudyAdministration:
    """One school's. Makes up the same students for the same chance and day."""

    school: MadeUpSchool
    today: datetime.date
    chance: random.Random
    agreements: int = field(default=0, init=False)

    def roster(self, count: int) -> str:
        """The file with `count` students, or as many as one can log in as where those are more."""
        pupils = PERSONAS.get(self.school.institution_number, [])[:]
        letter = self.school.name.removeprefix("SOSU ")[0]
        pupils += [
            Pupil(f"{letter}{20_000 + number}", full_name(self.chance), self.one_of(STAGES))
            for number in range(count - len(pupils))
        ]
        file = io.StringIO()
        writer = csv.DictWriter(file, [column.header for column in COLUMNS], delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        for pupil in pupils:
            writer.writerows(self.rows(pupil))
        return file.getvalue()

    def rows(self, pupil: Pupil) -> Iterator[Cells]:
        """A row for each agreement, or one without."""
        stage: Stage = getattr(self, pupil.stage)()
        student_type = self.one_of(STUDENT_TYPES)
        if stage.basic_programme == BasicProgramme.GF1:
            # GF1 is for those who come straight from school.
            student_type = StudentType.EUD
        # Nobody has an agreement before their fifteenth birthday.
        youngest = 19 if stage.periods else 17
        age = self.chance.randint(youngest, 24) if student_type in YOUNG else self.chance.randint(25, 56)
        in_basic_programme = stage.basic_programme != BasicProgramme.NONE
        student = {
            "institutionsnummer": self.school.institution_number,
            "elevnummer": pupil.number,
            "navn": pupil.name,
            "foedselsdato": written(self.day(-365 * age - self.chance.randrange(365))),
            "email": address(pupil.name, "elev.example"),
            # No Danish number begins with 0.
            "mobil": f"0{self.chance.randrange(10**7):07}",
            "elevtype": student_type.label,
            "uddannelse": stage.education,
            "uddannelsesstatus": str(stage.status.label),
            "grundforloeb": str(stage.basic_programme.label),
            "relation": str(
                (SchoolRelation.BASIC_PROGRAMME if in_basic_programme else SchoolRelation.MAIN_PROGRAMME).label
            ),
            "profil": str(self.one_of(VISIBILITIES).label),
            "forventet_udlaert": written(stage.completes_on),
            "udmeldt": written(stage.signed_off_on),
            "afbrudt_dato": written(stage.dropped_out_on),
        }
        if not stage.periods:
            yield student
        company = pupil.company or self.one_of({company: company.share for company in COMPANIES})
        for period in stage.periods:
            yield student | self.agreement(period, company)

    def agreement(self, period: Period, company: MadeUpCompany) -> Cells:
        self.agreements += 1
        return {
            "aftalenummer": f"{self.school.institution_number}-{self.agreements:05}",
            "aftaletype": str((period.type or self.one_of(AGREEMENT_TYPES)).label),
            "cvr": company.cvr,
            "p_nummer": self.chance.choice(company.workplaces).p_number,
            "aftale_start": written(period.starts_on),
            "aftale_slut": written(period.ends_on),
            "aftale_ophoert": written(period.ended_early_on),
        }

    def training(self) -> Stage:
        return self.trained(self.chance.randrange(10, 90))

    def well_under_way(self) -> Stage:
        return self.trained(45, "ssa")

    def trained(self, percent: int, education: str = "") -> Stage:
        """In training, so far through the main programme."""
        education = education or self.one_of(EDUCATIONS)
        starts_on = self.start(-DAYS[education] * percent // 100)
        return self.in_main_programme(education, Period(starts_on, after(starts_on, DAYS[education])))

    def second_agreement(self) -> Stage:
        """A short agreement that ended, and one for the rest of the education."""
        education = self.one_of(EDUCATIONS)
        first = self.start(-self.chance.randrange(200, DAYS[education] - 60))
        change = after(first, 180)
        return self.in_main_programme(
            education,
            Period(first, change, type=AgreementType.SHORT),
            Period(after(change, 1), after(first, DAYS[education]), type=AgreementType.REMAINDER),
        )

    def gf1(self) -> Stage:
        return Stage(EducationStatus.BASIC_PROGRAMME, basic_programme=BasicProgramme.GF1)

    def gf2(self) -> Stage:
        education = self.one_of(EDUCATIONS)
        return Stage(
            EducationStatus.BASIC_PROGRAMME,
            education,
            BasicProgramme.GF2,
            completes_on=self.day(self.chance.randrange(120) + DAYS[education]),
        )

    def seeking(self) -> Stage:
        education = self.one_of(EDUCATIONS)
        return Stage(EducationStatus.SEEKING, education, completes_on=self.day(60 + DAYS[education]))

    def not_begun(self) -> Stage:
        """In GF2, with an agreement from some day to come."""
        education = self.one_of(EDUCATIONS)
        starts_on = self.start(self.chance.randrange(20, 120))
        period = Period(starts_on, after(starts_on, DAYS[education]))
        stage = self.in_main_programme(education, period)
        stage.status, stage.basic_programme = EducationStatus.BASIC_PROGRAMME, BasicProgramme.GF2
        return stage

    def ended_lately(self) -> Stage:
        """The agreement is over, and the company still has it in view."""
        return self.ended(self.chance.randrange(2, 28))

    def completed(self) -> Stage:
        return self.ended(self.chance.randrange(40, 200))

    def ended(self, days_ago: int) -> Stage:
        education = self.one_of(EDUCATIONS)
        ends_on = self.day(-days_ago)
        stage = self.in_main_programme(education, Period(after(ends_on, -DAYS[education]), ends_on))
        stage.status = EducationStatus.COMPLETED
        return stage

    def dropped_out(self) -> Stage:
        """The agreement was ended before its time."""
        education = self.one_of(EDUCATIONS)
        ended_on = self.day(-self.chance.randrange(3, 150))
        starts_on = after(ended_on, -self.chance.randrange(40, 200))
        stage = self.in_main_programme(
            education, Period(starts_on, after(starts_on, DAYS[education]), ended_early_on=ended_on)
        )
        stage.status, stage.dropped_out_on = EducationStatus.DROPPED_OUT, ended_on
        return stage

    def signed_off(self) -> Stage:
        stage = self.dropped_out()
        stage.signed_off_on = self.day(-self.chance.randrange(3))
        return stage

    def in_main_programme(self, education: str, *periods: Period) -> Stage:
        return Stage(EducationStatus.MAIN_PROGRAMME, education, periods=periods, completes_on=periods[-1].ends_on)

    def one_of[T](self, weights: dict[T, int]) -> T:
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def day(self, offset: int) -> datetime.date:
        return after(self.today, offset)

    def start(self, offset: int) -> datetime.date:
        """A day on which agreements begin: the first or the fifteenth."""
        day = self.day(offset)
        return day.replace(day=15 if day.day >= 15 else 1)  # noqa: PLR2004  # the middle of the month


def after(day: datetime.date, days: int) -> datetime.date:
    return day + datetime.timedelta(days=days)


def written(day: datetime.date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""
