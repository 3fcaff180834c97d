"""Who was shown which students: each page, part and file that names students to staff leaves one row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.database.compiled_queries import server_prepared

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from laereplads.access.models import Membership


class Purpose(models.TextChoices):
    """What a page that names students is for, in words fit for the students."""

    RISK_OVERVIEW = "risk_overview", _("Overblik over frafaldsrisiko")
    ASSESSMENT = "assessment", _("Registrering af frafaldsrisiko")
    AGREEMENT_OVERVIEW = "agreement_overview", _("Overblik over lærlinge og uddannelsesaftaler")
    STUDENT_OVERVIEW = "student_overview", _("Skolens overblik over elever")
    STUDENT_SPREADSHEET = "student_spreadsheet", _("Skolens overblik over elever, hentet som regneark")
    STUDENT_PROFILE = "student_profile", _("Opfølgning på den enkelte elev")
    FOLLOWED_STUDENTS = "followed_students", _("Valg af elever, som en medarbejder vil følge")
    STUDENT_MAINTENANCE = "student_maintenance", _("Vedligeholdelse af elevers oplysninger")
    AGREEMENT_MAINTENANCE = "agreement_maintenance", _("Vedligeholdelse af uddannelsesaftaler")
    USER_MAINTENANCE = "user_maintenance", _("Vedligeholdelse af brugere og deres adgang")
    ROSTER_IMPORT = "roster_import", _("Indlæsning af elever fra skolens fil")


class ReadingQuerySet(models.QuerySet["Reading"]):
    def visible_to(self, membership: Membership) -> Self:
        """A student's own: the readings that named her, also among others."""
        return self.naming(membership.student_id) if membership.student_id else self.none()

    def naming(self, student: int) -> Self:
        return self.filter(students__contains=[student])


class Reading(models.Model):
    """Once that somebody was shown named students: when, acting for whom, and what for. A list is one reading."""

    at = models.DateTimeField(_("tidspunkt"))
    # None of these is a constraint: checking one would write a lock into the organisation's row at each page view.
    # Row policies let nobody write another membership or organisation than their own.
    membership = models.ForeignKey(
        "access.Membership",
        models.PROTECT,
        verbose_name=_("tilknytning"),
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    company = models.ForeignKey(
        "people.Company",
        models.PROTECT,
        verbose_name=_("virksomhed"),
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    school = models.ForeignKey(
        "people.School",
        models.PROTECT,
        verbose_name=_("skole"),
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    purpose = models.CharField(_("formål"), max_length=30, choices=Purpose)
    students = ArrayField(models.BigIntegerField(), verbose_name=_("elever"))
    request = models.UUIDField(_("forespørgsel"), null=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("opslag")
        verbose_name_plural = _("opslag")
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="reading_has_a_known_purpose"),
            models.CheckConstraint(condition=Q(students__len__gt=0), name="reading_names_at_least_one_student"),
            models.CheckConstraint(
                condition=Q(company=None) | Q(school=None), name="reading_is_for_one_organisation_at_most"
            ),
        ]
        indexes = [
            GinIndex(fields=["students"], name="readings_naming_a_student"),
            models.Index(fields=["at"], name="readings_by_time"),
            models.Index(fields=["company", "-id"], condition=~Q(company=None), name="readings_of_a_company"),
            models.Index(fields=["school", "-id"], condition=~Q(school=None), name="readings_of_a_school"),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()


# Plain SQL: Django would ask for the new row's id, which those who write it may not read.
INSERT = """
insert into audit_reading (at, membership_id, company_id, school_id, purpose, students, request)
values (
    %s, %s::bigint, %s::bigint, %s::bigint, %s, %s::bigint[], nullif(current_setting('app.request_id', true), '')::uuid
)
"""


def log_reading(membership: Membership, purpose: Purpose, students: Iterable[int]) -> None:
    """Record in this transaction that `membership` is shown the students with these ids; nothing if there are none."""
    shown = sorted(set(students))
    if shown:
        whose = [membership.pk, membership.company_id, membership.school_id]
        with server_prepared(connection), connection.cursor() as cursor:
            cursor.execute(INSERT, [timezone.now(), *whose, purpose, shown])
