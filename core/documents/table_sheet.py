"""The codes of the tables on A4, six on a page with lines to cut along: what stands on each table."""

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf import FPDF

from core.documents.codes import draw_code
from core.documents.fonts import BOLD, REGULAR
from core.documents.letters import shown

FACE = "DejaVu"
WIDTH, HEIGHT = 105.0, 99.0  # A4 is 210 × 297 mm: two across, three down
ACROSS, DOWN = 2, 3
CODE = 58.0
INVITATION = ("Scan to order on WhatsApp", "Skani uagize kwa WhatsApp")
CUT = (190, 190, 190)


@dataclass(frozen=True)
class TableCard:
    """One table: its number, what it is called, and the address in its code."""

    number: int
    name: str
    address: str


def table_sheet(venue: str, cards: Sequence[TableCard]) -> bytes:
    """A PDF; the same cards give the same pages."""
    sheet = FPDF(format="A4")
    sheet.add_font(FACE, "", REGULAR)
    sheet.add_font(FACE, "B", BOLD)
    sheet.set_margin(0)
    sheet.set_auto_page_break(False)
    sheet.set_title(shown(f"{venue}: tables"))
    for place, card in enumerate(cards):
        on_page = place % (ACROSS * DOWN)
        if on_page == 0:
            sheet.add_page()
            _cuts(sheet)
        _card(sheet, venue, card, on_page % ACROSS * WIDTH, on_page // ACROSS * HEIGHT)
    return bytes(sheet.output())


def _cuts(sheet: FPDF) -> None:
    sheet.set_draw_color(*CUT)
    sheet.set_dash_pattern(dash=2, gap=2)
    sheet.line(WIDTH, 0, WIDTH, HEIGHT * DOWN)
    for row in range(1, DOWN):
        sheet.line(0, row * HEIGHT, WIDTH * ACROSS, row * HEIGHT)
    sheet.set_dash_pattern()


def _card(sheet: FPDF, venue: str, card: TableCard, left: float, top: float) -> None:
    _line(sheet, venue, left, top + 6, 10)
    _line(sheet, f"Table {card.number}", left, top + 12, 22, bold=True)
    draw_code(sheet, card.address, left + (WIDTH - CODE) / 2, top + 22, CODE)
    _line(sheet, INVITATION[0], left, top + 81, 11, bold=True)
    _line(sheet, INVITATION[1], left, top + 87, 9)
    if card.name:
        _line(sheet, card.name, left, top + 92, 8)


def _line(sheet: FPDF, text: str, left: float, top: float, size: float, bold: bool = False) -> None:
    """Centred, and smaller where it would not fit."""
    line, room = shown(text), WIDTH - 12
    sheet.set_font(FACE, "B" if bold else "", size)
    if (wide := sheet.get_string_width(line)) > room:
        sheet.set_font_size(max(size * room / wide, 5))
    sheet.set_xy(left, top)
    sheet.cell(WIDTH, size * 0.45, line, align="C")
