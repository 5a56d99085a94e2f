"""Noticing that a guest looks for something: "something with gin", "beer under 400", "kitu bila pombe"."""

from collections.abc import Sequence
from dataclasses import replace

from core.conversation.understanding.catalogue import Catalogue
from core.conversation.understanding.keywords import FILLERS
from core.conversation.understanding.request import MOST, Request
from core.conversation.understanding.search import CHEAP, DEAR, MOST_WORDS, POPULAR, Search
from core.conversation.understanding.vocabulary import ALL, ASKING, phrases, words
from core.conversation.understanding.words import AND, SEPARATORS, number

LEAST_PRICE, LONGEST_PRICE = 20, 7
LONGEST_WORD = 20
LONGEST = 60

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
_WITHOUT = phrases("without, without any, no, bila, isiyo na")
_POPULAR_PHRASES = phrases("whats good, whats nice, good here, nice here, nini nzuri, nini poa")
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
    | words("good nice nzuri poa") | _BETWEEN | _MONEY | _PURSE | _ORDERS.keys() | _STRICT | _WITH
)  # fmt: skip


def read_search(said: list[str], catalogue: Catalogue, request: Request) -> Search | None:
    """What a message looks for, or nothing where it does not look for something."""
    if len(said) > LONGEST:
        return None
    text, _ = catalogue.translated(said, said)
    signs = not _SIGNS.isdisjoint(text) or any(map(_is_price, text))
    # Most messages end here: they say neither what it shall be like nor which heading it is under.
    if not signs and _SOMETHING.isdisjoint(text) and catalogue.headings.isdisjoint(text):
        return None
    category, leftover = _leftover(text, catalogue)
    something = bool(category) or not _SOMETHING.isdisjoint(text)
    fresh = _ingredients(leftover, category, catalogue) if something else ()
    if request.phone or not (signs or fresh):
        return None
    found = _bounded(text, category, leftover if something else (), bool(request.items))
    counted = any(item.counted for item in request.items)
    if (counted or request.out) and not (found.most or found.least or found.order):
        return None
    wanted = tuple(word for word in leftover if word not in found.without)
    known = tuple(word for word in wanted if word in catalogue.known)
    content = wanted if _asks_with(text, something) else known if not found.empty or _STRICT & set(text) else fresh
    whole = replace(found, words=tuple(word[:LONGEST_WORD] for word in content[:MOST_WORDS]))
    quantity = request.quantity or 0
    return None if whole.empty else replace(whole, quantity=quantity if 0 < quantity <= MOST else 0)


def _bounded(text: Sequence[str], category: str, avoided: Sequence[str], named: bool) -> Search:
    """Everything but the words it shall have: heading, prices, order, what it shall not have."""
    line = f" {' '.join(text)} "
    most, least = _bounds(text, named)
    order = next((_ORDERS[word] for word in text if word in _ORDERS), "")
    if not order and any(f" {phrase} " in line for phrase in _POPULAR_PHRASES):
        order = POPULAR
    dry = any(f" {phrase} " in line for phrase in _DRY)
    without = () if dry else tuple(w[:LONGEST_WORD] for w in avoided if any(f" {no} {w} " in line for no in _WITHOUT))
    return Search(0, category, (), without[:MOST_WORDS], most, least, dry, order)


def _leftover(text: Sequence[str], catalogue: Catalogue) -> tuple[str, tuple[str, ...]]:
    """The heading named, and the words that say something besides."""
    category, left = "", []
    for at, word in enumerate(text):
        known = word in catalogue.starts
        match = catalogue.names.get(word) or catalogue.names.get(" ".join(text[at : at + 2])) if known else None
        if match and match.category:
            category = match.category
        elif word not in _SILENT and word not in SEPARATORS and word not in AND and number(word) is None:
            left.append(word)
    return category, tuple(left)


def _ingredients(left: tuple[str, ...], category: str, catalogue: Catalogue) -> tuple[str, ...]:
    """The "gin" of "gin cocktails": what is in things under that heading, and no product's own name beside it."""
    return left if left and catalogue.ingredients.get(category, frozenset()).issuperset(left) else ()


def _asks_with(text: Sequence[str], something: bool) -> bool:
    said = set(text)
    return something and bool(said & _WITH or (said & _STRICT and said & _WEAK_WITH))


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
