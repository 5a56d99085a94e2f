"""How something is wanted: "no ice", "bila barafu", "2 cold", "on the rocks"."""

from dataclasses import replace

from core.conversation.understanding import vocabulary as vocab
from core.conversation.understanding.cursor import Cursor
from core.conversation.understanding.words import AND, SEPARATORS, clean

NOTE_LIMIT = 60


class Notes(Cursor):
    """The words that become the note of a line."""

    def close(self) -> None:
        """As ever; and ", very cold" is about what came before it."""
        if self.adjectives and self.found.items and not self.met:
            self.noted(", ".join(self.adjectives))
        super().close()

    def note(self) -> bool:
        """A wish of several words: beside its product any, elsewhere only about things that go into a glass."""
        word, end = self.words[self.at], self.at + 1
        on_ice = word == "on" and self.word(1) in vocab.NOTE_THINGS
        if (word not in vocab.NOTE_STARTS and not on_ice) or (word == "with" and self.names_product(end)):
            return False
        while end < len(self.words) and not self._ends_note(end):
            end += 1
        about = self.words[self.at : end]
        if not self.beside and (word not in vocab.STRONG_NOTE_STARTS or vocab.NOTE_THINGS.isdisjoint(about)):
            return False
        self.noted(" ".join(self.spoken[self.at : end]))
        self.at = end
        return True

    def noted(self, note: str) -> None:
        """Keep a wish with the last product, or for what is there already."""
        items = self.found.items
        if items and (self._split(note) or self._another(note)):
            self.pending = None
        elif items:
            whole = f"{items[-1].note}, {note}" if items[-1].note else note
            items[-1] = replace(items[-1], note=clean(whole, NOTE_LIMIT))
        else:
            self.found.note = clean(f"{self.found.note}, {note}".strip(", "), NOTE_LIMIT)

    def _split(self, note: str) -> bool:
        """ "4 tusker, 2 cold": two of the four become a line of their own."""
        items = self.found.items
        plain = [i for i, w in enumerate(items) if w.product_id == items[-1].product_id and not w.note and w.counted]
        if self.pending is None or not plain or not 0 < self.pending <= items[plain[0]].quantity:
            return False
        left = items[plain[0]].quantity - self.pending
        items.append(replace(items[plain[0]], quantity=self.pending, note=clean(note, NOTE_LIMIT)))
        items[plain[0] : plain[0] + 1] = [replace(items[plain[0]], quantity=left)] if left else []
        return True

    def _another(self, note: str) -> bool:
        """ "2 tusker cold and 1 warm": one more of the same, made otherwise."""
        last = self.found.items[-1]
        if self.pending is None or not (last.counted and last.note):
            return False
        self.found.items.append(replace(last, quantity=self.pending, note=clean(note, NOTE_LIMIT)))
        return True

    def _ends_note(self, at: int) -> bool:
        word = self.words[at]
        if word in SEPARATORS or word in AND or word in vocab.TABLE or word in vocab.NOTE_ENDS or word[0].isdigit():
            return True
        if word in ("to", "for", "kwa") or (word in vocab.WITH and self.catalogue.option(self.words, at + 1)):
            return True
        return word in ("x", "t") and self.words[at + 1 : at + 2] != [] and self.words[at + 1][0].isdigit()

    def adjective(self) -> bool:
        """A word that is a wish by itself, before its product or after it."""
        word = self.words[self.at]
        if word not in vocab.ADJECTIVES or (word == "rock" and not self.beside):
            return False
        said = vocab.SPOKEN_ADJECTIVES.get(word, self.spoken[self.at])
        if self.list is self.found.items and self.list and self._is_about_last():
            self.noted(said)
        else:
            self.adjectives.append(said)
        self.at += 1
        return True

    def _is_about_last(self) -> bool:
        return self.beside if self.pending is None else not self.names_product(self.at + 1)
