"""The same rows and questions in a Django admin changelist with facets, and in django-tables2 with django-filter.

Both read the stored current risk, from the same table with its indexes; both are written as their manuals show.
Served as `tests.benchmark.rivals:application` with `tests.benchmark.rival_settings`.
"""

import django

django.setup()

import django_filters
import django_tables2
from django.contrib import admin
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, QueryDict
from django.urls import path
from django.utils import timezone
from django_filters.views import FilterView
from django_tables2.views import SingleTableMixin

from laereplads.access.models import Membership
from laereplads.accounts.models import User
from laereplads.people.models import Student
from schools.models import LEVELS, StudentListEntry
from tests.benchmark.worlds import people

PAGE_SIZE = 25
RANKS = {level: rank for rank, level in LEVELS.items()}


class Somebody(User):
    class Meta:
        proxy = True
        app_label = "accounts"

    is_staff = True
    acting_permissions = frozenset()

    def has_perm(self, perm, obj=None):
        return True

    def has_module_perms(self, app_label):
        return True


class SomebodyMiddleware:
    """The same user in every request, without a session or a query."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.user = Somebody(pk=1, name="Måling", email="maaling@maaling.example", is_active=True)

    def __call__(self, request):
        request.user = self.user
        return self.get_response(request)


def of_school():
    """The students of the mentor's school as they are today."""
    today = timezone.localdate()
    return StudentListEntry.objects.filter(school=school(), starts_on__lte=today, ends_on__gte=today).select_related(
        "student", "education"
    )


def school(found=[]):  # noqa: B006  # remembered
    if not found:
        mentor = people(Student.objects.count())["mentor"]
        found.append(Membership.objects.get(user__email=mentor).school_id)
    return found[0]


# The admin's changelist


class EntryAdmin(admin.ModelAdmin):
    list_display = (*("student", "education", "agreement_type", "ends_on", "visibility", "rank", "assessed_on"),)
    list_display_links = None
    list_filter = (
        *("rank", "relation", "basic_programme", "is_running", "student_type", "education", "status", "visibility"),
        "assessed_on",
    )
    list_per_page = PAGE_SIZE
    search_fields = ("student__name",)
    ordering = ("sort_key", "student_id")
    show_facets = admin.ShowFacets.ALWAYS
    show_full_result_count = True
    actions = None

    def get_queryset(self, request):
        return of_school()

    def lookup_allowed(self, lookup, value, request=None):
        return True


class Site(admin.AdminSite):
    def has_permission(self, request):
        return True


site = Site(name="admin")
site.register(StudentListEntry, EntryAdmin)


def admin_page(request):
    """The changelist in the state that the overview's address asks for."""
    asked, query = request.GET, QueryDict(mutable=True)
    if levels := asked.getlist("niveau"):
        query["rank__in"] = ",".join(str(RANKS[level].value) for level in levels)
    if day := asked.get("senest"):
        query["assessed_on__lte"] = day
    if name := asked.get("navn"):
        query["q"] = in_danish(name)
    if side := asked.get("side"):
        number = of_school().count() // PAGE_SIZE
        query["p"] = str(number if side == "sidste" else number // 2)
    request.GET = query
    request.META["QUERY_STRING"] = query.urlencode()
    response = site._registry[StudentListEntry].changelist_view(request)
    if response.status_code != 200:
        raise ValueError(query.urlencode())
    return response


def in_danish(name):
    return name.replace("oe", "ø").replace("aa", "å")


# django-tables2 with django-filter


class EntryTable(django_tables2.Table):
    name = django_tables2.Column(accessor="student__name")

    class Meta:
        model = StudentListEntry
        fields = ("name", "education", "agreement_type", "ends_on", "visibility", "rank", "assessed_on")


class EntryFilter(django_filters.FilterSet):
    niveau = django_filters.MultipleChoiceFilter(
        field_name="rank", choices=[(rank.value, level) for level, rank in RANKS.items()]
    )
    senest = django_filters.DateFilter(field_name="assessed_on", lookup_expr="lte")
    navn = django_filters.CharFilter(field_name="student__name", lookup_expr="icontains")

    class Meta:
        model = StudentListEntry
        fields = ("relation", "basic_programme", "is_running", "student_type", "education", "status", "visibility")


class TablePage(SingleTableMixin, FilterView):
    table_class = EntryTable
    filterset_class = EntryFilter
    paginate_by = PAGE_SIZE
    template_name = "rivals.html"

    def get_queryset(self):
        return of_school().order_by("sort_key", "student_id")


def tables2_page(request):
    """The table in the state that the overview's address asks for."""
    query = request.GET.copy()
    query.setlist("niveau", [str(RANKS[level].value) for level in query.getlist("niveau")])
    if name := query.get("navn"):
        query["navn"] = in_danish(name)
    if side := query.pop("side", None):
        number = of_school().count() // PAGE_SIZE
        query["page"] = str(number if side == ["sidste"] else number // 2)
    request.GET = query
    return TablePage.as_view()(request)


urlpatterns = [
    path("admin/", admin_page),
    path("pages/", site.urls),
    path("tables2/", tables2_page),
    path("health/live/", lambda request: HttpResponse()),
]
application = get_wsgi_application()
