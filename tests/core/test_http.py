"""Page or part, and a session that ended under an htmx request."""

from django.test import Client, RequestFactory
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from laereplads.http import page_or_part
from tests.factories import MembershipFactory

HTMX = {"HX-Request": "true"}


def answer(**headers):
    request = RequestFactory().get("/", headers=headers)
    request.htmx = HtmxDetails(request)
    return page_or_part(request, "some/page.html", {}, part="results")


def test_the_whole_page_is_the_answer_to_a_browser():
    assert answer().template_name == "some/page.html"


def test_the_part_is_the_answer_to_htmx():
    assert answer(**HTMX).template_name == "some/page.html#results"


def test_going_back_fetches_the_whole_page():
    assert answer(**HTMX, **{"HX-History-Restore-Request": "true"}).template_name == "some/page.html"


def test_caches_keep_page_and_part_apart():
    assert "HX-Request" in answer().headers["Vary"]


def test_an_expired_session_sends_htmx_to_the_login_page(db):
    response = Client().get(
        reverse("risk:assessment_list"),
        headers={**HTMX, "HX-Current-URL": "http://testserver/frafaldsrisiko/?niveau=high"},
    )

    assert response.status_code == 200
    assert response.content == b""
    assert response.headers["HX-Redirect"] == "/log-ind/?next=/frafaldsrisiko/%3Fniveau%3Dhigh"


def test_an_expired_session_never_leads_off_the_site(db):
    response = Client().get(
        reverse("risk:assessment_list"), headers={**HTMX, "HX-Current-URL": "https://evil.example/x"}
    )

    assert response.headers["HX-Redirect"] == "/log-ind/?next=/"


def test_htmx_with_a_session_is_answered_as_usual(logged_in):
    client = logged_in(MembershipFactory(company_staff=True))

    assert "HX-Redirect" not in client.get(reverse("risk:assessment_list"), headers=HTMX).headers
