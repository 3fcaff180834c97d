"""Where features are joined, by name. Paths are Danish, names English."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from laereplads.access.permissions import for_any_role, for_any_user, public
from laereplads.access.views import choose_membership
from laereplads.accounts.urls import PAGES_OF_ANY_USER, PUBLIC_PAGES
from laereplads.retention.views import privacy, retention
from laereplads.web import errors, health, pages

urlpatterns = [
    path("", for_any_role(pages.front_page), name="front_page"),
    path("", include("companies.urls")),
    path("", include("laereplads.delegation.urls")),
    path("", include("laereplads.notifications.urls")),
    path("", include("schools.urls")),
    path("minside/", include("students.urls")),
    path("skift-rolle/", choose_membership, name="choose_membership"),
    path("sprog/", public(pages.choose_language), name="choose_language"),
    path("tilgaengelighed/", public(pages.accessibility), name="accessibility"),
    path("cookies/", public(pages.cookies), name="cookies"),
    path("opbevaring/", retention, name="retention"),
    path("privatliv/", privacy, name="privacy"),
    *(path(route, public(view), name=name) for name, (route, view) in PUBLIC_PAGES.items()),
    *(path(route, for_any_user(view), name=name) for name, (route, view) in PAGES_OF_ANY_USER.items()),
    path("health/live/", public(health.live), name="health_live"),
    path("health/ready/", public(health.ready), name="health_ready"),
    path("admin/", admin.site.urls),
    *([path("demo/", include("laereplads.demo.urls"))] if settings.DEMO else []),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
