"""What a guest looks for, and what there is of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from core.conversation.understanding.catalogue import Catalogue
from core.conversation.understanding.request import MOST
from core.domain.menu import Product

CHEAP, DEAR, POPULAR = "cheap", "dear", "popular"
MOST_WORDS = 4


@dataclass(frozen=True)
class Search:
    """What is looked for. Its `code` says it in one line, short enough for the id of a tap."""

    quantity: int = 0
    category: str = ""
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    most: int = 0
    least: int = 0
    dry: bool = False
    order: str = ""

    @property
    def code(self) -> str:
        """ "2 #cocktail gin -rum <900 >100 !dry !cheap"."""
        parts = [str(self.quantity or ""), f"#{self.category}" if self.category else "", *self.words]
        parts += [f"-{word}" for word in self.without]
        parts += [f"<{self.most}" if self.most else "", f">{self.least}" if self.least else ""]
        parts += ["!dry" if self.dry else "", f"!{self.order}" if self.order else ""]
        return " ".join(part for part in parts if part)

    @classmethod
    def of(cls, code: str) -> "Search":
        """Inverse of `code`, whatever somebody made of it."""
        found = cls()
        for part in code.split(" ")[: MOST_WORDS + 8]:
            found = _with_part(found, part)
        return found

    @property
    def empty(self) -> bool:
        """Whether it would find just everything, or one whole heading."""
        return not (self.words or self.without or self.most or self.least or self.dry or self.order or self.quantity)


def _with_part(search: Search, part: str) -> Search:
    sign, rest = part[:1], part[1:]
    amount = int(rest) if rest.isdecimal() and len(rest) < 7 else 0
    if part.isdecimal():
        return replace(search, quantity=int(part) if len(part) < 3 else 0)
    if sign == "!":
        order = rest if rest in (CHEAP, DEAR, POPULAR) else search.order
        return replace(search, dry=search.dry or rest == "dry", order=order)
    if sign == "-":
        return replace(search, without=(*search.without, rest)[:MOST_WORDS])
    fields = {"#": {"category": rest}, "<": {"most": amount}, ">": {"least": amount}}
    added = fields.get(sign, {"words": (*search.words, part)[:MOST_WORDS]} if part else {})
    return replace(search, **added)  # type: ignore[arg-type]


def find(search: Search, catalogue: Catalogue, price: Callable[[Product], Decimal]) -> list[Product]:
    """What there is of it, in the order asked for; where no product has all the words, those that have some.

    `price` is that of the hour.
    """
    fitting = [p for p in catalogue.products.values() if p.available and _fits(search, p, price)]
    kept = [p for p in fitting if catalogue.texts[p.id].isdisjoint(search.without)]
    every = [p for p in kept if catalogue.texts[p.id].issuperset(search.words)]
    some = every or [p for p in kept if not catalogue.texts[p.id].isdisjoint(search.words)]
    if search.order == POPULAR:
        return sorted(some, key=lambda p: p.popularity or MOST)
    if search.order:
        return sorted(some, key=price, reverse=search.order == DEAR)
    return some


def _fits(search: Search, product: Product, price: Callable[[Product], Decimal]) -> bool:
    if search.category and product.category_id != search.category:
        return False
    if search.dry and product.alcoholic:
        return False
    return not (search.least or search.most) or search.least <= price(product) <= (search.most or price(product))
