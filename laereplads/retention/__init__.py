"""How long the portal keeps what it holds: `rules.py` says it, and is what `manage.py apply_retention` executes."""
