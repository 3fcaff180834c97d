"""The demo's brokers, met as a browser meets them: certified providers, and nothing of the portal's own in between."""

from __future__ import annotations

import datetime
import re
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import psutil
import pytest
import requests
from django.conf import settings as project
from django.test import RequestFactory

from laereplads.accounts.sign_in import brokers, metadata
from laereplads.accounts.sign_in.claims import Level, Scheme
from laereplads.accounts.sign_in.errors import BrokerAway, Cancelled
from laereplads.demo import provider
from laereplads.demo.provider import Addresses, Person, ProviderUnavailable
from tests.accessibility import assert_accessible, assert_fits

BIRGIT = Person(
    "11111111-1111-4111-8111-111111111111",
    Scheme.MITID_ERHVERV,
    "Birgit Holm",
    "Solgården, CVR 99000007",
    name="Birgit Holm",
    email="birgit@solgaarden.example",
    cvr="99000007",
    p_number="1003388394",
    organisation_name="Solgården",
)
LONE = Person("2222", Scheme.MITID_ERHVERV, "Lone Bæk", name="Lone Bæk", cvr="99200006")
AMINA = Person(
    "3333",
    Scheme.MITID,
    "Amina Yilmaz",
    name="Amina Yilmaz",
    birth_date=datetime.date(2005, 8, 5),
    level=Level.HIGH,
)
PUPIL = Person("4444", Scheme.UNILOGIN, "amin0012", uniid="amin0012", institution_numbers=("280001",), level=Level.LOW)


class Portal(BaseHTTPRequestHandler):
    """Takes browsers back, and hears what brokers tell of logouts."""

    told: list[str]

    def do_GET(self):
        self.reply(b"<!doctype html><title>Portalen</title><link rel=icon href='data:,'>")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.told.append(dict(parse_qsl(body))["logout_token"])
        self.reply(b"")

    def reply(self, body):
        self.send_response(200)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_anything):
        """Nothing: tests say what went wrong."""


@pytest.fixture(scope="module")
def portal():
    with ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        server.told = []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


def addresses(port):
    return {
        kind.key: Addresses(
            callback=f"http://127.0.0.1:{port}/{kind.key}/svar/",
            after_logout=f"http://127.0.0.1:{port}/log-ind/",
            logged_out=f"http://127.0.0.1:{port}/{kind.key}/afmeldt/",
        )
        for kind in provider.KINDS
    }


@pytest.fixture
def running(portal, settings, db):
    """Begun within the test, which takes place on a day of its own."""
    metadata.forget()
    with provider.start([BIRGIT, LONE, AMINA, PUPIL], addresses(portal.server_port)) as found:
        settings.BROKERS = found.brokers()
        yield found


class Browser:
    """Follows a broker's pages until it is sent back to the portal."""

    def __init__(self, portal):
        self.portal = f"http://127.0.0.1:{portal.server_port}/"
        self.http = requests.Session()
        self.session = {}

    def request(self, **parameters):
        request = RequestFactory().get("/", parameters)
        request.session = self.session
        return request

    def follow(self, response):
        """The first page, or the address in the portal that one is sent to."""
        while True:
            assert response.status_code < 400, response.text
            if not response.is_redirect:
                form = re.search(r'<form[^>]*action="([^"]+)"', response.text)
                if not form or "document.forms[0].submit()" not in response.text:
                    return response
                fields = re.findall(r'<input type="?hidden"? name="?(\w+)"? value="?([^"/>]*)', response.text)
                response = self.http.post(urljoin(response.url, form[1]), data=dict(fields), allow_redirects=False)
                continue
            address = urljoin(response.url, response.headers["Location"])
            if address.startswith(self.portal):
                return address
            response = self.http.get(address, allow_redirects=False)

    def start(self, key):
        """The page on which one chooses who to be."""
        callback = f"{self.portal}{key}/svar/"
        url = brokers.start(self.request(), key, callback_url=callback).url
        return self.follow(self.http.get(url, allow_redirects=False))

    def sign_in(self, key, **chosen):
        page = self.start(key)
        back = self.follow(self.http.post(page.url, data=chosen, allow_redirects=False))
        return brokers.finish(self.request(**dict(parse_qsl(urlsplit(back).query))), key)


