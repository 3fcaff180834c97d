"""Visits of the school at the workplace."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from laereplads.access.models import Membership
from laereplads.people.models import School, Student


class Kind(models.TextChoices):
    """What a visit is for."""

    FIRST = "first", "Første besøg"
    FOLLOW_UP = "follow_up", "Opfølgning"


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, membership: Membership) -> Self:
        """The acting school's."""
        return self.filter(school=membership.school_id) if membership.school_id else self.none()


class Visit(models.Model):
    """A visit to one student, on a day."""

    school = models.ForeignKey(School, models.PROTECT, verbose_name="skole", related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, verbose_name="elev", related_name="visits")
    kind = models.CharField("slags", max_length=10, choices=Kind)
    visited_on = models.DateField("besøgt")

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "besøg"
        verbose_name_plural = "besøg"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="visit_is_of_a_known_kind"),
            models.UniqueConstraint(fields=["student", "visited_on"], name="student_is_visited_once_a_day"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
