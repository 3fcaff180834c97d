"""Who writes what in the texts of school periods."""

FREE_TEXT = {
    "absence.SchoolPeriod.number": "the school's key of the period, from its study administration",
    "absence.SchoolPeriod.name": "what the study administration calls the period: “Skoleperiode 1A”; no CPR number",
    "absence.SchoolPeriod.class_code": "the code of the class, from the study administration; no CPR number",
    "absence.AbsenceDelivery.sha256": "computed of the file",
}
