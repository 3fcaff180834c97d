"""Whom an answer names, and what the log says about it."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from contextlib import contextmanager
from operator import attrgetter
from typing import TYPE_CHECKING

from laereplads.access_log.models import AccessLogEntry
from laereplads.access_log.purposes import SEARCH
from laereplads.people.models import Student

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from laereplads.access.models import Membership


def text_of(response: HttpResponse) -> str:
    """All that an answer says; spreadsheets are zipped, and a download that is read to its end closes its file."""
    content = response.getvalue()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    return content.decode(errors="replace")


def named_in(text: str) -> list[int]:
    """The students whose names stand in `text`, also as JSON writes them. Names must be unlike each other."""
    return sorted(
        student.pk
        for student in Student.objects.all()
        if student.name in text or json.dumps(student.name).strip('"') in text
    )


class Answers:
    """What was answered while somebody was watched."""

    def __init__(self) -> None:
        self.named: list[list[int]] = []

    def add(self, response: HttpResponse) -> str:
        """Note whom the answer names; returns its text."""
        text = text_of(response)
        if named := named_in(text):
            self.named.append(named)
        return text


@contextmanager
def watched(membership: Membership | None) -> Iterator[Answers]:
    """Each answer to `membership` that names students leaves entries of exactly those named; no other answer does.

    Students who read about themselves leave none. Whom a search tells of without naming them is another's to test.
    """
    last = AccessLogEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    answers = Answers()
    yield answers
    entries = AccessLogEntry.objects.filter(id__gt=last).exclude(purpose=SEARCH).order_by("id")
    # An answer that shows several students for several purposes leaves an entry for each.
    by_request = [list(group) for _request, group in itertools.groupby(entries, attrgetter("request"))]
    logged = [
        (
            sorted(student for entry in group for student in entry.students),
            *(group[0].membership_id, group[0].company_id, group[0].school_id),
        )
        for group in by_request
    ]
    if membership is None or membership.student_id:
        own = [[membership.student_id]] if membership else []
        assert logged == []
        assert [named for named in answers.named if named not in own] == []
    else:
        whose = (membership.pk, membership.company_id, membership.school_id)
        assert logged == [(named, *whose) for named in answers.named]
