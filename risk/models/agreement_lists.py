"""What companies' lists read: each agreement once, with all that a line shows."""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import DateField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership
from laereplads.people.models import Agreement, Company, Education, School, Student, Workplace
from laereplads.people.models.agreements import longest_ended
from risk.models.assessments import Level, RiskAssessment
from risk.models.due import DueAssessment, DueState


class Order(models.TextChoices):
    """In which order a company goes through its students."""

    STUDENT = "student", _("Lærling")
    WORKPLACE = "workplace", _("Arbejdssted")
    OLDEST = "oldest", _("Længst siden vurderet")
    NEXT_DUE = "next_due", _("Næste vurdering")


class DueTab(models.TextChoices):
    """Which students a company looks at, by when they are to be assessed."""

    NOW = "nu", _("Bør vurderes nu")
    SOON = "snart", _("Kommer snart")
    NEVER = "aldrig", _("Aldrig vurderet")


# Never empty and never equal, so that every agreement has exactly one place in the list.
BY_STUDENT = ("sort_key", "starts_on", "agreement_id")
KEYS = {
    Order.STUDENT: BY_STUDENT,
    Order.WORKPLACE: ("workplace_key", "workplace_id", *BY_STUDENT),
    Order.OLDEST: ("assessed_on", *BY_STUDENT),
    # Asked for with `with_next_due`.
    Order.NEXT_DUE: ("next_due_on", *BY_STUDENT),
}
# The day of the next assessment where none is agreed or suggested; it sorts last.
NOT_DUE = datetime.date.max
# The day of an assessment that there is not; it sorts first.
NEVER = datetime.date.min

MONTHS_THAT_ARE_SOON = 3
# What the parts of the list ask of an agreement.
OF_TABS = ("signed_off_on", "unassessed_from")


class AgreementListEntryQuerySet(models.QuerySet["AgreementListEntry"]):
    def visible_to(self, membership: Membership) -> Self:
        """The acting company's, or those of one workplace of it, until 30 days after their end."""
        if membership.company_id:
            own = self.filter(company=membership.company_id, last_day__gt=longest_ended())
            return own.filter(workplace=membership.workplace_id) if membership.workplace_id else own
        return self.none()

    def assessable(self) -> Self:
        """Those whose students can be assessed now: on a SOSU education, and begun."""
        return self.filter(is_sosu=True, starts_on__lte=timezone.localdate())

    def with_next_due(self) -> Self:
        """Each with `next_due_on`: when the first is due of those that are open."""
        first = DueAssessment.objects.filter(agreement=OuterRef("pk")).open(timezone.localdate()).order_by("due_on")
        return self.annotate(
            next_due_on=Coalesce(Subquery(first.values("due_on")[:1]), NOT_DUE, output_field=DateField())
        )


class AgreementListEntry(models.Model):
    """An agreement as its company's lists find, sort and show it.

    Derived by the database (`derived.sql`), and written by nobody else.
    No key is checked against the tables it points to: rows come and go with those they are derived from.
    """

    agreement = models.OneToOneField(
        Agreement,
        models.DO_NOTHING,
        verbose_name=_("uddannelsesaftale"),
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    company = models.ForeignKey(Company, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    student = models.ForeignKey(
        Student, models.DO_NOTHING, verbose_name=_("elev"), related_name="+", db_constraint=False, db_index=False
    )
    workplace = models.ForeignKey(Workplace, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    is_sosu = models.BooleanField()
    starts_on = models.DateField(_("begynder"))
    last_day = models.DateField(_("sidste dag"))
    name = models.CharField(_("navn"), max_length=200)
    sort_key = models.CharField(max_length=400, db_collation="C")
    search_key = models.TextField()
    workplace_key = models.CharField(max_length=400, db_collation="C")
    # Of the current risk; without one the level and the employee are empty, and the day is NEVER.
    assessment = models.ForeignKey(
        RiskAssessment, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    level = models.CharField(_("frafaldsrisiko"), max_length=10, choices=Level, blank=True)
    assessed_on = models.DateField(_("registreret"))
    # The employee's name.
    recorder = models.CharField(_("registreret af"), max_length=200, blank=True)
    # What a line shows besides, so that a page of lines is found in one table.
    public_id = models.UUIDField(_("portal-id"), db_index=True)
    type = models.CharField(_("aftaletype"), max_length=20)
    ends_on = models.DateField(_("slutter"))
    ended_early_on = models.DateField(_("ophævet"), null=True)
    workplace_name = models.CharField(_("arbejdssted"), max_length=200)
    street = models.CharField(_("vej og husnummer"), max_length=200)
    postal_code = models.CharField(_("postnummer"), max_length=4)
    town = models.CharField(_("by"), max_length=100)
    education = models.ForeignKey(Education, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    school = models.ForeignKey(School, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    # When the school signed the student off.
    signed_off_on = models.DateField(_("udmeldt"), null=True)
    # Tells students of the same name apart.
    number_end = models.CharField(_("sidste tegn af elevnummeret"), max_length=4)
    # The day from which a student who was never assessed counts as such; None where there ever was an assessment.
    unassessed_from = models.DateField(_("aldrig vurderet fra"), null=True)

    objects = AgreementListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("aftale i virksomhedens lister")
        verbose_name_plural = _("aftaler i virksomhedens lister")
        constraints = [
            models.CheckConstraint(
                condition=Q(level="") | Q(level__in=Level.values), name="listed_level_is_high_medium_low_or_none"
            ),
        ]
        # One index an order. Each holds all that is asked, and is led by the scope.
        indexes = [
            models.Index(
                fields=["company", "sort_key", "starts_on", "agreement"],
                include=["last_day", "is_sosu", "student", "workplace", "level", "assessed_on", "search_key", *OF_TABS],
                name="agreement_list_by_student",
            ),
            models.Index(
                fields=["company", "workplace_key", "workplace", "sort_key", "starts_on", "agreement"],
                include=["last_day", "is_sosu", "student", "level", "assessed_on", "search_key", *OF_TABS],
                name="agreement_list_by_workplace",
            ),
            models.Index(
                fields=["company", "assessed_on", "sort_key", "starts_on", "agreement"],
                include=["last_day", "is_sosu", "student", "workplace", "level", "search_key", *OF_TABS],
                name="agreement_list_by_assessment",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


def in_tab(tab: DueTab, today: datetime.date, company: Any) -> Q:
    """The condition on an agreement of the company that it stands in this part of the list.

    Who was signed off is in none.
    """
    can_be_assessed = Q(signed_off_on=None)
    if tab is DueTab.NEVER:
        return can_be_assessed & Q(unassessed_from__lte=today)
    is_due = has_due(today, company, DueState.DUE, DueState.LATE)
    if tab is DueTab.NOW:
        return can_be_assessed & is_due
    # At short intervals the next may come soon where one is due: that one comes first.
    return can_be_assessed & has_due(today, company, DueState.SOON) & ~is_due


def has_due(today: datetime.date, company: Any, *states: DueState) -> Q:
    """Looked for once for the whole company, and not for each agreement."""
    own = DueAssessment.objects.filter(company=company).in_states(*states, on=today)
    return Q(pk__in=own.values("agreement"))
