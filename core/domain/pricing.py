"""What a guest pays: the goods at the price of the hour, what bringing them costs, less a discount, and a tip apart."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.domain.hours import Schedule, is_open
from core.domain.options import Choice
from core.domain.timetables import read_schedule, written_schedule

NOTHING = Decimal(0)
SHILLING = Decimal(1)
_PERCENT = re.compile(r"(\d{1,2})%")
_AMOUNT = re.compile(r"\d{1,6}")


@dataclass(frozen=True)
class Bill:
    """One order in whole shillings. The discount is taken off, the tip is not part of the price."""

    goods: Decimal
    fee: Decimal = NOTHING
    discount: Decimal = NOTHING
    tip: Decimal = NOTHING

    @property
    def price(self) -> Decimal:
        """What is sold, and what VAT is contained in."""
        return self.goods + self.fee - self.discount

    @property
    def total(self) -> Decimal:
        """What the guest pays."""
        return self.price + self.tip


@dataclass(frozen=True)
class PriceList:
    """Other prices, by product id, while its hours last: happy hour."""

    name: str
    hours: Schedule
    prices: Mapping[str, Decimal]


def price_at(product_id: str, price: Decimal, lists: Iterable[PriceList], moment: datetime) -> Decimal:
    """What a product costs now: its lowest price among the lists whose hour it is, else its own."""
    now = [one.prices[product_id] for one in lists if product_id in one.prices and is_open(one.hours, moment)]
    return min(now, default=price)


def with_choices(price: Decimal, chosen: Iterable[Choice]) -> Decimal:
    """A price with what was chosen; nothing is given away, for an order of nothing cannot be paid."""
    return max(price + sum((one.price for one in chosen), NOTHING), SHILLING)


def written_list(one: PriceList) -> dict[str, Any]:
    """JSON-ready; `read_list` reads it back."""
    prices = {product_id: str(price) for product_id, price in one.prices.items()}
    return {"name": one.name, "hours": written_schedule(one.hours), "prices": prices}


def read_list(data: Mapping[str, Any], zone: str) -> PriceList:
    """Inverse of `written_list`, in the venue's zone."""
    prices = {product_id: Decimal(price) for product_id, price in data["prices"].items()}
    return PriceList(data["name"], read_schedule("hours", data["hours"], zone), prices)


def bill(goods: Decimal, fee: Decimal, percent: Decimal, tip: str = "") -> Bill:
    """The bill of an order; `percent` is the guest's discount on goods and fee, `tip` as `tip_of` reads it."""
    before = goods + fee
    off = discount_on(before, percent)
    return Bill(goods, fee, off, tip_of(tip, before - off))


def discount_on(price: Decimal, percent: Decimal) -> Decimal:
    """Whole shillings off; one shilling always stays, for an order of nothing cannot be paid."""
    if percent <= 0 or price <= SHILLING:
        return NOTHING
    return min((price * percent / 100).quantize(SHILLING, ROUND_HALF_UP), price - SHILLING)


def tip_of(said: str, price: Decimal) -> Decimal:
    """The tip in whole shillings: `10%` of the price, `100` as it stands; of anything else, and of nothing, none."""
    if part := _PERCENT.fullmatch(said):
        return (price * int(part[1]) / 100).quantize(SHILLING, ROUND_HALF_UP)
    return Decimal(said) if _AMOUNT.fullmatch(said) else NOTHING


def read_tip(said: object) -> str:
    """A tip as a venue offers it. Raises ValueError naming what is none."""
    if isinstance(said, str) and (_PERCENT.fullmatch(said) or _AMOUNT.fullmatch(said)) and tip_of(said, Decimal(100)):
        return said
    raise ValueError(f"tips: {said!r} is neither a share as '10%' nor an amount as '100'")
