"""How Danes write dates: Django knows the dots and the stroke, and people write hyphens just as often."""

DATE_INPUT_FORMATS = ["%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d"]
TIME_FORMAT = "H.i"
DATETIME_FORMAT = "j. F Y H.i"
