"""Who was shown which students: each page, part and file that names students to staff leaves one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from laereplads.access_log.purposes import purpose_choices

if TYPE_CHECKING:
    from typing import Self

    from laereplads.access.models import Membership


class AccessLogQuerySet(models.QuerySet["AccessLogEntry"]):
    def visible_to(self, membership: Membership) -> Self:
        """A student's own: the entries that name them, also among others, at any of their schools."""
        if not membership.student_id:
            return self.none()
        oneself = apps.get_model("people.Student").objects.being(membership.student_id)
        return self.filter(students__overlap=ArraySubquery(oneself.values("pk")))

    def naming(self, student: int) -> Self:
        return self.filter(students__contains=[student])


class AccessLogEntry(models.Model):
    """Once that somebody was shown named students: when, acting for whom, and what for. A list is one entry.

    The table's primary key is `(id, at)`, so that it can be partitioned by time: decision 31.
    """

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
    purpose = models.CharField(_("formål"), max_length=30, choices=purpose_choices)
    students = ArrayField(models.BigIntegerField(), verbose_name=_("elever"))
    request = models.UUIDField(_("forespørgsel"), null=True)

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("visning af elevdata")
        verbose_name_plural = _("visninger af elevdata")
        constraints = [
            models.CheckConstraint(
                condition=Q(students__len__gt=0), name="access_log_entry_names_at_least_one_student"
            ),
            models.CheckConstraint(
                condition=Q(company=None) | Q(school=None), name="access_log_entry_is_for_one_organisation_at_most"
            ),
        ]
        indexes = [
            GinIndex(fields=["students"], name="access_log_by_student"),
            models.Index(fields=["at"], name="access_log_by_time"),
            models.Index(fields=["company", "-id"], condition=~Q(company=None), name="access_log_by_company"),
            models.Index(fields=["school", "-id"], condition=~Q(school=None), name="access_log_by_school"),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()
