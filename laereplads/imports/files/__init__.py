"""What all files that come in have in common: reading, what is told of it, the preview, the yes and the command.

`kinds` says what a kind of file brings itself. Nothing here knows of one.
"""
