"""Invites the users that a file names, each at their organisation."""

from laereplads.delegation.import_users.kind import USERS
from laereplads.imports.files.command import ImportCommand


class Command(ImportCommand):
    help = "Inviterer brugere fra en fil. Filen er beskrevet i docs/users-files.md."
    kinds = (USERS,)
