"""What the page of visits is for."""

from laereplads.access_log.purposes import Purpose

VISIT_OVERVIEW = Purpose(
    "visit_overview", "Skolens overblik over besøg", shown="En liste med dit navn og dagen for besøget."
)

PURPOSES = [VISIT_OVERVIEW]
