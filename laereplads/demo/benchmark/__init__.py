"""What pages cost beside a floor and beside what one would pick instead: `manage.py benchmark`, decision 0027."""
