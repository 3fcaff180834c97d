"""Min side: what the student sees about herself."""
