"""A venue's own words in place of ours: which texts there are, what may stand in them, and how they will look.

They are kept by the English text, like a translation: where a release changes what we say, ours counts again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from string import Formatter
from typing import Any

from core.conversation import texts
from core.conversation.catalogues import Text, msgid, templates, wording
from core.conversation.replies import BUTTON_TITLE_LIMIT, ROW_DESCRIPTION_LIMIT, ROW_TITLE_LIMIT
from core.domain.typed import visible

# What names of texts begin or end with says where they stand; in UTF-16 units, as WhatsApp counts.
LIMITS = {
    "B_": BUTTON_TITLE_LIMIT, "LABEL_": BUTTON_TITLE_LIMIT, "TITLE_": ROW_TITLE_LIMIT, "_ROW": ROW_TITLE_LIMIT,
    "_DETAIL": ROW_DESCRIPTION_LIMIT, "WAYS_": ROW_DESCRIPTION_LIMIT,
}  # fmt: skip
# A message of 1,024 is made of several texts, and what guests ordered stands in it, too.
LONGEST = 400
# Said where no menu is at hand.
UNTOUCHED = frozenset({texts.ONE_MOMENT, texts.WENT_WRONG, texts.PAGE["old"]})
SAMPLES: Mapping[str, Any] = {
    "count": 3, "number": 42, "quantity": 2, "page": 1, "pages": 3, "table": 7, "tables": "1 to 20", "age": 18,
    "amount": "KES 1,400", "total": "KES 1,400", "price": "KES 700", "received": "KES 1,000", "fee": "KES 200",
    "minimum": "KES 500", "due": "KES 400", "vat": "KES 193", "phone": "0712 345 678", "phones": "0712 345 678",
    "time": "21:30", "when": "tomorrow at 12:00", "hours": "12:00-03:00", "day": "Friday 20 November",
    "names": "Dawa, Mojito", "items": "2 × Dawa", "item": "Dawa", "lines": "2 × Dawa", "category": "Cocktail",
    "name": "Amina", "payer": "Amina W.", "venue": "The Bar", "code": "4711", "receipt": "SKL81HF9XQ",
    "description": "Vodka, honey, lime", "options": "Double, Tonic", "group": "Mixer", "note": "no ice",
    "address": "Westlands Road 5", "place": "table 7", "next": "", "instead": "", "text": "…",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One text: its `names` in `texts`, the most letters it may have, and whether it stands on a button."""

    text: Text
    names: tuple[str, ...]
    limit: int
    button: bool

    @property
    def id(self) -> str:
        """The English text itself: of a pair the singular."""
        return msgid(self.text)

    @property
    def key(self) -> str:
        """As it stands in addresses."""
        return sha256(self.id.encode()).hexdigest()[:16]

    @property
    def forms(self) -> tuple[str, ...]:
        """One, or singular and plural."""
        return forms(self.text)


def forms(text: Text) -> tuple[str, ...]:
    """One, or singular and plural."""
    return (text,) if isinstance(text, str) else text


@lru_cache
def entries() -> dict[str, Entry]:
    """Every text a venue may put in its own words, by key."""
    named: dict[Text, list[str]] = {}
    for name, text in (found for found in vars(texts).items() if found[0].isupper()):
        for part, said in text.items() if isinstance(text, dict) else (("", text),):
            named.setdefault(said, []).append(f"{name}.{part}" if part else name)
    found = [_entry(text, tuple(names)) for text, names in named.items() if text not in UNTOUCHED]
    return {one.key: one for one in found}


def ours(language: str, text: Text) -> Text:
    """What we say."""
    return templates(language).get(text, text)


def fitted(form: str, typed: str) -> str:
    """Without blanks around it, but for those that ours has there: some texts go on where another ends."""
    before, after = form[: len(form) - len(form.lstrip())], form[len(form.rstrip()) :]
    return f"{before}{typed.strip()}{after}" if typed.strip() else ""


def problem(entry: Entry, form: int, typed: str) -> str:
    """Why this cannot stand in the place of a form of a text; "" where it can."""
    wanted, units = placeholders(entry.forms[form]), len(typed.encode("utf-16-le")) // 2
    if not visible(typed):
        return "This is needed."
    try:
        said = placeholders(typed)
    except ValueError:
        return "Curly braces are for what we fill in, each written {like_this}."
    if said != wanted:
        names = ", ".join(f"{{{one}}}" for one in sorted(wanted)) or "nothing in curly braces"
        return f"It must hold {names}, and no other braces."
    if entry.limit < LONGEST and "\n" in typed:
        return "This has one line."
    bare = units - sum(len(name) + 2 for name in said)
    return f"This has {bare} letters, and {entry.limit} fit." if bare > entry.limit else ""


def placeholders(text: str) -> frozenset[str]:
    """The names in its braces. Raises ValueError where something else stands in them."""
    if "{{" in text or "}}" in text:
        raise ValueError("doubled braces")
    found = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    if any(not name or not name.isidentifier() or spec or conversion for name, spec, conversion in found):
        raise ValueError("not a name")
    return frozenset(str(name) for name, _, _ in found)


def twin(entry: Entry, typed: str, language: str, own: Mapping[str, Text]) -> str:
    """Another button that says the same: two like it in one message, and WhatsApp takes neither. "" where none does."""
    if not entry.button:
        return ""
    others = (one for one in entries().values() if one.button and one.id != entry.id)
    said = {msgid(own.get(one.id, ours(language, one.text))).casefold(): one.id for one in others}
    return said.get(typed.strip().casefold(), "")


def sample(language: str, text: Text) -> tuple[str, ...]:
    """Each form as a guest may read it."""
    said = forms(text)
    counts = (1, SAMPLES["count"]) if len(said) > 1 else (SAMPLES["count"],)
    return tuple(wording(language, form, _values(form, count)) for form, count in zip(said, counts, strict=True))


def _values(form: str, count: int) -> dict[str, Any]:
    """A name may be what `Welcome{name}!` goes on with."""
    found = {name: SAMPLES.get(name, "…") for name in placeholders(form)} | {"count": count}
    return found | ({"name": f", {SAMPLES['name']}"} if re.search(r"[\w}*]\{name\}[!.?,]", form) else {})


def _entry(text: Text, names: tuple[str, ...]) -> Entry:
    limits = [limit for part, limit in LIMITS.items() for name in names if _is(part, name)]
    return Entry(text, names, min(limits, default=LONGEST), any(name.startswith("B_") for name in names))


def _is(part: str, name: str) -> bool:
    return name.startswith(part) if part.endswith("_") else name.endswith(part)
