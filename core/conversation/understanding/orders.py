"""Whole orders in one line: "2 dawa na tusker moja, bila barafu, to table 7"."""

from collections.abc import Sequence
from dataclasses import replace

from core.conversation.understanding import vocabulary as vocab
from core.conversation.understanding.catalogue import Catalogue, Match
from core.conversation.understanding.choices import Choices
from core.conversation.understanding.keywords import FILLERS
from core.conversation.understanding.notes import NOTE_LIMIT, Notes
from core.conversation.understanding.request import Request, Wanted
from core.conversation.understanding.verbs import Verbs
from core.conversation.understanding.words import AND, SEPARATORS, clean, number_at, tokens
from core.domain import phone

LONGEST = 120
STORY = 10
PHONE_LENGTHS = (9, 10, 12)


class _Reader(Choices, Notes, Verbs):
    """Walks once over the words, taking what each position starts."""

    def read(self) -> Request:
        """The request in these words."""
        takes = (
            self._phone, self._table, self.choice, self._exact, self._each, self.verb, self.note, self._number,
            self.adjective, self._plain, self._similar,
        )  # fmt: skip
        while self.at < len(self.words):
            for take in takes:
                if take():
                    break
            else:
                self._pass_over()
        self.close()
        return self._whole()

    def _pass_over(self) -> None:
        self.strange.append(self.words[self.at])
        self.lost = self.pending is not None
        self.beside = False
        self.at += 1

    def _whole(self) -> Request:
        found = self.found
        if self.each is not None:
            found.items = [w if w.counted else replace(w, quantity=self.each, counted=True) for w in found.items]
        if self.pending is not None and found.items and not found.items[-1].counted and not self.each:
            found.items[-1] = replace(found.items[-1], quantity=self.pending, counted=True)
        elif found.quantity is None:
            found.quantity = self.pending
        vague = len(self.words) <= 3 and vocab.WHOLE.isdisjoint(self.words)
        found.removing = vague and self.list is found.out and not (found.out or found.unknown)
        if found.more and len(found.items) == 1 and not found.items[0].counted and not found.unknown:
            found.items[0] = replace(found.items[0], counted=True)
        text = " ".join(self.words)
        found.asking = vocab.IS_ASKING.search(text) is not None
        found.finished = found.finished or vocab.IS_FINISHED.search(text) is not None
        return found

    def _phone(self) -> bool:
        if not self.words[self.at].isdecimal():
            return False
        end, digits = self.at, ""
        while end < len(self.words) and self.words[end].isdecimal() and len(digits) < PHONE_LENGTHS[0]:
            digits, end = digits + self.words[end], end + 1
        number = phone.normalise(digits) if len(digits) in PHONE_LENGTHS else None
        if not number or not phone.is_kenyan_mobile(number):
            return False
        self.found.phone, self.at, self.beside = number, end, False
        return True

    def _table(self) -> bool:
        word, at = self.words[self.at], self.at + 1
        if word not in vocab.TABLE and word != "t":
            return False
        while word != "t" and at < len(self.words) and self.words[at] in vocab.TABLE_FILLERS:
            at += 1
        taken = number_at(self.words, at) if at < len(self.words) else None
        if taken is None:
            return False
        self.close()
        self.found.rest = self.words[: self.at] + self.words[at + taken[1] :]
        self.found.table, self.at = taken[0], at + taken[1]
        return True

    def _exact(self) -> bool:
        return self._take(self.catalogue.exact(self.words, self.at))

    def _similar(self) -> bool:
        """Forgiving is slow: in a story of strange words there is nothing to forgive."""
        if len(self.found.unknown) + len(self.strange) > STORY:
            return False
        return self._take(self.catalogue.similar(self.words, self.at))

    def _take(self, found: tuple[Match, int] | None) -> bool:
        if found is None:
            return False
        match, length = found
        self.at += length
        self.met = True
        if not self._decorates(match):
            self._ask_for(match)
        return True

    def _decorates(self, match: Match) -> bool:
        """The "lager" of "white cap lager", right beside its product, is not another drink."""
        if not self.beside or self.pending is not None:
            return False
        return match.weak or self.list[-1].product_id in match.products

    def _ask_for(self, match: Match) -> None:
        found = self.found
        if len(match.products) == 1:
            self._want(match.products[0])
        elif not found.choices and (not found.category or match.products):
            quantity = found.quantity if found.category else None
            found.choices, found.category = match.products, match.category
            found.quantity, self.pending = quantity if self.pending is None else self.pending, None

    def _want(self, product_id: str) -> None:
        self._absorb(product_id)
        counted = self.pending is not None
        quantity = 1 if self.pending is None else self.pending
        wanted = Wanted(product_id, quantity, clean(", ".join(self.adjectives), NOTE_LIMIT), counted)
        if self.ahead:
            wanted = replace(wanted, options=self.options_ahead(product_id))
        if self.linked and self.found.verb == "set" and self.found.items:
            self.found.out.append(self.found.items.pop())
            self.found.verb, self.found.instead = "add", True
        target = self.found.out if self.once else self.list
        target.append(wanted)
        self.beside, self.pending, self.once, self.adjectives = target is self.list, None, False, []

    def _absorb(self, product_id: str) -> None:
        """The "2 cocktails" of "2 cocktails dawa" is no second wish."""
        product = self.catalogue.products.get(product_id)
        if product and self.found.category == product.category_id:
            self.pending = self.found.quantity if self.pending is None else self.pending
            self.found.category, self.found.quantity = "", None

    def _each(self) -> bool:
        if self.words[self.at] not in vocab.EACH:
            return False
        self.at += 1 + (self.words[self.at] == "kila" and self.word(1) in ("moja", "mmoja"))
        if self.pending is not None:
            self.each, self.pending = self.pending, None
        elif self.list and self.list[-1].counted:
            self.each = self.list[-1].quantity
        return True

    def _number(self) -> bool:
        taken = number_at(self.words, self.at)
        if taken is None:
            return False
        value, length = taken
        if self.words[self.at] == "-" and self.at + 1 < len(self.words):
            value = -1
        self.at += length
        last = self.list[-1] if self.beside else None
        ahead = self.linked and self.names_product(self.at)
        if last is not None and not last.counted and self.pending is None and not ahead:
            self.list[-1] = replace(last, quantity=value, counted=True)
        else:
            self.pending, self.beside = value, False
        return True

    def _keep_lone_number(self, word: str) -> None:
        """The 2 of "2 and a tusker" answers what was asked before."""
        ahead = self.at + 1 < len(self.words) and number_at(self.words, self.at + 1) is not None
        if word in AND and ahead and not (self.met or self.strange or self.found.items):
            self.found.quantity, self.pending = self.pending, None

    def _plain(self) -> bool:
        word = self.words[self.at]
        if word in SEPARATORS or word in AND:
            self._keep_lone_number(word)
            self.close()
        elif word in vocab.PAYING:
            self.found.finished |= word not in ("now", "m", "out", "check")
        elif word not in FILLERS and word not in vocab.QUIET and word != "x":
            return False
        self.at += 1
        return True


def read_order(words: list[str], catalogue: Catalogue, spoken: Sequence[str] = ()) -> Request:
    """What a message asks for. `spoken` are the same words as they were written, for the notes."""
    if len(words) > LONGEST:
        return Request()
    return _Reader(words, list(spoken) or words, catalogue).read()


def read_text(text: str, catalogue: Catalogue) -> Request:
    """What a text asks for."""
    return read_order(tokens(text), catalogue)
