"""Who asks: the session, its user and today's memberships, read in one statement. settings.SESSION_ENGINE."""

from __future__ import annotations

from contextvars import ContextVar
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import CharField, DateField, DateTimeField, FilteredRelation
from django.utils import timezone

from laereplads.access.admission import covers
from laereplads.access.models import MEMBERSHIPS_IN_ORDER, Membership, holds_on
from laereplads.accounts import middleware, sessions
from laereplads.accounts.models import Identity, Session, User, oldest_open
from laereplads.database.compiled_queries import Parameter, compiled_query
from laereplads.people.models import Company, School

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponseBase

# What is read of whom, under the prefixes by which the query finds them. FilteredRelation calls memberships "held".
SESSION, USER, IDENTITY, HELD = "", "user__", "identity__", "held__"
COMPANY, SCHOOL = "held__company__", "held__school__"
MODELS: dict[str, type[Model]] = {
    SESSION: Session,
    USER: User,
    IDENTITY: Identity,
    HELD: Membership,
    COMPANY: Company,
    SCHOOL: School,
}
FIELDS = {prefix: [field.attname for field in model._meta.concrete_fields] for prefix, model in MODELS.items()}
COLUMNS = [f"{prefix}{name}" for prefix, names in FIELDS.items() for name in names]
# Where each stands in a row; the primary key is the first.
ENDS = list(accumulate(map(len, FIELDS.values())))
PLACES = {prefix: slice(end - len(names), end) for (prefix, names), end in zip(FIELDS.items(), ENDS, strict=True)}
# The user that was read with the session of the request under way, by their number; None outside of requests.
read_along: ContextVar[dict[int, User] | None] = ContextVar("read_along", default=None)


class SessionMiddleware(middleware.SessionMiddleware):
    """Lets the user of the session be asked for once; what was read for one request is never there for the next."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = read_along.set({})
        try:
            response: HttpResponseBase = super().__call__(request)  # type: ignore[assignment]  # nothing is async
            return response
        finally:
            read_along.reset(token)


class SessionStore(sessions.SessionStore):
    """The portal's sessions, read with user and memberships."""

    def read(self) -> Session | None:
        seen, begun = oldest_open()
        found = who_asks().run(
            key=sessions.hashed(self.session_key), seen=seen, begun=begun, today=timezone.localdate()
        )
        if not found:
            return None
        session: Session = taken(SESSION, found[0])
        user: User | None = taken(USER, found[0])
        known = read_along.get()
        if known is not None and user:
            identity: Identity | None = taken(IDENTITY, found[0])
            held_today = [held for held in map(membership, found) if held]
            user.active_memberships = [held for held in held_today if covers(held, identity)]
            for held in user.active_memberships:
                held.user = user
            known[user.pk] = user
        return session


def taken(prefix: str, row: tuple[Any, ...]) -> Any:
    """What a row holds under the prefix; None where there is none."""
    values = row[PLACES[prefix]]
    return None if values[0] is None else MODELS[prefix].from_db(DEFAULT_DB_ALIAS, FIELDS[prefix], values)


def membership(row: tuple[Any, ...]) -> Membership | None:
    """The membership in a row, with the party that has a name."""
    held: Membership | None = taken(HELD, row)
    if held:
        held.company, held.school = taken(COMPANY, row), taken(SCHOOL, row)
    return held


@compiled_query
def who_asks() -> QuerySet[Any, Any]:
    """The open session with a key: a row for each membership of its user, and at least one."""
    of_today = holds_on(Parameter("today", DateField()), "user__memberships")
    held = FilteredRelation("user__memberships", condition=of_today)
    is_open = Session.objects.seen_and_begun_after(
        Parameter("seen", DateTimeField()), Parameter("begun", DateTimeField())
    )
    sessions_held = is_open.filter(session_key=Parameter("key", CharField())).annotate(held=held)
    in_order = sessions_held.order_by(*(f"held__{name}" for name in MEMBERSHIPS_IN_ORDER))
    return in_order.values_list(*COLUMNS)
