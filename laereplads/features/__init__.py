"""What every feature must decide, and `manage.py check --tag feature`, which names what one has not decided yet."""
