"""A world of any size, for measuring: `python -m tests.large_world`."""
