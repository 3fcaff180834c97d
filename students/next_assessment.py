"""When a student's next assessment is proposed or agreed, and what of a local agreement concerns them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from laereplads.web.words import long_date
from risk.models import DueAssessment, LocalAgreement, LocalAgreementState
from risk.models.local_agreements import Timing
from students.local_agreements import to_the_student
from students.queries import agreements_of

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from laereplads.people.models import Agreement


@dataclass(frozen=True)
class NextAssessment:
    """Of one running agreement: the day that comes next, if any, and the local agreement that holds for it, if any."""

    agreement: Agreement
    due: DueAssessment | None
    local_agreement: LocalAgreement | None

    @property
    def day(self) -> str:
        """When, in a sentence."""
        due = self.due
        if due is None:
            return _("Der er ikke foreslået flere vurderinger i din aftale.")
        told = {"day": long_date(due.due_on), "place": self.place}
        if due.due_on < timezone.localdate():
            if due.is_agreed:
                return _("Din vurdering var aftalt til den %(day)s%(place)s. Den er ikke registreret endnu.") % told
            return _("Din vurdering var foreslået til den %(day)s%(place)s. Den er ikke registreret endnu.") % told
        if due.is_agreed:
            return _("Din næste vurdering er aftalt til den %(day)s%(place)s.") % told
        return _("Din næste vurdering er foreslået til den %(day)s%(place)s.") % told

    @property
    def place(self) -> str:
        """“ (midt i 1. oplæring)”, and nothing where the training periods are not known."""
        due = self.due
        if due is None or not due.periods_are_known:
            return ""
        is_middle = self.local_agreement is None or self.local_agreement.timing == Timing.MIDDLE
        words = _("midt i %(number)d. oplæring") if is_middle else _("i %(number)d. oplæring")
        return f" ({words % {'number': due.number}})"

    @property
    def is_guessed(self) -> bool:
        """Whether nobody has told the portal when the student is at school."""
        return self.due is not None and not self.due.periods_are_known

    @property
    def pause(self) -> str:
        """That the company does not assess for now; it says nothing about the student."""
        until = self.due.paused_until if self.due else None
        if until is None or until < timezone.localdate():
            return ""
        return _("Din arbejdsplads vurderer dig ikke til og med den %(day)s. Det siger ikke noget om dig.") % {
            "day": long_date(until)
        }

    @property
    def agreed(self) -> list[str]:
        """Who assesses, and how student and school are told, in sentences."""
        if self.local_agreement is None:
            return [
                _("Din arbejdsplads kan vurdere dig. Du ser selv vurderingen under Mit uddannelsesforløb."),
                _("Din skole og din arbejdsplads har ikke aftalt, hvem der vurderer dig, og hvem der taler med dig."),
            ]
        return to_the_student(self.local_agreement)


def next_assessments_of(membership: Membership) -> list[NextAssessment]:
    """One for each agreement that runs on a SOSU education."""
    running = [one for one in agreements_of(membership) if one.is_running and one.education.is_sosu]
    if not running:
        return []
    today = timezone.localdate()
    open_due: dict[int, DueAssessment] = {}
    for due in DueAssessment.objects.visible_to(membership).open(today).order_by("due_on", "number", "part"):
        open_due.setdefault(due.agreement_id, due)
    local = list(LocalAgreement.objects.visible_to(membership).order_by("-valid_from", "-id"))
    return [NextAssessment(one, open_due.get(one.pk), holding(one, open_due.get(one.pk), local)) for one in running]


def holding(agreement: Agreement, due: DueAssessment | None, local: list[LocalAgreement]) -> LocalAgreement | None:
    """That of the next assessment; where there is none, the one in force today, of the education before that of all."""
    if due:
        return next((each for each in local if each.pk == due.local_agreement_id), None)
    in_force = [
        each
        for each in local
        if each.company_id == agreement.company_id
        and each.school_id == agreement.school_id
        and each.education_id in {None, agreement.education_id}
        and each.state == LocalAgreementState.IN_FORCE
    ]
    return min(in_force, key=lambda each: each.education_id is None, default=None)
