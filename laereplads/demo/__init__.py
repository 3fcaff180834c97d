"""The made-up world and its personas. Refuses to be installed anywhere but in a demo."""
