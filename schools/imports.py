"""The kinds of files that a school reads in itself."""

from absence.files import kinds as absence
from laereplads.imports.files.kinds import FileKind

KINDS: tuple[FileKind, ...] = absence.KINDS
