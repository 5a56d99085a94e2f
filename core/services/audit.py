"""The audit: what must hold whatever happened, and what does not."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.domain import orders
from core.domain.statuses import LIVE_PAYMENTS
from core.store.sql.invariants import QUERIES

TITLES = {
    "I1": "every acknowledged event ends exactly once",
    "I2": "one order per cart, one effect per event",
    "I3": "one charge per order, one live prompt per order and phone",
    "I4": "stock on hand is what its movements add up to, and covers what is held",
    "I5": "every shilling is on a paid order, due for refund or unmatched; the ledger balances and says the same",
    "I6": "every paid order is confirmed once",
    "I7": "replies leave in the order of what they answer",
    "I8": "no order and no payment ever moved against its table",
    "I9": "no secret and no whole phone number in logs",
    "I10": "nothing waits for longer than it may",
}
# No row tells the moment a reply left, or what other programs wrote into their logs: tests look at both.
NOT_LOOKED_AT = ("I7", "I9")
SHOWN = 20

Breach = dict[str, Any]


def audit(db: Session, store_report: Mapping[str, Iterable[Breach]]) -> dict[str, dict[str, Any]]:
    """Each invariant with what breaks it; `checked` is false where "ok" means only that nobody looked.

    `store_report` is what the mailbox store found, by the same names.
    """
    return {name: _verdict(name, [*breaches_of(db, name), *store_report.get(name, ())]) for name in TITLES}


def is_clean(report: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether every invariant holds."""
    return all(verdict["ok"] for verdict in report.values())


def breaches_of(db: Session, invariant: str) -> list[Breach]:
    found = []
    for name, query in QUERIES.get(invariant, ()):
        rows = db.execute(text(_filled(query)), _moves(query)).mappings()
        found += [{"breach": name} | {key: str(value) for key, value in row.items()} for row in rows]
    return found


def _verdict(name: str, breaches: list[Breach]) -> dict[str, Any]:
    return {
        "ok": not breaches,
        "checked": name not in NOT_LOOKED_AT,
        "rule": TITLES[name],
        "breaches": breaches[:SHOWN],
        "count": len(breaches),
    }


def _filled(query: str) -> str:
    return query.replace("{live}", _words(LIVE_PAYMENTS)).replace("{bought}", _words(sorted(orders.BOUGHT)))


def _words(statuses: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{status}'" for status in statuses) + ")"


def _moves(query: str) -> dict[str, Any]:
    legal = [f"{before}>{after}" for before, after in sorted(orders.LEGAL)]
    return {"order_moves": legal} if ":order_moves" in query else {}
