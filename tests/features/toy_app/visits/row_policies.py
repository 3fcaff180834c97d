"""Who may reach visits: the school."""

from laereplads.database.row_level_security import SCHOOL, Table, may

TABLES = [Table("visits_visit", may("school_staff", "select", f"school_id = {SCHOOL}"))]
