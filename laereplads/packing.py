"""Packed answers: as Django's middleware packs them, in two fifths of the time."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers
from zlib_ng import zlib_ng

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

LEVEL = 6
GZIP = 31
# A gzip file's head up to where its name may stand, and the bit in its fourth byte that says that one does.
HEAD, HAS_A_NAME = 10, 0x08
# Shorter answers get no shorter.
LEAST = 200


class PackingMiddleware(GZipMiddleware):
    """Packs what is written in one piece; what is sent as it is made is left to Django."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        accepts = re_accepts_gzip.search(request.headers.get("accept-encoding", ""))
        if response.streaming or not accepts or response.has_header("Content-Encoding") or response.has_header("ETag"):
            return super().process_response(request, response)
        content: bytes = response.content  # type: ignore[attr-defined]  # it does not stream
        if len(content) >= LEAST:
            patch_vary_headers(response, ["Accept-Encoding"])
            smaller = packed(content, self.max_random_bytes)
            if len(smaller) < len(content):
                response.content = smaller  # type: ignore[attr-defined]
                response.headers["Content-Length"] = str(len(smaller))
                response.headers["Content-Encoding"] = "gzip"
        return response


def packed(content: bytes, letters: int) -> bytes:
    """A gzip file under a name of fewer letters than that: nobody learns from its length what stands in it (BREACH)."""
    plain = zlib_ng.compress(content, LEVEL, GZIP)
    name = b"a" * secrets.randbelow(letters) + b"\0"
    return plain[:3] + bytes([plain[3] | HAS_A_NAME]) + plain[4:HEAD] + name + plain[HEAD:]
