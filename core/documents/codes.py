"""QR codes, drawn square by square: a scanner reads them at every size, and no picture is needed."""

import io
from typing import Any

import segno
from fpdf import FPDF

QUIET = 4  # modules of white around a code: ISO/IEC 18004, 9.1
DARK = (0, 0, 0)


def draw_code(sheet: FPDF, text: str, left: float, top: float, size: float) -> None:
    """A code with its white edge, `size` mm wide."""
    matrix = segno.make(text, error="m", micro=False).matrix
    module = size / (len(matrix) + 2 * QUIET)
    sheet.set_fill_color(*DARK)
    for down, row in enumerate(matrix, start=QUIET):
        for across, length in _runs(row):
            x, y = left + (across + QUIET) * module, top + down * module
            sheet.rect(x, y, length * module, module, style="F")


def code_picture(text: str) -> bytes:
    """The same as SVG, black on white whatever stands around it."""
    made = io.BytesIO()
    segno.make(text, error="m", micro=False).save(made, kind="svg", border=QUIET, light="white", scale=8)
    return made.getvalue()


def _runs(row: Any) -> list[tuple[int, int]]:
    """Where the dark stretches of a row begin, and how long they are."""
    found: list[tuple[int, int]] = []
    for place, dark in enumerate(row):
        if dark and found and sum(found[-1]) == place:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((place, 1))
    return found
