"""What an order takes from the stock, in the order in which everybody takes it, and how many of each can be sold."""

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

MOST = 99

# What one piece takes, by product id: of itself 1, or 0 where it is only made of other things.
Takes = Mapping[UUID, int]
NO_RECIPES: Mapping[UUID, Takes] = {}


def wanted(lines: Iterable[tuple[UUID, int]], recipes: Mapping[UUID, Takes] = NO_RECIPES) -> list[tuple[UUID, int]]:
    """Quantity per product, ingredients included, by product id: all who take several take them in this order, so
    nobody waits in a ring. What is not counted itself is there with 0: it must be on sale."""
    sums: Counter[UUID] = Counter()
    for product_id, quantity in lines:
        for part, amount in _takes(product_id, recipes).items():
            sums[part] += amount * quantity
    return sorted(sums.items())


def enough_for(takes: Takes, free: Mapping[UUID, int]) -> int:
    """How many can be sold: the least of what each part allows. What is off sale is not in `free`."""
    if not takes.keys() <= free.keys():
        return 0
    return max(0, min((free[part] // amount for part, amount in takes.items() if amount), default=0))


def granted(
    lines: Iterable[tuple[UUID, int]], recipes: Mapping[UUID, Takes], free: Mapping[UUID, int]
) -> dict[UUID, int]:
    """How many of each product of a cart can be had together: what an earlier one takes, a later one cannot."""
    asked: Counter[UUID] = Counter()
    for product_id, quantity in lines:
        asked[product_id] += quantity
    left, given = dict(free), dict.fromkeys(asked, 0)
    for product_id, quantity in asked.items():
        takes = _takes(product_id, recipes)
        given[product_id] = min(quantity, enough_for(takes, left))
        left |= {part: left[part] - amount * given[product_id] for part, amount in takes.items() if part in left}
    return given


def is_orderable(quantity: int) -> bool:
    """Whether one line may carry this quantity."""
    return 1 <= quantity <= MOST


def _takes(product_id: UUID, recipes: Mapping[UUID, Takes]) -> Takes:
    return recipes.get(product_id, {product_id: 1})
