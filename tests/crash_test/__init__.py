"""Kills workers and the database under users who save, and reckons up afterwards: `manage.py ordeal`."""
