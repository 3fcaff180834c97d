"""Whom a narrowed list tells about though it does not name them: those it leaves out, where they are few.

Who knows that a student is on a list learns from a page without them that they do not fit. Of many that is nothing; of
a few it is a reading, and is logged as one: one rule for every list that can be narrowed.
"""

from __future__ import annotations

import itertools
import operator
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Func, Value, When

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import Q, QuerySet

FEW = 5
# So many filters are asked about in each combination: one more would be 32 questions. Of more all rows are read.
COMBINED = 3


def left_out(rows: QuerySet[Any], filters: Sequence[Q], of: str = "student") -> set[int]:
    """The values of the column `of` in those `rows` that not all `filters` leave in, where these are few.

    That is asked of all rows, and of those that fit any of the filters: a name is one that narrows most.
    """
    if not filters:
        return set()
    if len(filters) <= COMBINED:
        return few_of_each(rows.order_by(), filters, of)
    fits = {f"fits_{number}": Case(When(each, then=True), default=False) for number, each in enumerate(filters)}
    outside = rows.order_by().annotate(**fits).exclude(**dict.fromkeys(fits, True))
    some = Func(ArrayAgg(of, distinct=True), template=f"(%(expressions)s)[1:{FEW + 1}]", output_field=None)
    groups = [(fit, students) for *fit, students in outside.values_list(*fits).annotate(some=some)]
    return set().union(
        *(few(students for other, students in groups if all(map(implies, asked, other))) for asked, _students in groups)
    )


def few_of_each(rows: QuerySet[Any], filters: Sequence[Q], of: str) -> set[int]:
    """The same, asked of each combination of filters and each other one, in one statement.

    Each part reads no further than it takes to see that they are many: the administration's lists have a million rows.
    """
    numbers = range(len(filters))
    combinations = [some for size in numbers for some in itertools.combinations(numbers, size)]
    first, *others = [
        rows.filter(*(filters[each] for each in some), ~filters[other])
        .annotate(combination=Value(number))
        .values_list("combination", of)
        .distinct()[: FEW + 1]
        for number, some in enumerate(combinations)
        for other in numbers
        if other not in some
    ]
    found = first.union(*others, all=True).order_by() if others else first
    of_each = itertools.groupby(sorted(found), key=operator.itemgetter(0))
    return set().union(*(few([[student for _combination, student in each]]) for _number, each in of_each))


def implies(asked: bool, given: bool) -> bool:  # noqa: FBT001  # what is asked and what is given
    return given or not asked


def few(students: Iterable[Iterable[int]]) -> set[int]:
    """All of them, or nobody where they are many."""
    found = set(itertools.chain.from_iterable(students))
    return found if len(found) <= FEW else set()
