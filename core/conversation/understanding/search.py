"""Looking for something: "something with gin", "beer under 400", "kitu bila pombe", "what is popular"."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.conversation.understanding.catalogue import Catalogue
from core.conversation.understanding.keywords import FILLERS
from core.conversation.understanding.request import MOST, Request
from core.conversation.understanding.vocabulary import ALL, ASKING, phrases, words
from core.conversation.understanding.words import AND, SEPARATORS, number
from core.domain.menu import Product

CHEAP, DEAR, POPULAR = "cheap", "dear", "popular"
LEAST_PRICE, LONGEST_PRICE = 20, 7
MOST_WORDS, LONGEST_WORD = 4, 20

_AT_MOST = phrases(
    "under, below, less than, cheaper than, not more than, no more than, at most, max, maximum, up to, within, chini"
    " ya, isiyozidi, budget, get for, not over, budget of, budget is"
)
_AT_LEAST = phrases("over, above, more than, at least, starting from, zaidi ya, kuanzia, juu ya")
_BELOW = words("below under less chini kushuka")
_ABOVE = words("above over more juu kupanda")
_BETWEEN = words("between from kati")
_MONEY = words("bob ksh kes kshs shilling shillings sh shilingi")
_PURSE = words("have got nina niko tuko tuna afford spend")
_ORDERS = {
    **dict.fromkeys(words("cheap cheapest cheaper affordable rahisi nafuu budget"), CHEAP),
    **dict.fromkeys(words("expensive priciest premium ghali luxury"), DEAR),
    **dict.fromkeys(
        words(
            "popular best bestseller recommend recommended recommendation recommendations suggest suggestion favourite"
            " favorite maarufu pendekeza mnapendekeza unapendekeza inapendwa signature special specials surprise famous"
        ),
        POPULAR,
    ),
}
_DRY = phrases(
    "non alcoholic, no alcohol, without alcohol, without any alcohol, alcohol free, zero alcohol, bila pombe, bila"
    " kilevi, isiyo na pombe, mocktail, nonalcoholic, dont drink alcohol, sinywi pombe, sober"
)
_SOMETHING = words("something anything kitu chochote drink kinywaji vinywaji")
_STRICT = words("something anything kitu chochote")
_WITH = words("with has yenye chenye wenye zenye based containing contains")
_WEAK_WITH = words("na ya")
_SILENT = (
    FILLERS | _SOMETHING | _STRICT | _WITH | _MONEY | _PURSE | _ORDERS.keys() | _BETWEEN | ALL
    | words("an what which do does most than very like kind type bei get seller price about there what good nini gani")
    | {word for phrase in (*_AT_MOST, *_AT_LEAST, *_DRY, *ASKING) for word in phrase.split()}
)  # fmt: skip
_SIGNS = frozenset(
    {word for phrase in (*_AT_MOST, *_AT_LEAST, *_DRY) for word in phrase.split() if word not in FILLERS}
    | _BETWEEN | _MONEY | _PURSE | _ORDERS.keys() | _STRICT | _WITH
)  # fmt: skip


@dataclass(frozen=True)
class Search:
    """What is looked for. Its `code` says it in one line, short enough for the id of a tap."""

    quantity: int = 0
    category: str = ""
    words: tuple[str, ...] = ()
    most: int = 0
    least: int = 0
    dry: bool = False
    order: str = ""

    @property
    def code(self) -> str:
        """ "2 #beer gin <900 >100 !dry !cheap"."""
        parts = [str(self.quantity or ""), f"#{self.category}" if self.category else "", *self.words]
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
        return not (self.words or self.most or self.least or self.dry or self.order or self.quantity)


def _with_part(search: Search, part: str) -> Search:
    sign, rest = part[:1], part[1:]
    amount = int(rest) if rest.isdecimal() and len(rest) < 7 else 0
    if part.isdecimal():
        return replace(search, quantity=int(part) if len(part) < 3 else 0)
    if sign == "!":
        order = rest if rest in (CHEAP, DEAR, POPULAR) else search.order
        return replace(search, dry=search.dry or rest == "dry", order=order)
    fields = {"#": {"category": rest}, "<": {"most": amount}, ">": {"least": amount}}
    added = fields.get(sign, {"words": (*search.words, part)[:MOST_WORDS]} if part else {})
    return replace(search, **added)  # type: ignore[arg-type]


def find(search: Search, catalogue: Catalogue) -> list[Product]:
    """What there is of it, in the order asked for; where no product has all the words, those that have some."""
    kept = [p for p in catalogue.products.values() if p.available and _fits(search, p)]
    every = [p for p in kept if catalogue.texts[p.id].issuperset(search.words)]
    some = every or [p for p in kept if not catalogue.texts[p.id].isdisjoint(search.words)]
    if search.order == POPULAR:
        return sorted(some, key=lambda p: p.popularity or MOST)
    if search.order:
        return sorted(some, key=lambda p: p.price, reverse=search.order == DEAR)
    return some


def _fits(search: Search, product: Product) -> bool:
    if search.category and product.category_id != search.category:
        return False
    if (search.dry and product.alcoholic) or product.price < search.least:
        return False
    return not search.most or product.price <= search.most


def read_search(said: list[str], catalogue: Catalogue, request: Request) -> Search | None:
    """What a message looks for, or nothing where it does not look for something."""
    text, _ = catalogue.translated(said, said)
    category, leftover = _leftover(text, catalogue)
    fresh = _ingredients(leftover, category, not _SOMETHING.isdisjoint(text), catalogue)
    if request.phone or (_SIGNS.isdisjoint(text) and not fresh and not any(map(_is_price, text))):
        return None
    most, least = _bounds(text, bool(request.items))
    line = f" {' '.join(text)} "
    order = next((_ORDERS[word] for word in text if word in _ORDERS), "")
    found = Search(0, category, (), most, least, any(f" {phrase} " in line for phrase in _DRY), order)
    counted = any(item.counted for item in request.items)
    if (counted or request.out) and not (most or least or order):
        return None
    known = tuple(word for word in leftover if word in catalogue.known)
    content = leftover if _asks_with(text, category) else known if not found.empty or _STRICT & set(text) else fresh
    whole = replace(found, words=tuple(word[:LONGEST_WORD] for word in content[:MOST_WORDS]))
    if whole.empty:
        return None
    quantity = request.quantity or 0
    return replace(whole, quantity=quantity if 0 < quantity <= MOST else 0)


def _leftover(text: Sequence[str], catalogue: Catalogue) -> tuple[str, tuple[str, ...]]:
    """The heading named, and the words that say something besides."""
    category, left = "", []
    for at, word in enumerate(text):
        match = catalogue.names.get(word) or catalogue.names.get(" ".join(text[at : at + 2]))
        if match and match.category:
            category = match.category
        elif word not in _SILENT and word not in SEPARATORS and word not in AND and number(word) is None:
            left.append(word)
    return category, tuple(left)


def _ingredients(left: tuple[str, ...], category: str, something: bool, catalogue: Catalogue) -> tuple[str, ...]:
    """The "gin" of "gin cocktails": what is in things under that heading, and no product's own name beside it."""
    inside = catalogue.ingredients.get(category, frozenset()) if category or something else frozenset()
    return left if left and inside.issuperset(left) else ()


