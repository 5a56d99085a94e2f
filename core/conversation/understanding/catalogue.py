"""The menu made ready for look-ups: built once per version of a menu, then only read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.conversation.understanding.keywords import FILLERS, KNOWN, transposed
from core.conversation.understanding.vocabulary import COMMON, SYNONYMS
from core.conversation.understanding.words import AND, SEPARATORS, number_at, tokens
from core.domain.menu import Category, Menu, Product

KEPT = 256
SHORTEST_TYPO = 4
SHORTEST_SKELETON = 3
_VOWELS = str.maketrans("", "", "aeiou")
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True)
class Match:
    """What a phrase may mean. A `weak` one (the last word of a name, a category) is decoration beside a product."""

    products: tuple[str, ...]
    weak: bool = False
    category: str = ""


class Catalogue:
    """Products by id, by category and by every phrase that names them. Alcohol is absent where none is served."""

    def __init__(self, menu: Menu) -> None:
        served = [p for p in menu.products if menu.venue.serves_alcohol or not p.alcoholic]
        self.menu = menu
        self.products = {p.id: p for p in served}
        self.refused = {p.id: p for p in menu.products if p.id not in self.products}
        self.by_category: dict[str, tuple[Product, ...]] = {
            c.id: tuple(p for p in served if p.category_id == c.id) for c in menu.categories
        }
        self.categories: tuple[Category, ...] = tuple(c for c in menu.categories if self.by_category[c.id])
        self.names = _names(menu)
        self.starts = _starts(self.names)
        self.headings = {name.partition(" ")[0] for name, match in self.names.items() if match.category}
        self.longest = max(self.starts.values(), default=0)
        self.words = {word for name in self.names for word in name.split()}
        self.called = {p.id: frozenset(tokens(" ".join(p.calls))) for p in served}
        self.texts = {p.id: _text(p, menu) for p in served}
        self.known: frozenset[str] = frozenset().union(*self.texts.values())
        said = self.known | self.names.keys()
        self.synonyms = {w: of for w, of in SYNONYMS.items() if w not in self.words and of in said}
        self.ingredients = {c.id: _ingredients(self.by_category[c.id]) for c in self.categories}
        self.ingredients[""] = frozenset().union(*self.ingredients.values())
        self._choices = [name for name in self.names if len(name) >= SHORTEST_TYPO]
        self._skeletons = _skeletons(self.names)
        self.options = self._named_options()
        self.option_starts = _starts(self.options)

    def of(self, menu: Menu) -> "Catalogue":
        """The same catalogue, for an equal menu read again."""
        self.menu = menu
        return self

    def category(self, category_id: str) -> Category | None:
        """A heading that still has something under it."""
        return next((c for c in self.categories if c.id == category_id), None)

    def mentions(self, words: list[str]) -> bool:
        """Whether some name begins with one of these words: where none does, nothing of the menu is named."""
        return not (self.starts.keys().isdisjoint(words) and self.synonyms.keys().isdisjoint(words))

    def translated(self, words: list[str], spoken: list[str]) -> tuple[list[str], list[str]]:
        """The words with those of the other language in the menu's own; `spoken` keeps pace with them."""
        if self.synonyms.keys().isdisjoint(words):
            return words, spoken
        pairs = [(w, s) for word, s in zip(words, spoken, strict=True) for w in self.synonyms.get(word, word).split()]
        return [w for w, _ in pairs], [s for _, s in pairs]

    def option(self, words: list[str], at: int) -> tuple[Mapping[str, str], int] | None:
        """The longest option that starts at this word: its id by product, and how many words it takes."""
        if at >= len(words) or words[at] not in self.option_starts:
            return None
        for length in range(min(self.option_starts[words[at]], len(words) - at), 0, -1):
            if offered := self.options.get(" ".join(words[at : at + length])):
                return offered, length
        return None

    def _named_options(self) -> dict[str, dict[str, str]]:
        """Options by their names, and by any word of a name that only one option of the product has."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for product in self.products.values():
            for phrase, option_id in _phrases_of(product).items():
                words, _ = self.translated(phrase.split(), phrase.split())
                found[" ".join(words)][product.id] = option_id
        return dict(found)

    def exact(self, words: list[str], at: int) -> tuple[Match, int] | None:
        """The longest name that starts at this word, and how many words it takes."""
        for length in range(min(self.starts.get(words[at], 0), len(words) - at), 0, -1):
            if match := self.names.get(" ".join(words[at : at + length])):
                return match, length
        return None

    def similar(self, words: list[str], at: int) -> tuple[Match, int] | None:
        """As `exact`, forgiving a slip of the finger or two."""
        for length in range(min(3, self.longest, len(words) - at), 0, -1):
            if match := self._forgive(" ".join(words[at : at + length])):
                return match, length
        return None

    def _forgive(self, phrase: str) -> Match | None:
        if phrase in KNOWN or phrase in COMMON:
            return None
        slips = 2 if len(phrase) >= 8 else 1
        if len(phrase) < SHORTEST_TYPO:
            return self._skeletons.get(phrase)
        near = process.extractOne(phrase, self._choices, scorer=OSA.distance, score_cutoff=slips)
        if near is None:
            return self._skeletons.get(phrase)
        return self.names[near[0]] if _slipped(near[0], phrase) else None


def _phrases_of(product: Product) -> dict[str, str]:
    whole: dict[str, str] = {}
    parts: dict[str, set[str]] = defaultdict(set)
    for option in (option for group in product.groups for option in group.options):
        for name in (option.name, *option.names.values()):
            whole.setdefault(_phrase(name), option.id)
            for word in _phrase(name).split():
                parts[word].add(option.id)
    single = {w: ids.pop() for w, ids in parts.items() if len(ids) == 1 and w not in COMMON and w not in FILLERS}
    return {phrase: id for phrase, id in (single | whole).items() if phrase and number_at([phrase], 0) is None}


def _text(product: Product, menu: Menu) -> frozenset[str]:
    """All words that speak of a product, for the search."""
    heading = next((c.name for c in menu.categories if c.id == product.category_id), "")
    return frozenset(tokens(" ".join((*product.calls, product.description, *product.descriptions.values(), heading))))


def _ingredients(products: tuple[Product, ...]) -> frozenset[str]:
    """What their descriptions speak of."""
    said = {word for p in products for word in tokens(p.description)}
    return frozenset(word for word in said if not word.isdecimal()) - FILLERS


def _slipped(name: str, phrase: str) -> bool:
    """Whether this is a slip of the finger, not another word: fingers slip on the first letter only to the next key."""
    if sorted(name) == sorted(phrase):
        return True
    return not transposed(phrase) and (name[0] == phrase[0] or _beside(name[0], phrase[0]))


def _beside(one: str, other: str) -> bool:
    return any(one in row and other in row and abs(row.index(one) - row.index(other)) == 1 for row in _KEYBOARD)


def _skeletons(names: dict[str, Match]) -> dict[str, Match]:
    """Names as they are texted, without their vowels; only where one name looks like that."""
    bare = [(skeleton, match) for name, match in names.items() if (skeleton := name.translate(_VOWELS)) != name]
    found: dict[str, set[Match]] = defaultdict(set)
    for skeleton, match in bare:
        if len(skeleton) >= SHORTEST_SKELETON and not match.weak:
            found[skeleton].add(match)
    return {skeleton: matches.pop() for skeleton, matches in found.items() if len(matches) == 1}


def _names(menu: Menu) -> dict[str, Match]:
    """Full names and nicknames before first words, these before other words and categories."""
    layers: tuple[dict[str, list[str]], ...] = (defaultdict(list), defaultdict(list), defaultdict(list))
    for product in menu.products:
        for name in product.calls:
            _put(layers[0], name, product.id)
        for name in (product.name, *product.names.values()):
            first, *rest = tokens(name) or [""]
            _put(layers[1], first, product.id)
            for word in rest:
                _put(layers[2], word, product.id)
    names = {c: Match((), True, category.id) for category in menu.categories for c in _headings(category)}
    for word in COMMON:
        layers[1].pop(word, None)
        layers[2].pop(word, None)
    for layer, weak in ((layers[2], True), (layers[1], False), (layers[0], False)):
        names |= {name: Match(tuple(dict.fromkeys(ids)), weak) for name, ids in layer.items() if _speaks(name, names)}
    return names


def _headings(category: Category) -> set[str]:
    return {_phrase(name) for name in (category.name, *category.names.values())} - {""}


def _starts(names: Iterable[str]) -> dict[str, int]:
    """How many words the longest name has that starts with each."""
    longest: dict[str, int] = {}
    for name in names:
        first, length = name.partition(" ")[0], name.count(" ") + 1
        longest[first] = max(length, longest.get(first, 0))
    return longest


def _speaks(name: str, names: dict[str, Match]) -> bool:
    return " " in name or not (
        name.isdecimal() or name in FILLERS or name in AND or len(name) < 2 or _heads(name, names)
    )


def _heads(name: str, names: dict[str, Match]) -> bool:
    return name in names and bool(names[name].category)


def _put(layer: dict[str, list[str]], name: str, product_id: str) -> None:
    if phrase := _phrase(name):
        layer[phrase].append(product_id)


def _phrase(name: str) -> str:
    """A name as the tokens of a message show it."""
    return " ".join(w for w in tokens(name) if w not in SEPARATORS and w != "-")


_made: dict[tuple[str, str], Catalogue] = {}


def catalogue(menu: Menu) -> Catalogue:
    """The catalogue of this version of this venue's menu, made anew only when it really differs."""
    key = (menu.venue.id, menu.version)
    made = _made.get(key)
    if made is None or made.menu is not menu:
        if len(_made) >= KEPT:
            _made.clear()
        made = _made[key] = Catalogue(menu) if made is None or made.menu != menu else made.of(menu)
    return made
