"""An invoice: what was sold, by whom, for how much, and the VAT in it. Prices contain their VAT."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.domain.money import vat_in


@dataclass(frozen=True)
class Line:
    """So many of one thing, at one price each."""

    name: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """What they cost together."""
        return self.quantity * self.price


@dataclass(frozen=True)
class VatLine:
    """The VAT at one rate."""

    percent: Decimal
    net: Decimal
    vat: Decimal

    @property
    def gross(self) -> Decimal:
        """With its VAT, as the guest paid it."""
        return self.net + self.vat


@dataclass(frozen=True)
class Seller:
    """Whose invoice it is. What is not known is empty."""

    name: str
    address: str = ""
    pin: str = ""
    vat_number: str = ""


@dataclass(frozen=True)
class Paid:
    """Money that arrived for it: how, and the provider's reference; how much of it went back again."""

    how: str
    reference: str
    amount: Decimal
    at: datetime
    returned: Decimal = Decimal(0)


@dataclass(frozen=True)
class Fiscal:
    """The tax authority's number of it, and the text of the QR code that leads to its own copy."""

    number: str
    qr: str


@dataclass(frozen=True)
class Invoice:
    """`total` is the price after the discount, with delivery; the tip is kept apart from it and contains no VAT."""

    number: int
    order_number: int
    issued_at: datetime
    currency: str
    seller: Seller
    lines: tuple[Line, ...]
    delivery_fee: Decimal
    discount: Decimal
    tip: Decimal
    total: Decimal
    vat_lines: tuple[VatLine, ...]

    @property
    def vat(self) -> Decimal:
        """All VAT in it."""
        return sum((line.vat for line in self.vat_lines), Decimal(0))


def vat_lines(total: Decimal, percent: Decimal) -> tuple[VatLine, ...]:
    """The breakdown of a total at one rate."""
    vat = vat_in(total, percent)
    return (VatLine(percent, total - vat, vat),)


def written_vat(lines: Iterable[VatLine]) -> list[dict[str, str]]:
    """JSON-ready; amounts are decimal strings."""
    return [{"percent": str(one.percent), "net": str(one.net), "vat": str(one.vat)} for one in lines]


def read_vat(rows: Iterable[Mapping[str, str]]) -> tuple[VatLine, ...]:
    """Inverse of `written_vat`."""
    return tuple(VatLine(Decimal(row["percent"]), Decimal(row["net"]), Decimal(row["vat"])) for row in rows)


def read_lines(rows: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The lines as the invoice keeps them: `{name, quantity, price}`."""
    return tuple(Line(row["name"], int(row["quantity"]), Decimal(row["price"])) for row in rows)
