"""Reads what somebody saved from a spreadsheet, CSV in any encoding or Excel: cells as text, nothing worked out."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

LARGEST = 2_000_000
MOST_UNPACKED = 30_000_000
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 2_000, 60, 4_000
EXCEL, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
TOO_LARGE = f"This file is too large: at most {LARGEST // 1_000_000} MB."
UNREADABLE = "This file cannot be read. Save it as CSV or as Excel (.xlsx) and choose it again."
# What zipfile, zlib and openpyxl raise of files that are cut, damaged, or locked with a password.
BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, RuntimeError, EOFError, OSError, LookupError,
    TypeError, ValueError, AttributeError,
)  # fmt: skip

Rows = list[list[str]]


class TooLarge(Exception):
    """It would fill the memory."""


def read_sheet(content: bytes) -> Rows:
    """The rows of the first sheet, the heading first. Raises ValueError with a sentence."""
    if not content.strip():
        raise ValueError("This file is empty.")
    if len(content) > LARGEST:
        raise ValueError(TOO_LARGE)
    if content.startswith(OLD_EXCEL):
        raise ValueError("This is an old Excel file. Save it as .xlsx or as CSV and choose it again.")
    rows = _bounded(_excel(content) if content.startswith(EXCEL) else _csv(_text(content)))
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise ValueError("This file is empty.")
    return rows


def as_text(rows: Iterable[Iterable[str]]) -> str:
    """The same rows as plain CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _bounded(rows: Iterator[list[str]]) -> Rows:
    found: Rows = []
    for row in rows:
        if len(found) > MOST_ROWS:
            raise ValueError(f"This file has more than {MOST_ROWS:,} rows. Cut it in two.")
        if any(row[MOST_COLUMNS:]) or any(len(cell) > LONGEST_CELL for cell in row):
            raise ValueError(f"Row {len(found) + 1} is too wide: is it the right file?")
        found.append(_trimmed(row))
    return found


def _trimmed(row: list[str]) -> list[str]:
    """Without the empty cells at its end."""
    filled = [place for place, cell in enumerate(row, start=1) if cell.strip()]
    return row[: filled[-1]] if filled else []


def _text(content: bytes) -> str:
    """As most programs write it: with a mark, in UTF-8, in UTF-16, or as Windows did for Western Europe."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(content, "utf-16")
    if b"\0" in content[:1000]:
        return _decoded(content, "utf-16-le" if content[1:2] == b"\0" else "utf-16-be")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise ValueError(UNREADABLE) from None


def _csv(text: str) -> Iterator[list[str]]:
    if "\0" in text:
        raise ValueError(UNREADABLE)
    heading = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            yield [_unquoted(cell) for cell in row]
    except csv.Error:
        raise ValueError(UNREADABLE) from None


def _excel(content: bytes) -> Iterator[list[str]]:
    try:
        if _unpacked(content) > MOST_UNPACKED:
            raise TooLarge
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=False).worksheets[0]
        for row in sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True):
            yield [_unquoted(_written(value)) for value in row]
    except TooLarge:
        raise ValueError(TOO_LARGE) from None
    except BROKEN as error:
        raise ValueError(UNREADABLE) from error


def _unpacked(content: bytes) -> int:
    """How many bytes it says to hold; nothing is unpacked for that."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return sum(part.file_size for part in packed.infolist())


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, ArrayFormula | DataTableFormula):
        return "="
    return "" if value is None else str(value)


def _unquoted(cell: str) -> str:
    """Without the mark that keeps a text from becoming a formula (`core.documents.sheets`)."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell
