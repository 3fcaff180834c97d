"""The portal behind its front proxy: TLS, headers, limits, and what is left of a request that lies."""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from urllib.parse import urlencode

import psycopg
import pytest

from tests.serving.browser import Browser
from tests.serving.machine import LOCALHOST, Proxy, free_port, portal, wait_until
from tests.serving.people import MENTOR


def test_people_log_in_and_work_through_tls(browser_without_a_screen):
    browser = browser_without_a_screen

    front = browser.log_in(MENTOR)

    assert "Mette Mentor" in front.text
    assert "Nørgaard-Lund" in browser.get("/elever/").text
    assert set(browser.cookies) >= {"__Host-sessionid"}


def test_a_name_that_is_searched_for_is_in_no_log(browser_without_a_screen, web_process, proxy, postgres):
    browser = browser_without_a_screen
    browser.log_in(MENTOR)
    assert "Xanthippe" in browser.get("/elever/?navn=Xanthippe").text
    assert browser.get("/laerlinge/?navn=Xanthippe").status == 403
    # PostgreSQL would say what it was asked when it could not answer.
    with psycopg.connect(postgres.url()) as database, pytest.raises(psycopg.errors.UndefinedColumn):
        database.execute("select navn from accounts_session where session_data = 'Xanthippe'")

    assert "refused: user" in web_process.written()
    assert 'column "navn" does not exist' in postgres.written()
    for program in (web_process, proxy, postgres):
        assert "Xanthippe" not in program.written()


def test_no_answer_says_what_runs_here(browser_without_a_screen):
    for path in ("/log-ind/", "/findes-ikke/", "/static/findes-ikke.css", "/health/live/"):
        headers = browser_without_a_screen.get(path).headers
        assert not {"Server", "Via", "X-Powered-By"} & set(headers), path


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_is_refused(proxy, version):
    trust = proxy.trust()
    trust.minimum_version = trust.maximum_version = version
    trust.set_ciphers("ALL:@SECLEVEL=0")
    with (
        socket.create_connection((LOCALHOST, proxy.port)) as raw,
        pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"),
    ):
        trust.wrap_socket(raw, server_hostname="localhost")


def test_browsers_are_offered_http2(proxy):
    trust = proxy.trust()
    trust.set_alpn_protocols(["h3", "h2", "http/1.1"])
    with (
        socket.create_connection((LOCALHOST, proxy.port)) as raw,
        trust.wrap_socket(raw, server_hostname="localhost") as secure,
    ):
        assert secure.selected_alpn_protocol() == "h2"
        assert secure.version() == "TLSv1.3"


def test_plain_http_is_sent_to_tls(proxy):
    connection = http.client.HTTPConnection(LOCALHOST, proxy.http_port, timeout=30)
    connection.request("GET", "/elever/", headers={"Host": "localhost"})
    answer = connection.getresponse()

    assert answer.status == 308
    assert answer.headers["Location"].startswith("https://localhost")
    connection.close()


def test_a_host_that_is_not_ours_gets_nothing(proxy):
    """Caddy has no certificate for it; a request that lies inside an honest connection gets an empty answer."""
    answer = Browser(proxy).get("/log-ind/", Host="andet.example")

    assert answer.sent == b""


@pytest.mark.parametrize(
    ("path", "size"), [("/log-ind/", 1_000_000), ("/admin/", 21_000_000), ("/indlaes/", 30_000_000), ("/", 10**9)]
)
def test_what_says_that_it_is_too_large_is_refused_before_all_of_it_is_sent(proxy, path, size):
    answer = Browser(proxy).ask("POST", path, b"x" * 300_000, **{"Content-Length": str(size)})

    assert answer.status == 413
    assert answer.text == "Filen er for stor. Vælg en, der er mindre."


def test_what_does_not_say_how_large_it_is_is_cut_off(proxy):
    """By the proxy, or by the portal for want of a token: who is first, and whether it can still say so, is chance."""
    sent = iter([b"x" * 100_000] * 11)

    answer = Browser(proxy).ask("POST", "/log-ind/", sent)

    assert answer.status in {403, 413, 503}