def _asks_with(text: Sequence[str], category: str) -> bool:
    said = set(text)
    something = said & _SOMETHING or category
    return bool(something and (said & _WITH or (said & _STRICT and said & _WEAK_WITH)))


def _bounds(text: Sequence[str], named: bool) -> tuple[int, int]:
    """The highest and the lowest price in the words; 0 where there is none."""
    prices = [(at, int(word)) for at, word in enumerate(text) if _is_price(word)]
    if not prices:
        return 0, 0
    if len(prices) > 1 and not _BETWEEN.isdisjoint(text[: prices[0][0]]):
        return max(prices[0][1], prices[1][1]), min(prices[0][1], prices[1][1])
    at, price = prices[0]
    before = f" {' '.join(w for w in text[max(at - 4, 0) : at] if w not in _MONEY)} "
    if any(before.endswith(f" {phrase} ") for phrase in _AT_MOST):
        return price, 0
    if any(before.endswith(f" {phrase} ") for phrase in _AT_LEAST):
        return 0, price
    after = set(text[at + 1 : at + 4])
    if after & _BELOW:
        return price, 0
    if after & _ABOVE:
        return 0, price
    purse = not named and price > MOST and not (_PURSE | _MONEY | _STRICT).isdisjoint(text)
    return (price, 0) if purse else (0, 0)


def _is_price(word: str) -> bool:
    return word.isdecimal() and len(word) < LONGEST_PRICE and int(word) >= LEAST_PRICE
