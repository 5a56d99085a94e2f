"""Double entry: where every shilling lies. What a receipt or an order puts on which account follows from how it stands.

An entry is the difference between what is booked and what should be, so that it balances by construction, a repeat
books nothing, and the books can be checked against the rows at any time. Debits are above zero, credits below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.domain.money import vat_in
from core.domain.statuses import Provider, ReceiptState

NOTHING = Decimal(0)


class Account(StrEnum):
    """The accounts of a venue. `CLEARING` is kept per provider: the money it holds for us."""

    GUEST = "GUEST"  # what guests owe for what they ordered; below zero: what they paid ahead
    CLEARING = "CLEARING"
    DRAWER = "DRAWER"
    SALES = "SALES"  # without VAT
    VAT = "VAT"
    TIPS = "TIPS"
    DISCOUNTS = "DISCOUNTS"
    RETURNS = "RETURNS"  # sold and taken back
    REFUNDS = "REFUNDS"  # owed to guests until it went back
    UNMATCHED = "UNMATCHED"  # arrived, and nobody knows for what


Key = tuple[Account, Provider | None]
Position = dict[Key, Decimal]


@dataclass(frozen=True)
class Money:
    """A receipt as it stands. `refunding`: to be given back or given back already; `refunded`: of this, what went;
    `refunded_cash`: of that, what went out of the drawer; `reversed`: taken back by the provider without our asking;
    `vat`: contained in it, if it was taken as sales without an order."""

    provider: Provider
    amount: Decimal
    state: ReceiptState
    refunding: Decimal = NOTHING
    refunded: Decimal = NOTHING
    refunded_cash: Decimal = NOTHING
    reversed: Decimal = NOTHING
    vat: Decimal = NOTHING


@dataclass(frozen=True)
class Sale:
    """An order as it stands. `total` is what the guest pays, `tip` and VAT contained, `discount` taken off; `returned`
    is what of the total was taken back."""

    sold: bool
    total: Decimal
    vat: Decimal
    vat_percent: Decimal
    tip: Decimal = NOTHING
    discount: Decimal = NOTHING
    returned: Decimal = NOTHING


def till_of(provider: Provider) -> Key:
    """Where money paid this way lies."""
    return (Account.DRAWER, None) if provider is Provider.CASH else (Account.CLEARING, provider)


def of_money(money: Money) -> Position:
    """What a receipt puts on the accounts: what we hold, and whose it is."""
    kept = money.amount - money.refunding - money.reversed
    electronic = money.refunded - money.refunded_cash
    return _sum(
        (till_of(money.provider), money.amount - electronic - money.reversed),
        ((Account.DRAWER, None), -money.refunded_cash),
        ((Account.REFUNDS, None), money.refunded - money.refunding),
        *_owners(money, kept),
    )


def _owners(money: Money, kept: Decimal) -> tuple[tuple[Key, Decimal], ...]:
    if money.state is ReceiptState.TAKINGS:
        return ((Account.VAT, None), -money.vat), ((Account.SALES, None), money.vat - kept)
    owner = Account.UNMATCHED if money.state is ReceiptState.UNMATCHED else Account.GUEST
    return (((owner, None), -kept),)


def of_sale(sale: Sale) -> Position:
    """What an order puts on the accounts: nothing until it is sold, then what its guest owes and what was earned."""
    if not sale.sold:
        return {}
    vat, tip = _taken_back(sale)
    return _sum(
        ((Account.GUEST, None), sale.total - sale.returned),
        ((Account.SALES, None), sale.vat + sale.tip - sale.discount - sale.total),
        ((Account.VAT, None), vat - sale.vat),
        ((Account.TIPS, None), tip - sale.tip),
        ((Account.DISCOUNTS, None), sale.discount),
        ((Account.RETURNS, None), sale.returned - vat - tip),
    )


def _taken_back(sale: Sale) -> tuple[Decimal, Decimal]:
    """VAT and tip in what was taken back: the price goes first, and the tip only after all of it."""
    price = sale.total - sale.tip
    tip = max(sale.returned - price, NOTHING)
    if sale.returned >= price:
        return sale.vat, tip
    return min(vat_in(sale.returned, sale.vat_percent), sale.vat), tip


def entry(booked: Mapping[Key, Decimal], wanted: Mapping[Key, Decimal]) -> Position:
    """The lines that lead from what is booked to what should be; none where nothing changed."""
    lines = _sum(*wanted.items(), *((key, -amount) for key, amount in booked.items()))
    return {key: lines[key] for key in sorted(lines, key=str)}


def _sum(*parts: tuple[Key, Decimal]) -> Position:
    total: Position = {}
    for key, amount in parts:
        total[key] = total.get(key, NOTHING) + amount
    return {key: amount for key, amount in total.items() if amount}
