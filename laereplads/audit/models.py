"""The events and what they are called."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import action_choices
from laereplads.audit.triggers import actions_told_elsewhere, hidden_models

if TYPE_CHECKING:
    from collections.abc import Iterable

# Of records that changes refer to, by model and number.
type Names = dict[tuple[type[models.Model], int], str]

NAMED = {"people.company", "people.workplace", "people.school", "people.education"}


class EventQuerySet(models.QuerySet["Event"]):
    def for_administrators(self) -> Self:
        """Without what tells of that which administrators have no ground to read."""
        return self.exclude(object_type__in=hidden_models())

    def about(self, student: UUID) -> Self:
        """What happened to the student with this public id, newest first, without values."""
        told = self.only("id", "at", "action", "acting_for", "acting_membership")
        return told.filter(student=student).order_by("-at", "-id")

    def told_to_students(self) -> Self:
        """Without those whose values stand elsewhere in the student's own file, as far as they are shown at all."""
        return self.exclude(~Q(changes={}), action__in=actions_told_elsewhere())


class Event(models.Model):
    """One act: who did what to what, and acting for whom. Holds no names and no text that was typed.

    `at` is the portal's time, which the owner of the tables may set back for a history that is brought in;
    `recorded_at` is when the database wrote it. Of a web process both are the database's own. The table's primary key
    is `(id, at)`, so that it can be partitioned by time: decision 31.
    """

    at = models.DateTimeField(_("tidspunkt"), default=timezone.now)
    recorded_at = models.DateTimeField(_("skrevet"), db_default=Now())
    action = models.CharField(_("handling"), max_length=40, choices=action_choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("bruger"), null=True, blank=True, related_name="+"
    )
    # The number of a membership, and no reference: the event outlives it.
    acting_membership = models.BigIntegerField(_("tilknytning"), null=True, blank=True)
    acting_for = models.CharField(
        _("på vegne af"), max_length=200, blank=True, help_text=_("Uden en bruger: programmets eget navn.")
    )
    request = models.UUIDField(_("forespørgsel"), null=True, blank=True)
    student = models.UUIDField(_("elev"), null=True, blank=True)
    object_type = models.CharField(_("type"), max_length=60, blank=True)
    object_id = models.BigIntegerField(_("nummer"), null=True, blank=True)
    changes = models.JSONField(_("ændringer"), default=dict, blank=True)
    erased_on = models.DateField(_("indhold slettet"), null=True, blank=True)

    objects = EventQuerySet.as_manager()

    # Set where the changes are shown.
    names: Names = {}

    class Meta:
        verbose_name = _("hændelse")
        verbose_name_plural = _("hændelser")
        indexes = [
            models.Index(fields=["student", "-at", "-id"], name="events_about_a_student"),
            models.Index(fields=["object_type", "object_id", "-id"], name="events_about_an_object"),
            models.Index(fields=["-at", "-id"], name="events_by_time"),
        ]

    def __str__(self) -> str:
        return self.get_action_display()

    @property
    def party(self) -> str:
        """Whom the actor acted for; a program's own name is no word for readers."""
        return self.acting_for if self.acting_membership else gettext("Systemet")

    @property
    def about(self) -> type[models.Model] | None:
        """The kind of record that it is about, if the portal still has it."""
        try:
            return apps.get_model(self.object_type)
        except (LookupError, ValueError):
            return None

    @property
    def changed_fields(self) -> list[models.Field[Any, Any]]:
        if self.about is None or not isinstance(self.changes, dict):
            return []
        return [field for field in self.about._meta.concrete_fields if field.name in self.changes]

    def told(self) -> list[str]:
        """The fields that changed, in Danish, each with its old and new value where the log keeps those."""
        return [change_in_words(field, self.changes[field.name], self.names) for field in self.changed_fields]


def name_references(events: Iterable[Event]) -> None:
    """Let the events tell what those are called now that their changes refer to.

    Students stay numbers, as the log names none, and so do users, who may be students.
    """
    asked: dict[type[models.Model], set[int]] = defaultdict(set)
    for event in events:
        for field in event.changed_fields:
            if (model := field.related_model) and model._meta.label_lower in NAMED:
                asked[model] |= {value for value in event.changes[field.name] if value is not None}
    names = {
        (model, number): name
        for model, numbers in asked.items()
        for number, name in model._base_manager.filter(pk__in=numbers).values_list("pk", "name")  # noqa: SLF001
    }
    for event in events:
        event.names = names


def change_in_words(field: models.Field[Any, Any], change: tuple[Any, Any], names: Names) -> str:
    before, after = change
    name = str(field.verbose_name)
    if before is None and after is None:
        return name
    return f"{name}: {value_in_words(field, before, names)} → {value_in_words(field, after, names)}"


def value_in_words(field: models.Field[Any, Any], value: Any, names: Names) -> str:
    """A value as JSON keeps it, as people read it."""
    if value is None:
        return "–"
    if field.related_model and (name := names.get((field.related_model, value))):
        return name
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.BooleanField):
        return gettext("ja") if value else gettext("nej")
    if isinstance(field, models.DateField):
        return formats.date_format(datetime.date.fromisoformat(value), "d.m.Y")
    return gettext("nr. %(number)s") % {"number": value}


class ChainEntry(models.Model):
    """An event's place in the chain: what it was when it was sealed, bound to all that were sealed before it.

    `salt` is drawn by chance and goes when the event's contents are erased: without it nobody can guess from their
    digest what they were.
    """

    position = models.BigIntegerField(_("nummer"), primary_key=True)
    # A number and no reference: an entry tells that its event is missing.
    event_id = models.BigIntegerField(_("hændelse"), unique=True)
    salt = models.BinaryField(_("salt"), max_length=16, null=True)
    contents = models.BinaryField(_("digitalt aftryk af indholdet"), max_length=32)
    digest = models.BinaryField(_("digitalt aftryk"), max_length=32)
    chain = models.BinaryField(_("segl"), max_length=32)
    sealed_at = models.DateTimeField(_("forseglet"))
    # Transactions from this number on had not begun when the entry was made.
    horizon = models.BigIntegerField(_("transaktion"))

    class Meta:
        verbose_name = _("led")
        verbose_name_plural = _("led")

    def __str__(self) -> str:
        return f"{self.position}"
