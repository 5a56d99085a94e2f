"""Locks: the transactions that touch an order take its rows in one order everywhere, so that none waits for ever.

Two of the bar's transactions run at once, in every pairing; each takes its locks one by one and commits.
Promise checked at rest: both have committed. (PostgreSQL would end the deadlock by killing one: a guest's payment.)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .parts import changed


class Rule(StrEnum):
    """The guards of this model, each named after its rule."""

    ORDER_FIRST = "rule-14-the-order-is-locked-before-its-payments"
    STOCK_LAST = "rule-14-stock-is-locked-after-order-and-payments"
    BY_PRODUCT = "rule-14-stock-is-locked-by-product-id"


ALL_RULES = frozenset(Rule)

# In the order that comes to mind: a callback names its payment, a cart is not sorted, an expiry begins with holds.
NEEDS = {
    "claim": ("order", "payment"),
    "settle": ("payment", "order", "wine", "beer"),
    "expire": ("beer", "wine", "order"),
    "another order": ("beer", "wine"),
    "staff correct the stock": ("wine", "beer"),
}
STOCK = ("beer", "wine")


class Transaction(NamedTuple):
    """A running transaction: the locks it needs, in its order, and how many it holds."""

    name: str
    needs: tuple[str, ...]
    held: int = 0
    committed: bool = False


class State(NamedTuple):
    """The transactions that run at once."""

    running: tuple[Transaction, ...] = ()


@dataclass(frozen=True)
class Locks:
    """The model: which transactions run at once, and the rules in force."""

    rules: frozenset[Rule]
    transactions: int

    @property
    def initial(self) -> State:
        return State()

    def moves(self, state: State) -> Iterator[tuple[str, State]]:
        if len(state.running) < self.transactions:
            for name, needs in NEEDS.items():
                begun = Transaction(name, self._in_order(needs))
                yield f"{name} begins", State((*state.running, begun))
            return
        taken = {lock for other in state.running if not other.committed for lock in other.needs[: other.held]}
        for who, transaction in enumerate(state.running):
            wanted = transaction.needs[transaction.held :]
            if not wanted and not transaction.committed:
                done = transaction._replace(committed=True)
                yield f"{transaction.name} commits", State(changed(state.running, who, done))
            elif wanted and wanted[0] not in taken:
                further = transaction._replace(held=transaction.held + 1)
                yield f"{transaction.name} locks {wanted[0]}", State(changed(state.running, who, further))

    def _in_order(self, needs: tuple[str, ...]) -> tuple[str, ...]:
        """The locks a transaction needs, sorted as far as the rules say."""
        rows = [need for need in needs if need not in STOCK]
        stock = [need for need in needs if need in STOCK]
        if Rule.ORDER_FIRST in self.rules:
            rows.sort()  # "order" before "payment"
        if Rule.BY_PRODUCT in self.rules:
            stock.sort()
        stock_first = Rule.STOCK_LAST not in self.rules and needs[0] in STOCK
        return tuple(stock + rows if stock_first else rows + stock)

    def invariant(self, state: State) -> str | None:
        return None

    def final_invariant(self, state: State) -> str | None:
        stuck = [transaction.name for transaction in state.running if not transaction.committed]
        return f"{' and '.join(stuck)} wait for each other for ever" if stuck else None


SHORT = {"two at once": Locks(ALL_RULES, 2)}
FULL = {"three at once": Locks(ALL_RULES, 3)}
