"""The demo's mail: written in the terminal as its receiver would read it, with links that can be followed."""

from typing import Any

from django.core.mail.backends import console


class EmailBackend(console.EmailBackend):
    """Django's own writes what travels between mail servers, which breaks links and Danish letters."""

    def write_message(self, message: Any) -> None:
        head = f"Mail til: {', '.join(message.recipients())}\nEmne: {message.subject}"
        self.stream.write(f"\n{head}\n\n{message.body}\n\n{'-' * 79}\n")
