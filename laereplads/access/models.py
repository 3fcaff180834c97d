"""The membership: what ties a user to a role at one party."""

from __future__ import annotations

import datetime
import uuid
from contextlib import AbstractContextManager
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.roles import OF_THE_WHOLE_ORGANISATION, PERMISSIONS, PERMISSIONS_OF_FLAGS, Role
from laereplads.database.identity import acting_as
from laereplads.people.models import Company, School, Student, Workplace

PARTY_OF_ROLE = {
    Role.COMPANY_STAFF: "company",
    Role.SCHOOL_STAFF: "school",
    Role.STUDENT: "student",
    Role.ADMINISTRATOR: None,
}


def party_of_its_role() -> Q:
    """Exactly the party that the role is a role at, and no other."""
    condition = Q()
    for role, own_party in PARTY_OF_ROLE.items():
        parties = {f"{party}__isnull": party != own_party for party in PARTY_OF_ROLE.values() if party}
        condition |= Q(role=role, **parties)
    return condition


def holds_on(day: Any, membership: str = "") -> Q:
    """The condition on a membership, or on those that queries of something else call `membership`."""
    prefix = f"{membership}__" if membership else ""
    ends_later = Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": day})
    return ends_later & Q(**{f"{prefix}starts_on__lte": day})


# The roles at an organisation, whose own administrators say who holds them.
STAFF_ROLES = (Role.COMPANY_STAFF, Role.SCHOOL_STAFF)


class Rights(models.Model):
    """What somebody may do at an organisation beyond what the role lets everybody do there, and where."""

    is_user_administrator = models.BooleanField(
        _("brugeradministrator"),
        default=False,
        help_text=_("Bestemmer, hvem der har adgang for virksomheden eller skolen."),
    )
    is_absence_officer = models.BooleanField(_("fraværsansvarlig"), default=False)
    is_support_officer = models.BooleanField(_("støtteansvarlig"), default=False)
    is_leader = models.BooleanField(_("leder"), default=False)
    workplace = models.ForeignKey(
        Workplace,
        models.PROTECT,
        verbose_name=_("kun for arbejdssted"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Tomt: alle virksomhedens arbejdssteder."),
    )
    # Of the model that has the rights.
    company_id: int | None

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Raises ValidationError for a workplace of another company; the database refuses it, too."""
        super().clean()
        if self.workplace and self.workplace.company_id != self.company_id:
            raise ValidationError({"workplace": _("Vælg et af virksomhedens egne arbejdssteder.")})


RIGHTS = ("is_user_administrator", "is_absence_officer", "is_support_officer", "is_leader", "workplace")
FLAGS_OF_SCHOOLS = ("is_absence_officer", "is_support_officer", "is_leader")


def rights_fit_the_role() -> Q:
    """Only staff look after users, only schools have the other flags, and only companies have workplaces."""
    none_of_schools = Q(**dict.fromkeys(FLAGS_OF_SCHOOLS, False))
    return (
        (Q(role=Role.COMPANY_STAFF) & none_of_schools)
        | Q(role=Role.SCHOOL_STAFF, workplace=None)
        | (~Q(role__in=STAFF_ROLES) & none_of_schools & Q(is_user_administrator=False, workplace=None))
    )


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        """Those that hold today in Copenhagen, of users who may log in."""
        return self.filter(holds_on(timezone.localdate()), user__is_active=True)

    def with_party(self) -> Self:
        """With the organisation's name; who acts as a student is behind the row policies until they act."""
        return self.select_related("company", "school")


MEMBERSHIPS_IN_ORDER = ("role", "company__sort_key", "school__sort_key", "id")


def today() -> datetime.date:
    return timezone.localdate()


class Membership(Rights):
    """One user's role at one party, from a day until a day. A session acts as exactly one of them."""

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("bruger"), related_name="memberships"
    )
    role = models.CharField(_("rolle"), max_length=20, choices=Role)
    company = models.ForeignKey(
        Company, models.PROTECT, verbose_name=_("virksomhed"), null=True, blank=True, related_name="memberships"
    )
    school = models.ForeignKey(
        School, models.PROTECT, verbose_name=_("skole"), null=True, blank=True, related_name="memberships"
    )
    student = models.ForeignKey(
        Student, models.PROTECT, verbose_name=_("elev"), null=True, blank=True, related_name="memberships"
    )
    starts_on = models.DateField(_("fra"), default=today)
    ends_on = models.DateField(_("til og med"), null=True, blank=True)
    # When the organisation said last that the person still acts for it.
    confirmed_on = models.DateField(_("senest bekræftet"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = MEMBERSHIPS_IN_ORDER
        verbose_name = _("tilknytning")
        verbose_name_plural = _("tilknytninger")
        constraints = [
            models.CheckConstraint(
                condition=party_of_its_role(),
                name="membership_names_the_party_of_its_role",
                violation_error_message=_("Vælg netop den virksomhed, skole eller elev, som rollen gælder for."),
            ),
            models.CheckConstraint(
                condition=rights_fit_the_role(),
                name="membership_has_rights_of_its_role",
                violation_error_message=_("Rollen kan ikke have de rettigheder."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
                violation_error_message=_("Tilknytningen skal slutte efter, at den er begyndt."),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "company", "school", "student"],
                condition=Q(ends_on=None),
                nulls_distinct=False,
                name="membership_without_an_end_is_held_once",
                violation_error_message=_("Brugeren har allerede denne tilknytning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.party_name}"

    @property
    def permissions(self) -> frozenset[str]:
        own = PERMISSIONS[Role(self.role)]
        if self.workplace_id:
            own -= OF_THE_WHOLE_ORGANISATION
        return own.union(*(more for flag, more in PERMISSIONS_OF_FLAGS.items() if getattr(self, flag)))

    @property
    def party_name(self) -> str:
        """Whom one acts for: the organisation's name; students and administrators act for themselves."""
        party = self.company or self.school
        return party.name if party else self.get_role_display()

    def with_row_policies(
        self, using: str = DEFAULT_DB_ALIAS, *, database_role: str = ""
    ) -> AbstractContextManager[None]:
        """Within it the database answers as to this membership; as to `database_role` if it looks after users."""
        return acting_as(
            database_role if database_role and self.is_user_administrator else self.role,
            membership=self.pk,
            company=self.company_id,
            school=self.school_id,
            student=self.student_id,
            workplace=self.workplace_id,
            using=using,
        )

    def grants(self, permission: str) -> bool:
        return permission in self.permissions


class ProcessedForm(models.Model):
    """A form that has been acted on, by what named it: see idempotency.py. Holds nothing of what it said."""

    digest = models.CharField(_("kendetegn"), max_length=64, primary_key=True)
    redirect_to = models.CharField(_("førte til"), max_length=300)
    sent_at = models.DateTimeField(_("sendt"), default=timezone.now)

    class Meta:
        verbose_name = _("sendt formular")
        verbose_name_plural = _("sendte formularer")

    def __str__(self) -> str:
        return self.redirect_to
