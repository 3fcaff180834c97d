"""Reading a file as a stream: a row at a time, whatever its encoding, and no second copy of it in memory."""

from __future__ import annotations

import tracemalloc

import pytest

from laereplads.imports.files import cells
from laereplads.imports.files.columns import Column, ColumnGroup
from laereplads.imports.files.problems import FileRejected
from laereplads.imports.files.reading import MEGABYTE, PIECE, Layout, decoded, read_table


def layout_of(*headers: str, **limits: int) -> Layout:
    columns = tuple(Column(header, header, lambda value: cells.text(value, max_length=50), "") for header in headers)
    return Layout("Prøve", (ColumnGroup(columns, "Altid", "Tom."),), one="en række", how_to_part="Del den.", **limits)


LAYOUT = layout_of("nr", "navn")


def rows_of(content: bytes, *layouts: Layout) -> list[tuple[int, list[str]]]:
    return list(read_table(content, *(layouts or (LAYOUT,))).rows)


def refusal_of(content: bytes, *layouts: Layout) -> str:
    with pytest.raises(FileRejected) as refused:
        rows_of(content, *layouts)
    return str(refused.value)


def test_rows_come_one_by_one():
    table = read_table(b'nr;navn\n1;Bo\n2;"Bo', LAYOUT)

    assert next(table.rows) == (2, ["1", "Bo"])
    with pytest.raises(FileRejected, match="Linje 3: Et anførselstegn"):
        next(table.rows)


def test_a_large_file_takes_little_memory_beyond_its_bytes():
    content = b"nr;navn\n" + "10231;Åse Ærø\n".encode() * 200_000
    tracemalloc.start()
    try:
        assert sum(1 for _row in read_table(content, LAYOUT).rows) == 200_000
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEGABYTE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
def test_danish_letters_are_read_in_each_encoding_also_where_a_piece_ends(encoding):
    """What the encoding is shows piece by piece; a letter of two bytes may lie across two of them."""
    head = "nr;navn\n1;"
    for more in range(3):
        name = "x" * (PIECE - len(head) - more) + "åå"
        [row] = rows_of(f"{head}{name[-20:]}\n".encode(encoding))
        assert row == (2, ["1", name[-20:]])
        assert decoded(f"{head}{name}\n".encode(encoding), LAYOUT).endswith("åå\n")


def test_letters_of_two_signs_become_one():
    assert rows_of("nr;navn\n1;A\u030ase\n".encode()) == [(2, ["1", "Åse"])]


def test_a_byte_that_is_no_letter_is_told_with_its_line():
    assert "Linje 3: Filen er hverken UTF-8 eller Windows-1252." in refusal_of(b"nr;navn\n1;Bo\n2;\x81\n")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\n\x1a", "\r\n\x1a\r\n", "\n\n \n;;\n"])
def test_line_ends_and_what_stands_after_the_last_row_mean_nothing(ending):
    line = ending[:2] if ending.startswith("\r\n") else ending[:1]
    assert rows_of(f"nr;navn{line}1;Bo{ending}".encode()) == [(2, ["1", "Bo"])]


def test_lines_are_counted_through_line_breaks_in_cells():
    assert rows_of(b'sep=;\n\nnr;navn\n1;"B\no"\n2;"Bo"\n') == [(4, ["1", "B\no"]), (6, ["2", "Bo"])]


def test_spaces_around_a_value_mean_nothing():
    assert rows_of(" nr ; navn\n 1 ;\xa0Bo  Ny \n2;Bo\t\n".encode()) == [(2, ["1", "Bo Ny"]), (3, ["2", "Bo"])]


@pytest.mark.parametrize("content", [b"", b"\n \n", b'""\n', "\xa0\n".encode(), b"\x1a", b";;\n\x1a\n"])
def test_a_file_of_nothing_is_empty(content):
    assert refusal_of(content) == "Filen: Filen er tom."


def test_a_row_too_many_is_refused_and_the_last_one_is_not():
    layout = layout_of("nr", max_rows=1_000)
    content = b"nr\n" + b"1\n" * 1_000

    assert len(rows_of(content, layout)) == 1_000
    assert refusal_of(content + b"1\n", layout) == "Filen: Filen har mere end 1.000 rækker. Del den."


def test_a_file_may_be_as_large_as_its_own_layout_allows():
    small, large = layout_of("nr", max_megabytes=1), layout_of("tekst", max_megabytes=2)
    content = b"\n" + b"1234567890\n" * 140_000

    assert "mere end 1 MB" in refusal_of(b"nr" + content, small, large)
    assert len(rows_of(b"tekst" + content, small, large)) == 140_000
    assert "mere end 2 MB" in refusal_of(b"tekst" + content * 2, small, large)


def test_how_many_rows_there_may_be_is_known_before():
    assert read_table(b"nr;navn\n1;Bo\n\n2;Bo", LAYOUT).line_count == 4
