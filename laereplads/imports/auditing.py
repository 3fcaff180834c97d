"""What is recorded of a file is what it changes."""

NOT_AUDITED = {
    "imports.upload": "a file that waits for a yes; what it then changes is recorded row by row",
}
