"""The portal runs unchanged behind PgBouncer, which lends a connection for one transaction at a time."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.serving import machine
from tests.serving.browser import Browser
from tests.serving.machine import LOCALHOST, SERVING, Program, free_port, server_user
from tests.serving.people import EMPLOYEE, MENTOR

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")


@pytest.fixture(scope="module")
def pool(postgres, tmp_path_factory):
    """Two connections to the server, for any number of clients: each is handed on all the time."""
    if PGBOUNCER is None:
        pytest.skip("Not proven here: there is no PgBouncer (sudo apt-get install pgbouncer).")
    with machine.folder_of_the_server() as folder:
        port = free_port()
        users, settings = folder / "users.txt", folder / "pgbouncer.ini"
        users.write_text(f'"laereplads_web" "{postgres.web_password}"\n')
        settings.write_text(
            f"[databases]\nportal = host={LOCALHOST} port={postgres.port} pool_size=2\n%include {folder}/ours.ini\n"
            f"listen_addr = {LOCALHOST}\nlisten_port = {port}\nauth_file = {users}\nunix_socket_dir =\n"
        )
        shutil.copy(SERVING / "pgbouncer.ini", folder / "ours.ini")
        if user := server_user():
            for path in folder.iterdir():
                shutil.chown(path, user)
        with Program([PGBOUNCER, str(settings)], port, dict(os.environ), user):
            yield port


@pytest.fixture(scope="module")
def behind_the_pool(postgres, pool):
    """More workers than the pool has connections."""
    with (
        machine.portal(postgres.url(port=pool), DATABASE_POOLED="1", WEB_PROCESSES="4") as portal,
        machine.front(portal) as proxy,
    ):
        yield proxy


def test_people_work_behind_pgbouncer(behind_the_pool, postgres):
    mentor, employee = Browser(behind_the_pool), Browser(behind_the_pool)
    mentor.log_in(MENTOR)
    employee.log_in(EMPLOYEE)
    [(agreement, assessments)] = postgres.ask(
        "select a.public_id, (select count(*) from risk_riskassessment) from people_agreement a order by id limit 1"
    )

    saved = employee.post(f"/frafaldsrisiko/{agreement}/", level="high")

    assert saved.status == 302, saved.text
    assert postgres.ask("select count(*) from risk_riskassessment") == [(assessments + 1,)]
    assert "120 elever" in mentor.get("/elever/").text


def test_no_answer_is_mixed_up_behind_pgbouncer(behind_the_pool):
    """Four workers share two connections: no request finds the role, school or statement of the one before it."""
    people = {MENTOR: "/elever/", EMPLOYEE: "/frafaldsrisiko/"}
    browsers = {email: Browser(behind_the_pool) for email in people}
    for email, browser in browsers.items():
        browser.log_in(email)
    stranger = Browser(behind_the_pool)

    def ask(number):
        email = [MENTOR, EMPLOYEE, None][number % 3]
        browser = browsers.get(email, stranger)
        return email, browser.get(people.get(email, "/elever/"))

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(ask, range(60)))

    for email, answer in answers:
        assert answer.status == (200 if email else 302)
        assert ("Nørgaard-Lund" in answer.text) == bool(email)
    # Another's page is refused, whatever the connection has been used for.
    assert browsers[EMPLOYEE].get("/elever/").status == 403
