"""docs/sign-in.md shows what the tests try."""

from tests.sign_in.tables import DOCUMENT, TABLES, with_tables


def test_the_document_shows_every_lie():
    text = DOCUMENT.read_text()

    assert all(f"<!-- {name} -->" in text for name in TABLES)
    assert with_tables(text) == text