@pytest.mark.parametrize(("path", "size"), [("/admin/", 1_100_000), ("/admin/", 5_000_000), ("/indlaes/", 5_000_000)])
def test_files_that_are_read_in_may_be_larger(proxy, path, size):
    """Refused for what it is, not for what it weighs: the portal takes in what it need not read before it hangs up."""
    answer = Browser(proxy).ask("POST", path, b"x" * size)

    assert answer.status == 403


def test_a_slow_sender_keeps_no_worker(proxy):
    """More of them than there are workers; those who come after are served at once."""
    slow = []
    for _ in range(6):
        raw = socket.create_connection((LOCALHOST, proxy.port))
        secure = proxy.trust().wrap_socket(raw, server_hostname="localhost")
        secure.sendall(b"POST /log-ind/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nlogin=")
        slow.append(secure)

    began = time.monotonic()
    assert Browser(proxy).get("/log-ind/").status == 200
    assert time.monotonic() - began < 20
    for secure in slow:
        secure.close()


SENDERS = 200
PATIENCE_WITH_SENDERS = 20


def seconds_of_others(proxy, count=40):
    """How long people wait for a page, the slowest twentieth left out."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        assert Browser(proxy).get("/log-ind/").status == 200
        times.append(time.perf_counter() - began)
    return sorted(times)[int(count * 0.95)]


def test_two_hundred_slow_senders_of_large_files_keep_nobody_waiting_and_are_cut_off(proxy):
    """None of them is logged in; each says that 19 MB are coming, and sends 64 bytes a second."""
    alone = seconds_of_others(proxy)
    slow, ended = [], threading.Event()
    for _ in range(SENDERS):
        raw = socket.create_connection((LOCALHOST, proxy.port))
        secure = proxy.trust().wrap_socket(raw, server_hostname="localhost")
        secure.sendall(
            b"POST /admin/people/student/indlaes/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 19000000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        )
        slow.append(secure)

    def drip():
        while not ended.wait(1):
            for secure in slow:
                with contextlib.suppress(OSError):
                    secure.sendall(b"x" * 64)

    dripping, began = threading.Thread(target=drip), time.monotonic()
    dripping.start()
    try:
        together = seconds_of_others(proxy)
        # They have ten seconds, and some for what they send meanwhile.
        for secure in slow:
            secure.settimeout(max(0.1, PATIENCE_WITH_SENDERS - (time.monotonic() - began)))
            with contextlib.suppress(ConnectionError, ssl.SSLEOFError):
                assert secure.recv(1) == b""
    finally:
        ended.set()
        dripping.join()
        for secure in slow:
            secure.close()
    # The machine has as much to do as ten people more, and no worker waits for anybody.
    assert together < 2 * alone + 0.5, (alone, together)


def test_without_the_portal_the_proxy_says_so_in_danish(tmp_path):
    front = Proxy(tmp_path, upstream=free_port())
    with front.running() as caddy:
        answer = Browser(front).get("/elever/?soeg=Hemmelig")

        assert answer.status == 503
        assert answer.text == "Portalen svarer ikke lige nu. Prøv igen om lidt."
        assert answer.headers["Retry-After"] == "5"
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert "Hemmelig" not in caddy.written()


@pytest.fixture
def forgiving(postgres):
    """Forgets the attempts afterwards: all tests come from one address."""
    yield
    postgres.ask("delete from cache returning 1")


def test_an_address_that_the_browser_claims_is_not_believed(proxy, forgiving):
    """Rate limits count by address: each attempt claims another, and is counted all the same."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    statuses = []
    while 429 not in statuses and len(statuses) < 40:
        browser, number = Browser(proxy), len(statuses)
        body = urlencode({**browser.hidden("/log-ind/"), "login": f"nr{number}@test.example", "password": "forkert"})
        claims = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}
        statuses.append(browser.ask("POST", "/log-ind/", body.encode(), **form, **claims).status)

    assert statuses[0] != 429
    assert statuses[-1] == 429


def test_workers_inherit_no_connection(postgres):
    """The start asks the database who it is logged in as; two workers on that one connection would mix up answers."""
    count = "select count(*) from pg_stat_activity where usename = 'laereplads_web'"
    before = postgres.ask(count)
    with portal(postgres.url()) as program:
        wait_until(lambda: postgres.ask(count) == before, program)
