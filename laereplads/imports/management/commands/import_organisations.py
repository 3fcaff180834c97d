"""Reads companies, workplaces and schools into the portal, each from a file of its own."""

from laereplads.imports.files.command import ImportCommand
from laereplads.imports.organisations.kind import ORGANISATIONS


class Command(ImportCommand):
    help = (
        "Indlæser virksomheder, arbejdssteder og skoler fra hver sin fil; virksomheder før deres arbejdssteder. "
        "Filerne er beskrevet i docs/organisations-files.md."
    )
    kinds = (ORGANISATIONS,)
