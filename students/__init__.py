"""Min side: what the student sees about themselves."""
