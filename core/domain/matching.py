"""Which orders money without an order may be for, and why we think so. A sum alone is never a reason: staff decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

NEAR = timedelta(minutes=30)
PAYER = "paid from the phone that was asked"


@dataclass(frozen=True)
class Asked:
    """An unpaid order and one way its guest may have been asked for money. `payer_hash` is of the phone asked."""

    order_id: UUID
    number: int
    due: Decimal
    currency: str
    payer_hash: str
    at: datetime


@dataclass(frozen=True)
class Arrived:
    """Money whose order nobody knows."""

    amount: Decimal
    currency: str
    payer_hash: str
    at: datetime


@dataclass(frozen=True)
class Candidate:
    """An order this money may be for, the reasons in plain words, the best candidate first."""

    order_id: UUID
    number: int
    due: Decimal
    reasons: tuple[str, ...]


def candidates(money: Arrived, asked: Iterable[Asked]) -> list[Candidate]:
    """One per order, those of the same phone first; none for the sum alone."""
    found: dict[UUID, tuple[Asked, list[str]]] = {}
    for one in asked:
        reasons = _reasons(money, one)
        if reasons and (one.order_id not in found or len(reasons) > len(found[one.order_id][1])):
            found[one.order_id] = (one, reasons)
    ranked = sorted(found.values(), key=lambda pair: (PAYER not in pair[1], -len(pair[1]), abs(pair[0].at - money.at)))
    return [Candidate(one.order_id, one.number, one.due, tuple(reasons)) for one, reasons in ranked]


def _reasons(money: Arrived, asked: Asked) -> list[str]:
    """Empty unless phone or time speak for it."""
    if money.currency != asked.currency:
        return []
    reasons = []
    if money.payer_hash and money.payer_hash == asked.payer_hash:
        reasons.append(PAYER)
    gap = abs(money.at - asked.at)
    if gap <= NEAR:
        reasons.append(f"asked {int(gap.total_seconds() // 60)} min apart")
    if reasons and money.amount == asked.due:
        reasons.append("exactly what is due")
    return reasons
