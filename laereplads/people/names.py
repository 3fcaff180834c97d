"""When two spellings are one name."""

import unicodedata


def are_one_name(one: str, other: str) -> bool:
    """Whether only capitals, spaces and hyphens differ."""
    return folded(one) == folded(other)


def folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().replace("-", " ").split())
