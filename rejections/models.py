"""Rejections and their reasons; apart from them, and encrypted, the applicants; and what was delivered onwards."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Case, Count, F, Max, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership
from laereplads.people.models import Company, Education

if TYPE_CHECKING:
    from collections.abc import Sequence

    from laereplads.accounts.models import User

# Eud-bekendtgørelsen § 115 stk. 1: at the latest two weeks after the applicant was told.
DAYS_TO_REGISTER = 14
# The duty's first day; an earlier date is a slip of the keyboard.
DUTY_BEGAN_ON = datetime.date(2021, 4, 15)
# The same applicant and education within so many days is asked about before it is saved.
DAYS_TO_NOTICE_REPETITION = 30
# More of these than this means that the list lacks a reason.
PERCENT_OF_CATCH_ALL_TO_WARN_AT = 15
DAYS_OF_SHARES = 365


def today() -> datetime.date:
    return timezone.localdate()


def closed_months(path: str = "") -> Q:
    """The rejections, or those at `path`, of the last twelve months that are over.

    Counts of a month under way would tell the reason of each rejection, to whoever looks before it and after.
    """
    end = today().replace(day=1)
    return Q(**{f"{path}registered_on__gte": end.replace(year=end.year - 1), f"{path}registered_on__lt": end})


def share(part: int, whole: int, unit: int) -> int:
    """A part of the whole in `unit`ths, half up, by whole numbers alone: 1 of 8 in hundredths is 13."""
    return (2 * unit * part + whole) // (2 * whole) if whole else 0


def in_percent(part: int, whole: int) -> str:
    """With one decimal, each share by itself: "15,3 %"; nothing has no share."""
    ones, tenths = divmod(share(part, whole, 1000), 10)
    return f"{ones},{tenths} %" if whole else "–"


def percentages(parts: Sequence[int]) -> list[int]:
    """Each part of the whole in percent, together 100: those with the largest remainders are rounded up."""
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    rounded = [100 * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda number: -(100 * parts[number] % whole))
    for number in by_remainder[: 100 - sum(rounded)]:
        rounded[number] += 1
    return rounded


class RejectionReasonQuerySet(models.QuerySet["RejectionReason"]):
    def valid_today(self) -> Self:
        """Those that a rejection registered today may give."""
        day = today()
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def with_uses(self) -> Self:
        """`uses`: how many rejections of closed months give the reason as the primary one; `total`: of all reasons."""
        of_closed_months = Rejection.objects.filter(closed_months())
        total = of_closed_months.order_by().values(one=Value(1)).annotate(all=Count("*")).values("all")
        return self.annotate(
            uses=Count("rejections", filter=closed_months("rejections__")),
            total=Coalesce(Subquery(total), 0),
        )


class RejectionReason(models.Model):
    """A reason that companies choose from. It is retired by a date; its code is never changed, freed or used again."""

    code = models.SlugField(
        _("kode"), max_length=30, unique=True, help_text=_("Bruges i filer. Kan ikke ændres siden.")
    )
    label = models.CharField(_("begrundelse"), max_length=120)
    help_text = models.CharField(_("forklaring"), max_length=250, blank=True)
    order = models.PositiveSmallIntegerField(_("rækkefølge"), default=100)
    valid_from = models.DateField(_("gælder fra"), default=today)
    valid_until = models.DateField(
        _("gælder til og med"),
        null=True,
        blank=True,
        help_text=_("Derefter kan begrundelsen ikke vælges. Den kan stadig læses i gamle afslag."),
    )
    is_catch_all = models.BooleanField(
        _("Andet"),
        default=False,
        help_text=_("Vælges, når ingen anden passer. Andelen overvåges: Er den høj, mangler listen en begrundelse."),
    )

    objects = RejectionReasonQuerySet.as_manager()

    class Meta:
        ordering = ("order", "code")
        verbose_name = _("afslagsbegrundelse")
        verbose_name_plural = _("afslagsbegrundelser")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="reason_is_retired_after_it_starts",
                violation_error_message=_("Begrundelsen skal slutte efter, at den er begyndt at gælde."),
            ),
            models.CheckConstraint(condition=~Q(label=""), name="reason_is_given_in_words"),
        ]

    def __str__(self) -> str:
        return self.label


def registration_day() -> TruncDate:
    """The day in Copenhagen on which a rejection was registered."""
    return TruncDate("registered_at", tzinfo=ZoneInfo("Europe/Copenhagen"))


@dataclass(frozen=True)
class Punctuality:
    """How a company has kept the time limit this year."""

    year: int
    registered: int
    in_time: int
    # Rejections of all years.
    total: int

    @property
    def percent(self) -> int:
        return share(self.in_time, self.registered, 100)


@dataclass(frozen=True)
class ReasonCount:
    """One bar of the chart."""

    label: str
    count: int
    percent: int


class RejectionQuerySet(models.QuerySet["Rejection"]):
    def visible_to(self, membership: Membership) -> Self:
        """The acting company's own rejections; nobody else reads any.

        They name no workplace: who is limited to one sees those that they registered themselves.
        """
        if not membership.company_id:
            return self.none()
        own = self.filter(company=membership.company_id)
        return own.filter(registered_by=membership.pk) if membership.workplace_id else own

    def giving(self, reason: RejectionReason) -> Self:
        """Those that give the reason, as the primary or as the second one."""
        return self.filter(Q(primary_reason=reason) | Q(second_reason=reason))

    def newest_first(self) -> Self:
        return self.order_by("-given_on", "-id")

    def with_words(self) -> Self:
        """What a list or a sheet shows of each, in one statement."""
        return self.select_related("education", "primary_reason", "second_reason", "registered_by__user").only(
            "public_id",
            "given_on",
            "registered_on",
            "is_late",
            "education__name",
            "primary_reason__label",
            "second_reason__label",
            "registered_by__user__name",
        )

    def punctuality(self) -> Punctuality:
        year = today().year
        this_year = Q(registered_on__year=year)
        counted = self.aggregate(
            registered=Count("pk", filter=this_year),
            in_time=Count("pk", filter=this_year & Q(is_late=False)),
            total=Count("pk"),
        )
        return Punctuality(year=year, **counted)

    def last_registration(self) -> datetime.date | None:
        """The day of the last one."""
        day: datetime.date | None = self.aggregate(day=Max("registered_on"))["day"]
        return day

    def catch_all_share(self) -> tuple[int, int]:
        """How many rejections of closed months give **Andet** as the primary reason, of how many, of all companies."""
        counted = self.filter(closed_months()).aggregate(
            total=Count("pk"), catch_all=Count("pk", filter=Q(primary_reason__is_catch_all=True))
        )
        return counted["catch_all"], counted["total"]

    def reason_counts(self) -> list[ReasonCount]:
        """The primary reasons, most frequent first. Each rejection has one, so the counts add up to all of them."""
        counted = (
            self.order_by()
            .values_list("primary_reason__label")
            .annotate(count=Count("pk"))
            .order_by("-count", "primary_reason__order", "primary_reason__code")
        )
        rows = list(counted)
        shares = percentages([count for _label, count in rows])
        return [ReasonCount(label, count, share) for (label, count), share in zip(rows, shares, strict=True)]


class Rejection(models.Model):
    """That a company has rejected somebody's application, and why. Written once; says nothing of the applicant."""

    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, verbose_name=_("virksomhed"), related_name="rejections")
    education = models.ForeignKey(Education, models.PROTECT, verbose_name=_("uddannelse"), related_name="rejections")
    primary_reason = models.ForeignKey(
        RejectionReason, models.PROTECT, verbose_name=_("primær begrundelse for afslag"), related_name="rejections"
    )
    second_reason = models.ForeignKey(
        RejectionReason,
        models.PROTECT,
        verbose_name=_("sekundær begrundelse"),
        null=True,
        blank=True,
        related_name="second_in",
    )
    given_on = models.DateField(_("afslag givet den"))
    registered_at = models.DateTimeField(_("registreret"), default=timezone.now)
    registered_by = models.ForeignKey(
        Membership, models.PROTECT, verbose_name=_("registreret af"), related_name="rejections"
    )
    registered_on = models.GeneratedField(
        expression=registration_day(), output_field=models.DateField(), db_persist=True
    )
    is_late = models.GeneratedField(
        expression=Case(When(Q(given_on__lt=registration_day() - Value(DAYS_TO_REGISTER)), then=True), default=False),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # Each form that is shown carries a new one: sent twice, it is saved once.
    form_token = models.UUIDField(_("formularens nummer"), default=uuid.uuid4, editable=False)

    objects = RejectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("afslag")
        verbose_name_plural = _("afslag")
        constraints = [
            models.UniqueConstraint(fields=["form_token"], name="rejection_form_is_saved_once"),
            models.CheckConstraint(
                condition=Q(second_reason=None) | ~Q(second_reason=F("primary_reason")),
                name="rejection_gives_two_different_reasons",
            ),
            models.CheckConstraint(
                condition=Q(given_on__lte=registration_day()), name="rejection_is_given_before_it_is_registered"
            ),
            models.CheckConstraint(
                condition=Q(given_on__gte=DUTY_BEGAN_ON), name="rejection_is_given_after_the_duty_began"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-given_on", "-id"], name="rejections_of_a_company"),
            models.Index(fields=["registered_at"], name="rejections_by_registration"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def recorder(self) -> User:
        return self.registered_by.user


class Applicant(models.Model):
    """Whom a rejection was about: encrypted, read by the delivery alone, and deleted when the delivery is confirmed."""

    rejection = models.OneToOneField(
        Rejection, models.PROTECT, verbose_name=_("afslag"), primary_key=True, related_name="applicant"
    )
    sealed = models.BinaryField(_("krypterede oplysninger"))

    class Meta:
        verbose_name = _("ansøger")
        verbose_name_plural = _("ansøgere")

    def __str__(self) -> str:
        return str(_("Ansøger"))


class FingerprintQuerySet(models.QuerySet["Fingerprint"]):
    def visible_to(self, membership: Membership) -> Self:
        """Those of the acting company's rejections."""
        return self.filter(rejection__in=Rejection.objects.visible_to(membership))

    def recent(self) -> Self:
        return self.filter(rejection__registered_at__gte=oldest_noticed())

    def expired(self) -> Self:
        return self.filter(rejection__registered_at__lt=oldest_noticed())


def oldest_noticed() -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=DAYS_TO_NOTICE_REPETITION)


class Fingerprint(models.Model):
    """A keyed hash of applicant, education and company: tells that they recur, and nothing else. Kept 30 days."""

    rejection = models.ForeignKey(
        Rejection, models.PROTECT, verbose_name=_("afslag"), related_name="fingerprints", db_index=False
    )
    digest = models.BinaryField(_("digitalt aftryk"), max_length=32)

    objects = FingerprintQuerySet.as_manager()

    class Meta:
        verbose_name = _("digitalt aftryk")
        verbose_name_plural = _("digitalt aftryk")
        constraints = [
            models.UniqueConstraint(fields=["rejection", "digest"], name="fingerprint_is_kept_once_a_rejection")
        ]
        indexes = [models.Index(fields=["digest"], name="fingerprints_by_digest")]

    def __str__(self) -> str:
        return str(_("Aftryk"))


class Delivery(models.Model):
    """A file of rejections for the data warehouse: made up, written, and confirmed by the receiver, in that order."""

    public_id = models.UUIDField(_("leverance"), default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("dannet"), default=timezone.now)
    written_at = models.DateTimeField(_("skrevet"), null=True, blank=True)
    checksum = models.BinaryField(_("kontrolsum (SHA-256)"), max_length=32, null=True, blank=True)
    confirmed_at = models.DateTimeField(_("bekræftet"), null=True, blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("leverance")
        verbose_name_plural = _("leverancer")
        constraints = [
            models.CheckConstraint(
                condition=Q(written_at=None, checksum=None) | Q(written_at__isnull=False, checksum__isnull=False),
                name="delivery_has_a_checksum_once_written",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(confirmed_at__gte=F("written_at"), written_at__isnull=False),
                name="delivery_is_confirmed_after_it_is_written",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class DeliveredRejection(models.Model):
    """Which delivery a rejection belongs to: one, for good."""

    rejection = models.OneToOneField(
        Rejection, models.PROTECT, verbose_name=_("afslag"), primary_key=True, related_name="delivered"
    )
    delivery = models.ForeignKey(Delivery, models.PROTECT, verbose_name=_("leverance"), related_name="contents")

    class Meta:
        verbose_name = _("leveret afslag")
        verbose_name_plural = _("leverede afslag")

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.rejection_id}"
