"""Words and numbers as guests write them, in any script of digits."""

import re
import unicodedata

LONGEST_TEXT = 4096
TOO_BIG = 10**6

SEPARATORS = frozenset(",;\n+/")
AND = frozenset(("and", "na", "plus", "pia"))

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|[,;\n+/]|(?<!\w)-(?=\d)")
_MARKUP = frozenset("*_~`<>{}[]\\|")

_UNITS = (
    "one a an moja mmoja kimoja another single",
    "two mbili wawili viwili mawili miwili couple pair tow",
    "three tatu watatu vitatu matatu mitatu thre",
    "four nne wanne vinne manne minne",
    "five tano watano vitano matano mitano",
    "six sita",
    "seven saba",
    "eight nane wanane",
    "nine tisa",
)
_LARGER = {
    "ten kumi": 10,
    "eleven": 11,
    "twelve dozen dazeni": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty ishirini": 20,
    "thirty thelathini": 30,
    "forty arobaini": 40,
    "fifty hamsini": 50,
    "sixty sitini": 60,
    "seventy sabini": 70,
    "eighty themanini": 80,
    "ninety tisini": 90,
    "hundred mia": 100,
    "zero sifuri": 0,
}
_HALVES = frozenset(("half", "nusu"))
_DOZENS = frozenset(("dozen", "dazeni"))


ORDINALS = {"first": 1, "kwanza": 1, "second": 2, "pili": 2, "third": 3, "fourth": 4, "fifth": 5}


def stem(word: str) -> str:
    """One form for singular and plural."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def plain(text: str) -> str:
    """Small letters without accents; full-width and other forms made ordinary, digits of every script made ours."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(_ordinary(c) for c in folded if not unicodedata.combining(c))


def _ordinary(character: str) -> str:
    """The digit that a character of another script stands for, else the character."""
    if character.isascii():
        return character
    value = unicodedata.numeric(character, -1)
    return str(int(value)) if 0 <= value <= 10 and value == int(value) else character


def spoken(text: str) -> list[str]:
    """Words, numbers and separators as they were written, in order: the same places as in `tokens`."""
    written = plain(text[:LONGEST_TEXT]).replace("&", " and ").replace("’", "'")
    written = written.replace("don't", "dont").replace("'s", "s")
    return _TOKEN.findall(written)


def tokens(text: str) -> list[str]:
    """Words (stemmed), numbers and separators, in order."""
    return [stem(token) for token in spoken(text)]


def stems(text: str) -> tuple[str, ...]:
    """The words of one of our own lists."""
    return tuple(tokens(text))


NUMBERS = {stem(word): value for value, words in enumerate(_UNITS, 1) for word in words.split()} | {
    stem(word): value for words, value in _LARGER.items() for word in words.split()
}


def number(token: str) -> int | None:
    """The number a token stands for. Nothing sold in a bar comes in halves: a fraction is an impossible number."""
    if token in NUMBERS:
        return NUMBERS[token]
    if not token[0].isdigit():
        return None
    return int(token) if token.isdecimal() and len(token) <= 6 else TOO_BIG


def number_at(words: list[str], at: int) -> tuple[int, int] | None:
    """The number that starts at `at` and how many words it takes: "kumi na mbili" and "twenty two" are one number."""
    if words[at] == "-":
        return -1, 2
    if words[at] in _HALVES:
        return _half_a_dozen(words, at)
    value = number(words[at])
    if value is None:
        return None
    if value >= 10 and value % 10 == 0 and not words[at][0].isdigit():
        skip = 2 if words[at + 1 : at + 2] == ["na"] else 1
        unit = NUMBERS.get(words[at + skip]) if at + skip < len(words) else None
        if unit is not None and 0 < unit < 10 and words[at + skip] not in ("a", "an"):
            return value + unit, skip + 1
    return value, 1


def _half_a_dozen(words: list[str], at: int) -> tuple[int, int] | None:
    length = 3 if words[at + 1 : at + 2] == ["a"] else 2
    return (6, length) if _DOZENS.intersection(words[at + length - 1 : at + length]) else None


def clean(text: str, limit: int) -> str:
    """What a guest wrote, safe to say back or keep: no control, bidi or markup characters, one line, short."""
    kept = text[: limit * 4]
    if not (kept.isascii() and kept.isprintable() and _MARKUP.isdisjoint(kept)):
        kept = "".join([" " if c in "\r\n\t" else c for c in kept if c in "\r\n\t" or _printable(c)])
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _printable(character: str) -> bool:
    return character not in _MARKUP and unicodedata.category(character)[0] != "C"
