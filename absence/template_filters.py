"""How pages say figures of absence."""

from absence.figures import minutes_in_words, percent_in_words

FILTERS = [minutes_in_words, percent_in_words]
