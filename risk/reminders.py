"""Companies are reminded of assessments that are agreed or suggested: when one is due, and when its day has passed.

The job calls this, as the role of jobs. What was reminded of is written down, and not reminded of again.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import TruncDate
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.notifications.choices import wanting
from laereplads.notifications.operations import send
from laereplads.people.models.agreements import longest_ended
from risk.mails import ASSESS_WEEKLY
from risk.models import AgreementListEntry, DueAssessment, DueState, SentReminder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

REMINDED_OF = (DueState.DUE, DueState.LATE)
# A day that moved is told of anew only where it is so much later than the reminder.
MOVED_FAR = datetime.timedelta(days=14)
READ_BY_JOBS = (
    *("user__email", "user__is_active", "company__name"),
    *("role", "company", "school", "workplace", "starts_on", "ends_on"),
)


def remind(due_at: datetime.datetime) -> int:
    """Remind companies of what is due and not reminded of yet; how many mails that takes.

    One mail to each who wants it, with how many of their students it is about. Those whom nobody at the company wants
    to be reminded of are not remembered as reminded of.
    """
    today = timezone.localdate(due_at)
    rows = [due for state in REMINDED_OF for due in not_reminded_of(state, today)]
    of_company: defaultdict[int | None, list[DueAssessment]] = defaultdict(list)
    for due in rows:
        of_company[due.company_id].append(due)
    active = Membership.objects.active().filter(role=Role.COMPANY_STAFF, company__in=of_company)
    due_now, never = are_due(of_company, today), never_assessed(of_company, today)
    reminded: set[DueAssessment] = set()
    mails = 0
    for membership in (
        wanting(ASSESS_WEEKLY, active).select_related("user", "company").only(*READ_BY_JOBS).order_by("id")
    ):
        own = [due for due in of_company[membership.company_id] if membership.workplace_id in {None, due.workplace_id}]
        if own:
            counts = {
                # As many as the list has, not only those who are new in it.
                "due": due_now[membership.company_id, membership.workplace_id],
                "never": never[membership.company_id, membership.workplace_id],
            }
            send(ASSESS_WEEKLY, to=membership.user, on_behalf_of=membership, counts=counts)
            reminded.update(own)
            mails += 1
    SentReminder.objects.bulk_create(
        SentReminder(agreement_id=due.agreement_id, kind=due.state_on(today), due_on=due.due_on)
        for due in sorted(reminded, key=lambda due: due.pk)
    )
    return mails


def not_reminded_of(state: DueState, today: datetime.date) -> Iterable[DueAssessment]:
    """Those in this state of which their companies were not reminded, or long before the day that they have now."""
    sent = SentReminder.objects.annotate(sent_on=TruncDate("sent_at")).filter(
        agreement=OuterRef("agreement"), kind=state, sent_on__gt=OuterRef("due_on") - MOVED_FAR
    )
    due = DueAssessment.objects.in_states(state, on=today)
    return due.filter(~Exists(sent), agreement_last_day__gt=longest_ended(), signed_off_on=None).order_by("pk")


type Numbers = Counter[tuple[int | None, int | None]]


def are_due(companies: Iterable[int | None], today: datetime.date) -> Numbers:
    """How many students of each company should be assessed now: of each workplace, and of all (None)."""
    due = DueAssessment.objects.in_states(*REMINDED_OF, on=today)
    return by_workplace(due.filter(company__in=companies, agreement_last_day__gt=longest_ended(), signed_off_on=None))


def never_assessed(companies: Iterable[int | None], today: datetime.date) -> Numbers:
    """How many students of each company were never assessed."""
    entries = AgreementListEntry.objects.filter(
        company__in=companies,
        is_sosu=True,
        last_day__gt=longest_ended(),
        unassessed_from__lte=today,
        signed_off_on=None,
    )
    return by_workplace(entries)


def by_workplace(rows: QuerySet[Any]) -> Numbers:
    found: Numbers = Counter()
    for columns in (("company", "workplace"), ("company",)):
        counted = rows.order_by().values_list(*columns).annotate(students=Count("student", distinct=True))
        for company, *workplace, students in counted:
            found[company, workplace[0] if workplace else None] = students
    return found
