"""What the page of one student's absence says of a school period: its weeks as bars, and what was told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone

from absence.charts import weeks_chart
from absence.told import told_in_words

if TYPE_CHECKING:
    from absence.models import PeriodListEntry
    from absence.queries import AgreementPeriod
    from laereplads.design_system.charts import Bars


@dataclass(frozen=True)
class PeriodView:
    """A period of the page."""

    period: AgreementPeriod

    @property
    def entry(self) -> PeriodListEntry:
        return self.period.entry

    @cached_property
    def chart(self) -> Bars | None:
        """Percent of the timetable, week by week, of the days until yesterday; None where there are none."""
        today = timezone.localdate()
        counted = [day for day in self.period.days if day.day < today]
        return weeks_chart(counted, f"weeks-{self.entry.period_public_id}") if counted else None

    @property
    def sentences(self) -> list[str]:
        """What the company was told, the oldest first. What is older than notices are kept is not said."""
        return told_in_words(self.period.notices)
