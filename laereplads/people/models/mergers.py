"""Mergers of companies (sammenlægninger): the only way in which an agreement or a workplace changes company."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from laereplads.people.models.agreements import Agreement
from laereplads.people.models.organisations import Company


class Merger(models.Model):
    """That one company has taken over another's workplaces and agreements, from a day on."""

    company = models.OneToOneField(
        Company, models.PROTECT, verbose_name=_("virksomhed, der ophører"), related_name="merger"
    )
    successor = models.ForeignKey(
        Company, models.PROTECT, verbose_name=_("virksomhed, der fortsætter"), related_name="mergers"
    )
    takes_over_on = models.DateField(
        _("gælder fra"), help_text=_("Aftaler, der er slut før denne dag, bliver hos den gamle virksomhed.")
    )

    class Meta:
        ordering = ("-takes_over_on", "id")
        verbose_name = _("sammenlægning")
        verbose_name_plural = _("sammenlægninger")
        constraints = [
            models.CheckConstraint(
                condition=~Q(company=F("successor")),
                name="company_is_taken_over_by_another",
                violation_error_message=_("Vælg to forskellige virksomheder."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} → {self.successor}"


class AgreementTakeover(models.Model):
    """That an agreement went along in a merger. The database writes it when it lets the company change."""

    agreement = models.ForeignKey(
        Agreement, models.CASCADE, verbose_name=_("uddannelsesaftale"), related_name="takeovers"
    )
    merger = models.ForeignKey(Merger, models.PROTECT, verbose_name=_("sammenlægning"), related_name="takeovers")

    class Meta:
        verbose_name = _("overtaget aftale")
        verbose_name_plural = _("overtagne aftaler")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "merger"], name="agreement_is_taken_over_once_in_a_merger"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
