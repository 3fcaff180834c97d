"""Who writes what in the names of groups and saved filters."""

FREE_TEXT = {
    "schools.StudentGroup.name": "the school's staff, told that the student sees it; no CPR number",
    "schools.StudentGroup.sort_key": "computed of the name",
    "schools.SavedFilter.name": "an employee, for their own eye; no CPR number",
    "schools.SavedFilter.sort_key": "computed of the name",
    "schools.SavedFilter.query": "parameters of the filter that the portal knows, never a name that was searched for",
}
