"""Draws a paper as PDF: A5, which a phone shows whole, or a wide A4 for lists.

Text can be selected, pages break, and the same paper gives the same bytes every time.
"""

import logging
from collections.abc import Callable
from typing import Any, cast

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from core.documents.codes import draw_code
from core.documents.fonts import BOLD, REGULAR
from core.documents.layout import Block, Codes, Heading, Pair, Paper, Rule, Table, Words
from core.documents.letters import drawable, shown

# At INFO it writes thirty lines for each document.
logging.getLogger("fontTools").setLevel(logging.WARNING)

FACE = "DejaVu"
A5, WIDE_A4 = (148, 210), (297, 210)
MARGIN, LINE, GAP = 12.0, 5.5, 2.0
SMALL, NORMAL, LARGE = 7.5, 9.0, 14.0
SOFT, DARK = (105, 105, 105), (0, 0, 0)
MOST_LINES = 3
QR_MM, CAPTION_MM = 34.0, 10.0
NEXT: dict[str, Any] = {"new_x": XPos.LMARGIN, "new_y": YPos.NEXT}


def draw(paper: Paper) -> bytes:
    """The whole document."""
    sheet = _Sheet(paper)
    sheet.add_page()
    for block in paper.blocks:
        _DRAW[type(block)](sheet, block)
    return bytes(sheet.output())


class _Sheet(FPDF):
    """Pages with a foot."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(format=WIDE_A4 if paper.wide else A5)
        self.paper = paper
        self.add_font(FACE, "", REGULAR)
        self.add_font(FACE, "B", BOLD)
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN + LINE)
        self.set_title(shown(paper.title))
        self.set_creator("")
        self.set_producer("")
        self.set_creation_date(paper.at)
        self.write_in(NORMAL)

    def footer(self) -> None:
        """On every page: what this is, and which page of how many."""
        self.set_y(-MARGIN)
        self.write_in(SMALL, soft=True)
        self.cell(self.epw * 0.85, LINE, self.fitting(self.paper.foot, self.epw * 0.85))
        self.cell(0, LINE, f"{self.page_no()} / {{nb}}", align="R")

    def write_in(self, size: float, bold: bool = False, soft: bool = False) -> None:
        """What comes next looks like this."""
        self.set_font(FACE, "B" if bold else "", size)
        self.set_text_color(*(SOFT if soft else DARK))

    def fitting(self, text: str, width: float) -> str:
        """As much of a line as has room."""
        line = shown(text)
        if self.get_string_width(line) + 2 * self.c_margin <= width:
            return line
        while line and self.get_string_width(line + "…") + 2 * self.c_margin > width:
            line = line[:-1]
        return f"{line}…"

    def split(self, text: str, width: float) -> list[str]:
        """The lines it takes: at most three."""
        lines = cast(list[str], self.multi_cell(width, LINE, drawable(text), dry_run=True, output="LINES"))
        return [self.fitting(line, width) for line in lines[:MOST_LINES]] or [""]

    def has_room(self, height: float) -> None:
        """What belongs together stays on one page."""
        if self.will_page_break(height):
            self.add_page()


def _heading(sheet: _Sheet, block: Heading) -> None:
    size = LARGE if block.large else NORMAL
    sheet.has_room(3 * LINE)
    sheet.ln(0 if block.large else GAP)
    sheet.write_in(size, bold=True)
    sheet.multi_cell(0, size * 0.55, shown(block.text), **NEXT)


def _words(sheet: _Sheet, block: Words) -> None:
    sheet.write_in(SMALL if block.soft else NORMAL, soft=block.soft)
    sheet.multi_cell(0, LINE * 0.85, shown(block.text), **NEXT)


def _pair(sheet: _Sheet, block: Pair) -> None:
    sheet.has_room(LINE)
    sheet.write_in(NORMAL, bold=block.strong)
    value = sheet.fitting(block.value, sheet.epw * 0.7)
    rest = sheet.epw - sheet.get_string_width(value) - 3 * sheet.c_margin
    sheet.cell(rest, LINE, sheet.fitting(block.label, rest))
    sheet.cell(0, LINE, value, align="R", **NEXT)


def _table(sheet: _Sheet, block: Table) -> None:
    widths = (sheet.epw - sum(block.widths), *block.widths)
    sheet.has_room(3 * LINE)
    _headings(sheet, block, widths)
    for first, *others in block.rows:
        sheet.write_in(NORMAL)
        name = sheet.split(first, widths[0])
        if sheet.will_page_break(LINE * len(name)):
            sheet.add_page()
            _headings(sheet, block, widths)
            sheet.write_in(NORMAL)
        _row(sheet, name, tuple(others), widths, block.left)


def _headings(sheet: _Sheet, block: Table, widths: tuple[float, ...]) -> None:
    sheet.write_in(SMALL, soft=True)
    _row(sheet, [block.headings[0]], block.headings[1:], widths, block.left)


def _row(sheet: _Sheet, name: list[str], cells: tuple[str, ...], widths: tuple[float, ...], left: bool) -> None:
    """The name may take several lines; the figures stand beside the first."""
    sheet.cell(widths[0], LINE, name[0])
    for text, width in zip(cells, widths[1:], strict=True):
        sheet.cell(width, LINE, sheet.fitting(text, width), align="L" if left else "R")
    sheet.ln(LINE)
    for more in name[1:]:
        sheet.cell(widths[0], LINE, more, **NEXT)


def _rule(sheet: _Sheet, block: Rule) -> None:
    y = sheet.get_y() + GAP
    sheet.set_draw_color(*SOFT)
    sheet.line(MARGIN, y, MARGIN + sheet.epw, y)
    sheet.set_y(y + GAP)


def _codes(sheet: _Sheet, block: Codes) -> None:
    sheet.ln(GAP)
    sheet.has_room(QR_MM + CAPTION_MM)
    top, width = sheet.get_y(), sheet.epw / len(block.codes)
    for place, (text, caption) in enumerate(block.codes):
        left = MARGIN + place * width
        draw_code(sheet, text, left + (width - QR_MM) / 2, top, QR_MM)
        sheet.write_in(SMALL, soft=True)
        sheet.set_xy(left, top + QR_MM)
        sheet.multi_cell(width, LINE * 0.8, shown(caption), align="C", **NEXT)


_DRAW: dict[type[Block], Callable[[_Sheet, Any], None]] = {
    Heading: _heading,
    Words: _words,
    Pair: _pair,
    Table: _table,
    Rule: _rule,
    Codes: _codes,
}
