"""What an order takes from the stock, in the order in which everybody takes it."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

MOST = 99


def wanted(lines: Iterable[tuple[UUID, int]]) -> list[tuple[UUID, int]]:
    """Quantity per product, by product id: all who take several take them in this order, so nobody waits in a ring."""
    sums: Counter[UUID] = Counter()
    for product_id, quantity in lines:
        sums[product_id] += quantity
    return sorted(sums.items())


def is_orderable(quantity: int) -> bool:
    """Whether one line may carry this quantity."""
    return 1 <= quantity <= MOST
