"""Amounts, phone numbers and lists of names, as a sentence carries them."""

from decimal import Decimal, InvalidOperation
from typing import Any

LARGEST = Decimal(10) ** 12


def amount(value: Any) -> Decimal:
    """An amount from an event, whatever was in it."""
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() and abs(found) < LARGEST else Decimal(0)


def local_phone(digits: str) -> str:
    """A Kenyan number as its owner writes it: "0712 345 678"."""
    return f"0{digits[3:6]} {digits[6:9]} {digits[9:]}" if len(digits) == 12 else digits


def in_words(names: list[str]) -> str:
    """A list in a sentence."""
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
