"""Who logs in: the user, and how allauth logs her in. Knows nothing of roles."""
