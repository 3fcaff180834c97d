"""The portal as an attacker meets it: every address, found by itself, and the fields of every form on them."""

from __future__ import annotations

import io
import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.apps import apps
from django.conf import settings
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections
from django.urls import Resolver404, get_resolver, resolve

from laereplads.access.checks import patterns
from laereplads.wsgi import application
from tests.sessions import TOKEN as CSRF_TOKEN

if TYPE_CHECKING:
    from tests.world import World

# Whoever is somewhere else than these has the same pages as one of them.
CRAWLERS = ("nobody", "company", "school", "student", "administrator")
PARAMETER = re.compile(r"\(\?P<(?P<regex>\w+)>[^)]*\)|<(?:\w+:)?(?P<plain>\w+)>")
TOKEN = "csrfmiddlewaretoken"


@dataclass
class Form:
    """A form as a page shows it: what it sends if it is sent as it is, and what could be chosen instead."""

    page: str
    action: str
    method: str
    pairs: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    role: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        return self.role, self.method, route_of(self.action), *sorted(self.choices)

    def add(self, name: str, value: str, *, is_sent: bool) -> None:
        if name and name != TOKEN:
            self.choices.setdefault(name, []).append(value)
            if is_sent:
                self.pairs.append((name, value))


class PageReader(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.links.append(urljoin(self.page, values["href"]))
        elif tag == "form":
            action = urljoin(self.page, values.get("action", ""))
            self.forms.append(Form(self.page, action, values.get("method", "get").upper()))
        elif self.forms:
            self.handle_control(tag, values)

    def handle_control(self, tag: str, values: dict[str, str]) -> None:
        form, name = self.forms[-1], values.get("name", "")
        if tag == "select":
            self.select = name
        elif tag == "option":
            form.add(self.select, values.get("value", ""), is_sent="selected" in values)
        elif tag in {"input", "textarea"}:
            is_box = values.get("type") in {"checkbox", "radio"}
            is_sent = "checked" in values if is_box else values.get("type") not in {"submit", "file"}
            form.add(name, values.get("value", "on" if is_box else ""), is_sent=is_sent)
        elif tag == "button":
            if "formaction" in values:
                self.links.append(urljoin(self.page, values["formaction"]))
            form.add(name, values.get("value", ""), is_sent=False)


@dataclass
class Portal:
    """All addresses, real ones with somebody's ids and the URLconf's own, and all forms."""

    sessions: dict[str, str]
    pages: list[str]
    forms: list[Form]
    routes: list[str]
    ids: list[str]
    # Of the addresses' queries, and of all forms and all columns: what somebody might try to send.
    parameters: list[str]
    fields: list[str]


def explore(world: World) -> Portal:
    """Follow every link of every role, one page for each route and role, from the front page and the URLconf."""
    sessions = {
        role: client.cookies[settings.SESSION_COOKIE_NAME].value
        if settings.SESSION_COOKIE_NAME in client.cookies
        else ""
        for role, client in world.clients.items()
    }
    routes = sorted({route for route, _namespace, _pattern in patterns(get_resolver())})
    portal = Portal(sessions, [], [], routes, [], [], [])
    parameters: set[str] = set()
    for role in CRAWLERS:
        waiting = ["/" + route for route in routes if not PARAMETER.search(route)]
        seen: set[str] = set()
        while waiting:
            path, _hash, _rest = waiting.pop(0).partition("#")
            parameters |= {name for name, _value in parse_qsl(urlsplit(path).query)}
            route = route_of(path)
            # The first few of each kind: with a query, without one, and another row.
            if route is None or sum(known == route for known in seen) or not path.startswith("/"):
                continue
            seen.add(route)
            portal.pages += [path] if path not in portal.pages else []
            answer = ask(environ(portal, role, "GET", path))
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                reader = PageReader(path)
                reader.feed(answer.content.decode())
                waiting += reader.links
                for form in reader.forms:
                    form.role = role
                    parameters |= set(form.choices) if form.method == "GET" else set()
                    waiting.append(form.action)
                portal.forms += [form for form in reader.forms if form.choices or form.method == "POST"]
    # The header's forms stand on every page.
    portal.forms = list({form.key: form for form in portal.forms}.values())
    portal.ids = sorted({str(public_id) for public_id in world.ids.values()} | some_keys())
    portal.parameters = sorted(parameters)
    columns = {name.name for model in apps.get_models() for name in model._meta.concrete_fields}
    portal.fields = sorted({name for form in portal.forms for name in form.choices} | columns)
    return portal


def route_of(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).route
    except Resolver404:
        return None


def some_keys() -> set[str]:
    """The first and last primary keys of every table."""
    keys = set()
    for model in apps.get_models():
        if not model._meta.auto_created:
            ordered = model._base_manager.order_by("pk").values_list("pk", flat=True)
            keys |= {str(key) for key in (ordered.first(), ordered.last()) if isinstance(key, int)}
    return keys


def environ(  # noqa: PLR0913  # the parts of a request
    portal: Portal,
    role: str,
    method: str,
    path: str,
    *,
    query: bytes = b"",
    body: bytes = b"",
    content_type: str = "",
    cookies: str = "",
    headers: dict[str, str] | None = None,
    is_own: bool = True,
) -> dict[str, object]:
    """A WSGI request; `path` may hold a query, `cookies` come after the session's own.

    `is_own`: it carries the token that tells it from one that another site made the browser send.
    """
    path, _mark, own_query = path.partition("?")
    session = f"{settings.SESSION_COOKIE_NAME}={portal.sessions[role]}" if portal.sessions[role] else ""
    token = f"{settings.CSRF_COOKIE_NAME}={CSRF_TOKEN}" if is_own else ""
    return {
        "REQUEST_METHOD": method,
        # As servers hand paths on: percent signs undone, each byte as a character.
        "PATH_INFO": unquoted(path),
        "QUERY_STRING": "&".join(part for part in (own_query, query.decode("latin-1")) if part),
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)) if body or method == "POST" else "",
        "HTTP_COOKIE": "; ".join(part for part in (session, token, cookies) if part),
        "HTTP_HOST": "testserver",
        "REMOTE_ADDR": "127.0.0.1",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        **({"HTTP_X_CSRFTOKEN": CSRF_TOKEN} if is_own else {}),
        **(headers or {}),
    }


def unquoted(path: str) -> str:
    """Percent signs undone where two hexadecimal digits follow; each byte becomes one character."""
    raw = path.encode("utf-8", "surrogatepass")
    undone = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), raw)
    return undone.decode("latin-1")


@dataclass(frozen=True)
class Answer:
    """What the browser gets, and the exception behind it where there was one."""

    status_code: int
    headers: dict[str, str]
    content: bytes
    error: BaseException | None


def ask(request: dict[str, object]) -> Answer:
    """Let the WSGI application itself answer."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    errors: list[BaseException | None] = []

    def note(**_details: object) -> None:
        errors.append(sys.exception())

    # The connection is the test's own, and in the midst of its transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    got_request_exception.connect(note)
    try:
        chunks = application(request, lambda status, headers, _info=None: started.append((status, headers)))
        content = b"".join(chunks)
        if close := getattr(chunks, "close", None):
            close()
    finally:
        got_request_exception.disconnect(note)
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
    ((status, headers),) = started
    return Answer(int(status.split()[0]), dict(headers), content, errors[-1] if errors else None)
