"""A browser without a screen: cookies, forms, and every byte counted as it came."""

from __future__ import annotations

import gzip
import http.client
import re
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from tests.serving.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.serving.machine import Proxy


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.sent = response.read()
        self.content = gzip.decompress(self.sent) if self.headers["Content-Encoding"] == "gzip" else self.sent

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def hidden(self) -> dict[str, str]:
        """What the page's forms send without being asked: tokens above all."""
        return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.text))


class Browser:
    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPSConnection("localhost", self.proxy.port, context=self.proxy.trust(), timeout=30)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {"Accept-Encoding": "gzip", "Origin": self.proxy.url, "Referer": self.proxy.url, "Cookie": cookies}
        try:
            connection.request(method, path, body, {**own, **headers})
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, cookie in SimpleCookie(line).items():
                self.cookies[name] = cookie.value
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form as a browser would, with what the page's own form hides."""
        return self.send(path, **{**self.hidden(path), **fields})

    def send(self, path: str, **fields: str) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields).encode(), **kind)

    def hidden(self, path: str) -> dict[str, str]:
        return self.get(path).hidden

    def log_in(self, email: str) -> Answer:
        answer = self.post("/log-ind/", login=email, password=PASSWORD)
        assert answer.status == 302, answer.text
        while answer.status == 302:
            answer = self.get(urlsplit(answer.headers["Location"]).path)
        return answer
