"""A day's closing for whoever works in a spreadsheet: comma-separated values, and Excel.

A name that begins like a formula must not become one: somebody may call themselves `=HYPERLINK(…)`.
"""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from core.documents.closing import facts, parts, title
from core.domain.closing import ClosingReport

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
HEADINGS = ("Part", "What", "Count", "Amount")
WIDTHS = {"A": 20, "B": 36, "C": 10, "D": 16}
MONEY = "#,##0.00"
BOLD = Font(bold=True)

Value = str | int | Decimal | None
Line = tuple[Value, ...]


def as_csv(report: ClosingReport) -> bytes:
    """UTF-8 with a mark at its beginning, or Excel would take it for another encoding."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(["" if one is None else one for one in line] for line in _lines(report))
    return text.getvalue().encode("utf-8-sig")


def as_excel(report: ClosingReport) -> bytes:
    """One sheet; amounts are numbers."""
    book = Workbook()
    sheet = book.active
    sheet.title = _safe(title(report))
    for line in _lines(report):
        sheet.append(line)
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows(max_col=4):
        row[0].font = BOLD
        row[3].number_format = MONEY
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _lines(report: ClosingReport) -> Iterator[Line]:
    yield from ((_safe(label), _safe(value), None, None) for label, value in facts(report))
    yield (None, None, None, None)
    yield HEADINGS
    for part in parts(report):
        yield from ((_safe(part.heading), _safe(name), count, amount) for name, count, amount in part.rows)


def _safe(text: str) -> str:
    """A text that stays one, without what a sheet cannot hold."""
    plain = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{plain}" if plain.startswith(FORMULAS) else plain
