"""Kills workers and the database under users who save, and verifies what is left: `python -m tests.crash_test`."""
