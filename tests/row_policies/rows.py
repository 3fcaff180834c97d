"""Which rows each party reaches, said once more in Django's words, and a world in which everybody has some.

A new table that a party reaches in part fails until it stands in ROWS, and until `fill` makes some of it.
"""

import datetime

from django.db.models import Q
from django.utils import timezone

from absence.models import AbsenceDay, AbsenceDelivery, AbsenceNotice, AbsenceStanding, PeriodListEntry, SchoolPeriod
from laereplads.access.models import Membership
from laereplads.access_log.models import AccessLogEntry
from laereplads.access_log.operations import log_access
from laereplads.accounts.models import Identity, User
from laereplads.audit.models import Event
from laereplads.delegation.models import Confirmation, ConfirmationLine, Invitation
from laereplads.imports.models import Upload
from laereplads.notifications.models import MailChoice, OutgoingMail, Reason, RefusedAddress
from laereplads.people.models import Agreement, AgreementTakeover, Merger, Student
from rejections.models import Applicant, Fingerprint, Rejection
from risk.models import AgreementListEntry, AssessmentPause, DueAssessment, LocalAgreement, RiskAssessment
from schools.models import (
    FollowedStudent,
    OverviewVisit,
    SavedFilter,
    SavedFilterMatch,
    StudentGroup,
    StudentGroupMember,
    StudentListEntry,
)
from schools.purposes import STUDENT_PROFILE
from tests.factories import (
    AbsenceDayFactory,
    AbsenceNoticeFactory,
    AccessRequestFactory,
    AssessmentPauseFactory,
    CompanyFactory,
    IdentityFactory,
    InvitationFactory,
    LocalAgreementFactory,
    MembershipFactory,
    RejectionFactory,
    SavedFilterFactory,
    SchoolPeriodFactory,
    days_from_today,
)
from tests.row_policies.actors import EMPLOYEE, STAFF_SECRET, STUDENT_SECRET, UNIID


def recorders(own):
    return Q(pk__in=RiskAssessment.objects.visible_to(own).values("recorded_by"))


def parties(own):
    """Who proposed or accepted local agreements of one's own organisation; students are told of no names."""
    agreed = LocalAgreement.objects.none() if own.student_id else LocalAgreement.objects.visible_to(own)
    return Q(pk__in=agreed.values("proposed_by")) | Q(pk__in=agreed.values("accepted_by"))


def memberships(own):
    colleagues = Q(company=own.company_id) if own.company_id and not own.workplace_id else Q(pk=own.pk)
    return Membership.objects.filter(colleagues | recorders(own) | parties(own))


def of_agreements(model):
    return lambda own: model.objects.filter(agreement__in=Agreement.objects.visible_to(own))


def events(own):
    told = Event.objects.told_to_students() if own.student_id else Event.objects
    return told.filter(student__in=Student.objects.visible_to(own).values("public_id"))


# Table → what of it a company, a school or a student reaches.
ROWS = {
    "people_student": Student.objects.visible_to,
    "people_agreement": Agreement.objects.visible_to,
    "people_agreementtakeover": of_agreements(AgreementTakeover),
    "risk_riskassessment": of_agreements(RiskAssessment),
    "risk_agreementlistentry": AgreementListEntry.objects.visible_to,
    "absence_schoolperiod": SchoolPeriod.objects.visible_to,
    "absence_absenceday": AbsenceDay.objects.visible_to,
    "absence_absencedelivery": AbsenceDelivery.objects.visible_to,
    "absence_periodlistentry": PeriodListEntry.objects.visible_to,
    "absence_absencestanding": AbsenceStanding.objects.visible_to,
    "absence_absencenotice": AbsenceNotice.objects.visible_to,
    "access_membership": memberships,
    "delegation_invitation": lambda own: Invitation.objects.filter(student=own.student_id or 0),
    "accounts_identity": lambda own: Identity.objects.filter(user=own.user_id if own.student_id else None),
    "accounts_user": lambda own: User.objects.filter(memberships__in=memberships(own)),
    "audit_event": events,
    "imports_upload": Upload.objects.visible_to,
    "access_log_accesslogentry": lambda own: AccessLogEntry.objects.filter(students__contains=[own.student_id or 0]),
    "rejections_rejection": Rejection.objects.visible_to,
    "risk_assessmentpause": AssessmentPause.objects.visible_to,
    "risk_dueassessment": DueAssessment.objects.visible_to,
    "risk_localagreement": LocalAgreement.objects.visible_to,
    "rejections_fingerprint": Fingerprint.objects.visible_to,
    "notifications_outgoingmail": OutgoingMail.objects.visible_to,
    "notifications_mailchoice": MailChoice.objects.visible_to,
    "notifications_refusedaddress": RefusedAddress.objects.visible_to,
    "schools_followedstudent": FollowedStudent.objects.visible_to,
    "schools_overviewvisit": OverviewVisit.objects.visible_to,
    "schools_studentgroup": StudentGroup.objects.visible_to,
    "schools_studentgroupmember": StudentGroupMember.objects.visible_to,
    "schools_savedfilter": SavedFilter.objects.visible_to,
    "schools_savedfiltermatch": SavedFilterMatch.objects.visible_to,
    # Yesterday's and tomorrow's as well: which day it is, the views ask.
    "schools_studentlistentry": lambda own: StudentListEntry.objects.filter(school=own.school_id),
}


