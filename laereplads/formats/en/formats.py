"""English as it is written in Europe: 20 October 2021."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
