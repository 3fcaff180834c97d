"""English as it is written in Europe: 20 October 2021."""

from laereplads.formats.da import formats as danish

DATE_INPUT_FORMATS = danish.DATE_INPUT_FORMATS
DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
