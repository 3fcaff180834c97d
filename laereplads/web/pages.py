"""The pages that belong to no feature: the front page, the language, and what the law wants said."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from laereplads.database import replica
from laereplads.web.http import Request, way_back
from laereplads.web.navigation import front_page_of, groups_for

ACCESSIBILITY_STATED_ON = datetime.date(2026, 11, 30)


@dataclass(frozen=True)
class Cookie:
    """One cookie of the portal, for the page that explains them."""

    name: str
    purpose: str
    lifetime: str


@require_safe
def front_page(request: Request) -> HttpResponseBase:
    own = front_page_of(request.membership.role)
    if own:
        return own(request)
    return TemplateResponse(request, "front_page.html", {"groups": groups_for(request.membership)})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the language in a cookie and go back to where one was."""
    response = way_back(request, reverse("front_page"))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    return response


@require_safe
def accessibility(request: HttpRequest) -> HttpResponseBase:
    return TemplateResponse(request, "accessibility.html", {"stated_on": ACCESSIBILITY_STATED_ON})


@require_safe
def cookies(request: HttpRequest) -> HttpResponseBase:
    """The page that names every cookie; a test compares it with those that are set."""
    days = settings.CSRF_COOKIE_AGE // 86400
    kept = [
        Cookie(
            settings.SESSION_COOKIE_NAME,
            _("Husker, at du er logget ind, og hvem du handler for."),
            _("Til du logger af, lukker browseren eller holder pause i %(minutes)d minutter, højst %(hours)d timer")
            % {
                "minutes": settings.SESSION_IDLE_LIMIT.total_seconds() // 60,
                "hours": settings.SESSION_LIMIT.total_seconds() // 3600,
            },
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            _("Sikrer, at det er dig og ikke en anden hjemmeside, der sender det, du udfylder."),
            _("%(days)d dage") % {"days": days},
        ),
        Cookie(
            settings.KNOWN_BROWSER_COOKIE_NAME,
            _("Husker, at du har logget ind her før, så andres forkerte forsøg ikke lukker dig ude."),
            _("%(days)d dage") % {"days": settings.KNOWN_BROWSER_COOKIE_AGE // 86400},
        ),
        Cookie(
            settings.LANGUAGE_COOKIE_NAME,
            _("Husker dit sprog, hvis du har valgt et."),
            _("Til du lukker browseren"),
        ),
    ]
    if replica.ALIAS in settings.DATABASES:
        purpose = _("Husker, hvornår du sidst gemte noget, så du ser det med det samme.")
        kept.append(Cookie(replica.COOKIE, purpose, _("Til du lukker browseren")))
    return TemplateResponse(request, "cookies.html", {"cookies": kept})
