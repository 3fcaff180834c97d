"""Whoever may not send a form is refused before a byte of it is read: a sweep over all pages and kinds of people."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from laereplads.access.checks import patterns
from laereplads.access.permissions import ANY_ROLE, ANY_USER, PUBLIC
from laereplads.access.roles import PERMISSIONS
from laereplads.access.unread import permission_of
from tests.factories import MembershipFactory, UserFactory
from tests.sessions import session_of

pytestmark = pytest.mark.django_db

LARGE = 19_000_000


class Unread:
    """A body that nobody may read."""

    def read(self, *_size):
        pytest.fail("The body was read.")

    readline = __iter__ = read


def pages():
    """Every page with what it asks for, at some address."""
    for route, namespace, pattern in patterns(get_resolver()):
        name = f"{namespace}:{pattern.name}" if namespace else pattern.name
        for given in ([], ["1"], ["00000000-0000-0000-0000-000000000000"], ["a", "b"]):
            try:
                is_open = not getattr(pattern.callback, "login_required", True)
                yield reverse(name, args=given), PUBLIC if is_open else permission_of(pattern.callback), route
                break
            except NoReverseMatch:
                continue


PAGES = sorted({(path, permission) for path, permission, _route in pages() if path}, key=str)


def send(client, path, length):
    body = {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": Unread()}
    return client.generic("POST", path, **body)


def strict(membership=None):
    client = Client(enforce_csrf_checks=True)
    if membership:
        client.cookies = session_of(membership).cookies
    return client


def test_the_sweep_finds_the_pages():
    assert len(PAGES) > 60
    assert any(path.endswith("/indlaes/") for path, _permission in PAGES)
    assert {permission for _path, permission in PAGES} >= {PUBLIC, ANY_USER, ANY_ROLE}


def test_of_a_stranger_no_large_body_is_read_on_any_page():
    client = strict()
    for path, permission in PAGES:
        expected = {413, 400} if permission == PUBLIC else {403}
        if not path.startswith("/health/"):
            assert send(client, path, LARGE).status_code in expected, path


def test_of_a_stranger_no_body_at_all_is_read_where_one_must_be_logged_in():
    client = strict()
    for path, permission in PAGES:
        if permission != PUBLIC:
            answer = send(client, path, 100)
            assert (answer.status_code, answer.headers["Location"]) == (302, f"/log-ind/?next={path}"), path


@pytest.mark.parametrize("length", ["", "x", "-1", "1e9", "²", "19000000 "])
def test_a_length_that_is_no_number_is_no_error(length):
    assert send(strict(), reverse("companies:rejection_create"), length).status_code == 302


@pytest.mark.parametrize("kind", ["company_staff", "school_staff", "of_student", "administrator"])
def test_of_whoever_lacks_the_permission_no_body_is_read(kind):
    membership = MembershipFactory(**{kind: True})
    client, refused = strict(membership), 0
    for path, permission in PAGES:
        if permission in {PUBLIC, ANY_USER, ANY_ROLE} or permission in PERMISSIONS[membership.role]:
            continue
        assert send(client, path, LARGE).status_code == 403, path
        refused += 1
    assert refused


def test_of_an_administrator_without_a_second_factor_no_body_is_read():
    membership = MembershipFactory(administrator=True)
    client = strict()
    client.force_login(membership.user)

    answer = send(client, reverse("admin:people_student_import"), LARGE)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_index"))


def test_of_whoever_has_no_role_or_has_chosen_none_no_body_is_read():
    path = reverse("companies:rejection_create")
    nobody = strict()
    nobody.force_login(UserFactory())
    assert send(nobody, path, LARGE).status_code == 403
    two = MembershipFactory(company_staff=True)
    MembershipFactory(school_staff=True, user=two.user)
    undecided = strict()
    undecided.force_login(two.user)
    assert send(undecided, path, LARGE).headers["Location"] == reverse("choose_membership")


def test_a_session_that_ended_lets_a_form_through_and_no_file(frozen_clock):
    membership = MembershipFactory(company_staff=True)
    client = Client()
    client.cookies = session_of(membership).cookies
    frozen_clock.shift(31 * 60)
    path = reverse("companies:rejection_create")

    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value

    assert client.post(path, {"education": "sosuh"}).status_code == 403
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert send(client, path, LARGE).status_code == 302
