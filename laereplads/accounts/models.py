"""The person who logs in."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.database.cpr import refuse_cpr_number
from laereplads.database.text import DanishSearchKeys, DanishSortKey, refuse_broken_letters


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str, password: str | None = None) -> User:
        """A user with `password`, or one who cannot log in with a password at all when it is None."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who can log in. What they may do comes from their memberships, never from this row."""

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(
        _("e-mailadresse"),
        unique=True,
        validators=[refuse_cpr_number],
        error_messages={"unique": _("E-mailadressen bruges af en anden bruger.")},
    )
    name = models.CharField(_("navn"), max_length=200, validators=[refuse_cpr_number, refuse_broken_letters])
    is_active = models.BooleanField(
        _("aktiv"), default=True, help_text=_("Fjern fluebenet, når personen ikke længere skal kunne logge ind.")
    )
    created_at = models.DateTimeField(_("oprettet"), auto_now_add=True)
    sort_key = models.GeneratedField(
        expression=DanishSortKey("name"),
        output_field=models.CharField(max_length=400, db_collation="C"),
        db_persist=True,
    )
    search_key = models.GeneratedField(
        expression=DanishSearchKeys("name"), output_field=models.TextField(), db_persist=True
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    # What the request's acting membership allows; set by its middleware, empty everywhere else.
    acting_permissions: frozenset[str] = frozenset()
    # Read together with the user of a session; the layer above knows what they are.
    active_memberships: Sequence[Any] = ()

    class Meta:
        verbose_name = _("bruger")
        verbose_name_plural = _("brugere")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_is_lower_case",
                violation_error_message=_("Skriv e-mailadressen med små bogstaver."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether the acting membership grants `perm`; there are no superusers and no groups."""
        return self.is_active and perm in self.acting_permissions

    def has_perms(self, perm_list: list[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(perm.startswith(f"{app_label}.") for perm in self.acting_permissions)


class SessionQuerySet(models.QuerySet["Session"]):
    def open(self) -> Self:
        """Those that neither limit has ended yet; the browser's cookie is not asked."""
        return self.seen_and_begun_after(*oldest_open())

    def seen_and_begun_after(self, seen: Any, begun: Any) -> Self:
        return self.filter(last_seen_at__gt=seen, started_at__gt=begun)


def oldest_open() -> tuple[datetime.datetime, datetime.datetime]:
    """When an open session was seen at the earliest, and when it began."""
    now = timezone.now()
    return now - settings.SESSION_IDLE_LIMIT, now - settings.SESSION_LIMIT


class Session(models.Model):
    """One browser that somebody is logged in with. A trigger ends all of a user's when their rights change."""

    # Not the key itself, which the browser alone has: its hash.
    session_key = models.CharField(max_length=40, primary_key=True)
    session_data = models.TextField()
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(db_index=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessioner")

    def __str__(self) -> str:
        return f"{self.user_id}, {self.started_at}"

    @property
    def ends_at(self) -> datetime.datetime:
        """When the session ends if nobody does anything."""
        return min(self.last_seen_at + settings.SESSION_IDLE_LIMIT, self.last_at)

    @property
    def last_at(self) -> datetime.datetime:
        """When the session ends whatever is done."""
        return self.started_at + settings.SESSION_LIMIT
