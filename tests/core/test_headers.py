"""What every kind of answer says to the browser: nothing from elsewhere, nothing kept, nothing guessed."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.conventions.test_permission_matrix import PAGES, admin_pages, url
from tests.factories import MembershipFactory

LOGIN = reverse("account_login")
OVERVIEW = reverse("companies:assessment_list")
HTMX = {"HX-Request": "true"}


def broken_page(monkeypatch):
    def fail(*_args, **_kwargs):
        raise ValueError

    monkeypatch.setattr("laereplads.web.pages.TemplateResponse", fail)
    return Client(raise_request_exception=False).get(reverse("cookies"))


# kind → its status, and how one comes by it as company staff, as an administrator, or as nobody.
KINDS = {
    "page": (200, lambda staff, _admin, _nobody: staff.get("/")),
    "part": (200, lambda staff, _admin, _nobody: staff.get(OVERVIEW, headers=HTMX)),
    "redirect": (302, lambda _staff, _admin, nobody: nobody.get(OVERVIEW)),
    "redirect for htmx": (200, lambda _staff, _admin, nobody: nobody.get(OVERVIEW, headers=HTMX)),
    "public page": (200, lambda _staff, _admin, nobody: nobody.get(LOGIN)),
    "invalid form": (422, lambda _staff, _admin, nobody: nobody.post(LOGIN)),
    "bad request": (400, lambda _staff, _admin, nobody: nobody.get("/", headers={"host": "evil.example"})),
    "forbidden": (403, lambda staff, _admin, _nobody: staff.get(reverse("students:own_page"))),
    "not found": (404, lambda staff, _admin, _nobody: staff.get("/findes/ikke/")),
    "wrong method": (405, lambda staff, _admin, _nobody: staff.post("/")),
    "too old": (403, lambda *_clients: Client(enforce_csrf_checks=True).post(LOGIN)),
    "admin": (200, lambda _staff, admin, _nobody: admin.get(reverse("admin:index"))),
    "static file": (200, lambda _staff, _admin, nobody: nobody.get("/static/css/portal.css")),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_carries_the_headers(kind, logged_in):
    status, ask = KINDS[kind]
    staff, admin = (logged_in(MembershipFactory(**{role: True})) for role in ("company_staff", "administrator"))
    response = ask(staff, admin, Client())

    assert response.status_code == status
    assert_carries_the_headers(response)
    if kind == "static file":
        assert "no-store" not in response.headers["Cache-Control"]
        assert settings.SESSION_COOKIE_NAME not in response.cookies
        response.getvalue()
    else:
        assert "no-store" in response.headers["Cache-Control"]
        assert "private" in response.headers["Cache-Control"]


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_every_page_carries_the_headers_whoever_asks(world, row):
    """The pages of the permission matrix, which is compared with the URLconf."""
    for client in world.clients.values():
        for response in (client.get(url(world, row)), client.post(url(world, row)), client.put(url(world, row))):
            assert_carries_the_headers(response)
            assert "no-store" in response.headers["Cache-Control"]
            response.getvalue()


def test_every_page_of_the_administration_carries_them(world):
    for name in [*admin_pages(), "admin:jsi18n"]:
        response = world.clients["administrator"].get(reverse(name))
        assert_carries_the_headers(response)
        assert "no-store" in response.headers["Cache-Control"]


def test_our_own_failures_carry_the_headers(monkeypatch):
    response = broken_page(monkeypatch)

    assert response.status_code == 500
    assert_carries_the_headers(response)


def assert_carries_the_headers(response):
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_browsers_are_told_to_use_https_only(settings):
    settings.SECURE_HSTS_SECONDS = 31536000

    response = Client().get(reverse("account_login"), secure=True)

    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.django_db
def test_cookies_are_out_of_reach_of_scripts_and_other_sites():
    response = Client().get(reverse("account_login"))
    chosen = Client().post(reverse("choose_language"), {"language": "en"})

    for cookie in (*response.cookies.values(), *chosen.cookies.values()):
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"


@pytest.mark.django_db
def test_the_cookie_page_names_every_cookie(logged_in):
    client = logged_in(MembershipFactory(of_student=True))
    client.get("/")
    client.post(reverse("choose_language"), {"language": "en"})
    page = Client().get(reverse("cookies")).content.decode()

    assert len(client.cookies) == 3
    for name in client.cookies:
        assert f"<code>{name}</code>" in page
    assert "højst 8 timer" in page
    assert "364 dage" in page
