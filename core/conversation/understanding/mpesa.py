"""The code of an M-Pesa payment that a guest made by hand: typed, or inside the SMS that M-Pesa sent about it.

Ten letters and digits, the first a letter. As a rule they begin with a letter for the year, one for the month (A to L)
and a sign for the day (1 to 9, then A to V). In the SMS, in English and in Swahili, it stands before the word that
confirms it; other digits there are amounts. Where nothing says that it is a code, it must look like one.
"""

import re

_ANY = r"[A-Z][A-Z0-9]{9}"
_DATED = re.compile(r"[A-Z][A-L][1-9A-V][A-Z0-9]{7}")
_CONFIRMED = "confirmed|imethibitishwa|umethibitisha|imekamilika"
_SMS = re.compile(rf"\b([A-Z0-9]{{10}})\b[\s.:]{{0,3}}(?:{_CONFIRMED})\b", re.IGNORECASE)
_BEFORE = "code|kodi|msimbo|ref|reference|receipt|risiti"
_NAMED = re.compile(rf"\b(?:{_BEFORE})\b\W{{0,5}}(?:is|ni)?\W{{0,5}}({_ANY})\b", re.IGNORECASE)
_ALONE = re.compile(rf"\b({_ANY})\b", re.IGNORECASE)
LENGTH = 10
LONGEST = 600
MOST_WORDS = 8


def read_code(text: str) -> str:
    """The code in capitals, or nothing."""
    said = text[:LONGEST]
    words = said.split()
    if all(len(word) < LENGTH for word in words):
        return ""
    if found := _SMS.search(said):
        return found[1].upper()
    if (found := _NAMED.search(said)) and (_has_digit(found[1]) or _as_printed(found[1])):
        return found[1].upper()
    if len(words) > MOST_WORDS:
        return ""
    codes = [word.upper() for word in _ALONE.findall(said) if _has_digit(word) and _as_printed(word)]
    return codes[0] if len(codes) == 1 else ""


def _has_digit(word: str) -> bool:
    return any(sign.isdecimal() for sign in word)


def _as_printed(word: str) -> bool:
    """Nobody shouts a drink with digits in it; in small letters the date tells a code from a word."""
    return word.isupper() or _DATED.fullmatch(word.upper()) is not None
