"""Chromium in front of the proxy: a newcomer's browser, and the bytes it receives."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.chromium import launch_arguments
from tests.serving import browser as without_a_screen
from tests.serving.machine import LOCALHOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

    from tests.serving.machine import Proxy


def fingerprint(proxy: Proxy) -> str:
    """The key in the proxy's certificate, as Chromium wants it named to be trusted."""
    with (
        socket.create_connection((LOCALHOST, proxy.port)) as raw,
        proxy.trust().wrap_socket(raw, server_hostname="localhost") as secure,
    ):
        certificate = secure.getpeercert(binary_form=True)
    assert certificate
    key = x509.load_der_x509_certificate(certificate).public_key()
    packed = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(packed).digest()).decode()


@contextlib.contextmanager
def trusting_chromium(playwright: Playwright, proxy: Proxy) -> Iterator[Browser]:
    """Trusts the certificate properly: what merely tolerates it keeps no file for the next page."""
    arguments = launch_arguments(playwright)
    trusting = [*arguments["args"], f"--ignore-certificate-errors-spki-list={fingerprint(proxy)}"]
    browser = playwright.chromium.launch(**{**arguments, "args": trusting})
    yield browser
    browser.close()


def session_of(email: str, proxy: Proxy) -> str:
    browser = without_a_screen.Browser(proxy)
    browser.log_in(email)
    return browser.cookies["__Host-sessionid"]


def newcomer(chromium: Browser, proxy: Proxy, session: str) -> BrowserContext:
    """A browser that is logged in and has never seen a page of ours."""
    context = chromium.new_context(base_url=proxy.url, locale="da-DK", viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "__Host-sessionid", "value": session, "url": proxy.url, "secure": True}])
    return context


class Scale:
    """A page in a browser that has never been here, and the bytes it has received since it was last asked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.paths: dict[str, str] = {}
        self.received: list[tuple[int, str]] = []
        network = page.context.new_cdp_session(page)
        network.on("Network.requestWillBeSent", self.name)
        network.on("Network.loadingFinished", self.add)
        network.send("Network.enable")

    def name(self, event: dict[str, Any]) -> None:
        self.paths[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def add(self, event: dict[str, Any]) -> None:
        if size := int(event["encodedDataLength"]):
            self.received.append((size, self.paths[event["requestId"]]))

    def weigh(self) -> int:
        """What came since, also the fonts that only the newest part asks for; AssertionError for a whole font."""
        self.page.evaluate("document.fonts.ready.then(() => null)")
        self.page.wait_for_load_state("networkidle")
        received, self.received = self.received, []
        assert not [path for _size, path in received if "/complete/" in path], (
            "a half of it holds all that Danish needs"
        )
        return sum(size for size, _path in received)
