"""Options by their names: "large", "with tonic", "well done", each meant for the product it stands beside."""

from collections.abc import Mapping
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.conversation.understanding import vocabulary as vocab
from core.conversation.understanding.catalogue import SHORTEST_TYPO, Catalogue
from core.conversation.understanding.cursor import Cursor
from core.conversation.understanding.keywords import FILLERS, KNOWN
from core.conversation.understanding.request import Wanted
from core.conversation.understanding.words import number_at
from core.domain.menu import Product

Rest = list[tuple[str, str]]


class Choices(Cursor):
    """The words that become options of a line."""

    def choice(self) -> bool:
        """An option that the product before it offers, or the one behind it."""
        word = self.words[self.at]
        if word not in self.catalogue.option_starts and word not in vocab.WITH:
            return False
        at = self.at + (word in vocab.WITH)
        found = self.catalogue.option(self.words, at)
        if found is None:
            return False
        offered, length = found
        end = at + length
        if not (
            self._of_last(offered) or self._of_next(offered, end) or self._joined(offered, at) or self._alone(at, end)
        ):
            return False
        self.at = end
        return True

    def options_ahead(self, product_id: str) -> tuple[str, ...]:
        """The options said before their product, of those that it offers."""
        found = tuple(offered[product_id] for offered in self.ahead if product_id in offered)
        self.ahead = []
        return found

    def _of_last(self, offered: Mapping[str, str]) -> bool:
        """Right beside its product: "highball large", "highball with cola", be there a cola by itself or not."""
        if not self.beside or self.list is not self.found.items or self.list[-1].product_id not in offered:
            return False
        self._choose(self.list[-1], offered)
        return True

    def _of_next(self, offered: Mapping[str, str], end: int) -> bool:
        while end < len(self.words) and (self.words[end] in vocab.ADJECTIVES or self.words[end] in FILLERS):
            end += 1
        further = self.catalogue.option(self.words, end) if end < len(self.words) else None
        if further is not None and self._of_next(offered, end + further[1]):
            return True
        ahead = self.catalogue.exact(self.words, end) if end < len(self.words) else None
        if ahead is None or len(ahead[0].products) != 1 or ahead[0].products[0] not in offered:
            return False
        self.ahead.append(offered)
        return True

    def _joined(self, offered: Mapping[str, str], at: int) -> bool:
        """ "Highball with tonic and double"; and "… and 1 soda": one more of the same, made otherwise."""
        items = self.found.items
        if self.list is not items or not items or items[-1].product_id not in offered or self.names_product(at):
            return False
        if self.pending is None:
            self._choose(items[-1], offered)
        else:
            last = replace(items[-1], quantity=self.pending, counted=True, note="", options=())
            self._take_from_plain(last)
            items.append(last)
            self.pending = None
            self._choose(last, offered)
        return True

    def _take_from_plain(self, one: Wanted) -> None:
        """ "Two highballs, one with tonic": it is one of the two."""
        items = self.found.items
        plain = [i for i, w in enumerate(items) if w.product_id == one.product_id and w.counted and not w.options]
        if plain and one.quantity <= items[plain[0]].quantity:
            left = replace(items[plain[0]], quantity=items[plain[0]].quantity - one.quantity)
            items[plain[0] : plain[0] + 1] = [left] if left.quantity else []

    def _alone(self, at: int, end: int) -> bool:
        """ "Make it double": about what is there already, as its note is."""
        if self.found.verb != "set" or self.found.items or self.found.note or self.names_product(at):
            return False
        self.found.note = " ".join(self.spoken[at:end])
        return True

    def _choose(self, last: Wanted, offered: Mapping[str, str]) -> None:
        option_id = offered[last.product_id]
        options = last.options if option_id in last.options else (*last.options, option_id)
        self.found.items[-1] = replace(last, options=options)
        self.met = True


def named_options(
    words: list[str], spoken: list[str], product: Product, catalogue: Catalogue
) -> tuple[tuple[str, ...], Rest]:
    """The options of this product that are named, a slip of the finger forgiven, and the words that name none."""
    words, spoken = catalogue.translated(words, spoken)
    ids: list[str] = []
    rest: Rest = []
    at = 0
    while at < len(words):
        found = catalogue.option(words, at) or _similar(words, at, product, catalogue)
        if found is not None and product.id in found[0]:
            ids.append(found[0][product.id])
            at += found[1]
        else:
            rest.append((words[at], spoken[at]))
            at += 1
    return tuple(dict.fromkeys(ids)), rest


def _similar(words: list[str], at: int, product: Product, catalogue: Catalogue) -> tuple[Mapping[str, str], int] | None:
    """One slip, of the first letter, too: "kola". What means something by itself is no slip."""
    word = words[at]
    if len(word) < SHORTEST_TYPO or word in FILLERS | KNOWN | vocab.COMMON or number_at(words, at) is not None:
        return None
    mine = [
        phrase
        for phrase, offered in catalogue.options.items()
        if product.id in offered and len(phrase) >= SHORTEST_TYPO
    ]
    near = process.extractOne(word, mine, scorer=OSA.distance, score_cutoff=1)
    return (catalogue.options[near[0]], 1) if near else None
