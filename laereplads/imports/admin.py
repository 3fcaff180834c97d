"""Adds the pages that read a roster to the administrators' list of students."""

from django.contrib import admin
from django.urls import URLPattern, path

from laereplads.imports.roster import admin_views
from laereplads.people.admin import StudentAdmin
from laereplads.people.models import Student

admin.site.unregister(Student)


@admin.register(Student)
class ImportingStudentAdmin(StudentAdmin):
    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        return [
            path("indlaes/", site.admin_view(admin_views.student_import), name="people_student_import"),
            path(
                "indlaes/<uuid:public_id>/",
                site.admin_view(admin_views.student_import_preview),
                name="people_student_import_preview",
            ),
            path(
                "indlaes/<uuid:public_id>/fil/",
                site.admin_view(admin_views.student_import_file),
                name="people_student_import_file",
            ),
            *super().get_urls(),
        ]
