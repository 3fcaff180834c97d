"""How somebody comes to act for an organisation, by an invitation or a request, and is confirmed every year.

Whom an invitation, a request or a confirmation is about stands in the same columns as in a membership.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import STAFF_ROLES, Membership, Rights, party_of_its_role, rights_fit_the_role
from laereplads.access.roles import Role
from laereplads.accounts.sign_in.claims import Scheme
from laereplads.database.cpr import refuse_cpr_number
from laereplads.database.text import DanishSortKey, refuse_broken_letters
from laereplads.people.models import Company, School, Student

# How long an invitation may be used.
STAFF_DAYS = 14
STUDENT_DAYS = 30
# How long a yearly confirmation is open, and after how many days it is asked for again.
CONFIRMATION_DAYS = 30
WARNING_DAYS = (14, 23)


def of_own_organisation(membership: Membership) -> Q:
    """What concerns the organisation acted for, or the one workplace of it that the membership is limited to."""
    if membership.role not in STAFF_ROLES:
        return Q(pk=None)
    own = Q(role=membership.role, company=membership.company_id, school=membership.school_id)
    return own & Q(workplace=membership.workplace_id) if membership.workplace_id else own


class Party(models.Model):
    """The organisation or the student that something is about."""

    company = models.ForeignKey(
        Company, models.PROTECT, verbose_name=_("virksomhed"), null=True, blank=True, related_name="+"
    )
    school = models.ForeignKey(School, models.PROTECT, verbose_name=_("skole"), null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def organisation(self) -> Company | School:
        party = self.company or self.school
        if party is None:
            raise ValueError("It is about a student, not about an organisation.")
        return party


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Neither used nor taken back; those that are too old are open, too, and can be sent again."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def usable(self) -> Self:
        return self.open().filter(expires_at__gt=timezone.now())

    def visible_to(self, membership: Membership) -> Self:
        """Those of colleagues, for who looks after users; students' codes are found by their students."""
        return self.filter(of_own_organisation(membership)) if membership.is_user_administrator else self.none()


