"""Who logs in: the user, and how allauth logs them in. Knows nothing of roles."""
