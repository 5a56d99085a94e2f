"""For whoever works in a spreadsheet, as comma-separated values and Excel: closings, reports and lists.

A name that begins like a formula must not become one: somebody may call themselves `=HYPERLINK(…)`.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from core.documents.statement import Statement

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
HEADINGS = ("Part", "What", "Count", "Amount")
WIDTHS = {"A": 20, "B": 36, "C": 10, "D": 16}
MONEY = "#,##0.00"
LONGEST_TITLE = 31  # of a sheet: Excel opens no longer one
BOLD = Font(bold=True)

Value = str | int | Decimal | datetime | None
Line = tuple[Value, ...]


def as_csv(said: Statement) -> bytes:
    """Figures in parts."""
    return written_csv(_lines(said))


def as_excel(said: Statement) -> bytes:
    """Figures in parts, on one sheet; amounts are numbers."""
    book = Workbook()
    sheet = book.active
    sheet.title = safe(said.title)[:LONGEST_TITLE]
    for line in _lines(said):
        sheet.append(line)
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows(max_col=4):
        row[0].font = BOLD
        row[3].number_format = MONEY
    return _saved(book)


def written_csv(lines: Iterable[Line]) -> bytes:
    """UTF-8 with a mark at its beginning, or Excel would take it for another encoding."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(["" if one is None else one for one in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def written_excel(name: str, headings: Sequence[str], lines: Iterable[Line]) -> bytes:
    """One sheet with its headings kept in sight. Written line by line: a long list does not fill the memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, heading) for heading in headings])
    for line in lines:
        sheet.append([_cell(sheet, value) for value in line])
    return _saved(book)


def _lines(said: Statement) -> Iterator[Line]:
    yield (safe(said.facts[0][0]), safe(said.venue), None, None)
    yield (safe(said.title), None, None, None)
    yield from ((safe(label), safe(value), None, None) for label, value in said.facts[1:])
    yield (None, None, None, None)
    yield HEADINGS
    for part in said.parts:
        yield from ((safe(part.heading), safe(name), count, amount) for name, count, amount in part.rows)


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, safe(text))
    cell.font = BOLD
    return cell


def _cell(sheet: Any, value: Value) -> Any:
    if not isinstance(value, Decimal):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = MONEY
    return cell


def _saved(book: Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def safe(text: str) -> str:
    """A text that stays one, without what a sheet cannot hold."""
    plain = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{plain}" if plain.startswith(FORMULAS) else plain
