"""What stands on a guest's receipt."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.conversation.catalogues import ENGLISH, money
from core.documents.layout import Block, Codes, Heading, Pair, Paper, Rule, Table, Words
from core.domain.invoices import Fiscal, Invoice, Paid, Seller


@dataclass(frozen=True)
class Receipt:
    """An invoice, the money that paid it, and where anybody can see that it is genuine."""

    invoice: Invoice
    paid: tuple[Paid, ...]
    fiscal: Fiscal | None
    verify_url: str
    timezone: str


def receipt(facts: Receipt) -> Paper:
    """Everything on it, from top to bottom."""
    invoice = facts.invoice
    title = f"Receipt {invoice.number}"
    blocks = (*_head(facts), *_lines(invoice), *_totals(invoice), *_vat(invoice), *_paid(facts), *_codes(facts))
    return Paper(title, invoice.issued_at, f"{invoice.seller.name} · {title}", blocks)


def _head(facts: Receipt) -> Iterator[Block]:
    invoice, seller = facts.invoice, facts.invoice.seller
    yield Heading(seller.name, large=True)
    for line in _who(seller):
        yield Words(line, soft=True)
    yield Rule()
    yield Pair(f"Receipt {invoice.number}", _moment(facts, invoice.issued_at), strong=True)
    yield Pair("Order", str(invoice.order_number))


def _who(seller: Seller) -> list[str]:
    named = (("", seller.address), ("PIN ", seller.pin), ("VAT no. ", seller.vat_number))
    return [label + value for label, value in named if value]


def _lines(invoice: Invoice) -> Iterator[Block]:
    def said(amount: Decimal) -> str:
        return f"{amount:,.2f}"

    rows = tuple((line.name, str(line.quantity), said(line.price), said(line.amount)) for line in invoice.lines)
    yield Rule()
    yield Table(("Item", "Qty", f"Each, {invoice.currency}", "Amount"), (12, 24, 26), rows)


def _totals(invoice: Invoice) -> Iterator[Block]:
    yield Rule()
    if invoice.delivery_fee:
        yield Pair("Delivery", _money(invoice, invoice.delivery_fee))
    if invoice.discount:
        yield Pair("Discount", _money(invoice, -invoice.discount))
    yield Pair("Total", _money(invoice, invoice.total), strong=True)
    if invoice.tip:
        yield Pair("Tip, with thanks", _money(invoice, invoice.tip))
        yield Pair("Paid in all", _money(invoice, invoice.total + invoice.tip), strong=True)


def _vat(invoice: Invoice) -> Iterator[Block]:
    yield Heading("VAT contained in the total")
    rows = tuple(
        (f"{line.percent:f} %".replace(".00 ", " "), *(f"{x:,.2f}" for x in (line.net, line.vat, line.gross)))
        for line in invoice.vat_lines
    )
    yield Table(("Rate", "Net", "VAT", "Gross"), (30, 26, 30), rows)


def _paid(facts: Receipt) -> Iterator[Block]:
    if facts.paid:
        yield Heading("Paid")
    for one in facts.paid:
        yield Pair(f"{one.how} {one.reference}".strip(), _money(facts.invoice, one.amount))
        yield Words(_moment(facts, one.at), soft=True)
        if one.returned:
            yield Pair("Given back", _money(facts.invoice, -one.returned))


def _codes(facts: Receipt) -> Iterator[Block]:
    genuine = (facts.verify_url, "Scan to see that this receipt is genuine")
    if facts.fiscal:
        yield Heading("Signed by the tax authority")
        yield Pair("Number", facts.fiscal.number)
        yield Codes((genuine, (facts.fiscal.qr, "The tax authority's own copy")))
    else:
        yield Codes((genuine,))


def _money(invoice: Invoice, amount: Decimal) -> str:
    return money(ENGLISH, amount, invoice.currency)


def _moment(facts: Receipt, at: datetime) -> str:
    return at.astimezone(ZoneInfo(facts.timezone)).strftime("%d %b %Y, %H:%M")
