"""Visits in the student's own file."""

NOT_IN_OWN_FILE = {"visits.Visit": "a toy that nobody has any data in"}