def fill(world):
    """Give everybody something in every table of which parties reach some rows only."""
    fill_lists(world)
    for role in ("company", "company workplace", "other company"):
        membership = world.memberships[role]
        rejection = RejectionFactory(company=membership.company, registered_by=membership)
        Applicant.objects.create(rejection=rejection, sealed=b"x")
        Fingerprint.objects.create(rejection=rejection, digest=b"x")
    old, new = CompanyFactory.create_batch(2)
    merger = Merger.objects.create(company=old, successor=new, takes_over_on="2026-01-01")
    for agreement in Agreement.objects.all():
        AgreementTakeover.objects.create(agreement=agreement, merger=merger)
    students = dict(Student.objects.values_list("name", "pk"))
    for role in ("school", "school users", "other school", "administrator"):
        Upload.objects.create(kind="test", uploaded_by=world.memberships[role], content=b"x")
    user, now = world.memberships["student"].user, timezone.now()
    OutgoingMail.objects.create(kind="test", user=user, sent_at=now)
    for role in ("company", "company workplace", "other company", "school", "other school", "student", "other student"):
        own = world.memberships[role]
        for reason in (Reason.REFUSED, Reason.NO_RECEIVER):
            OutgoingMail.objects.create(kind="test", user=own.user, gave_up_at=now, gave_up_because=reason)
        MailChoice.objects.create(membership=own, kind="test", is_on=True)
        RefusedAddress.objects.create(user=own.user, address=own.user.email)
    for role in ("company", "company workplace", "other company", "school", "other school", "administrator"):
        for name in ("Markør Egen", "Markør Fremmed"):
            log_access(world.memberships[role], STUDENT_PROFILE, [students[name]])
    fill_absence()
    fill_due(world)
    fill_users(world)


def fill_lists(world):
    """Stars, visits, and saved filters that found everybody; the world has groups."""
    for role in ("school", "other school"):
        membership = world.memberships[role]
        OverviewVisit.objects.create(membership=membership, latest_on=timezone.localdate())
        saved = SavedFilter.objects.visible_to(membership).first() or SavedFilterFactory(membership=membership)
        for student in Student.objects.visible_to(membership):
            FollowedStudent.objects.create(membership=membership, student=student)
            SavedFilterMatch.objects.create(saved_filter=saved, student=student)


def fill_absence():
    """A period with a day in each agreement, and what its company was told of it."""
    for agreement in Agreement.objects.select_related("student").order_by("pk"):
        day = max(agreement.starts_on, min(agreement.last_day, days_from_today(-1)))
        period = SchoolPeriod.objects.filter(
            Q(student=agreement.student) | Q(student__moved_to=agreement.student), starts_on__lte=day, ends_on__gte=day
        ).first() or SchoolPeriodFactory(student=agreement.student, starts_on=day, ends_on=day)
        AbsenceDay.objects.filter(period=period, day=day).exists() or AbsenceDayFactory(
            period=period, day=day, lawful=9
        )
        AbsenceNoticeFactory(period=period, agreement=agreement)


def fill_due(world):
    """What each school has agreed with each company, what it has proposed besides, and a pause in each agreement."""
    for school in ("school", "other school"):
        for company in ("company", "other company"):
            parties = {role: world.memberships[role] for role in (school, company)}
            pair = {
                "school": parties[school].school,
                "company": parties[company].company,
                "proposed_by": parties[school],
            }
            LocalAgreementFactory(**pair, accepted_by=parties[company])
            LocalAgreementFactory(**pair, awaiting=True)
    for agreement in Agreement.objects.all():
        AssessmentPauseFactory(agreement=agreement)


def fill_users(world):
    """How everybody came to have access, and who is about to; some of it answered, used and too old."""
    now, later = timezone.now(), timezone.now() + datetime.timedelta(days=14)
    for role in ("company users", "company workplace", "other company", "school users", "other school"):
        own = world.memberships[role]
        party = {"role": own.role, "company": own.company, "school": own.school}
        cvr = own.company.cvr if own.company else "12345678"
        workplace = own.workplace
        for times in ({}, {"accepted_at": now, "membership": own}, {"withdrawn_at": now}, {"expires_at": now}):
            InvitationFactory(**{**party, "invited_by": own, "workplace": workplace, "expires_at": later} | times)
        IdentityFactory(user=own.user, cvr=cvr)
        AccessRequestFactory(**party, cvr=cvr)
        AccessRequestFactory(**party, cvr=cvr, answered_at=now, answered_by=own)
        if workplace is None:
            confirmation = Confirmation.objects.create(
                company=own.company, school=own.school, opened_on=timezone.localdate()
            )
            left = MembershipFactory(**party, ends_on=days_from_today(-1))
            answers = {own: {}, left: {"is_confirmed": False, "answered_at": now, "answered_by": own}}
            for membership, answer in answers.items():
                ConfirmationLine.objects.create(confirmation=confirmation, membership=membership, **answer)
    company = world.memberships["company"].company
    InvitationFactory(company=company, secret_hash=STAFF_SECRET, invited_by=world.memberships["administrator"])
    AccessRequestFactory(company=company, **EMPLOYEE)
    IdentityFactory(user=world.memberships["former employee"].user, cvr=company.cvr, **EMPLOYEE)
    for role, secret in (("student", STUDENT_SECRET), ("other student", "c" * 64)):
        own = world.memberships[role]
        of_student = {"role": own.role, "student": own.student, "company": None, "name": "", "email": ""}
        InvitationFactory(**of_student, secret_hash=secret)
        IdentityFactory(user=own.user, scheme="mitid", cvr="")
    Student.objects.filter(pk=world.memberships["other student"].student_id).update(uniid=UNIID)
