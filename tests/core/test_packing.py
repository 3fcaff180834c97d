"""Answers are packed, and their length does not tell what they say."""

import gzip

from django.urls import reverse


def packed(client):
    return client.get(reverse("account_reset_password"), headers={"accept-encoding": "gzip, br"})


def test_a_page_is_packed(client, db):
    response = packed(client)

    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert len(response.content) < len(gzip.decompress(response.content)) / 2


def test_the_same_page_has_many_lengths(client, db):
    """Against BREACH: decision 0024."""
    assert len({len(packed(client).content) for _time in range(30)}) > 10
