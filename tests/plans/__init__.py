"""How PostgreSQL answers the pages of lists in the world that is there: `python -m tests.plans`."""
