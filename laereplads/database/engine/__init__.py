"""Django's PostgreSQL backend, which asks the server nothing that a page could do without."""
