"""The kinds of files that a school reads in itself. Their pages are there when there is one."""

from laereplads.imports.files.kinds import FileKind

KINDS: tuple[FileKind, ...] = ()
