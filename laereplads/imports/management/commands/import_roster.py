"""Reads a school's roster file into the portal: students, agreements and sign-offs."""

from laereplads.imports.files.command import ImportCommand
from laereplads.imports.roster.kind import ROSTER


class Command(ImportCommand):
    help = "Indlæser elever, uddannelsesaftaler og udmeldinger fra en fil. Filen er beskrevet i docs/roster.md."
    kinds = (ROSTER,)
