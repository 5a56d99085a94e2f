"""Files that people bring: every encoding, every separator, and what is no sheet at all."""

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from core.documents.read_sheet import MOST_ROWS, as_text, read_sheet
from core.documents.sheets import written_csv, written_excel

MENU = [["name", "price"], ["Piña Colada", "850"], ['Dawa, "kali"', "700"], ["Chai\nmoto", "150"]]


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_a_file_is_read_in_every_encoding_that_people_save_it_in(encoding: str) -> None:
    assert read_sheet(as_text(MENU).encode(encoding)) == MENU


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_the_one_of_the_heading(separator: str) -> None:
    text = f"name{separator}price\r\nDawa{separator}700\r\n\r\n"
    assert read_sheet(text.encode()) == [["name", "price"], ["Dawa", "700"]]


def test_what_we_write_ourselves_is_read_back() -> None:
    lines = [tuple(row) for row in MENU]
    assert read_sheet(written_csv(lines)) == MENU
    assert read_sheet(written_excel("Menu", MENU[0], lines[1:])) == MENU


def test_excel_s_numbers_are_read_as_people_see_them_and_its_formulas_are_not_worked_out() -> None:
    rows = read_sheet(workbook(["name", "price", "in_menu"], ["Dawa", 700.0, True], ["Mojito", "=1+1", None]))
    assert rows[1:] == [["Dawa", "700", "yes"], ["Mojito", "=1+1"]]


def test_a_text_that_was_kept_from_being_a_formula_is_itself_again() -> None:
    assert read_sheet(b"name\n'@home\n'tis\n") == [["name"], ["@home"], ["'tis"]]


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<x>" + b" " * 40_000_000)
    return made.getvalue()


def damaged() -> bytes:
    """One byte of what is packed is another."""
    content = bytearray(written_excel("Menu", ["name"], [("Dawa",)]))
    place = content.index(b"PK\x01\x02") // 2
    content[place : place + 8] = bytes(8)
    return bytes(content)


def locked() -> bytes:
    """Every part says that it needs a password."""
    content = bytearray(written_excel("Menu", ["name"], [("Dawa",)]))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(mark, place + 1)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel"),
        (b"PK\x03\x04 broken", "cannot be read"),
        (b"\xff\xfea", "cannot be read"),
        (b'name\n"open', "cannot be read"),
        (b"name\n" + b"Dawa\n" * (MOST_ROWS + 1), "more than"),
        (b"name\n" + b"x" * 5000, "too wide"),
        (b"x" * 2_000_001, "too large"),
        (bomb(), "too large"),
        (damaged(), "cannot be read"),
        (locked(), "cannot be read"),
    ],
)
def test_what_is_no_sheet_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_sheet(content)
