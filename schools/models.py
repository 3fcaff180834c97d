"""The group of students that one employee follows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership
from laereplads.people.models import Student


class FollowedStudent(models.Model):
    """A student on somebody's list **Mine elever**: a filter for the eye, never a rule of access."""

    membership = models.ForeignKey(
        Membership, models.CASCADE, verbose_name=_("tilknytning"), related_name="followed_students"
    )
    student = models.ForeignKey(Student, models.CASCADE, verbose_name=_("elev"), related_name="followers")

    class Meta:
        verbose_name = _("fulgt elev")
        verbose_name_plural = _("fulgte elever")
        constraints = [
            models.UniqueConstraint(fields=["membership", "student"], name="student_is_followed_once_by_each"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
