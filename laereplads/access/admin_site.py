"""The administrators' site: Django's admin, opened by the acting membership and nothing else."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from laereplads.access.idempotency import process_once
from laereplads.access.permissions import requires_permission
from laereplads.access.roles import MAINTAINED, SEARCHED
from laereplads.access_log.naming_admin import NamingAdmin


class LookUp(AutocompleteJsonView):
    """The names that a field offers while one types: logged where they are students'."""

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        context = super().get_context_data(**options)
        if isinstance(self.model_admin, NamingAdmin):
            # A list from here on, or the answer would fetch the rows again.
            context["object_list"] = list(context["object_list"])
            self.model_admin.log_access_to(self.request, context["object_list"])
        return context


class PortalAdminSite(AdminSite):
    """Holds what roles.py says administrators maintain or search; what else packages register is not heard."""

    site_header = _("Administration af portalen")
    site_title = _("Administration")
    index_title = _("Hvad vil du vedligeholde?")
    enable_nav_sidebar = False
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models: list[type[Model]] = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        maintained = [model for model in models if model._meta.label_lower in (*MAINTAINED, *SEARCHED)]
        super().register(maintained, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("access.administer")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without "view on site": nothing that is maintained has a page there for administrators."""
        return [entry for entry in super().get_urls() if getattr(entry, "name", None) != "view_on_site"]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        """Refuse those who are logged in with another role at once; Django would send them to a login page first."""
        # Django's own pages take any other method for a GET.
        guarded = require_http_methods(["GET", "HEAD", "POST"])(super().admin_view(view, cacheable))
        return requires_permission("access.administer")(process_once(guarded))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        answer: HttpResponse = LookUp.as_view(admin_site=self)(request)  # type: ignore[assignment]
        return answer

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way in: this leads to it, and refuses those who are in with another role."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
        if self.has_permission(request):
            return redirect("admin:index")
        raise PermissionDenied

    def logout(  # type: ignore[override]  # allauth's page takes over
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override]  # the portal's own page takes over
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(  # type: ignore[override]  # as above
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")