@pytest.fixture
def browser_of(portal):
    return lambda: Browser(portal)


def test_an_employee_signs_in(running, browser_of):
    found = browser_of().sign_in("mitid-erhverv", sub=BIRGIT.subject)

    assert (found.subject, found.level, found.cvr) == (BIRGIT.subject, Level.SUBSTANTIAL, "99000007")
    assert (found.name, found.email, found.p_number) == ("Birgit Holm", "birgit@solgaarden.example", "1003388394")
    assert found.organisation_name == "Solgården"
    assert found.sid


def test_a_student_signs_in(running, browser_of):
    private = browser_of().sign_in("mitid", sub=AMINA.subject)
    pupil = browser_of().sign_in("unilogin", sub=PUPIL.subject)

    assert (private.birth_date, private.level) == (datetime.date(2005, 8, 5), Level.HIGH)
    assert (pupil.uniid, pupil.institution_numbers, pupil.level) == ("amin0012", ("280001",), Level.LOW)
    assert private.issuer != pupil.issuer


@pytest.mark.parametrize(("key", "person"), [("mitid-erhverv", BIRGIT), ("mitid", AMINA), ("unilogin", PUPIL)])
def test_a_low_level_can_be_tried(key, person, running, browser_of):
    browser = browser_of()

    assert browser.sign_in(key, sub=person.subject, low="yes").level is Level.LOW
    assert browser.sign_in(key, sub=person.subject).level is person.level


def test_one_is_asked_again_each_time_and_may_be_somebody_else(running, browser_of):
    browser = browser_of()

    assert browser.sign_in("mitid-erhverv", sub=BIRGIT.subject).cvr == "99000007"
    assert browser.sign_in("mitid-erhverv", sub=LONE.subject).cvr == "99200006"


def test_only_the_brokers_own_people_are_on_its_page(running, browser_of):
    page = browser_of().start("mitid-erhverv").text

    assert "Birgit Holm" in page
    assert "Amina" not in page
    assert "lavt sikringsniveau" in page


def test_the_person_says_no(running, browser_of):
    with pytest.raises(Cancelled):
        browser_of().sign_in("mitid", cancel="yes")


def test_a_browser_chooses_who_to_be(running, browser_of, portal, page):
    """Its clock is today's, and not the test's: a cookie that ends on a day of the test's would be over."""
    begun = browser_of()
    callback = f"{begun.portal}mitid-erhverv/svar/"
    page.set_viewport_size({"width": 320, "height": 640})

    page.goto(brokers.start(begun.request(), "mitid-erhverv", callback_url=callback).url)

    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Birgit Holm").press("Enter")
    page.wait_for_url(f"{callback}**")
    assert brokers.finish(begun.request(**dict(parse_qsl(urlsplit(page.url).query))), "mitid-erhverv").cvr == "99000007"


@pytest.mark.parametrize("keep_old", [True, False])
def test_keys_are_changed_while_people_sign_in(keep_old, running, browser_of):
    browser = browser_of()
    browser.sign_in("mitid", sub=AMINA.subject)

    running.rotate(keep_old=keep_old)

    assert browser.sign_in("mitid", sub=AMINA.subject)


def test_logout_here_ends_the_session_there_and_there_tells_the_portal(running, browser_of, portal):
    browser = browser_of()
    found = browser.sign_in("mitid-erhverv", sub=BIRGIT.subject)
    portal.told.clear()

    url = brokers.end_session_url("mitid-erhverv", found.id_token, after_url=f"{browser.portal}log-ind/", state="any")
    back = browser.follow(browser.http.get(url, allow_redirects=False))

    assert back == f"{browser.portal}log-ind/?{urlencode({'state': 'any'})}"
    (token,) = portal.told
    assert brokers.logout_token("mitid-erhverv", token) == (found.issuer, found.subject, found.sid)


