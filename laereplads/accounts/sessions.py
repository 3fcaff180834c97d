"""Where sessions are kept, and when the server ends them: settings.SESSION_ENGINE."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from laereplads.accounts.models import Session

# Activity is written down at most this often: a page costs no statement more, and a session may end this much early.
NOTED_EVERY = datetime.timedelta(minutes=1)
# What the session's data hold of a sign-in at a broker; columns repeat it, so that a logout from there finds it.
IDENTITY_KEY, BROKER_SID_KEY = "identity", "broker_sid"
# The column's, and 160 bits.
KEY_LENGTH = 40


def hashed(key: str | None) -> str:
    """What the table holds of a session's key: whoever reads it, or a backup of it, can log in as nobody.

    A key is drawn by chance and long: no salt is needed.
    """
    return hashlib.sha256((key or "").encode(errors="replace")).hexdigest()[:KEY_LENGTH]


class SessionStore(db.SessionStore):
    """Django's sessions in the database, with the user and both limits in columns of their own."""

    # The row as it was read or written last; None before that, and when there is none.
    row: Session | None = None
    # Whether the browser named a session that is over.
    is_over = False

    @classmethod
    def get_model_class(cls) -> type[Session]:  # type: ignore[override]  # a model of our own
        return Session

    def _get_session_from_db(self) -> Session | None:
        self.row = self.read()
        if self.row is None:
            self._session_key = None
            self.is_over = True
        return self.row

    def read(self) -> Session | None:
        return Session.objects.open().filter(session_key=hashed(self.session_key)).first()

    def create_model_instance(self, data: dict[str, Any]) -> Session:  # type: ignore[override]  # as above
        """The row to write; a session begins when somebody logs in, and a new key is no new beginning."""
        now = timezone.now()
        user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        goes_on = self.row is not None and self.row.user_id == user_id
        self.row = Session(
            session_key=hashed(self._get_or_create_session_key()),  # type: ignore[attr-defined]  # Django's own
            session_data=self.encode(data),
            user_id=user_id,
            identity_id=data.get(IDENTITY_KEY) if user_id else None,
            broker_sid=data.get(BROKER_SID_KEY, "") if user_id else "",
            started_at=self.row.started_at if self.row and goes_on else now,
            last_seen_at=now,
        )
        return self.row

    def exists(self, session_key: str) -> bool:
        return super().exists(hashed(session_key))

    def delete(self, session_key: str | None = None) -> None:
        super().delete(hashed(session_key or self.session_key))

    def flush(self) -> None:
        super().flush()
        self.row = None

    def touch(self) -> None:
        """Note that the user is there."""
        now = timezone.now()
        if self.row and self.row.user_id and now - self.row.last_seen_at >= NOTED_EVERY:
            Session.objects.filter(session_key=self.row.session_key).update(last_seen_at=now)
            self.row.last_seen_at = now

    def seconds_left(self) -> tuple[int, int]:
        """Until the session ends if nothing is done, and whatever is done."""
        if self.row is None:
            return 0, 0
        now = timezone.now()
        left = (self.row.ends_at - now, self.row.last_at - now)
        return max(0, int(left[0].total_seconds())), max(0, int(left[1].total_seconds()))

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.exclude(session_key__in=Session.objects.open().values("session_key")).delete()
