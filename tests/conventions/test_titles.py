"""Titles stay in the browser's history, and in that of whoever synchronises it: they name nobody."""

import re

import pytest

from tests.access_log.watching import text_of
from tests.conventions.test_permission_matrix import PAGES, url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_no_title_names_anybody(world, row):
    # The students and some of the users are called "Markør".
    names = {"Markør", *(membership.user.name for membership in world.memberships.values())}
    for role, client in world.clients.items():
        response = client.get(url(world, row))
        title = "".join(re.findall(r"<title>(.*?)</title>", text_of(response)))
        assert [name for name in names if name in title] == [], role
