"""Whole orders in one line: "2 dawa na tusker moja, bila barafu, to table 7"."""

from dataclasses import dataclass, field

from core.conversation.understanding.catalogue import Catalogue, Match
from core.conversation.understanding.keywords import FILLERS
from core.conversation.understanding.words import AND, SEPARATORS, clean, number_at, stems

LONGEST = 120
NOTE_LIMIT = 60
MOST = 99
STORY = 10

TABLE = frozenset(stems("table tables tbl tabel tble meza mesa"))
TABLE_FILLERS = frozenset(stems("number no nambari namba nr ya is the la"))
NOTE_STARTS = frozenset(stems("no without with extra bila less hold light well medium rare double less"))
REMOVE = frozenset(stems("remove delete minus ondoa toa drop cancel ghairi futa"))
PAYING = frozenset(stems("pay lipa checkout check out mpesa m pesa now"))
SET = frozenset(stems("change make badilisha badili set update"))


@dataclass(frozen=True)
class Wanted:
    """Some of one product. `counted` says that the guest named the number."""

    product_id: str
    quantity: int = 1
    note: str = ""
    counted: bool = False


@dataclass
class Request:
    """What a message asks for. `choices` are products of which the guest must pick one, `quantity` times."""

    items: list[Wanted] = field(default_factory=list)
    choices: tuple[str, ...] = ()
    category: str = ""
    quantity: int | None = None
    table: int | None = None
    unknown: list[str] = field(default_factory=list)
    verb: str = "add"

    @property
    def understood(self) -> bool:
        """A story that merely mentions a drink is no order."""
        return bool(self.items) and len(self.unknown) <= 3 + len(self.items)

    @property
    def impossible(self) -> bool:
        """Whether some number cannot be served."""
        lowest = 0 if self.verb == "set" else 1
        return any(not lowest <= item.quantity <= MOST for item in self.items)


class _Reader:
    """Walks once over the words, taking what each position starts."""

    def __init__(self, words: list[str], catalogue: Catalogue) -> None:
        self.words, self.catalogue = words, catalogue
        self.at = 0
        self.pending: int | None = None
        self.beside = False
        self.found = Request()

    def read(self) -> Request:
        takes = (self._table, self._exact, self._number, self._note, self._plain, self._similar)
        if self.words and self.words[0] in REMOVE | SET:
            self.found.verb = "remove" if self.words[0] in REMOVE else "set"
            self.at = 1
        while self.at < len(self.words):
            if not any(take() for take in takes):
                self.found.unknown.append(self.words[self.at])
                self.beside = False
                self.at += 1
        self.found.quantity = self.pending if self.found.quantity is None else self.found.quantity
        return self.found

    def _table(self) -> bool:
        word, at = self.words[self.at], self.at + 1
        if word not in TABLE and word != "t":
            return False
        while word != "t" and at < len(self.words) and self.words[at] in TABLE_FILLERS:
            at += 1
        taken = number_at(self.words, at) if at < len(self.words) else None
        if taken is None:
            return False
        self.found.table, self.at = taken[0], at + taken[1]
        return True

    def _exact(self) -> bool:
        return self._take(self.catalogue.exact(self.words, self.at))

    def _similar(self) -> bool:
        """Forgiving is slow: in a story of strange words there is nothing to forgive."""
        if len(self.found.unknown) > STORY:
            return False
        return self._take(self.catalogue.similar(self.words, self.at))

    def _take(self, found: tuple[Match, int] | None) -> bool:
        if found is None:
            return False
        match, length = found
        self.at += length
        if not self._decorates(match):
            self._ask_for(match)
        return True

    def _decorates(self, match: Match) -> bool:
        """The "lager" of "white cap lager", right beside its product, is not another drink."""
        if not self.beside or self.pending is not None:
            return False
        return match.weak or self.found.items[-1].product_id in match.products

    def _ask_for(self, match: Match) -> None:
        if len(match.products) == 1:
            counted = self.pending is not None
            self.found.items.append(
                Wanted(match.products[0], self.pending if self.pending is not None else 1, "", counted)
            )
            self.beside, self.pending = True, None
        elif not self.found.choices and not self.found.category:
            self.found.choices, self.found.category = match.products, match.category
            self.found.quantity, self.pending = self.pending, None

    def _number(self) -> bool:
        taken = number_at(self.words, self.at)
        if taken is None:
            return False
        value, length = taken
        if self.words[self.at] == "-" and self.at + 1 < len(self.words):
            value = -1
        self.at += length
        last = self.found.items[-1] if self.beside else None
        if last is not None and not last.counted and self.pending is None:
            self.found.items[-1] = Wanted(last.product_id, value, last.note, True)
        else:
            self.pending, self.beside = value, False
        return True

    def _note(self) -> bool:
        if not self.beside or self.words[self.at] not in NOTE_STARTS:
            return False
        end = self.at + 1
        while end < len(self.words) and not self._ends_note(end):
            end += 1
        last = self.found.items[-1]
        note = clean(" ".join(self.words[self.at : end]), NOTE_LIMIT)
        self.found.items[-1] = Wanted(last.product_id, last.quantity, note, last.counted)
        self.at = end
        return True

    def _ends_note(self, at: int) -> bool:
        word = self.words[at]
        return word in SEPARATORS or word in AND or word in TABLE or word in ("to", "for", "kwa") or word[0].isdigit()

    def _plain(self) -> bool:
        word = self.words[self.at]
        if word in SEPARATORS or word in AND:
            self.beside = False
        elif word not in FILLERS and word not in PAYING and word != "x":
            return False
        self.at += 1
        return True


def read_order(words: list[str], catalogue: Catalogue) -> Request:
    """What a message asks for, as far as the menu knows it."""
    return _Reader(words, catalogue).read() if len(words) <= LONGEST else Request()
