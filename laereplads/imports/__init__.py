"""Files that come in: read, checked, previewed, and saved after a yes."""
