"""Writes the tables of docs/sign-in.md: uv run python -m tests.sign_in.tables."""

from __future__ import annotations

import html
import re
from pathlib import Path

from tests.sign_in.lies import HARMLESS, LIES, LOGOUT_LIES

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "sign-in.md"
STATUS = {"Refused": "403", "Cancelled": "back to the login", "BrokerAway": "503"}


def table(*heads: str, rows: list[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(html.escape(cell, quote=False) for cell in line) + " |" for line in lines)


TABLES = {
    "lies": table(
        "the broker's lie",
        "answer",
        "reason",
        rows=[(case.told, STATUS[case.answer.__name__], f"`{case.reason}`") for case in LIES],
    ),
    "logout": table("the token's lie", "reason", rows=[(told, f"`{reason}`") for told, reason, _lie in LOGOUT_LIES]),
    "harmless": table("what the broker does", "why it passes", rows=[(case.told, case.why) for case in HARMLESS]),
}


def with_tables(text: str) -> str:
    return re.sub(
        r"<!-- (\w+) -->\n.*?<!-- end -->",
        lambda found: f"<!-- {found[1]} -->\n\n{TABLES[found[1]]}\n\n<!-- end -->",
        text,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text()))
