"""How Danes write dates: with dots, strokes, hyphens or spaces."""

DATE_INPUT_FORMATS = [
    *("%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y", "%d/%m-%Y", "%d,%m,%Y", "%d. %m. %Y", "%d.%m. %Y", "%d %m %Y"),
    *("%d.%m.%y", "%d-%m-%y", "%d/%m/%y", "%d/%m-%y"),
    "%Y-%m-%d",
]
TIME_FORMAT = "H.i"
DATETIME_FORMAT = "j. F Y H.i"
