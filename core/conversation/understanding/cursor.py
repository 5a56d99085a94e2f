"""Where the reading of an order stands: what is found so far, and what waits for the word it belongs to."""

from collections.abc import Mapping

from core.conversation.understanding import vocabulary as vocab
from core.conversation.understanding.catalogue import Catalogue
from core.conversation.understanding.keywords import FILLERS, GREETINGS
from core.conversation.understanding.request import Request
from core.conversation.understanding.words import number_at


class Cursor:
    """`at` is the next word; `pending` a number without its product, `beside` says that the last word was a product's.

    `list` takes the next product: what is wanted, or what goes out. `once` sends out only the next. `ahead` are options
    said before their product.
    """

    def __init__(self, words: list[str], spoken: list[str], catalogue: Catalogue) -> None:
        self.words, self.spoken = catalogue.translated(words, spoken)
        self.catalogue = catalogue
        self.found = Request()
        self.list = self.found.items
        self.at = 0
        self.pending: int | None = None
        self.beside = self.once = self.linked = self.swapping = self.met = self.lost = False
        self.each: int | None = None
        self.adjectives: list[str] = []
        self.ahead: list[Mapping[str, str]] = []
        self.strange: list[str] = []

    def close(self) -> None:
        """Between two things: strange words with no product among them stood for one we do not have."""
        if self.strange and not self.met:
            self.found.missing += [w for w in self.strange if w not in GREETINGS]
            self.pending = None if self.lost else self.pending
        self.found.unknown += self.strange
        self.strange, self.adjectives, self.ahead = [], [], []
        self.met = self.beside = self.lost = False

    def word(self, ahead: int = 0) -> str:
        """The word so far ahead, or nothing."""
        return "".join(self.words[self.at + ahead : self.at + ahead + 1])

    def names_product(self, at: int) -> bool:
        """Whether one product is named there, politeness aside."""
        while at < len(self.words) and (self.words[at] in FILLERS or self.words[at] in vocab.MORE):
            at += 1
        named = self.catalogue.exact(self.words, at) if at < len(self.words) else None
        return named is not None and len(named[0].products) == 1 and not named[0].weak

    def is_how(self, at: int) -> bool:
        """Whether a number or an adjective stands there."""
        return at < len(self.words) and (number_at(self.words, at) is not None or self.words[at] in vocab.ADJECTIVES)
