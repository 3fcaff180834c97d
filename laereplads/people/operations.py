"""What happens in a student's and a company's life that is more than a changed field: each is an event of its own."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from laereplads.people.models import Agreement, Company, Merger, Student, Workplace
from laereplads.people.names import are_one_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def assessed_among(agreements: Iterable[int]) -> set[int]:
    """Which of these agreements have ever been assessed: they cannot be annulled. Nothing else is told."""
    keys = list(agreements)
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("select assessed_among(%s)", [keys])
        return set(cursor.fetchone()[0])


@transaction.atomic
def move_to_school(former: Student, student: Student, *, on: datetime.date, agreements: Iterable[int] = ()) -> None:
    """Tie `former` to the same person's row at another school: agreements that run or are to come go along.

    `agreements` are more that go along, by their keys. The login follows; so do schools that the person left before.
    Raises ValidationError if it is not the same person, or if one of the two has moved away already.
    """
    if not (are_one_name(former.name, student.name) and former.birth_date == student.birth_date):
        raise ValidationError(_("Navn og fødselsdato skal være ens på begge skoler."))
    if former.school_id == student.school_id:
        raise ValidationError(_("Eleven er allerede på skolen."))
    # Whoever comes back is no longer away.
    Student.objects.filter(pk=student.pk).exclude(moved_to=None).update(moved_to=None, moved_on=None)
    Student.objects.filter(pk=former.pk).update(moved_to=student, moved_on=on)
    running = Agreement.objects.in_force().filter(student=former, last_day__gte=on)
    moving = running | Agreement.objects.filter(student=former, pk__in=list(agreements))
    moving.update(student=student)


def problems_of_merger(successor: Company | None, on: datetime.date | None) -> Iterator[tuple[str, str]]:
    """What keeps a company from taking over another, as (field, what to do)."""
    if on and on > timezone.localdate():
        yield "takes_over_on", _("Datoen ligger i fremtiden. Registrer sammenlægningen, når den gælder.")
    if successor and Merger.objects.filter(company=successor).exists():
        yield "successor", _("Virksomheden er selv overtaget af en anden. Vælg den, der fortsætter.")


@transaction.atomic
def merge_companies(company: Company, successor: Company, *, on: datetime.date) -> Merger:
    """Let `successor` take over the workplaces of `company`, and its agreements that run on that day or later.

    Agreements that ended before stay where they were. Raises ValidationError where that cannot be.
    """
    list(Company.objects.select_for_update(no_key=True).filter(pk__in=[company.pk, successor.pk]).order_by("pk"))
    for field, text in problems_of_merger(successor, on):
        raise ValidationError({field: text})
    merger = Merger(company=company, successor=successor, takes_over_on=on)
    merger.full_clean()
    merger.save()
    Workplace.objects.filter(company=company).update(company=successor)
    Agreement.objects.in_force().filter(company=company, last_day__gte=on).update(company=successor)
    return merger