class Invitation(Party, Rights):
    """A membership that somebody may take, once and for some days, by a secret that is kept only as its hash."""

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(_("rolle"), max_length=20, choices=Role)
    student = models.ForeignKey(
        Student, models.PROTECT, verbose_name=_("elev"), null=True, blank=True, related_name="invitations"
    )
    # As the organisation wrote them; a student's stand in their record.
    name = models.CharField(
        _("navn"), max_length=200, blank=True, validators=[refuse_cpr_number, refuse_broken_letters]
    )
    email = models.EmailField(_("e-mailadresse"), blank=True, validators=[refuse_cpr_number])
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        Membership, models.PROTECT, verbose_name=_("inviteret af"), null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("oprettet"), default=timezone.now)
    expires_at = models.DateTimeField(_("udløber"))
    accepted_at = models.DateTimeField(_("taget imod"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("trukket tilbage"), null=True, blank=True)
    # What it became.
    membership = models.ForeignKey(
        Membership, models.PROTECT, verbose_name=_("tilknytning"), null=True, blank=True, related_name="invitations"
    )
    sort_key = models.GeneratedField(
        expression=DanishSortKey("name"),
        output_field=models.CharField(max_length=400, db_collation="C"),
        db_persist=True,
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("sort_key", "id")
        verbose_name = _("invitation")
        verbose_name_plural = _("invitationer")
        constraints = [
            models.CheckConstraint(
                condition=party_of_its_role(),
                name="invitation_names_the_party_of_its_role",
                violation_error_message=_("Vælg netop den virksomhed, skole eller elev, som rollen gælder for."),
            ),
            models.CheckConstraint(
                condition=rights_fit_the_role(),
                name="invitation_has_rights_of_its_role",
                violation_error_message=_("Rollen kan ikke have de rettigheder."),
            ),
            models.CheckConstraint(
                condition=Q(role=Role.STUDENT) | (~Q(name="") & ~Q(email="")),
                name="invitation_of_staff_says_whom_and_where_to",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, membership=None)
                | Q(accepted_at__isnull=False, membership__isnull=False, withdrawn_at=None),
                name="invitation_was_accepted_into_a_membership",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(accepted_at__lt=F("expires_at")),
                name="invitation_is_accepted_in_time",
            ),
            models.UniqueConstraint(
                fields=["email", "role", "company", "school"],
                condition=Q(accepted_at=None, withdrawn_at=None) & ~Q(role=Role.STUDENT),
                nulls_distinct=False,
                name="somebody_has_one_open_invitation_of_an_organisation",
            ),
            models.UniqueConstraint(
                fields=["student"],
                condition=Q(accepted_at=None, withdrawn_at=None, role=Role.STUDENT),
                name="student_has_one_open_invitation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.name or self.public_id}"

    @property
    def is_usable(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > timezone.now()

    @property
    def students_own(self) -> tuple[str, datetime.date]:
        """Name and birth date of the student it is for: of their record no more is reached at the login."""
        name, birth_date = Student.objects.values_list("name", "birth_date").get(pk=self.student_id or 0)
        return name, birth_date

    @property
    def has_expired(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at <= timezone.now()

    @property
    def party_name(self) -> str:
        """Who invites; administrators are the authority's."""
        if self.role == Role.ADMINISTRATOR:
            return str(settings.AUTHORITY_NAME)
        party = self.company or self.school
        return party.name if party else self.get_role_display()


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    def open(self) -> Self:
        return self.filter(answered_at=None)

    def visible_to(self, membership: Membership) -> Self:
        """Those to one's organisation, for who looks after all of it: a request names no workplace."""
        if not membership.is_user_administrator or membership.workplace_id:
            return self.none()
        return self.filter(role=membership.role, company=membership.company_id, school=membership.school_id)


class AccessRequest(Party):
    """Somebody whom their organisation vouches for at a broker, and who is nobody here yet."""

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(_("rolle"), max_length=20, choices=[(role.value, role.label) for role in STAFF_ROLES])
    # As the broker said.
    scheme = models.CharField(_("log ind med"), max_length=20, choices=Scheme)
    issuer = models.CharField(_("udsteder"), max_length=200)
    subject = models.CharField(_("kendetegn hos udstederen"), max_length=255)
    cvr = models.CharField(_("CVR-nummer"), max_length=8)
    p_number = models.CharField(_("P-nummer"), max_length=10, blank=True)
    professional_id = models.CharField(_("erhvervsidentitet"), max_length=255, blank=True)
    name = models.CharField(_("navn"), max_length=200, blank=True)
    # As they wrote it themselves: where the answer goes.
    email = models.EmailField(_("e-mailadresse"), validators=[refuse_cpr_number])
    requested_at = models.DateTimeField(_("bedt om"), default=timezone.now)
    answered_at = models.DateTimeField(_("besvaret"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, models.PROTECT, verbose_name=_("besvaret af"), null=True, blank=True, related_name="+"
    )
    # What it became; none where the answer was no.
    membership = models.ForeignKey(
        Membership, models.PROTECT, verbose_name=_("tilknytning"), null=True, blank=True, related_name="requests"
    )

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        ordering = ("requested_at", "id")
        verbose_name = _("anmodning om adgang")
        verbose_name_plural = _("anmodninger om adgang")
        constraints = [
            models.CheckConstraint(
                condition=Q(role=Role.COMPANY_STAFF, company__isnull=False, school=None)
                | Q(role=Role.SCHOOL_STAFF, company=None, school__isnull=False),
                name="request_names_the_organisation_of_its_role",
            ),
            models.CheckConstraint(
                condition=Q(scheme=Scheme.MITID_ERHVERV, cvr__regex=r"^[0-9]{8}$"),
                name="request_comes_from_somebodys_employee",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, membership=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="request_is_answered_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["issuer", "subject", "company", "school"],
                condition=Q(answered_at=None),
                nulls_distinct=False,
                name="somebody_asks_an_organisation_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.public_id}"


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def open(self) -> Self:
        return self.filter(closed_on=None)

    def visible_to(self, membership: Membership) -> Self:
        if not membership.is_user_administrator or membership.workplace_id:
            return self.none()
        return self.filter(company=membership.company_id, school=membership.school_id)


class Confirmation(Party):
    """Once a year an organisation says of each of its users that they still act for it (ÅRLIG BEKRÆFTELSE)."""

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    opened_on = models.DateField(_("åbnet"))
    closed_on = models.DateField(_("afsluttet"), null=True, blank=True)
    # How many of WARNING_DAYS have been told.
    warnings = models.PositiveSmallIntegerField(_("påmindelser"), default=0)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_on", "-id")
        verbose_name = _("årlig bekræftelse")
        verbose_name_plural = _("årlige bekræftelser")
        constraints = [
            models.CheckConstraint(
                condition=Q(company__isnull=True) ^ Q(school__isnull=True), name="confirmation_is_of_one_organisation"
            ),
            models.UniqueConstraint(
                fields=["company", "school"],
                condition=Q(closed_on=None),
                nulls_distinct=False,
                name="organisation_confirms_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.opened_on}"

    @property
    def last_day(self) -> datetime.date:
        """The last day on which a name can be confirmed; the day after, access ends."""
        return self.opened_on + datetime.timedelta(days=CONFIRMATION_DAYS)


class ConfirmationLineQuerySet(models.QuerySet["ConfirmationLine"]):
    def visible_to(self, membership: Membership) -> Self:
        return self.filter(confirmation__in=Confirmation.objects.visible_to(membership))

    def unanswered(self) -> Self:
        return self.filter(answered_at=None)


class ConfirmationLine(models.Model):
    """A name on the list: frozen when the confirmation was opened."""

    confirmation = models.ForeignKey(Confirmation, models.CASCADE, related_name="lines")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    is_confirmed = models.BooleanField(_("bekræftet"), null=True)
    answered_at = models.DateTimeField(_("besvaret"), null=True, blank=True)
    answered_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ConfirmationLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("navn på en bekræftelse")
        verbose_name_plural = _("navne på bekræftelser")
        constraints = [
            models.UniqueConstraint(fields=["confirmation", "membership"], name="name_is_confirmed_once"),
            models.CheckConstraint(
                condition=Q(is_confirmed=None, answered_at=None)
                | Q(is_confirmed__isnull=False, answered_at__isnull=False),
                name="name_is_confirmed_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.confirmation_id}, {self.membership_id}"
