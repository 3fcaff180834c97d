"""Adds the pages that read files to the administrators' lists of what the files bring."""

from django.contrib import admin
from django.urls import URLPattern

from laereplads.imports.organisations.kind import ORGANISATIONS
from laereplads.imports.roster.kind import ROSTER
from laereplads.people.admin import CompanyAdmin, StudentAdmin
from laereplads.people.models import Company, Student

admin.site.unregister([Company, Student])


@admin.register(Student)
class ImportingStudentAdmin(StudentAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [*ROSTER.urls(self.admin_site), *super().get_urls()]


@admin.register(Company)
class ImportingCompanyAdmin(CompanyAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [*ORGANISATIONS.urls(self.admin_site), *super().get_urls()]
