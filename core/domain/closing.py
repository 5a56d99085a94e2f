"""A day's closing, as plain numbers: made once when a shift is closed, and rendered from here ever after."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Figure:
    """One line of a table of the closing: a method, a category or a person, how many, and how much."""

    name: str
    count: int
    amount: Decimal


class Earned:
    """What was sold, and what of that stays."""

    sales: Decimal
    discounts: Decimal
    returns: Decimal
    takings: Decimal

    @property
    def net(self) -> Decimal:
        """What was earned, VAT contained: sales less discounts and returns, with takings, without tips."""
        return self.sales - self.discounts - self.returns + self.takings


@dataclass(frozen=True)
class ClosingReport(Earned):
    """All that one shift came to. Amounts are in `currency`; times are UTC, `timezone` is the venue's.

    `sales` are what was sold at its price, VAT contained, before `discounts` and without `tips`; `returns` is what was
    sold and taken back. `methods` and `people` share out the money that paid for orders, `categories` the `sales`.
    `unmatched` money waits for a decision and is in none of them; `takings` is money without an order that staff took
    as sales. `refunds` went back, `refunds_open` is still to go; `reversals` were taken back by a provider unasked.
    """

    venue: str
    number: int
    currency: str
    timezone: str
    opened_at: datetime
    closed_at: datetime
    opened_by: str
    closed_by: str
    orders: int
    sales: Decimal
    discounts: Decimal
    returns: Decimal
    takings: Decimal
    vat: Decimal
    tips: Decimal
    refunds: Decimal
    refunds_open: Decimal
    unmatched: Decimal
    cash_float: Decimal
    cash_taken: Decimal
    cash_refunded: Decimal
    cash_counted: Decimal
    methods: tuple[Figure, ...] = ()
    categories: tuple[Figure, ...] = ()
    people: tuple[Figure, ...] = ()
    note: str = ""
    reversals: Decimal = NOTHING

    @property
    def cash_expected(self) -> Decimal:
        """What should be in the drawer."""
        return self.cash_float + self.cash_taken - self.cash_refunded

    @property
    def cash_difference(self) -> Decimal:
        """Counted less expected: below zero, cash is missing."""
        return self.cash_counted - self.cash_expected

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` reads it back."""
        return {name: _written(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ClosingReport":
        """Inverse of `to_dict`."""
        kinds = {field.name: field.type for field in fields(cls)}
        return cls(**{name: _read(kinds[name], value) for name, value in data.items()})


def _written(value: Any) -> Any:
    if isinstance(value, tuple):
        return [{name: _written(part) for name, part in line.items()} for line in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _read(kind: Any, value: Any) -> Any:
    if kind is Decimal:
        return Decimal(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if isinstance(value, list):
        return tuple(Figure(one["name"], one["count"], Decimal(one["amount"])) for one in value)
    return value
