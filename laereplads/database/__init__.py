"""The database's own side: the embedded server, what it needs of every server, and Danish text functions."""
