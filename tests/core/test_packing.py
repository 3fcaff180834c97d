"""Answers are packed, and their length does not tell what they say."""

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from laereplads.packing import LEAST, PackingMiddleware

PAGE = "<p>Elever æøå</p>" * 100


def answered(rf, response, **headers):
    return PackingMiddleware(lambda _request: response)(rf.get("/", **headers))


def test_a_page_is_packed(rf):
    response = answered(rf, HttpResponse(PAGE), HTTP_ACCEPT_ENCODING="gzip, br")

    assert gzip.decompress(response.content).decode() == PAGE
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert len(response.content) < len(PAGE) / 10
    assert response.headers["Vary"] == "Accept-Encoding"


def test_the_same_page_has_many_lengths(rf):
    answers = [answered(rf, HttpResponse(PAGE), HTTP_ACCEPT_ENCODING="gzip") for _time in range(50)]

    assert len({len(response.content) for response in answers}) > 10
    assert {gzip.decompress(response.content).decode() for response in answers} == {PAGE}


@pytest.mark.parametrize(
    ("response", "accepted"),
    [
        (HttpResponse(PAGE), ""),
        (HttpResponse(PAGE), "br"),
        (HttpResponse("x" * (LEAST - 1)), "gzip"),
        (HttpResponse(b"packed" * 100, headers={"Content-Encoding": "br"}), "gzip"),
        (HttpResponse(bytes(range(250))), "gzip"),
    ],
)
def test_what_gains_nothing_is_sent_as_it_is(rf, response, accepted):
    before = response.content, response.headers.get("Content-Encoding")

    answer = answered(rf, response, HTTP_ACCEPT_ENCODING=accepted)
    assert (answer.content, answer.headers.get("Content-Encoding")) == before


def test_what_is_sent_as_it_is_made_is_packed_as_it_is_made(rf):
    response = answered(rf, StreamingHttpResponse([PAGE, PAGE]), HTTP_ACCEPT_ENCODING="gzip")

    assert gzip.decompress(b"".join(response.streaming_content)).decode() == PAGE * 2
