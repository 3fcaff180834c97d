"""Generated requests: real addresses and forms of the portal, with something wrong in them, or many things."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from laereplads.imports.roster.sample import SAMPLE_FILE
from tests.hostile.portal import PARAMETER
from tests.imports.organisations import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.portal import Form, Portal

READING = ("GET", "HEAD")
METHODS = (*READING, "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "X" * 40)
LONG = "x" * 1_000_000
JUNK = (
    "", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\u202eelev", "\u200f\u2066", "\ufeff", "\u0007",
    "\r\nSet-Cookie: a=b", "0", "-1", "1", "2", "9" * 4, "9" * 20, "9" * 5000, "1e999", "-0", "NaN", "Infinity",
    "0x10", "１２", "٣", "²", "1.5", "1,5", "1_0", "+1", "9999-99-99", "0001-01-01", "9999-12-31", "10000-01-01",
    "0000-00-00", "31.12.9999", "01.01.0001", "29.02.2025", "1.1.1", "99-99-9999", "2026-03-02T25:61",
    "24.12.2025\x00", "true", "on", "null", "None", "undefined", "[]", "{}", "[1,2]", '{"a":1}', "ja", "nej", "high",
    "none", "name", "oldest", "'", '"', "';--", "' or 1=1--", "%", "%s", "%(name)s", "%00", "%ff", "_%", "\\",
    "\\x00", "{{ 7*7 }}", "{% debug %}", "${jndi}", "<script>alert(1)</script>", "<b>", "&amp;", "&#0;",
    "../../etc/passwd", "..\\", "//ond.example/", "/\\ond.example", "javascript:alert(1)",
    "http://testserver@ond.example/", "https://ond.example", "/elever/", "a@b", "a@b.c" * 40, "Æ" * 101, "x" * 2000,
    "x " * 2000, "🙂" * 90, "e\u0301" * 300, LONG, "=1+1", "@SUM(A1)", "\t", "\n", "\n" * 300,
    "00000000-0000-0000-0000-000000000000", "0b3a4c1e-0000-4000-8000-00000000000", "__class__", "password",
    "sort_key", "student__name", "-student__name", "1.2.3", "-1.-2", "user__password__startswith",
)  # fmt: skip
TYPES = (
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=nonsens", "multipart/form-data", "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\u00e5", "multipart/form-data; boundary=" + "b" * 300,
    "multipart/form-data; boundary=x; charset=utf-7", "multipart/mixed; boundary=x", "application/json", "text/plain",
    "text/csv", "application/xml", "", "/", ";;;", "*/*", "text/html; charset=hex", "a/b; charset=idna",
    "a/b; charset=unicode_escape", "a/b; charset*=x''y", "a/b; charset=utf-16", "a/b; charset=undefined",
    "a/b; c=" + "x" * 20_000,
)  # fmt: skip
FILE_NAMES = (
    "elever.csv", "", "a\x00.csv", "../../../etc/passwd", "C:\\elever.csv", "x" * 3000 + ".csv", "\u202evsc.exe",
    "\ud800.csv", '"; name="drop', ".", "..", "CON", "å.csv", "%00.csv", "a\r\nX: y", "elever.csv/", "\u0000",
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "HTTP_HX_REQUEST": ("true", "false", "", "1", "\u00e5"),
    "HTTP_HX_BOOSTED": ("true", "x"),
    "HTTP_HX_HISTORY_RESTORE_REQUEST": ("true", "false"),
    "HTTP_HX_CURRENT_URL": (
        "http://testserver/elever/",
        "//ond.example",
        "http://[",
        "javascript:1",
        "http://testserver:x/",
        "x" * 9000,
    ),
    "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": ("true",),
    "HTTP_HX_TARGET": ("results", "../x", "\u00ff" * 99),
    "HTTP_HX_TRIGGER": ("window", "\u00ff"),
    "HTTP_HX_PROMPT": ("x",),
    "HTTP_HOST": (
        "ond.example",
        "testserver:99999",
        "",
        "[::1",
        "testserver@ond",
        "a" * 300,
        "testserver, ond.example",
        "127.0.0.1:80:80",
        ".",
    ),
    "HTTP_X_FORWARDED_HOST": ("ond.example", "testserver, ond.example"),
    "HTTP_X_FORWARDED_PROTO": ("https", "ftp"),
    "HTTP_X_FORWARDED_FOR": ("1.2.3.4", "junk", ", , ,", "::1", "1.2.3.4, 5.6.7.8", "x" * 5000),
    "HTTP_X_FORWARDED_PORT": ("99999", "x"),
    "HTTP_ACCEPT_LANGUAGE": ("en", "en;q=x", "da" * 900, "*;q=2", ",,,", "\u00ff", "../../x"),
    "HTTP_ACCEPT": ("application/json", "*/*;q=x", "text/html;level=" + "9" * 400, ""),
    "HTTP_ACCEPT_ENCODING": ("gzip;q=0", "br", "\u00ff", "identity;q=0, *;q=0"),
    "HTTP_IF_MODIFIED_SINCE": ("Mon, 02 Mar 2099 09:00:00 GMT", "i morgen", "Thu, 99 Foo 9999 99:99:99 GMT", "0"),
    "HTTP_IF_NONE_MATCH": ("*", '"x"', "W/", '"' * 99),
    "HTTP_RANGE": ("bytes=0-10", "bytes=-1", "bytes=9-1", "bytes=" + "0-1," * 900, "x"),
    "HTTP_REFERER": ("http://ond.example/", "//", "http://[", ""),
    "HTTP_ORIGIN": ("http://ond.example", "null", "http://["),
    "HTTP_USER_AGENT": ("", "%s%n", "x" * 9000, "\u00ff"),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE",),
    "HTTP_X_REQUESTED_WITH": ("XMLHttpRequest",),
    "HTTP_X_CSRFTOKEN": ("x" * 32, "\u00e5"),
    "HTTP_AUTHORIZATION": ("Basic Og==", "Bearer x", "Negotiate"),
    "HTTP_X_REQUEST_ID": ("a" * 900, "'", "\u00ff"),
    "HTTP_EXPECT": ("100-continue",),
    "HTTP_TRANSFER_ENCODING": ("chunked",),
    "HTTP_CONTENT_ENCODING": ("gzip",),
    "CONTENT_LENGTH": ("0", "-1", "x", "99999999", "", "1" * 30),
    "SERVER_PROTOCOL": ("HTTP/0.9", "x"),
    "wsgi.url_scheme": ("https",),
}
COOKIES = (
    "sessionid=x", "sessionid=" + "a" * 32, "csrftoken=x", "csrftoken=" + "a" * 64, "django_language=en",
    "django_language=xx", "django_language=../../x", "messages=x", "=;=;", ";" * 999, "a=b" * 900, '"',
    "\u00e5=\u00e6", "sessionid", "$Version=1", "__Host-sessionid=x",
)  # fmt: skip
ROSTER = SAMPLE_FILE.read_bytes()
FILES = [ROSTER, *(sample.read_bytes() for sample in SAMPLES)]


@dataclass(frozen=True)
class Case:
    """One request and who sends it. Pairs are (name, value) as a browser would type them."""

    role: str
    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    raw_query: bytes = b""
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cookies: str = ""
    is_own: bool = True

    @property
    def query_string(self) -> bytes:
        return encoded(self.query) + self.raw_query


def encoded(pairs: list[tuple[str, str]]) -> bytes:
    """As browsers send a form, but for lone surrogates, which they cannot."""
    written = ((quoted(name), quoted(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in written).encode()


def quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


def multipart(parts: list[tuple[str, str | None, bytes]], boundary: bytes, *, is_closed: bool = True) -> bytes:
    """Parts as (name, file name, content)."""
    lines = []
    for name, file_name, content in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")
        header = f"Content-Disposition: {disposition}\r\n".encode("utf-8", "surrogatepass")
        kind = b"Content-Type: text/csv\r\n" if file_name is not None else b""
        lines.append(b"--" + boundary + b"\r\n" + header + kind + b"\r\n" + content + b"\r\n")
    return b"".join(lines) + (b"--" + boundary + b"--\r\n" if is_closed else b"")


def files_to_import() -> st.SearchStrategy[bytes]:
    """Files for the imports: the samples with something changed, and what is no such file at all."""

    def changed(file: bytes, cut: tuple[int, int], junk: bytes) -> bytes:
        start, end = sorted(at % len(file) for at in cut)
        return file[:start] + junk + file[end if end - start < 400 else start :]

    bits = st.one_of(
        st.sampled_from(
            [b"\x00", b"\xff", b'"', b";" * 50, b"\r\n" * 99, b"\xef\xbb\xbf", b"99999", b"-1", b"32-13-0000", b"=1+1"]
        ),
        st.sampled_from(JUNK).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.binary(max_size=20),
    )
    return st.one_of(
        st.builds(
            changed, st.sampled_from(FILES), st.tuples(st.integers(0, len(ROSTER)), st.integers(0, len(ROSTER))), bits
        ),
        st.sampled_from(
            [
                *FILES,
                b"",
                b"\x00" * 999,
                b"PK\x03\x04" + b"x" * 99,
                ROSTER.decode().encode("utf-16"),
                ROSTER.decode().encode("latin-1"),
            ]
        ),
        st.sampled_from([ROSTER + ROSTER, b"\n" * 9999, b"institutionsnummer;" * 500, LONG.encode(), b'"' * 999]),
        st.binary(max_size=300),
    )


def cases(  # noqa: C901  # many small strategies that share their parts
    portal: Portal, roles: tuple[str, ...]
) -> st.SearchStrategy[Case]:
    """Any request to any address by anybody; half of those that send a form start from one that a page shows."""
    text = st.one_of(st.sampled_from([*JUNK, *portal.ids, *portal.ids]), st.text(max_size=12))
    names = st.sampled_from([*portal.fields, *portal.parameters, *portal.parameters, *JUNK])
    queries = st.lists(st.tuples(st.one_of(st.sampled_from(portal.parameters), names), text), max_size=4)
    pages = st.sampled_from(portal.pages)
    routes = st.sampled_from(portal.routes)

    @st.composite
    def made_up(draw: Callable[..., str]) -> str:
        """An address of the URLconf with anything where its ids belong."""
        plain = draw(routes).lstrip("^").replace("^", "").replace("$", "").replace("\\", "")
        return "/" + PARAMETER.sub(lambda _found: quoted(draw(text))[:9000], plain)

    @st.composite
    def damaged(draw: Callable[..., str]) -> str:
        path, junk = (
            draw(pages),
            draw(
                st.sampled_from(["%00", "%ff", "%", "//", "/", "%2e%2e/", ";", "\u00e5", "%C0%AF", "?", "%0d%0a", "~"])
            ),
        )
        at = draw(st.integers(0, len(path)))
        return path[:at] + junk + path[at:]

    paths = st.one_of(*[pages] * 6, *[made_up()] * 3, damaged())

    def changed(draw: Callable[..., object], form: Form) -> list[tuple[str, str]]:
        pairs = []
        for name, value in form.pairs + [(name, draw(st.sampled_from(form.choices[name]))) for name in form.choices]:
            act = draw(st.integers(0, 9))
            if act < 6:
                pairs.append((name, value))
            elif act < 8:
                pairs.append((name, draw(text)))
            elif act == 8:
                pairs += [(name, draw(text)), (name, value)]
        return pairs + draw(st.lists(st.tuples(names, text), max_size=3))

    @st.composite
    def bodies(draw: Callable[..., object], form: Form | None) -> tuple[bytes, str]:
        pairs = changed(draw, form) if form else draw(st.lists(st.tuples(names, text), max_size=6))
        kind = draw(st.integers(0, 15))
        if kind < 9:
            return encoded(pairs), TYPES[0]
        if kind < 13:
            parts = [(name, None, value.encode("utf-8", "surrogatepass")) for name, value in pairs]
            files = st.tuples(st.one_of(st.just("file"), names), st.sampled_from(FILE_NAMES), files_to_import())
            parts += draw(st.lists(files, max_size=2))
            return multipart(parts, b"x", is_closed=draw(st.integers(0, 4)) > 0), "multipart/form-data; boundary=x"
        if kind == 13:
            return json.dumps(dict(pairs)).encode(), draw(st.sampled_from(["application/json", TYPES[0]]))
        if kind == 14 and draw(st.integers(0, 5)) == 0:
            return b"a=b&" * 1500, TYPES[0]
        return draw(st.one_of(st.binary(max_size=200), st.just(encoded(pairs)))), draw(st.sampled_from(TYPES))

    headers = st.lists(
        st.sampled_from(sorted(HEADERS)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(HEADERS[name]))),
        max_size=4,
    ).map(dict)
    cookies = st.one_of(st.just(""), st.just(""), st.lists(st.sampled_from(COOKIES), max_size=3).map("; ".join))

    @st.composite
    def one(draw: Callable[..., object]) -> Case:
        form = draw(st.one_of(st.none(), st.sampled_from(portal.forms)))
        if form:
            # Mostly by somebody who has the page, now and then by anybody.
            role = form.role if draw(st.integers(0, 3)) else draw(st.sampled_from(roles))
            method, path = form.method if draw(st.integers(0, 9)) else draw(st.sampled_from(METHODS)), form.action
        else:
            role, path = draw(st.sampled_from(roles)), draw(paths)
            method = draw(st.one_of(st.sampled_from(READING), st.just("POST"), st.sampled_from(METHODS)))
        query, body, content_type = draw(queries), b"", ""
        if form and method == "GET":
            query += changed(draw, form)
        elif method not in READING or draw(st.integers(0, 9)) == 0:
            body, content_type = draw(bodies(form))
        return Case(
            role=role,
            method=method,
            path=path,
            query=query,
            raw_query=draw(
                st.one_of(
                    *[st.just(b"")] * 6,
                    st.binary(max_size=12),
                    st.sampled_from([b"&side=%", b"&&&==", b"&a[]=1&a[b]=2", b"&x=%80%ff"]),
                )
            ),
            body=body,
            content_type=content_type,
            headers=draw(headers) if draw(st.booleans()) else {},
            cookies=draw(cookies),
            is_own=draw(st.integers(0, 9)) > 0,
        )

    return one()