def test_logout_there_tells_the_portal(running, browser_of, portal):
    browser = browser_of()
    found = browser.sign_in("mitid", sub=AMINA.subject)
    portal.told.clear()

    page = browser.follow(browser.http.get(f"{running.issuer('mitid')}/session/end", allow_redirects=False))

    assert "Du er logget ud" in page.text
    assert brokers.logout_token("mitid", portal.told[0])[2] == found.sid


def test_a_broker_that_is_gone_is_away(running, browser_of):
    browser = browser_of()
    page = browser.start("mitid")
    back = browser.follow(browser.http.post(page.url, data={"sub": AMINA.subject}, allow_redirects=False))
    running.stop()

    with pytest.raises(BrokerAway):
        brokers.finish(browser.request(**dict(parse_qsl(urlsplit(back).query))), "mitid")
    metadata.forget()
    with pytest.raises(BrokerAway):
        browser.start("mitid")


def test_what_nobody_began_is_no_error_of_the_machine(running):
    for path in ("login/nothing", "auth/nothing", "session/end/confirm", "nothing", "me", ""):
        assert requests.get(f"{running.issuer('mitid')}/{path}", timeout=5).status_code in {200, 400, 401, 404}
    assert requests.get(f"{running.issuer('nobody')}/auth", timeout=5).status_code == 404


def test_secrets_are_drawn_anew_and_shown_to_nobody(running):
    drawn = set(running.secrets.values())

    assert len(drawn) == 3
    assert not [secret for secret in drawn if secret in repr(running)]


def test_it_ends_when_it_is_told(running):
    running.stop()

    assert running.process.returncode == 0


def test_it_ends_when_whoever_started_it_is_gone(portal):
    """Killed without a word: nothing was left to end it."""
    start = (
        "import django; django.setup()\n"
        "from laereplads.demo import provider\n"
        "found = provider.start([], {})\n"
        "print(found.process.pid, flush=True)\n"
        "input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", start],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=project.BASE_DIR,
    ) as starter:
        child = int(starter.stdout.readline())
        assert is_running(child)
        starter.send_signal(signal.SIGKILL)
        starter.wait()
    for _time in range(100):
        if not is_running(child):
            break
        threading.Event().wait(0.1)
    assert not is_running(child)


def is_running(number):
    return psutil.pid_exists(number) and psutil.Process(number).status() != psutil.STATUS_ZOMBIE


def test_a_port_that_is_taken_is_said(portal):
    with pytest.raises(ProviderUnavailable, match="optaget"):
        provider.start([], {}, portal.server_port)


@pytest.fixture
def nothing_known():
    """What was found on this machine is forgotten, and what is found in the test afterwards."""
    provider.node.cache_clear()
    yield
    provider.node.cache_clear()


@pytest.mark.usefixtures("nothing_known")
def test_without_node_it_says_so(monkeypatch):
    monkeypatch.setattr(provider.shutil, "which", lambda _name: None)
    monkeypatch.delenv("UV", raising=False)

    with pytest.raises(ProviderUnavailable, match="kræver Node 22 eller nyere"):
        provider.start([], {})


@pytest.mark.usefixtures("nothing_known")
def test_an_old_node_is_none(monkeypatch):
    monkeypatch.setattr(provider.shutil, "which", lambda name: "/usr/bin/node" if name == "node" else None)
    monkeypatch.setattr(provider, "output", lambda command: "v20.20.2")
    monkeypatch.delenv("UV", raising=False)

    with pytest.raises(ProviderUnavailable, match="kræver Node 22 eller nyere"):
        provider.node()


def test_without_its_files_it_says_so(settings, tmp_path):
    settings.NODE_MODULES = tmp_path

    with pytest.raises(ProviderUnavailable, match="fetch_assets"):
        provider.start([], {})
