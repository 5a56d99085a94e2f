"""What somebody typed into a form or a sheet, read strictly: a value, or a sentence to stand beside the field."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

Reader = Callable[[str], Any]

DEAREST = 1_000_000
YES, NO = ("yes", "y", "true", "1", "on", "ndiyo"), ("no", "n", "false", "0", "off", "hapana", "")


def read(typed: Mapping[str, str], readers: Mapping[str, Reader]) -> tuple[dict[str, Any], dict[str, str]]:
    """Of what was typed the values by field, and what is wrong by field. What was not asked for is not there."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name in (one for one in readers if one in typed):
        try:
            values[name] = readers[name](typed[name])
        except ValueError as error:
            problems[name] = str(error)
    return values, problems


def line(least: int, most: int) -> Reader:
    """One line of text, blanks at its ends and doubled ones taken out."""

    def reader(typed: str) -> str:
        text = " ".join(typable(typed).split())
        if len(text) < least:
            raise ValueError("This is needed.")
        return _within(text, most)

    return reader


def paragraph(most: int) -> Reader:
    """A text that may have several lines."""

    def reader(typed: str) -> str:
        rows = (" ".join(row.split()) for row in typable(typed).splitlines())
        return _within("\n".join(rows).strip(), most)

    return reader


def whole(least: int, most: int) -> Reader:
    """A whole number, be it written `1,250`."""

    def reader(typed: str) -> int:
        text = re.sub(r"[\s,](?=\d{3}\b)", "", typed.strip())
        if not re.fullmatch(r"[+-]?[0-9]{1,9}(\.0+)?", text, re.ASCII):
            raise ValueError("Write a whole number.")
        number = int(text.partition(".")[0])
        if not least <= number <= most:
            raise ValueError(f"Write a number from {least} to {most:,}.")
        return number

    return reader


def price(typed: str) -> Decimal:
    """Whole shillings, be they written `KES 1,250` or `1250.00`."""
    text = re.sub(r"^(?:kes|ksh)\.?\s*|[\s,](?=\d{3}\b)|/[-=]$", "", typed.strip().lower())
    try:
        amount = Decimal(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text, re.ASCII) else Decimal(-1)
    except InvalidOperation:
        amount = Decimal(-1)
    if amount != amount.to_integral_value() or not 0 < amount <= DEAREST:
        raise ValueError(f"Write a price in whole shillings, from 1 to {DEAREST:,}.")
    return amount.to_integral_value()


def shillings(typed: str) -> Decimal:
    """Whole shillings, none included."""
    return Decimal(0) if typed.strip() in ("", "0") else price(typed)


def number(least: float, most: float) -> Reader:
    """A number that may have a fraction, be it written `-1,2921`."""

    def reader(typed: str) -> Decimal:
        text = typed.strip().replace(",", ".")
        if not re.fullmatch(r"[+-]?[0-9]{1,6}(\.[0-9]{1,12})?", text, re.ASCII) or not least <= float(text) <= most:
            raise ValueError(f"Write a number from {least:g} to {most:g}.")
        return Decimal(text)

    return reader


def maybe(reader: Reader) -> Reader:
    """None where nothing was typed."""
    return lambda typed: reader(typed) if typed.strip() else None


def switch(typed: str) -> bool:
    """Yes or no."""
    word = typed.strip().lower()
    if word not in YES + NO:
        raise ValueError("Write yes or no.")
    return word in YES


def one_of(words: Mapping[str, Any]) -> Reader:
    """One of these words, whatever its case."""

    def reader(typed: str) -> Any:
        word = typed.strip().lower()
        if word not in words:
            raise ValueError(f"Write {' or '.join(words)}.")
        return words[word]

    return reader


def several(most: int, longest: int) -> Reader:
    """A list, separated by commas, semicolons or lines; each once."""

    def reader(typed: str) -> list[str]:
        parts = [" ".join(part.split()) for part in re.split(r"[,;\n]", typable(typed))]
        found = list({part.casefold(): part for part in parts if part}.values())
        if len(found) > most:
            raise ValueError(f"At most {most} fit here.")
        return [_within(part, longest) for part in found]

    return reader


def typable(typed: str) -> str:
    """Without what no keyboard types: control characters, and those that turn the direction of a line."""
    kept = (one for one in typed if one in "\n\t\r" or unicodedata.category(one) not in ("Cc", "Cs"))
    text = "".join(kept).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", re.sub("[\u202a-\u202e\u2066-\u2069]", "", text))


def visible(text: str) -> bool:
    """Whether there is anything in it to be seen."""
    return any(unicodedata.category(one)[0] not in "CZ" for one in text)


def _within(text: str, most: int) -> str:
    if len(text) > most:
        raise ValueError(f"This has {len(text)} characters, and {most} fit.")
    return text
