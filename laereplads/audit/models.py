"""The events and what they are called."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

# Django looks for models here.
from laereplads.audit.readings import Reading  # noqa: F401


class Action(models.TextChoices):
    """Everything that is recorded, in words fit for the people it is about."""

    STUDENT_REPORTED = "student_reported", _("Eleven er indberettet af skolen")
    STUDENT_CHANGED = "student_changed", _("Elevens oplysninger er ændret")
    STUDENT_SIGNED_OFF = "student_signed_off", _("Eleven er meldt ud")
    AGREEMENT_REPORTED = "agreement_reported", _("Uddannelsesaftale er registreret")
    AGREEMENT_CHANGED = "agreement_changed", _("Uddannelsesaftale er ændret")
    ASSESSMENT_RECORDED = "assessment_recorded", _("Frafaldsrisiko er registreret")
    ASSESSMENT_REMOVED = "assessment_removed", _("Registrering af frafaldsrisiko er fjernet")
    REJECTION_REGISTERED = "rejection_registered", _("Afslag er registreret")
    REJECTIONS_DELIVERED = "rejections_delivered", _("Afslag er leveret til datavarehuset")
    APPLICANTS_DELETED = "applicants_deleted", _("Ansøgeres oplysninger er slettet efter levering")
    RETENTION_APPLIED = "retention_applied", _("Oplysninger, der har været gemt længe nok, er slettet")
    RECORD_ADDED = "record_added", _("Oprettet i administrationen")
    RECORD_CHANGED = "record_changed", _("Rettet i administrationen")


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, student: UUID) -> Self:
        """What happened to the student with this public id, newest first."""
        return self.filter(student=student).order_by("-id")


class Event(models.Model):
    """One act: who did what to what, and acting for whom. Holds no names and no text that was typed."""

    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    action = models.CharField(_("handling"), max_length=40, choices=Action)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("bruger"), null=True, blank=True, related_name="+"
    )
    acting_for = models.CharField(_("på vegne af"), max_length=200, blank=True)
    student = models.UUIDField(_("elev"), null=True, blank=True)
    object_type = models.CharField(_("type"), max_length=60, blank=True)
    object_id = models.BigIntegerField(_("nummer"), null=True, blank=True)
    changes = models.JSONField(_("ændringer"), default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("hændelse")
        verbose_name_plural = _("hændelser")
        indexes = [models.Index(fields=["student", "-id"], name="events_about_a_student")]

    def __str__(self) -> str:
        return self.get_action_display()
