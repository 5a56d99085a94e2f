"""Texts, counts and money in a guest's language. English is the source; other languages are gettext catalogues."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import parse_pattern

from core.domain.money import plain

ENGLISH = "en"
SWAHILI = "sw"
LOCALES = {ENGLISH: Locale("en", "KE"), SWAHILI: Locale("sw", "KE")}
FOLDER = Path(__file__).with_name("locale")

SHILLINGS, CENTS = parse_pattern("¤¤ #,##0"), parse_pattern("¤¤ #,##0.00")

# A pair is singular and plural: the value named `count` decides.
Text = str | tuple[str, str]


def locale(language: str) -> Locale:
    """How this language counts and writes; one we do not speak (any more) is taken for English."""
    return LOCALES.get(language, LOCALES[ENGLISH])


def wording(language: str, text: Text, values: Mapping[str, Any], own: Text | None = None) -> str:
    """A text of ours in this language, its braces filled; in English where the catalogue lacks it. `own`: the venue's
    words in place of ours."""
    found = own or templates(language).get(text, text)
    if not isinstance(found, str):
        found = found[_several(language, values["count"])]
    return found.format(**values) if values else found


def msgid(text: Text) -> str:
    """What a text is kept under: its English, of a pair the singular."""
    return text if isinstance(text, str) else text[0]


@lru_cache
def templates(language: str) -> dict[Text, Text]:
    """The catalogue of one language, read once; what a translator has not finished is left out."""
    path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        found = [(_text(m.id), _text(m.string)) for m in read_po(file, locale=language) if m.id and not m.fuzzy]
    return {text: said for text, said in found if said and all(said)}


@lru_cache(maxsize=4096)
def money(language: str, amount: Decimal, currency: str) -> str:
    """As guests in Nairobi read it: "KES 1,750", with cents only where there are some."""
    digits = plain(amount)
    pattern = CENTS if "." in digits else SHILLINGS
    return str(pattern.apply(Decimal(digits), locale(language), currency=currency, currency_digits=False))


def days(language: str, first: str, last: str) -> str:
    """From the first to the last day, each as `2026-11-20`, as people write them."""
    written = (
        format_date(date.fromisoformat(day), "d MMM y", locale(language)) for day in dict.fromkeys((first, last))
    )
    return " – ".join(written)


@lru_cache(maxsize=1024)
def _several(language: str, count: int) -> bool:
    return str(locale(language).plural_form(count)) != "one"


def _text(found: Any) -> Text:
    return found if isinstance(found, str) else (found[0], found[1])
