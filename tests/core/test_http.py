"""Page or part, and a session that ended under an htmx request."""

import uuid

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from laereplads.web.http import addresses, page_or_part, with_readable_bodies
from tests.factories import MembershipFactory

HTMX = {"HX-Request": "true"}


def answer(**headers):
    request = RequestFactory().get("/", headers=headers)
    request.htmx = HtmxDetails(request)
    return page_or_part(request, "some/page.html", {}, part="results")


def test_the_whole_page_is_the_answer_to_a_browser():
    assert answer().context_data == {"layout": "base.html"}


def test_the_part_is_the_answer_to_htmx():
    assert answer(**HTMX).context_data == {"layout": "part.html", "part": "results"}


def test_going_back_fetches_the_whole_page():
    assert answer(**HTMX, **{"HX-History-Restore-Request": "true"}).context_data == {"layout": "base.html"}


def test_caches_keep_page_and_part_apart():
    assert "HX-Request" in answer().headers["Vary"]


def test_an_expired_session_sends_htmx_to_the_login_page(db):
    response = Client().get(
        reverse("companies:assessment_list"),
        headers={**HTMX, "HX-Current-URL": "http://testserver/frafaldsrisiko/?niveau=high"},
    )

    assert response.status_code == 200
    assert response.content == b""
    assert response.headers["HX-Redirect"] == "/log-ind/?next=/frafaldsrisiko/%3Fniveau%3Dhigh"


def test_an_expired_session_never_leads_off_the_site(db):
    response = Client().get(
        reverse("companies:assessment_list"), headers={**HTMX, "HX-Current-URL": "https://evil.example/x"}
    )

    assert response.headers["HX-Redirect"] == "/log-ind/?next=/"


def test_htmx_with_a_session_is_answered_as_usual(logged_in):
    client = logged_in(MembershipFactory(company_staff=True))

    assert "HX-Redirect" not in client.get(reverse("companies:assessment_list"), headers=HTMX).headers


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("", ""),
        ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"),
        ("application/x-www-form-urlencoded;charset=UTF-8", "application/x-www-form-urlencoded;charset=UTF-8"),
        ("multipart/form-data; boundary=----WebKitForm7", "multipart/form-data; boundary=----WebKitForm7"),
        ("text/html; charset=hex", "application/octet-stream"),
        ("text/html; charset=utf-16", "application/octet-stream"),
        ("multipart/form-data; boundary=a; charset*=x''y", "application/octet-stream"),
        ("a/b; c=" + "x" * 20_000, "application/octet-stream"),
    ],
)
def test_only_what_browsers_send_is_read_as_a_form(sent, read):
    seen = {"CONTENT_TYPE": sent, "CONTENT_LENGTH": "9" * 30}

    with_readable_bodies(lambda environ, _start: environ)(seen, None)

    assert seen == {"CONTENT_TYPE": read, "CONTENT_LENGTH": ""}


@pytest.mark.django_db
@pytest.mark.parametrize("back", ["cookies", "';--", "//ond.example", "https://ond.example/", "/\\ond.example"])
def test_the_way_back_is_a_path_of_the_portal_and_nothing_else(back):
    response = Client().post(reverse("choose_language"), {"language": "da", "next": back})

    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_addresses_of_rows_are_those_that_reverse_gives():
    anybody = uuid.uuid4()

    assert addresses("schools:student_follow")(anybody) == reverse("schools:student_follow", args=[anybody])
