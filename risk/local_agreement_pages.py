"""The pages of local agreements, which a school and a company have alike: each sees its own and the other party's part.

The audience apps say under which addresses.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, TextField, UUIDField, Value, When
from django.db.models.functions import MD5, Cast
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from absence.figures import percent_in_words, tenths
from laereplads.access.models import Membership
from laereplads.access_log.left_out import FEW
from laereplads.people.models import Agreement, Company, School
from laereplads.people.models.agreements import longest_ended
from laereplads.web.filters import FilterForm
from laereplads.web.paging import links, page_at
from laereplads.web.words import long_date
from risk import local_agreements as operations
from risk.local_agreement_forms import EndForm, LocalAgreementForm
from risk.local_agreement_words import Said, said, unusual
from risk.models import DueAssessment, LocalAgreement, LocalAgreementState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from laereplads.web.http import Request

PAGE_SIZE = 25
# The other parties that wait for an answer come first.
ORDER = ("rank", "sort_key", "pk")
# Of how many days the assessments are counted.
COUNTED_DAYS = 365
UNPROCESSABLE, CONFLICT = 422, 409

TONES = {
    LocalAgreementState.AWAITING: "warning",
    LocalAgreementState.IN_FORCE: "success",
    LocalAgreementState.COMING: "none",
    LocalAgreementState.ENDED: "none",
}


class Punctuality(NamedTuple):
    """How many of the assessments that a pair agreed on or was suggested were made in time."""

    on_time: int
    due: int
    students: int

    @property
    def words(self) -> str:
        """Empty where so few students are counted that the number would be about each of them."""
        if self.students <= FEW:
            return ""
        told = {"on_time": self.on_time, "due": self.due, "share": percent_in_words(tenths(self.on_time, self.due))}
        return _("%(on_time)d af %(due)d til tiden (%(share)s)") % told


@dataclass(frozen=True)
class Version:
    """A proposal or an agreement as a party's page shows it, with the names of who proposed it and said yes."""

    agreement: LocalAgreement
    # Whether the party that looks proposed it.
    is_own: bool
    # The other party's name.
    other: str
    people: dict[int, str] = field(default_factory=dict)

    @property
    def state(self) -> LocalAgreementState:
        return self.agreement.state

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def waits_for_you(self) -> bool:
        return self.state == LocalAgreementState.AWAITING and not self.is_own

    @property
    def label(self) -> str:
        if self.state == LocalAgreementState.AWAITING:
            return _("Afventer jeres svar") if self.waits_for_you else _("Afventer modparten")
        return str(self.state.label)

    @property
    def education(self) -> str:
        return self.agreement.education.name if self.agreement.education else _("Alle SOSU-uddannelser")

    @property
    def said(self) -> list[Said]:
        return said(self.agreement)

    @property
    def unusual(self) -> list[str]:
        return unusual(self.agreement)

    @property
    def days(self) -> str:
        """From when until when."""
        first, last = long_date(self.agreement.valid_from), self.agreement.valid_to
        if self.state == LocalAgreementState.AWAITING:
            return _("Foreslået fra den %(first)s") % {"first": first}
        if last is None:
            return _("Gælder fra den %(first)s") % {"first": first}
        return _("Gælder fra den %(first)s til og med den %(last)s") % {"first": first, "last": long_date(last)}

    @property
    def proposed(self) -> str:
        return _("Foreslået den %(day)s af %(who)s, %(party)s") % {
            "day": long_date(self.agreement.proposed_at),
            "who": self.people.get(self.agreement.proposed_by_id, ""),
            "party": _("jer selv") if self.is_own else self.other,
        }

    @property
    def accepted(self) -> str:
        if self.agreement.accepted_at is None or self.agreement.accepted_by_id is None:
            return ""
        return _("Sagt ja til den %(day)s af %(who)s, %(party)s") % {
            "day": long_date(self.agreement.accepted_at),
            "who": self.people.get(self.agreement.accepted_by_id, ""),
            "party": self.other if self.is_own else _("jer selv"),
        }


