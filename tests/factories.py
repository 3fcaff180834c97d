"""Made-up rows for tests. A factory makes the least that is valid; a test says what it is about."""

import datetime
from typing import Any

import factory
from django.utils import timezone
from factory import LazyAttribute, LazyFunction, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory

from absence.models import AbsenceDay, AbsenceDelivery, AbsenceNotice, SchoolPeriod
from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.accounts.models import Identity, User
from laereplads.delegation.models import AccessRequest, Invitation
from laereplads.people.models import Agreement, Company, Education, School, Student, Workplace
from laereplads.people.models.organisations import CVR_WEIGHTS
from rejections.models import Rejection, RejectionReason
from risk.models import AssessmentPause, LocalAgreement
from schools.models import SavedFilter, StudentGroup

# Models that tests make otherwise.
NO_FACTORY = {
    "RiskAssessment": "record_assessment makes one, with all that follows from it",
    "FollowedStudent": "follow_student makes one",
    "StudentGroupMember": "add_students makes some",
    "SavedFilterMatch": "the job that compares makes some",
    "Applicant": "register_rejection makes one, sealed",
    "Fingerprint": "as the applicant",
    "Delivery": "deliver makes one",
    "DeliveredRejection": "as the delivery",
    "ArchivedSum": "retention makes one of days",
    "ToldAssessment": "the job makes one when it tells somebody",
    "OverviewVisit": "note_visit makes one",
    "SentReminder": "the job makes one when it reminds somebody",
    "NotedAssessment": "the job makes one of each agreement of a student who asks for mails",
}


def cvr_number(start: int) -> str:
    """The first number from 10,000,000 + 100 × `start` on that passes the check."""
    number = 10_000_000 + 100 * start
    while sum(int(digit) * weight for digit, weight in zip(str(number), CVR_WEIGHTS, strict=True)) % 11:
        number += 1
    return str(number)


