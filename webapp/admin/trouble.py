"""The trouble list of the operators' page: what waits for a person, and what to do about it."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.services.payment_accounts import provider_name
from core.services.trouble import Listing

NONE = "–"


@dataclass(frozen=True)
class Kind:
    """How one kind of trouble is shown. `columns` are headings with the names of what stands under them; `page` is
    where staff can act on it."""

    heading: str
    advice: str
    columns: tuple[tuple[str, str], ...]
    page: str = ""


@dataclass(frozen=True)
class Table:
    """One kind of trouble of which there is some."""

    kind: Kind
    count: int
    rows: list[list[str]]


_TIME = ("Time", "at")
_ORDER = ("Order", "number")
_MONEY = (_TIME, _ORDER, ("Amount", "amount"), ("Reason", "reason"))

KINDS = {
    "dead_letters": Kind(
        "Dead letters",
        "These failed on every try: look after the guest in person; then an owner or a manager replays or drops them.",
        (_TIME, ("Lane", "lane"), ("Tries", "attempts")),
        "admin.letters",
    ),
    "messages": Kind(
        "Undelivered messages",
        "These answers of the last day may not have reached their guest: tell them in person how the order stands.",
        (_TIME, _ORDER, ("Error", "code")),
    ),
    "receipts": Kind(
        "Unmatched money",
        "This money is on no order: ask who paid, then put it on its order, give it back, or take it as sales.",
        (_TIME, ("Amount", "amount"), ("Provider", "provider")),
        "admin.money",
    ),
    "payments": Kind(
        "Payments to check",
        "The provider's word is missing or is not what was asked: look the payment up there before the order is made"
        " or paid again.",
        _MONEY,
        "admin.money",
    ),
    "refunds": Kind(
        "Refunds to decide",
        "This money is to go back: send it back or give it in cash. What the provider cannot send, give back on its own"
        " page, once, and say so.",
        _MONEY,
        "admin.money",
    ),
}


def tables(found: dict[str, Listing], zone: tzinfo) -> list[Table]:
    """Those kinds of which there are any, ready to be shown."""
    return [_table(KINDS[name], listing, zone) for name, listing in found.items() if listing.count]


def zone_of(name: str) -> tzinfo:
    """The venue's own time; that of the world where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _table(kind: Kind, listing: Listing, zone: tzinfo) -> Table:
    rows = [[_cell(name, row, zone) for _, name in kind.columns] for row in listing.newest]
    return Table(kind, listing.count, rows)


def _cell(name: str, row: dict[str, Any], zone: tzinfo) -> str:
    value = row[name]
    if value is None or value == "":
        return NONE
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%d %b %H:%M")
    if name == "amount":
        return f"{row['currency']} {Decimal(value):,}"
    if name == "provider":
        return provider_name(str(value))
    return f"#{value}" if name == "number" else str(value).replace("_", " ")
