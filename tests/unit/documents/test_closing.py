"""A day's closing on paper and in sheets."""

import csv
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from core.documents.closing import closing, parts
from core.documents.pdf import draw
from core.documents.sheets import as_csv, as_excel
from core.documents.statement import on_paper
from core.domain.closing import Figure
from tests import pdf
from tests.unit.documents.papers import closed

EVIL = "=HYPERLINK(0)"


def rows_of_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_paper_says_what_was_sold_and_what_is_in_the_drawer() -> None:
    said = pdf.text(draw(on_paper(closing(closed()))))
    for needed in ("Day closing 12", "KES 100,000", "Sales (120 orders)", "M-Pesa", "KES 88,000", "by Otieno"):
        assert needed in said, needed
    assert "Expected\nKES 17,000" in said and "Difference\n-KES 50" in said


def test_ways_to_pay_are_called_as_people_call_them() -> None:
    report = closed(methods=tuple(Figure(name, 1, Decimal(1)) for name in ("MPESA", "CASH", "kopokopo")))
    said = next(part for part in parts(report) if part.heading == "By method")
    assert [name for name, _, _ in said.rows] == ["M-Pesa", "Cash", "Kopo Kopo (M-Pesa)"]


def test_what_is_empty_is_left_out() -> None:
    assert [part.heading for part in parts(closed())] == ["Sales", "By method", "Cash drawer", "Beside the sales"]


def test_all_three_forms_say_the_same() -> None:
    report = closed(people=(Figure("Wanjiru", 100, Decimal(88_000)),))
    written = {
        (row[1], Decimal(row[3])) for row in rows_of_csv(as_csv(closing(report))) if row[3:] and row[3][-1:].isdigit()
    }
    sheet = load_workbook(io.BytesIO(as_excel(closing(report)))).active
    cells = {
        (row[1], Decimal(str(row[3]))) for row in sheet.iter_rows(values_only=True) if isinstance(row[3], int | float)
    }
    assert written == cells == {(name, amount) for part in parts(report) for name, _, amount in part.rows}
    said = pdf.text(draw(on_paper(closing(report))))
    assert all(name in said for name, _ in written)


@pytest.mark.parametrize("name", [EVIL, "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_name_becomes_a_formula(name: str) -> None:
    report = closed(people=(Figure(name, 1, Decimal(1)),), venue=name, closed_by=name, note=name)
    cells = [cell for row in rows_of_csv(as_csv(closing(report))) for cell in row[:2]]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    sheet = load_workbook(io.BytesIO(as_excel(closing(report)))).active
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_controls_and_emoji_do_not_break_a_sheet() -> None:
    report = closed(venue="Bar \x00\x0b 🍹", people=(Figure("שלום\x01", 1, Decimal(1)),))
    assert as_csv(closing(report)) and as_excel(closing(report)) and draw(on_paper(closing(report)))


def test_cents_are_kept() -> None:
    assert ["Sales", "VAT contained", "", "13793.10"] in rows_of_csv(as_csv(closing(closed())))


def test_a_long_night_breaks_pages() -> None:
    people = tuple(Figure(f"Person {number}", number, Decimal(number)) for number in range(1, 120))
    assert len(pdf.pages(draw(on_paper(closing(closed(people=people)))))) > 3
