"""Words as our fonts can show them: nothing they have no shape for, right-to-left scripts in the order of reading."""

import re
import unicodedata
from functools import lru_cache

from fontTools.ttLib import TTFont
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

from core.documents.fonts import REGULAR

MISSING = "□"
LONGEST = 500
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def shown(text: str) -> str:
    """One line, in the order in which it is drawn."""
    line = drawable(text)
    if not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in line):
        return line
    # The line itself runs from the left: a Hebrew name stands in an English table.
    return BidiParagraph(line, TextDirection.LTR).get_reordered_string()


def drawable(text: str) -> str:
    """One line, in the order in which it is read. A run of what the font lacks becomes one empty box."""
    plain = unicodedata.normalize("NFC", " ".join(text[:LONGEST].split()))
    known = "".join(letter if ord(letter) in _shapes() else _stand_in(letter) for letter in plain)
    return re.sub(f"{MISSING}+", MISSING, known)


def _stand_in(letter: str) -> str:
    """Controls, joiners and variation selectors are nothing to see; the rest is."""
    return "" if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Mn", "Me") else MISSING


@lru_cache(maxsize=1)
def _shapes() -> frozenset[int]:
    with TTFont(REGULAR, lazy=True) as font:
        return frozenset(font.getBestCmap())
