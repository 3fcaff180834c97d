"""The administrators' site: Django's admin, opened by the acting membership and nothing else."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(AdminSite):
    site_header = _("Administration af portalen")
    site_title = _("Administration")
    index_title = _("Hvad vil du vedligeholde?")
    enable_nav_sidebar = False
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("access.administer")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way in: this leads to it, and refuses those who are in with another role."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path().removesuffix("login/"))
        if self.has_permission(request):
            return redirect("admin:index")
        raise PermissionDenied

    def logout(  # type: ignore[override]  # allauth's page takes over
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_logout")
