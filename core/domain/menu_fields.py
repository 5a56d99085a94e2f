"""What categories and products are made of, as staff type it, in a form or a sheet."""

import re
from collections.abc import Iterable

from core.domain.statuses import Station
from core.domain.typed import Reader, line, one_of, paragraph, price, several, switch, whole

LONGEST_NAME, LONGEST_TEXT, LONGEST_SKU = 60, 600, 40
MOST_STOCK = 99_999
# The fourteen that Codex Alimentarius and the EU's law name (Regulation 1169/2011, annex II), in words of a bar.
ALLERGENS = (
    "gluten", "shellfish", "eggs", "fish", "peanuts", "soya", "milk", "nuts", "celery", "mustard", "sesame",
    "sulphites", "lupin", "molluscs",
)  # fmt: skip
STATIONS = {"bar": Station.BAR, "kitchen": Station.KITCHEN}

_name = line(1, LONGEST_NAME)


def sku(typed: str) -> str | None:
    """The code a product has in the books; none where nothing stands."""
    text = typed.strip()
    if not re.fullmatch(rf"[A-Za-z0-9._/-]{{0,{LONGEST_SKU}}}", text):
        raise ValueError(f"Use letters, digits and - . _ / only, at most {LONGEST_SKU}.")
    return text or None


def slug(typed: str) -> str:
    """The word for a category in addresses."""
    text = typed.strip().lower()
    if not text:
        raise ValueError("This is needed.")
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", text) or len(text) > LONGEST_NAME:
        raise ValueError("Use small letters, digits and single dashes, like soft-drinks.")
    return text


def allergens(typed: str) -> list[str]:
    """Those it contains."""
    found = [word.lower() for word in several(len(ALLERGENS), LONGEST_NAME)(typed)]
    if strange := [word for word in found if word not in ALLERGENS]:
        raise ValueError(f"“{strange[0]}” is not one of {', '.join(ALLERGENS)}.")
    return [word for word in ALLERGENS if word in found]


PRODUCT: dict[str, Reader] = {
    "name": _name,
    "description": paragraph(LONGEST_TEXT),
    "price": price,
    "sku": sku,
    "nicknames": several(20, LONGEST_NAME),
    "attributes": several(20, LONGEST_NAME),
    "allergens": allergens,
    "alcoholic": switch,
    "station": one_of(STATIONS),
    "position": whole(0, 9999),
    "in_menu": switch,
    "low_stock": whole(0, MOST_STOCK),
}
CATEGORY: dict[str, Reader] = {"name": _name, "slug": slug, "active": switch}


def product_readers(languages: Iterable[str]) -> dict[str, Reader]:
    """Those of a product, with name and description in each language beside English."""
    more = {f"name_{one}": line(0, LONGEST_NAME) for one in languages}
    return PRODUCT | more | {f"description_{one}": paragraph(LONGEST_TEXT) for one in languages}


def category_readers(languages: Iterable[str]) -> dict[str, Reader]:
    """Those of a category, with its name in each language beside English."""
    return CATEGORY | {f"name_{one}": line(0, LONGEST_NAME) for one in languages}
