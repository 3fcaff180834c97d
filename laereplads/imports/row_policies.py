"""Who may reach files that wait for a yes: administrators."""

from laereplads.database.row_level_security import ALL_ROWS, Table, may

TABLES = [
    Table("imports_upload", may("administrator", "select insert update delete", ALL_ROWS)),
]
