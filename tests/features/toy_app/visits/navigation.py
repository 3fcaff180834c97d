"""What a school's staff find in the menu bar."""

from laereplads.access.roles import Role
from laereplads.web.navigation import Link, Navigation

NAVIGATION = [Navigation(Role.SCHOOL_STAFF, menu=(Link("Besøg", "visits:visit_list"),))]
