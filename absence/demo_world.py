"""The part of the made-up world that this app brings."""

MAKES = (
    "absence.SchoolPeriod",
    "absence.AbsenceDay",
    "absence.AbsenceDelivery",
    "absence.AbsenceNotice",
)
NOT_IN_DEMO_WORLD = {"absence.ArchivedSum": "retention makes one of days older than a year"}
