"""Adds the pages that invite from a file to the administrators' list of users."""

from django.contrib import admin
from django.urls import URLPattern

from laereplads.access.admin import UserAdmin
from laereplads.accounts.models import User
from laereplads.delegation.import_users.kind import USERS

admin.site.unregister(User)


@admin.register(User)
class InvitingUserAdmin(UserAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [*USERS.urls(self.admin_site), *super().get_urls()]
