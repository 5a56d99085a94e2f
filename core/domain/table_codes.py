"""The short code beside a table's number in its QR: who types another number has no code for it."""

import hashlib
import hmac
import re
from uuid import UUID

LENGTH = 5
# No vowels, so that a code never is a word, and none of the letters that are read for each other.
LETTERS = "BCDFGHJKLMNPQRTVWXZ"

_SIGNED = re.compile(rf"\b(?:table|meza)\s*(\d{{1,4}})\W{{1,4}}([{LETTERS}]{{{LENGTH}}})\b\W*", re.IGNORECASE)


def code(key: UUID, table: int) -> str:
    """This venue's code for a table."""
    digest = hmac.new(key.bytes, str(table).encode(), hashlib.sha256).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:LENGTH])


def signed(text: str) -> tuple[int, str, str] | None:
    """The table and its code where a text names both as a QR does, and the text without the code."""
    found = _SIGNED.search(text[:200])
    if found is None:
        return None
    return int(found[1]), found[2].upper(), text[: found.start(2)].rstrip("([#- ·") + " " + text[found.end() :]
