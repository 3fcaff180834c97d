from django.test import Client
from django.urls import reverse

from tests.accessibility import assert_accessible
from tests.factories import MembershipFactory


def test_login_page(client: Client, db) -> None:
    assert client.get(reverse("account_login")).status_code == 200


def test_front(logged_in):
    for kw in ("company_staff", "school_staff", "of_student", "administrator"):
        c = logged_in(MembershipFactory(**{kw: True}))
        assert c.get("/tilgaengelighed/").status_code == 200


def test_browser(page, live_server):
    page.goto(live_server.url)
    assert_accessible(page)
    page.screenshot(path="/tmp/login.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 700})
    page.screenshot(path="/tmp/login320.png", full_page=True)
