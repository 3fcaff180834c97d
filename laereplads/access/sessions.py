"""Who asks: the session, its user and what she is a member of today, read in one statement. settings.SESSION_ENGINE."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, DateField, DateTimeField, FilteredRelation
from django.utils import timezone

from laereplads.access.models import MEMBERSHIPS_IN_ORDER, Membership, holds_on
from laereplads.accounts import middleware, sessions
from laereplads.accounts.models import Session, oldest_open
from laereplads.database.prepared import Later, Prepared, once_for_each

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

    from laereplads.accounts.models import User

# The user that was read with the session of the request under way, by her number; None outside of requests.
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
        found = who_asks().run(key=self.session_key, seen=seen, begun=begun, today=timezone.localdate())
        if not found:
            return None
        session: Session = found[0]
        known = read_along.get()
        if known is not None and session.user:
            # Django says nothing at all of a membership that there is not.
            memberships: list[Membership] = [each.held for each in found if hasattr(each, "held")]
            for membership in memberships:
                membership.user = session.user
            session.user.active_memberships = memberships
            known[session.user.pk] = session.user
        return session


@once_for_each
def who_asks() -> Prepared[Session, Any]:
    """The open session with a key: a row for each membership of its user, and at least one."""
    of_today = holds_on(Later("today", DateField()), "user__memberships")
    held = FilteredRelation("user__memberships", condition=of_today)
    is_open = Session.objects.seen_and_begun_after(Later("seen", DateTimeField()), Later("begun", DateTimeField()))
    sessions_held = is_open.filter(session_key=Later("key", CharField())).annotate(held=held)
    with_parties: Any = sessions_held.select_related("user", "held__company", "held__school")  # type: ignore[misc]  # "held"
    return Prepared(with_parties.order_by(*(f"held__{name}" for name in MEMBERSHIPS_IN_ORDER)))
