"""Phone numbers, as digits with their country: `254712345678`."""

from urllib.parse import quote

import phonenumbers

HOME = "KE"
MOBILE = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})


def normalise(text: str) -> str | None:
    """Any way a number is written, `0712 345 678` or `+254712345678`, as digits with country; None if it is none."""
    return _digits(text) or _digits("+" + text.strip().lstrip("+0"))


def is_kenyan_mobile(digits: str) -> bool:
    """Whether an M-Pesa prompt could reach it."""
    number = phonenumbers.parse("+" + digits)
    return number.country_code == 254 and phonenumbers.number_type(number) in MOBILE


def masked(digits: str) -> str:
    """What may be shown of it: the last three digits."""
    return "…" + digits[-3:]


def chat_address(digits: str, text: str = "") -> str:
    """Opens the chat with this number, with a text already written; "" without a number.

    https://faq.whatsapp.com/5913398998672934
    """
    said = f"?text={quote(text)}" if text else ""
    return f"https://wa.me/{digits}{said}" if digits else ""


def _digits(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
