"""Words of a chat as WhatsApp draws them: `*bold*`, `_slanted_`, `~struck~`, and nothing else of what was written."""

import re
from typing import Any

from markupsafe import Markup, escape

TAGS = {"*": "b", "_": "i", "~": "s"}
_MARK = re.compile(r"[*_~]")


def marked(words: Any) -> Markup:
    """Safe HTML of a message; marks count within one line, and not inside words."""
    return Markup("\n").join(_line(line) for line in str(words).split("\n"))


def _line(line: str) -> Markup:
    tags, written, before = _tags(line), Markup(), 0
    for place in sorted(tags):
        written += escape(line[before:place]) + tags[place]
        before = place + 1
    return written + escape(line[before:])


def _tags(line: str) -> dict[int, Markup]:
    """By the place of its mark each tag, those inside closed before those around. Every mark is looked at once."""
    found: dict[int, Markup] = {}
    open_ones: dict[str, int] = {}  # in the order in which they were opened
    for match in _MARK.finditer(line):
        mark, place = match[0], match.start()
        before, after = line[place - 1 : place], line[place + 1 : place + 2]
        if mark in open_ones and not before.isspace() and not after.isalnum() and place - open_ones[mark] > 1:
            found |= _pair(mark, open_ones[mark], place)
            while open_ones.popitem()[0] != mark:
                pass
        elif mark not in open_ones and after.strip() and not before.isalnum():
            open_ones[mark] = place
    return found


def _pair(mark: str, first: int, last: int) -> dict[int, Markup]:
    return {first: Markup("<{}>").format(TAGS[mark]), last: Markup("</{}>").format(TAGS[mark])}
