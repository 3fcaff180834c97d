"""A real PostgreSQL from a Python wheel, started by the first connection and stopped with the last process."""
