"""Mit uddannelsesforløb: a student's own agreements, and what their training companies have assessed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from risk.models import TONES, Level
from students.queries import agreements_of, assessments_of

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from laereplads.people.models import Agreement
    from risk.models import RiskAssessment


@dataclass(frozen=True)
class Meaning:
    """What a level says, in words that inform and do not alarm."""

    level: Level
    words: StrPromise

    @property
    def tone(self) -> str:
        return TONES[self.level]

    @property
    def label(self) -> str:
        return str(self.level.label)


MEANINGS = (
    Meaning(
        Level.HIGH,
        _(
            "Din arbejdsplads er bekymret for, om du gennemfører uddannelsen. "
            "Tal med dem eller din skole om, hvad der kan hjælpe dig."
        ),
    ),
    Meaning(
        Level.MEDIUM,
        _(
            "Din arbejdsplads har set noget, der kan gøre det svært for dig at gennemføre. "
            "Tal med din vejleder om det nu."
        ),
    ),
    Meaning(Level.LOW, _("Din arbejdsplads regner med, at du gennemfører uddannelsen.")),
)


@dataclass
class Training:
    """What a student may see of their own training; both lists begin with the newest."""

    agreements: list[Agreement]
    assessments: list[RiskAssessment]

    @classmethod
    def visible_to(cls, membership: Membership) -> Training:
        return cls(agreements_of(membership), assessments_of(membership))

    @cached_property
    def running(self) -> Agreement | None:
        return next((agreement for agreement in self.agreements if agreement.is_running), None)

    @cached_property
    def upcoming(self) -> Agreement | None:
        """The agreement that begins next."""
        today = timezone.localdate()
        return next(
            (
                agreement
                for agreement in reversed(self.agreements)
                if agreement.starts_on > today and not agreement.annulled_on
            ),
            None,
        )

    @property
    def shown(self) -> Agreement | None:
        """The agreement that matters most today: the running one, else the next, else the last."""
        return self.running or self.upcoming or next(iter(self.agreements), None)

    @cached_property
    def beside(self) -> list[tuple[Agreement, RiskAssessment | None]]:
        """Combination agreements that run beside the one that is shown, each with the assessment that holds now."""
        running = [one for one in self.agreements if one.is_running and one != self.running and one.education.is_sosu]
        latest = [next((each for each in self.assessments if each.agreement_id == one.pk), None) for one in running]
        return [(one, each if each and each.level else None) for one, each in zip(running, latest, strict=True)]

    @property
    def others(self) -> list[Agreement]:
        return [agreement for agreement in self.agreements if agreement != self.shown]

    @property
    def can_be_assessed(self) -> bool:
        """Whether a dropout risk is relevant at all: only for agreements that run on a SOSU education."""
        return self.running is not None and self.running.education.is_sosu

    @cached_property
    def current(self) -> RiskAssessment | None:
        """The assessment that holds now, None for Ikke registreret: the running agreement's last, unless it removed."""
        return self.latest if self.latest and self.latest.level else None

    @property
    def removed(self) -> RiskAssessment | None:
        """The removal that holds now."""
        return self.latest if self.latest and not self.latest.level else None

    @cached_property
    def latest(self) -> RiskAssessment | None:
        """What was last recorded of the running agreement."""
        if self.running is None or not self.can_be_assessed:
            return None
        return next((one for one in self.assessments if one.agreement_id == self.running.pk), None)

    @property
    def meaning(self) -> Meaning | None:
        """What the current level says."""
        return next((meaning for meaning in MEANINGS if self.current and meaning.level == self.current.level), None)

    @property
    def earlier(self) -> list[RiskAssessment]:
        holding = {self.current, *(assessment for _agreement, assessment in self.beside)}
        return [assessment for assessment in self.assessments if assessment not in holding]
