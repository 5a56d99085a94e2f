"""Money is Decimal: whole shillings, VAT contained in every price."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def order_total(lines: Iterable[tuple[int, Decimal]]) -> Decimal:
    """Sum over (quantity, price)."""
    return sum((quantity * price for quantity, price in lines), Decimal(0))


def vat_in(total: Decimal, percent: Decimal) -> Decimal:
    """The VAT contained in a total, to the cent: 16 % in 116 is 16."""
    return (total * percent / (100 + percent)).quantize(CENT, ROUND_HALF_UP)


def whole(amount: Decimal) -> Decimal:
    """Without the cents that it has not: 850.00 is 850."""
    rounded = amount.to_integral_value()
    return rounded if rounded == amount else amount


def plain(amount: Decimal) -> str:
    """As a guest and an event read it: `850`, and `850.50` only where cents exist."""
    whole = amount.to_integral_value()
    return f"{whole if whole == amount else amount.quantize(CENT, ROUND_HALF_UP):f}"
