"""Visits of the made-up world."""

NOT_IN_DEMO_WORLD = {"visits.Visit": "nobody has visited anybody yet"}
