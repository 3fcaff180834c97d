"""The outbox, who wants which mails, where none arrive, and which periodic jobs have run."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership
from laereplads.notifications.kinds import label_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# So long after a try that failed comes the next; after the last, the portal gives up.
PAUSES = tuple(datetime.timedelta(minutes=minutes) for minutes in (5, 30, 120))
# No mail takes as long: whoever began to send it was killed, and nobody knows whether it went.
LONGEST_SENDING = datetime.timedelta(minutes=10)


class WholeNumbersByName(Func):
    """Whether a JSON value is an object of whole numbers from 0 on, each under a plain name."""

    template = (
        "(jsonb_typeof(%(expressions)s) = 'object' and not jsonb_path_exists(%(expressions)s, "
        """'$.keyvalue() ? (@.value.type() != "number" || @.value < 0 || @.value.floor() != @.value"""
        """ || !(@.key like_regex "^[a-z_]+$"))'))"""
    )
    output_field = models.BooleanField()


class Reason(models.TextChoices):
    """Why the portal gave up a mail."""

    UNREACHABLE = "unreachable", _("Mailserveren kunne ikke nås")
    REFUSED = "refused", _("Mailserveren sagde nej")
    UNKNOWN = "unknown", _("Mailserveren kender ikke adressen")
    UNCERTAIN = "uncertain", _("Uvist, om mailen nåede frem")
    BROKEN = "broken", _("Fejl i portalen")
    NO_RECEIVER = "no_receiver", _("Modtageren skal ikke længere have den")


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def waiting(self) -> Self:
        """Those that neither went nor were given up, and that nobody is sending."""
        return self.filter(sent_at=None, gave_up_at=None, sending_since=None)

    def due(self, now: datetime.datetime) -> Self:
        return self.waiting().filter(due_at__lte=now)

    def undelivered(self) -> Self:
        """Those the portal gave up though their receiver should have had them: **Kunne ikke leveres**."""
        return self.exclude(gave_up_at=None).exclude(gave_up_because=Reason.NO_RECEIVER)

    def visible_to(self, membership: Membership) -> Self:
        """Those to the membership's user, on behalf of whomever, that did not arrive."""
        return self.undelivered().filter(user=membership.user_id)

    def left_in_the_middle(self) -> Self:
        """Those that somebody began to send and never finished."""
        return self.filter(sending_since__lt=timezone.now() - LONGEST_SENDING, sent_at=None, gave_up_at=None)


class OutgoingMail(models.Model):
    """One mail to one person, written in the transaction of what it tells of, and sent by a job afterwards.

    Its words are the kind's: the row holds nothing about anybody but to whom it goes.
    """

    # Not a number that the database gives: whoever writes a mail may not read the table to learn it.
    id = models.UUIDField(_("portal-id"), primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("slags"), max_length=50)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("bruger"),
        null=True,
        blank=True,
        related_name="outgoing_mails",
    )
    address = models.EmailField(_("e-mailadresse"), blank=True, default="")
    membership = models.ForeignKey(
        Membership,
        models.PROTECT,
        verbose_name=_("tilknytning"),
        null=True,
        blank=True,
        related_name="outgoing_mails",
    )
    organisation = models.CharField(_("organisation"), max_length=200, blank=True, default="")
    counts = models.JSONField(_("tal"), default=dict, blank=True)
    link = models.CharField(_("engangslink"), max_length=500, blank=True, default="")
    created_at = models.DateTimeField(_("oprettet"), default=timezone.now)
    due_at = models.DateTimeField(_("skal sendes"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("forsøg"), default=0)
    sending_since = models.DateTimeField(_("er ved at blive sendt siden"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sendt"), null=True, blank=True)
    gave_up_at = models.DateTimeField(_("opgivet"), null=True, blank=True)
    gave_up_because = models.CharField(_("opgivet fordi"), max_length=20, choices=Reason, blank=True, default="")

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "id")
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None, gave_up_at=None), name="outgoing_mail_not_done")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None) ^ Q(address=""), name="outgoing_mail_goes_to_a_user_or_to_an_address"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(gave_up_at=None), name="outgoing_mail_is_sent_or_given_up"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(link=""), name="outgoing_mail_forgets_its_link_when_sent"
            ),
            models.CheckConstraint(
                condition=Q(gave_up_at=None, gave_up_because="")
                | Q(gave_up_at__isnull=False, gave_up_because__in=Reason.values),
                name="outgoing_mail_is_given_up_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(sending_since=None) | Q(sent_at=None, gave_up_at=None),
                name="outgoing_mail_is_being_sent_or_done",
            ),
            models.CheckConstraint(
                condition=WholeNumbersByName(F("counts")), name="outgoing_mail_counts_whole_numbers"
            ),
            # One slash: two name another machine.
            models.CheckConstraint(
                condition=Q(link="") | Q(link__regex=r"^/([!-.0-[\]-~][!-[\]-~]*)?$"),
                name="outgoing_mail_leads_into_the_portal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.created_at}"

    @property
    def label(self) -> StrOrPromise:
        return label_of(self.kind)


class MailChoiceQuerySet(models.QuerySet["MailChoice"]):
    def visible_to(self, membership: Membership) -> Self:
        """One's own."""
        return self.filter(membership=membership.pk)


class MailChoice(models.Model):
    """That a membership wants another thing of a kind of mail than the kind says; without a row the kind's word holds.

    Of all kinds, on whatever page they are chosen.
    """

    membership = models.ForeignKey(
        Membership, models.PROTECT, verbose_name=_("tilknytning"), related_name="mail_choices"
    )
    kind = models.CharField(_("slags"), max_length=50)
    is_on = models.BooleanField(_("slået til"))

    objects = MailChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("valg af mails")
        verbose_name_plural = _("valg af mails")
        constraints = [models.UniqueConstraint(fields=["membership", "kind"], name="mail_choice_is_one_for_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.is_on}"

    def get_kind_display(self) -> str:
        """For the student's own file; Django's would ask for choices, which come and go with the apps."""
        return str(label_of(self.kind))


class RefusedAddressQuerySet(models.QuerySet["RefusedAddress"]):
    def visible_to(self, membership: Membership) -> Self:
        """One's own."""
        return self.filter(user=membership.user_id)

    def in_force(self) -> Self:
        """Those that are still their user's address."""
        return self.filter(address=F("user__email"))


class RefusedAddress(models.Model):
    """That the mail server does not know a user's address: what can be turned off does not go there any more.

    It holds until the user says otherwise, or has another address.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("bruger"),
        primary_key=True,
        related_name="refused_address",
    )
    address = models.EmailField(_("e-mailadresse"))
    refused_at = models.DateTimeField(_("afvist"), default=timezone.now)

    objects = RefusedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("afvist e-mailadresse")
        verbose_name_plural = _("afviste e-mailadresser")

    def __str__(self) -> str:
        return self.address


class JobRun(models.Model):
    """That a periodic job has run for the time at which it was due: it never runs for that time again."""

    name = models.CharField(_("job"), max_length=50)
    due_at = models.DateTimeField(_("skulle køre"))
    ran_at = models.DateTimeField(_("kørte"), default=timezone.now)
    count = models.PositiveIntegerField(_("antal"), default=0)

    class Meta:
        verbose_name = _("kørt job")
        verbose_name_plural = _("kørte job")
        constraints = [models.UniqueConstraint(fields=["name", "due_at"], name="job_runs_once_for_a_time")]

    def __str__(self) -> str:
        return f"{self.name}, {self.due_at}"
