"""The code of an M-Pesa payment that a guest made by hand: typed, or inside the SMS that M-Pesa sent about it.

Ten signs: a letter for the year, one for the month (A to L), a sign for the day (1 to 9, then A to V), then seven more.
In the SMS, in English and in Swahili, it stands before the word that confirms it; other digits in there are amounts.
"""

import re

_CODE = r"[A-Z][A-L][1-9A-V][A-Z0-9]{7}"
_CONFIRMED = "confirmed|imethibitishwa|umethibitisha|imekamilika"
_SMS = re.compile(rf"\b([A-Z0-9]{{10}})\b[\s.:]{{0,3}}(?:{_CONFIRMED})\b", re.IGNORECASE)
_BEFORE = "code|kodi|msimbo|ref|reference|receipt|risiti"
_NAMED = re.compile(rf"\b(?:{_BEFORE})\b\W{{0,5}}(?:is|ni)?\W{{0,5}}({_CODE})\b", re.IGNORECASE)
_ALONE = re.compile(rf"\b({_CODE})\b", re.IGNORECASE)
LONGEST = 600
MOST_WORDS = 8


def read_code(text: str) -> str:
    """The code in capitals, or nothing. Without an SMS around it or a word before it, one without a digit is a word."""
    said = text[:LONGEST]
    if found := _SMS.search(said) or _NAMED.search(said):
        return found[1].upper()
    if len(said.split()) > MOST_WORDS:
        return ""
    codes = [code.upper() for code in _ALONE.findall(said) if any(sign.isdecimal() for sign in code)]
    return codes[0] if len(codes) == 1 else ""