@dataclass(frozen=True)
class Pair:
    """A line of the list: the other party, what holds or waits, and how many assessments were made in time."""

    name: str
    number: str
    versions: list[Version]
    punctuality: Punctuality | None


def others_of(membership: Membership) -> QuerySet[Any]:
    """Those with whom the party has students in training on a SOSU education, or a local agreement of any time."""
    own = LocalAgreement.objects.visible_to(membership)
    running = Agreement.objects.visible_to(membership).running().on_sosu_educations()
    model, name, number = (
        (School, "school", "institution_number") if membership.company_id else (Company, "company", "cvr")
    )
    waiting = own.awaiting().filter(**{name: OuterRef("pk")}, proposed_by__company__isnull=bool(membership.company_id))
    others: QuerySet[Any] = model.objects.filter(
        Q(pk__in=running.order_by().values(name)) | Q(pk__in=own.order_by().values(name))
    )
    annotated: QuerySet[Any] = others.annotate(
        number=F(number),
        rank=Case(When(Exists(waiting), then=Value(0)), default=Value(1), output_field=IntegerField()),
        # Organisations have no public id; the list's address needs one.
        public_id=Cast(MD5(Cast(number, TextField())), UUIDField()),
    )
    return annotated


def punctuality_of(membership: Membership, others: list[int]) -> dict[int, Punctuality]:
    """By the other party, of those students whom both parties have in view, so that both read the same number.

    Who is limited to a workplace sees some of the students only, and gets no number of the pair.
    """
    if membership.workplace_id:
        return {}
    name, today = "school" if membership.company_id else "company", timezone.localdate()
    counted: QuerySet[Any] = (
        DueAssessment.objects.visible_to(membership)
        .filter(
            due_on__gt=today - datetime.timedelta(days=COUNTED_DAYS),
            grace_until__lt=today,
            agreement_last_day__gt=longest_ended(),
            signed_off_on=None,
            **{f"{name}__in": others},
        )
        .values_list(name)
        .annotate(
            on_time=Count("pk", filter=Q(assessed_on__lte=F("grace_until"))),
            due=Count("pk"),
            students=Count("student", distinct=True),
        )
    )
    return {other: Punctuality(*numbers) for other, *numbers in counted}


def waiting_for(membership: Membership) -> int:
    """How many proposals wait for the party's answer."""
    own = LocalAgreement.objects.visible_to(membership).awaiting()
    return own.filter(proposed_by__company__isnull=bool(membership.company_id)).count()


def waiting_in_words(membership: Membership) -> str:
    """For the front page; empty where nothing waits."""
    number = waiting_for(membership)
    if not number:
        return ""
    words = ngettext(
        "%(number)d forslag til en lokal aftale venter på jeres svar.",
        "%(number)d forslag til lokale aftaler venter på jeres svar.",
        number,
    )
    return words % {"number": number}


