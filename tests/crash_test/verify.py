"""What the database holds of what people were told is saved."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, Subquery

from laereplads.audit.models import Event
from laereplads.people.models import Agreement
from rejections.auditing import REJECTION_REGISTERED
from rejections.models import Applicant, Fingerprint, Rejection
from risk.auditing import ASSESSMENT_RECORDED, ASSESSMENT_REMOVED
from risk.models import CurrentRisk, RiskAssessment

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

LOST, HALVED, DOUBLED = "tabt", "halvt gemt", "dobbelt"


def verify(assessed: dict[str, list[str]], rejected: list[str], since: datetime.datetime) -> dict[str, list[str]]:
    """Each thing that is lost, halved or doubled since `since`, in words; three empty lists when all is well.

    `assessed`: agreement → levels that were acknowledged, in order; `rejected`: tokens of acknowledged forms.
    """
    found: dict[str, list[str]] = {LOST: [], HALVED: [], DOUBLED: []}
    for kind, words in (*assessments(assessed, since), *rejections(rejected, since), *halves(since)):
        found[kind].append(words)
    return found


def assessments(assessed: dict[str, list[str]], since: datetime.datetime) -> Iterator[tuple[str, str]]:
    agreements = {str(public_id): pk for pk, public_id in Agreement.objects.values_list("pk", "public_id")}
    saved: dict[int, list[str | None]] = {pk: [] for pk in agreements.values()}
    rows = RiskAssessment.objects.filter(recorded_at__gte=since).order_by("id")
    for agreement, level in rows.values_list("agreement_id", "level"):
        saved[agreement].append(level)
    for public_id, pk in agreements.items():
        acknowledged = assessed.get(public_id, [])
        if saved[pk] != acknowledged:
            kind = DOUBLED if len(saved[pk]) > len(acknowledged) else LOST
            yield kind, f"Aftale {pk}: bekræftet {acknowledged}, gemt {saved[pk]}"


def rejections(rejected: list[str], since: datetime.datetime) -> Iterator[tuple[str, str]]:
    rows = Rejection.objects.filter(registered_at__gte=since).values_list("form_token", flat=True)
    saved, acknowledged = Counter(map(str, rows)), Counter(rejected)
    for token in acknowledged - saved:
        yield LOST, f"Afslag {token}"
    for token in saved - acknowledged:
        yield DOUBLED, f"Afslag {token}"


def halves(since: datetime.datetime) -> Iterator[tuple[str, str]]:
    """What must go with each row: its event, the current risk, the applicant and their fingerprints."""
    latest = RiskAssessment.objects.filter(agreement=OuterRef("pk")).order_by("-id").values("pk")[:1]
    has_level = RiskAssessment.objects.exclude(level=None)
    wanted = set(
        has_level.filter(pk__in=Agreement.objects.values(latest=Subquery(latest))).values_list("pk", flat=True)
    )
    for pk in wanted ^ set(CurrentRisk.objects.values_list("assessment_id", flat=True)):
        yield HALVED, f"Vurdering {pk} og den aktuelle risiko passer ikke sammen"
    rows = {
        "Vurdering": (
            RiskAssessment.objects.filter(recorded_at__gte=since),
            (ASSESSMENT_RECORDED, ASSESSMENT_REMOVED),
        ),
        "Afslag": (Rejection.objects.filter(registered_at__gte=since), (REJECTION_REGISTERED,)),
    }
    for name, (saved, actions) in rows.items():
        ids = set(saved.values_list("pk", flat=True))
        events = (
            Event.objects.filter(action__in=actions, object_id__in=ids).values("object_id").annotate(count=Count("pk"))
        )
        counts = {event["object_id"]: event["count"] for event in events}
        for pk in ids:
            if counts.get(pk) != 1:
                yield HALVED, f"{name} {pk} har {counts.get(pk, 0)} hændelser"
    for part in (Applicant, Fingerprint):
        has_part = set(part.objects.values_list("rejection_id", flat=True))
        for pk in set(Rejection.objects.filter(registered_at__gte=since).values_list("pk", flat=True)) - has_part:
            yield HALVED, f"Afslag {pk} mangler {part._meta.verbose_name}"
