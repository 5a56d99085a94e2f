"""What becomes of a product: "remove", "toa", "instead of", "change … to", "make that 3", "only", "one more"."""

from core.conversation.understanding import vocabulary as vocab
from core.conversation.understanding.cursor import Cursor
from core.conversation.understanding.words import number_at

# Whatever says what to do begins with one of these: most words of a message do not.
_FIRST = (
    vocab.REMOVE | vocab.SWAP | vocab.LESS | vocab.SET | vocab.ADD | vocab.INSTEAD | vocab.LINKS | vocab.NOT
    | vocab.ONLY | vocab.BECOME | vocab.MORE
    | {pair.partition(" ")[0] for pair in vocab.REMOVE_PAIRS | vocab.INSTEAD_PAIRS}
)  # fmt: skip


class Verbs(Cursor):
    """The words that say what to do with what is named."""

    def verb(self) -> bool:
        """A word, or two, that say what to do."""
        if self.words[self.at] not in _FIRST:
            return False
        word, pair = self.words[self.at], f"{self.word()} {self.word(1)}"
        if taken := self._corrects(word, pair):
            self.found.verb, self.at = "set", self.at + taken
            return True
        if pair in vocab.REMOVE_PAIRS or pair in vocab.INSTEAD_PAIRS:
            self._turn_out(pair in vocab.INSTEAD_PAIRS)
            self.at += 2
            return True
        done = self._turn(word) or self._says_how(word)
        self.at += done
        return done

    def _corrects(self, word: str, pair: str) -> int:
        """ "3 dawa, not 2": how many words say that the number before them is the right one."""
        ahead = 2 if pair in vocab.INSTEAD_PAIRS else 1 if word in vocab.NOT else 0
        at = self.at + ahead
        taken = number_at(self.words, at) if ahead and at < len(self.words) else None
        if taken is None or not (self.list and self.list[-1].counted) or self.names_product(at + taken[1]):
            return 0
        return ahead + taken[1]

    def _turn_out(self, once: bool) -> None:
        if once:
            self.once = self.found.instead = True
        else:
            self.list, self.beside = self.found.out, False

    def _turn(self, word: str) -> bool:
        """Verbs that change what becomes of the next product."""
        leaving = self.list is self.found.out
        if word in vocab.REMOVE or word in vocab.SWAP or self._lessens(word):
            self._turn_out(False)
            self.swapping = self.found.instead = self.found.instead or word in vocab.SWAP
        elif word in vocab.SET and not (self.found.items or self.found.out):
            self.found.verb = "set"
        elif leaving and (word in vocab.ADD or word in vocab.INSTEAD or (self.swapping and word in vocab.LINKS)):
            self.list, self.beside = self.found.items, False
            self.found.more |= word in vocab.MORE
            self.found.instead |= word in vocab.INSTEAD
        elif word in vocab.NOT and not self.beside and self.names_product(self.at + 1):
            self.once = True
        else:
            return False
        return True

    def _lessens(self, word: str) -> bool:
        """ "Less one dawa" takes one out; "less ice" does not."""
        return word in vocab.LESS and self.at == 0 and (self.is_how(1) or self.names_product(1))

    def _says_how(self, word: str) -> bool:
        """Words about the whole: "instead", "only", "more", and the "to" of "change dawa to mojito"."""
        if word in vocab.INSTEAD:
            self.found.instead = True
        elif word in vocab.ONLY:
            self.found.only = True
        elif word in vocab.LINKS and self.found.verb == "set":
            self.linked = bool(self.found.items)
        elif word in vocab.BECOME and self.found.items and self.is_how(self.at + 1):
            self.found.verb = "set"
        elif word in vocab.BECOME and self.found.items and self.names_product(self.at + 1):
            self.found.verb, self.linked = "set", True
        elif word in vocab.MORE and number_at(self.words, self.at) is None:
            self.found.more = True
        else:
            self.found.more |= word in vocab.MORE and self.word(1) not in vocab.NUMBER_WORDS
            return False
        return True
