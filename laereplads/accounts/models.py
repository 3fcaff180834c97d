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

from laereplads.accounts.sign_in.claims import Scheme
from laereplads.database.cpr import refuse_cpr_number
from laereplads.database.text import DanishSearchKeys, DanishSortKey, refuse_broken_letters


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None, name: str, password: str | None = None) -> User:
        """A user with `password`, or one who cannot log in with a password at all when it is None."""
        user = self.model(email=self.normalize_email(email).lower() or None, name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who can log in. What they may do comes from their memberships, never from this row."""

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    # None of a student who has given the school no address, and logs in with MitID or Unilogin.
    email = models.EmailField(  # noqa: DJ001  # two that are empty are not the same
        _("e-mailadresse"),
        unique=True,
        null=True,
        validators=[refuse_cpr_number],
        error_messages={"unique": _("E-mailadressen bruges af en anden bruger.")},
    )
    name = models.CharField(_("navn"), max_length=200, validators=[refuse_cpr_number, refuse_broken_letters])
    is_active = models.BooleanField(
        _("aktiv"), default=True, help_text=_("Fjern fluebenet, når personen ikke længere skal kunne logge ind.")
    )
    is_break_glass = models.BooleanField(
        _("nødadgang"),
        default=False,
        help_text=_("Må logge ind med adgangskode, når MitID Erhverv er nede. Kun én bruger har det."),
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
            models.UniqueConstraint(
                fields=["is_break_glass"], condition=models.Q(is_break_glass=True), name="one_user_breaks_the_glass"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def may_use_password(self) -> bool:
        return self.is_break_glass or settings.PASSWORD_FOR_EVERYBODY

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether the acting membership grants `perm`; there are no superusers and no groups."""
        return self.is_active and perm in self.acting_permissions

    def has_perms(self, perm_list: list[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(perm.startswith(f"{app_label}.") for perm in self.acting_permissions)


class Identity(models.Model):
    """Somebody at a broker, tied to a user: what a sign-in is matched by, and nothing else is.

    Who works for two organisations has two: each reaches only its own organisation.
    """

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("bruger"), related_name="identities")
    scheme = models.CharField(_("log ind med"), max_length=20, choices=Scheme)
    issuer = models.CharField(_("udsteder"), max_length=200)
    subject = models.CharField(_("kendetegn hos udstederen"), max_length=255)
    cvr = models.CharField(_("CVR-nummer"), max_length=8, blank=True)
    # Of the unit the broker said last; empty where it says none.
    p_number = models.CharField(_("P-nummer"), max_length=10, blank=True)
    professional_id = models.CharField(_("erhvervsidentitet"), max_length=255, blank=True)
    tied_at = models.DateTimeField(_("knyttet"), default=timezone.now)
    last_signed_in_at = models.DateTimeField(_("sidst brugt"), null=True)
    ended_at = models.DateTimeField(_("afsluttet"), null=True)

    class Meta:
        verbose_name = _("identitet")
        verbose_name_plural = _("identiteter")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                condition=models.Q(ended_at=None),
                name="identity_is_one_users",
                violation_error_message=_("Identiteten er allerede knyttet til en bruger."),
            ),
            models.CheckConstraint(condition=~models.Q(subject=""), name="identity_names_somebody_at_a_broker"),
            models.CheckConstraint(
                condition=models.Q(scheme=Scheme.MITID_ERHVERV, cvr__regex=r"^[0-9]{8}$")
                | (~models.Q(scheme=Scheme.MITID_ERHVERV) & models.Q(cvr="")),
                name="identity_of_an_employee_names_the_employer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()}, {self.public_id}"


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
    # What the user signed in with; none with a password, or a persona's button.
    identity = models.ForeignKey(Identity, models.CASCADE, null=True, related_name="sessions")
    # The broker's own name of its session, by which it says that it is over.
    broker_sid = models.CharField(max_length=255, blank=True, default="", db_index=True)

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