@dataclass(frozen=True)
class LocalAgreementPages:
    """The pages at one audience's addresses; `names` are those of their URLs."""

    names: Mapping[str, str]

    def address(self, page: str, *args: Any) -> str:
        return reverse(self.names[page], args=args)

    def render(self, request: Request, page: str, context: dict[str, Any], *, status: int = 200) -> TemplateResponse:
        shared = {
            "names": self.names,
            "is_company": bool(request.membership.company_id),
            "may_change": operations.may_change(request.membership),
        }
        return TemplateResponse(request, f"risk/local_agreement_{page}.html", shared | context, status=status)

    def list(self, request: Request) -> HttpResponseBase:
        own = request.membership
        others = others_of(own)
        page = page_at(
            request.GET,
            lambda page_range: page_range.of(others, ORDER),
            lambda public_id: others.filter(public_id=public_id).values_list(*ORDER).first(),
            count=others.count(),
            size=PAGE_SIZE,
        )
        keys = [other.pk for other in page]
        name = "school" if own.company_id else "company"
        agreements = (
            LocalAgreement.objects.visible_to(own)
            .filter(Q(accepted_at=None) | Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()))
            .filter(**{f"{name}__in": keys})
            .select_related("education")
            .annotate(is_own=proposed_by_own_party(own))
            .order_by("valid_from", "id")
        )
        versions: dict[int, list[Version]] = {key: [] for key in keys}
        for each in agreements:
            key = each.school_id if own.company_id else each.company_id
            versions[key].append(Version(each, each.is_own, ""))  # type: ignore[attr-defined]  # annotated
        counted = punctuality_of(own, keys)
        pairs = [Pair(other.name, other.number, versions[other.pk], counted.get(other.pk)) for other in page]
        filters = FilterForm(request.GET)
        context = {"page": page, "pairs": pairs, "page_links": links(filters, page), "days": COUNTED_DAYS}
        return self.render(request, "list", context)

    def detail(self, request: Request, number: str) -> HttpResponseBase:
        return self.pair_page(request, PairOf(request.membership, number=number))

    def pair_page(self, request: Request, pair: PairOf, *, status: int = 200, problem: str = "") -> TemplateResponse:
        ends = {each.agreement.pk: self.address("end", each.agreement.public_id) for each in pair.holding}
        return self.render(request, "detail", {"pair": pair, "problem": problem, "ends": ends}, status=status)

    def propose(self, request: Request, number: str) -> HttpResponseBase:
        pair = PairOf(request.membership, number=number)
        is_sent = request.method == "POST"
        changed = pair.known(request.GET["fra"]) if "fra" in request.GET else None
        if "fra" in request.GET and changed is None and not is_sent:
            raise Http404
        form = LocalAgreementForm(request.POST if is_sent else None, of=changed)
        if not is_sent:
            return self.form_page(request, pair, form, changed)
        if "fra" in request.GET and changed is None:
            # What was typed stays; it is a proposal of one's own now.
            form.add_error(None, operations.WAITS_NO_LONGER)
            return self.form_page(request, pair, form, changed, status=CONFLICT)
        if not form.is_valid():
            return self.form_page(request, pair, form, changed, status=UNPROCESSABLE)
        answers = changed if changed and changed.accepted_at is None else None
        try:
            operations.propose(
                **pair.parties,
                education=form.chosen_education,
                valid_from=form.cleaned_data["valid_from"],
                rules=form.rules,
                by=request.membership,
                answers=answers,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_page(request, pair, form, changed, status=UNPROCESSABLE)
        except operations.AnsweredMeanwhile as meanwhile:
            form.add_error(None, str(meanwhile))
            return self.form_page(request, pair, form, changed, status=CONFLICT)
        messages.success(request, _("Forslaget er sendt. Aftalen gælder, når begge parter har sagt ja."))
        return redirect(self.address("detail", number))

    def form_page(
        self,
        request: Request,
        pair: PairOf,
        form: LocalAgreementForm,
        changed: LocalAgreement | None,
        *,
        status: int = 200,
    ) -> TemplateResponse:
        return self.render(request, "propose", {"pair": pair, "form": form, "changed": changed}, status=status)

    def answer(self, request: Request, number: str) -> HttpResponseBase:
        """Yes to a proposal, or no; or one's own is taken back."""
        pair = PairOf(request.membership, number=number)
        says_yes = request.POST.get("svar") == "ja"
        proposal = pair.known(request.POST.get("forslag", ""))
        if proposal is None:
            # It was answered or replaced meanwhile, or never was: nobody is told which.
            if says_yes:
                return self.pair_page(request, pair, status=CONFLICT, problem=str(operations.WAITS_NO_LONGER))
            return redirect(self.address("detail", number))
        try:
            if says_yes:
                accepted = operations.accept(proposal, by=request.membership)
                told = {"day": long_date(accepted.valid_from)}
                messages.success(request, _("I har begge sagt ja. Aftalen gælder fra den %(day)s.") % told)
            else:
                operations.take_back(proposal, by=request.membership)
                messages.success(request, _("Forslaget er fjernet."))
        except operations.AnsweredMeanwhile as meanwhile:
            return self.pair_page(request, pair, status=CONFLICT, problem=str(meanwhile))
        return redirect(self.address("detail", number))

    def end(self, request: Request, public_id: UUID) -> HttpResponseBase:
        own = request.membership
        agreement = get_object_or_404(LocalAgreement.objects.visible_to(own).accepted(), public_id=public_id)
        pair = PairOf(own, pk=agreement.school_id if own.company_id else agreement.company_id)
        first = max(timezone.localdate(), agreement.valid_from)
        is_sent = request.method == "POST"
        form = EndForm(request.POST if is_sent else None, first=first)
        context = {"pair": pair, "form": form, "version": pair.version(agreement)}
        if not is_sent:
            return self.render(request, "end", context)
        if not form.is_valid():
            return self.render(request, "end", context, status=UNPROCESSABLE)
        try:
            ended = operations.end(agreement, form.cleaned_data["last_day"], by=request.membership)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.render(request, "end", context, status=UNPROCESSABLE)
        except operations.AnsweredMeanwhile as meanwhile:
            return self.pair_page(request, pair, status=CONFLICT, problem=str(meanwhile))
        told = {"day": long_date(ended.valid_to or first)}
        messages.success(request, _("Aftalen gælder til og med den %(day)s.") % told)
        return redirect(self.address("detail", pair.number))


def proposed_by_own_party(own: Membership) -> Case:
    """Whether the party that looks proposed it."""
    is_own = Q(proposed_by__company__isnull=not own.company_id)
    return Case(When(is_own, then=Value(True)), default=Value(False))


class PairOf:
    """The acting party and another one, by its number: a school's institution number, or a company's CVR."""

    def __init__(self, own: Membership, **key: Any) -> None:
        self.own = own
        other = others_of(own).filter(**key).first()
        if other is None:
            raise Http404
        self.number = other.number
        self.other: School | Company = other
        self.parties: dict[str, Any] = {
            "school": other if isinstance(other, School) else own.school,
            "company": other if isinstance(other, Company) else own.company,
        }

    @property
    def agreements(self) -> QuerySet[LocalAgreement]:
        return LocalAgreement.objects.visible_to(self.own).filter(**self.parties)

    def known(self, public_id: str) -> LocalAgreement | None:
        """None for what is none of theirs, or no longer; raises Http404 for what never was."""
        try:
            return self.agreements.filter(public_id=public_id).select_related("education").first()
        except ValidationError as nonsense:
            raise Http404 from nonsense

    @cached_property
    def versions(self) -> list[Version]:
        """The newest first."""
        found = list(
            self.agreements.select_related("education")
            .annotate(is_own=proposed_by_own_party(self.own))
            .order_by("-valid_from", "-id")
        )
        involved = {pk for each in found for pk in (each.proposed_by_id, each.accepted_by_id) if pk}
        people = dict(Membership.objects.filter(pk__in=involved).order_by("pk").values_list("pk", "user__name"))
        return [Version(each, each.is_own, self.other.name, people) for each in found]

    def version(self, agreement: LocalAgreement) -> Version:
        return next(each for each in self.versions if each.agreement.pk == agreement.pk)

    def in_states(self, *states: LocalAgreementState) -> list[Version]:
        return [each for each in self.versions if each.state in states]

    @property
    def proposals(self) -> list[Version]:
        return self.in_states(LocalAgreementState.AWAITING)

    @property
    def holding(self) -> list[Version]:
        """What holds, and what is agreed to begin."""
        return self.in_states(LocalAgreementState.IN_FORCE, LocalAgreementState.COMING)

    @property
    def ended(self) -> list[Version]:
        return self.in_states(LocalAgreementState.ENDED)

    @property
    def usual(self) -> list[Said]:
        """What the portal suggests where nothing is agreed."""
        return said(LocalAgreement())

    @cached_property
    def punctuality(self) -> Punctuality | None:
        return punctuality_of(self.own, [self.other.pk]).get(self.other.pk)
