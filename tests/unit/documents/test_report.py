"""A report on some days, on paper and in sheets."""

import csv
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from core.documents.pdf import draw
from core.documents.report import parts, report_statement
from core.documents.sheets import as_csv, as_excel
from core.documents.statement import on_paper
from core.domain.closing import Figure
from core.domain.reporting import Out, Report, Vat
from tests import pdf
from tests.unit.documents.papers import AT

AMOUNTS = ("discounts", "returns", "takings", "tips", "refunds", "reversals", "cash_taken", "cash_refunded")
LISTS = ("days", "hours", "products", "categories", "methods", "people", "movers", "tables", "rates", "outs")


def quiet(**more: Any) -> Report:
    """One evening on which two Dawas were sold."""
    evening: dict[str, Any] = {
        "venue": "Destination Cocktails", "title": "20 Nov 2026", "currency": "KES", "timezone": "Africa/Nairobi",
        "since": AT, "until": AT, "orders": 1, "sales": Decimal(1400), "vat": Decimal("193.10"),
        "products": (Figure("Dawa", 2, Decimal(1400)),), "methods": (Figure("MPESA", 1, Decimal(1400)),),
    }  # fmt: skip
    return Report(**(dict.fromkeys(AMOUNTS, Decimal(0)) | dict.fromkeys(LISTS, ()) | evening | more))


def test_all_three_forms_say_the_same() -> None:
    report = quiet(
        rates=(Vat("16 %", Decimal("1206.90"), Decimal("193.10")),),
        outs=(Out("Tusker", Decimal("1.5"), Decimal("0.5"), Decimal(350)),),
    )
    lines = list(csv.reader(io.StringIO(as_csv(report_statement(report)).decode("utf-8-sig"))))
    written = {(row[1], Decimal(row[3])) for row in lines if row[3:] and row[3][-1:].isdigit()}
    sheet = load_workbook(io.BytesIO(as_excel(report_statement(report)))).active
    cells = {
        (row[1], Decimal(str(row[3]))) for row in sheet.iter_rows(values_only=True) if isinstance(row[3], int | float)
    }
    assert written == cells == {(name, amount) for part in parts(report) for name, _, amount in part.rows}
    said = pdf.text(draw(on_paper(report_statement(report))))
    for needed in ("Report, 20 Nov 2026", "KES 1,400", "16 %: VAT", "Tusker: 1.5 h", "KES 350", "M-Pesa"):
        assert needed in said, needed


def test_a_day_on_which_nothing_was_sold_is_a_short_report() -> None:
    nothing = replace(quiet(), orders=0, sales=Decimal(0), vat=Decimal(0), products=(), methods=())
    assert [part.heading for part in parts(nothing)] == ["Sales"]
    assert draw(on_paper(report_statement(nothing)))


def test_no_product_becomes_a_formula_and_a_long_month_breaks_pages() -> None:
    drinks = tuple(Figure(f"=HYPERLINK({number})", number, Decimal(number)) for number in range(1, 120))
    report = report_statement(quiet(products=drinks, title="31 Dec 2026 – 30 Jan 2027"))
    assert b'"=HYPER' not in as_csv(report) and b",=HYPER" not in as_csv(report)
    assert load_workbook(io.BytesIO(as_excel(report))).active is not None
    assert len(pdf.pages(draw(on_paper(report)))) > 2