def days_from_today(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


class EducationFactory(DjangoModelFactory[Education]):
    class Meta:
        model = Education
        django_get_or_create = ("code",)

    code = "ssa"
    name = "Social- og sundhedsassistent"
    is_sosu = True

    class Params:
        helper = Trait(code="ssh", name="Social- og sundhedshjælper")
        other = Trait(code="pau", name="Pædagogisk assistent", is_sosu=False)


class SchoolFactory(DjangoModelFactory[School]):
    class Meta:
        model = School

    name = Sequence(lambda n: f"Testskole {n}")
    institution_number = Sequence(lambda n: f"{100_000 + n}")

    class Params:
        # A legal unit of its own, as sign-in knows it.
        with_cvr = Trait(
            cvr=Sequence(lambda n: cvr_number(500_000 + n)), p_number=Sequence(lambda n: f"{1_200_000_000 + n}")
        )


class CompanyFactory(DjangoModelFactory[Company]):
    class Meta:
        model = Company

    name = Sequence(lambda n: f"Test Kommune {n}")
    cvr = Sequence(cvr_number)
    kind = "municipality"


class WorkplaceFactory(DjangoModelFactory[Workplace]):
    class Meta:
        model = Workplace

    company = SubFactory(CompanyFactory)
    name = Sequence(lambda n: f"Testcentret {n}")
    # Apart from the numbers of the sample roster.
    p_number = Sequence(lambda n: f"{1_100_000_000 + n}")
    street = Sequence(lambda n: f"Testgade {n}")
    postal_code = "1234"
    town = "Testby"


class StudentFactory(DjangoModelFactory[Student]):
    class Meta:
        model = Student

    name = Sequence(lambda n: f"Testelev {n}")
    school = SubFactory(SchoolFactory)
    student_number = Sequence(lambda n: f"E{n}")
    birth_date = datetime.date(2004, 9, 9)
    education = SubFactory(EducationFactory)
    student_type = "eud"
    status = "main_programme"
    relation = "main_programme"


class AgreementFactory(DjangoModelFactory[Agreement]):
    """A running agreement at one of its company's workplaces, unless the test says otherwise."""

    class Meta:
        model = Agreement

    class Params:
        ended_long_ago = Trait(
            starts_on=LazyFunction(lambda: days_from_today(-600)), ends_on=LazyFunction(lambda: days_from_today(-31))
        )
        ended_lately = Trait(
            starts_on=LazyFunction(lambda: days_from_today(-600)), ends_on=LazyFunction(lambda: days_from_today(-29))
        )
        not_begun = Trait(
            starts_on=LazyFunction(lambda: days_from_today(10)), ends_on=LazyFunction(lambda: days_from_today(600))
        )

    number = Sequence(lambda n: f"A{n}")
    company = SubFactory(CompanyFactory)
    workplace = SubFactory(WorkplaceFactory, company=factory.SelfAttribute("..company"))
    student = SubFactory(StudentFactory)
    school = LazyAttribute(lambda agreement: agreement.student.school)
    education = LazyAttribute(lambda agreement: agreement.student.education)
    type = "ordinary"
    starts_on = LazyFunction(lambda: days_from_today(-200))
    ends_on = LazyFunction(lambda: days_from_today(400))


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = Sequence(lambda n: f"Test Medarbejder {n}")
    email = Sequence(lambda n: f"bruger{n}@test.example")

    @factory.post_generation
    def password(self, _create: bool, extracted: str | None, **_kwargs: Any) -> None:
        if extracted:
            self.set_password(extracted)  # type: ignore[attr-defined]  # self is the user here
            self.save()  # type: ignore[attr-defined]


class MembershipFactory(DjangoModelFactory[Membership]):
    """One role: `MembershipFactory(company_staff=True, company=…)`."""

    class Meta:
        model = Membership

    class Params:
        company_staff = Trait(role=Role.COMPANY_STAFF, company=SubFactory(CompanyFactory))
        school_staff = Trait(role=Role.SCHOOL_STAFF, school=SubFactory(SchoolFactory))
        of_student = Trait(
            role=Role.STUDENT,
            student=SubFactory(StudentFactory),
            user=SubFactory(UserFactory, name=factory.SelfAttribute("..student.name")),
        )
        administrator = Trait(role=Role.ADMINISTRATOR)

    user = SubFactory(UserFactory)
    starts_on = LazyFunction(lambda: days_from_today(-1000))


class RejectionReasonFactory(DjangoModelFactory[RejectionReason]):
    """The migration's own reasons are found again by their code; browser tests begin with an empty table."""

    class Meta:
        model = RejectionReason
        django_get_or_create = ("code",)

    code = "ingen_pladser"
    label = "Ingen ledige lærepladser"
    order = 10
    valid_from = datetime.date(2021, 4, 15)

    class Params:
        motivation = Trait(code="motivation", label="Motivation og kendskab til faget", order=80)
        catch_all = Trait(code="andet", label="Andet", order=900, is_catch_all=True)


class RejectionFactory(DjangoModelFactory[Rejection]):
    """A rejection registered just now, without its applicant; operations make the whole."""

    class Meta:
        model = Rejection

    registered_by = SubFactory(MembershipFactory, company_staff=True)
    company = LazyAttribute(lambda rejection: rejection.registered_by.company)
    education = SubFactory(EducationFactory)
    primary_reason = SubFactory(RejectionReasonFactory)
    given_on = LazyFunction(timezone.localdate)


class IdentityFactory(DjangoModelFactory[Identity]):
    """An employee's at a broker, unless the test says otherwise."""

    class Meta:
        model = Identity

    user = SubFactory(UserFactory)
    scheme = "mitid_erhverv"
    issuer = "https://broker.example"
    subject = Sequence(lambda n: f"nogen-{n}")
    cvr = Sequence(lambda n: cvr_number(500_000 + n))


class InvitationFactory(DjangoModelFactory[Invitation]):
    """An open one to a colleague at a company; operations make those with a secret that somebody knows."""

    class Meta:
        model = Invitation

    role = Role.COMPANY_STAFF
    company = SubFactory(CompanyFactory)
    name = Sequence(lambda n: f"Test Inviteret {n}")
    email = Sequence(lambda n: f"inviteret{n}@test.example")
    secret_hash = Sequence(lambda n: f"{n:064}")
    expires_at = LazyFunction(lambda: timezone.now() + datetime.timedelta(days=14))


class AccessRequestFactory(DjangoModelFactory[AccessRequest]):
    class Meta:
        model = AccessRequest

    role = Role.COMPANY_STAFF
    company = SubFactory(CompanyFactory)
    scheme = "mitid_erhverv"
    issuer = "https://broker.example"
    subject = Sequence(lambda n: f"beder-{n}")
    cvr = LazyAttribute(lambda request: request.company.cvr)
    name = Sequence(lambda n: f"Test Beder {n}")
    email = Sequence(lambda n: f"beder{n}@test.example")


class SchoolPeriodFactory(DjangoModelFactory[SchoolPeriod]):
    """A period that runs, unless the test says otherwise."""

    class Meta:
        model = SchoolPeriod

    student = SubFactory(StudentFactory)
    school = LazyAttribute(lambda period: period.student.school)
    number = Sequence(lambda n: f"SSA-{n}")
    name = "Skoleperiode 1A"
    kind = "main"
    starts_on = LazyFunction(lambda: days_from_today(-28))
    ends_on = LazyFunction(lambda: days_from_today(28))


class AbsenceDeliveryFactory(DjangoModelFactory[AbsenceDelivery]):
    class Meta:
        model = AbsenceDelivery

    school = SubFactory(SchoolFactory)
    kind = "days"
    sha256 = Sequence(lambda n: f"{n:064x}")


class AbsenceDayFactory(DjangoModelFactory[AbsenceDay]):
    """Six and a half hours of timetable, and nobody away: yesterday, unless the test says otherwise."""

    class Meta:
        model = AbsenceDay

    period = SubFactory(SchoolPeriodFactory)
    day = LazyFunction(lambda: days_from_today(-1))
    scheduled = 390
    lawful = 0
    unlawful = 0
    delivery = SubFactory(AbsenceDeliveryFactory, school=factory.SelfAttribute("..period.school"))


class AbsenceNoticeFactory(DjangoModelFactory[AbsenceNotice]):
    class Meta:
        model = AbsenceNotice

    period = SubFactory(SchoolPeriodFactory)
    agreement = SubFactory(AgreementFactory, student=factory.SelfAttribute("..period.student"))
    sequence = 1
    kind = LazyAttribute(lambda notice: "final" if notice.sequence == 1 else "correction")
    due_on = LazyAttribute(lambda notice: notice.period.ends_on)
    through = LazyFunction(lambda: days_from_today(-1))
    told_scheduled = 390
    told_lawful = 0
    told_unlawful = 0


class LocalAgreementFactory(DjangoModelFactory[LocalAgreement]):
    """Proposed by the school, and accepted by the company; with `awaiting=True` not yet."""

    class Meta:
        model = LocalAgreement

    class Params:
        awaiting = False

    school = SubFactory(SchoolFactory)
    company = SubFactory(CompanyFactory)
    valid_from = LazyFunction(lambda: days_from_today(-400))
    proposed_by = SubFactory(MembershipFactory, school_staff=True, school=factory.SelfAttribute("..school"))
    accepted_by = factory.Maybe(
        "awaiting",
        yes_declaration=None,
        no_declaration=SubFactory(MembershipFactory, company_staff=True, company=factory.SelfAttribute("..company")),
    )
    accepted_at = LazyAttribute(lambda agreement: timezone.now() if agreement.accepted_by else None)


class AssessmentPauseFactory(DjangoModelFactory[AssessmentPause]):
    class Meta:
        model = AssessmentPause

    agreement = SubFactory(AgreementFactory)
    set_on = LazyFunction(timezone.localdate)
    until = LazyFunction(lambda: days_from_today(30))
    set_by = SubFactory(MembershipFactory, company_staff=True, company=factory.SelfAttribute("..agreement.company"))


class StudentGroupFactory(DjangoModelFactory[StudentGroup]):
    class Meta:
        model = StudentGroup

    school = SubFactory(SchoolFactory)
    name = Sequence(lambda n: f"Gruppe {n}")


class SavedFilterFactory(DjangoModelFactory[SavedFilter]):
    class Meta:
        model = SavedFilter

    membership = SubFactory("tests.factories.MembershipFactory", school_staff=True)
    name = Sequence(lambda n: f"Filter {n}")
    query = "niveau=high"
