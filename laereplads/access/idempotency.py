"""A form that arrives twice is acted on once: a double click, a resend, a network that tried again.

Every page that Django renders carries a token against forgery, and masks it anew each time. So the token names the page
it stands in, and the same bytes again are the same form again; the same page filled in differently is another one.
"""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CSRF_TOKEN_LENGTH
from django.shortcuts import redirect

from laereplads.access.models import ProcessedForm
from laereplads.database.locks import lock

if TYPE_CHECKING:
    from collections.abc import Callable

    type View = Callable[..., HttpResponseBase]


def process_once(view: View) -> View:
    """Let `view` act on a form once, and answer it from then on as it did then: with the way to where it led.

    For writes that nothing else keeps from being done twice. A form that was refused is not remembered.
    """

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        digest = digest_of(request)
        if digest is None:
            return view(request, *args, **kwargs)
        # Of two at once the second waits here, until the first is saved or refused.
        lock("form", digest)
        before = ProcessedForm.objects.filter(digest=digest).first()
        if before:
            return redirect(before.redirect_to)
        response = view(request, *args, **kwargs)
        redirect_to = response.headers.get("Location")
        if redirect_to:
            # Without its query string: that may hold what was searched for.
            ProcessedForm.objects.create(digest=digest, redirect_to=urlsplit(redirect_to).path)
        return response

    return answer


def digest_of(request: HttpRequest) -> str | None:
    """What names the form that was sent; None where there is no token of a page, and so nothing to tell forms apart."""
    token = request.POST.get("csrfmiddlewaretoken")
    # A shorter one is the cookie's own, and the same on all pages.
    if token is None or len(token) < CSRF_TOKEN_LENGTH:
        return None
    digest = hashlib.sha256(f"{request.user.pk} {request.path}".encode())
    for name, values in sorted(request.POST.lists()):
        digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()
