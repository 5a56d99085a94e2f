"""Receipts and closings to draw."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.documents.receipt import Receipt
from core.domain.closing import ClosingReport, Figure
from core.domain.invoices import Invoice, Line, Paid, Seller, vat_lines

AT = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


def bought(*lines: Line, **more: Any) -> Receipt:
    """A paid invoice over these lines (two Dawas, where nothing is said)."""
    sold = lines or (Line("Dawa", 2, Decimal(700)),)
    total = sum((line.amount for line in sold), Decimal(0))
    nothing = dict.fromkeys(("delivery_fee", "discount", "tip"), Decimal(0))
    invoice = Invoice(
        number=1042, order_number=77, issued_at=AT, currency="KES", seller=Seller("Destination Cocktails"),
        lines=sold, total=total, vat_lines=vat_lines(total, Decimal(16)), **nothing,
    )  # fmt: skip
    paid = (Paid("M-Pesa", "SFH6XK2PQ1", total, AT),)
    facts = Receipt(invoice, paid, None, "https://bar.example/receipts/verify/abc", "Africa/Nairobi")
    about = {name: more.pop(name) for name in ("paid", "fiscal") if name in more}
    return replace(facts, invoice=replace(invoice, **more), **about)


def closed(**more: Any) -> ClosingReport:
    """A quiet evening's closing."""
    amounts: dict[str, Any] = dict.fromkeys(
        ("discounts", "returns", "takings", "tips", "refunds", "refunds_open", "unmatched", "cash_refunded"), Decimal(0)
    )
    evening: dict[str, Any] = {
        "venue": "Destination Cocktails", "number": 12, "currency": "KES", "timezone": "Africa/Nairobi",
        "opened_at": AT, "closed_at": AT, "opened_by": "Wanjiru", "closed_by": "Otieno", "orders": 120,
        "sales": Decimal(100_000), "vat": Decimal("13793.10"), "cash_float": Decimal(5000),
        "cash_taken": Decimal(12_000), "cash_counted": Decimal(16_950),
        "methods": (Figure("MPESA", 100, Decimal(88_000)), Figure("CASH", 20, Decimal(12_000))),
    }  # fmt: skip
    return ClosingReport(**(amounts | evening | more))
