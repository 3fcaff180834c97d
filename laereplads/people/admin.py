"""How administrators maintain people, agreements and organisations."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from laereplads.people.models import Student


@admin.register(Student)
class StudentAdmin(admin.ModelAdmin[Student]):
    search_fields = ("name",)

    def get_urls(self) -> list[URLPattern]:
        own = path("indlaes/", self.admin_site.admin_view(self.import_view), name="people_student_import")
        return [own, *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponseBase:
        return TemplateResponse(request, "admin/base_site.html", {})
