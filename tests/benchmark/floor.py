"""The floor: the same pages as a bare WSGI function. It reads the session, runs the same statements, joins strings.

No framework, no checks, no templates, no compression: what a page costs at least on this machine with this database.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import os
import pickle
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

COOKIE = "__Host-sessionid"
SAVING = "/frafaldsrisiko/"
WHO = """
select m.id::text, m.company_id::text from accounts_session s join access_membership m on m.user_id = s.user_id
where s.session_key = %s
"""
ACT = """
select set_config('role', 'laereplads_company_staff', true), set_config('app.membership_id', %s, true),
    set_config('app.company_id', %s, true), set_config('app.today', current_date::text, true),
    set_config('app.now', now()::text, true), set_config('app.request_id', gen_random_uuid()::text, true)
"""
SAVE = """
insert into risk_riskassessment (agreement_id, level, recorded_at, recorded_by_id)
select id, %s, now(), %s::bigint from people_agreement where public_id = %s::uuid
"""


def pages() -> dict[str, Any]:
    path = os.environ.get("RECORDINGS")
    recordings = pickle.loads(Path(path).read_bytes()) if path else []  # our own, of a moment ago
    for each in recordings:
        each["runs"] = [
            (inside, list(some))
            for inside, some in itertools.groupby(each["statements"], lambda s: s["in_transaction"])
        ]
    return {each["path"]: each for each in recordings}


PAGES = pages()
connections: list[psycopg.Connection[Any]] = []


def database() -> psycopg.Connection[Any]:
    """One kept connection for each process, made after the fork."""
    if not connections:
        connections.append(psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=2))
    return connections[0]


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    path = environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else "")
    cookie = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(COOKIE)
    # As the table has it: laereplads.accounts.sessions.
    session = hashlib.sha256((cookie.value if cookie else "").encode()).hexdigest()[:40]
    if environ["REQUEST_METHOD"] == "POST":
        save(path, session, environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]
    page = PAGES.get(path)
    if page is None:
        start_response("200 OK" if path.startswith("/health/") else "404 Not Found", [("Content-Type", "text/plain")])
        return [b""]
    content = written(page, session).encode()
    start_response("200 OK", [*page["headers"], ("Content-Length", str(len(content)))])
    return [content]


def written(page: dict[str, Any], session: str) -> str:
    results: list[list[Any]] = []
    own = database()
    for in_transaction, statements in page["runs"]:
        if in_transaction:
            with own.transaction():
                results += [found(own, statement, page["session"], session) for statement in statements]
        else:
            results += [found(own, statement, page["session"], session) for statement in statements]
    parts = [page["pieces"][0]]
    for (number, row, column), piece in zip(page["places"], page["pieces"][1:], strict=True):
        parts += (html.escape(str(results[number][row][column])), piece)
    return "".join(parts)


def found(own: psycopg.Connection[Any], statement: dict[str, Any], recorded: str, session: str) -> list[Any]:
    cursor = own.cursor() if statement["is_typed"] else psycopg.ClientCursor(own)
    values = [session if value == recorded else value for value in statement["values"]]
    cursor.execute(statement["text"], values or None)
    return cursor.fetchall() if cursor.description else []


def save(path: str, session: str, body: str) -> None:
    """The one statement that an assessment is; triggers, policies and durability are the database's own."""
    own = database()
    agreement = path.removeprefix(SAVING).strip("/")
    level = parse_qs(body)["level"][0]
    membership, company = own.execute(WHO, [session]).fetchall()[0]
    with own.transaction():
        own.execute(ACT, [membership, company])
        if own.execute(SAVE, [level, membership, agreement]).rowcount != 1:
            raise LookupError(agreement)
