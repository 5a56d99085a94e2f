"""Every text in every language: nothing missing, nothing doubtful, the same braces, and short enough for Meta."""

import io
import string
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from core.conversation import catalogues, texts
from core.conversation.catalogues import ENGLISH, LOCALES, SWAHILI, Text
from core.conversation.replies import BODY_LIMIT, BUTTON_TITLE_LIMIT, ROW_DESCRIPTION_LIMIT, ROW_TITLE_LIMIT
from sandbox.texts import extract

OTHERS = sorted(set(LOCALES) - {ENGLISH})
LIMITS = {
    "B_": BUTTON_TITLE_LIMIT,
    "LABEL_": BUTTON_TITLE_LIMIT,
    "TITLE_": ROW_TITLE_LIMIT,
    "_ROW": ROW_TITLE_LIMIT,
    "_DETAIL": ROW_DESCRIPTION_LIMIT,
}
# The longest a guest can plausibly cause, 60 letters where nothing is said here; what is longer is cut by `Reply`.
# These two are details whatever their names.
DETAILS = ("SOLD_OUT_ROW", "ROW_DETAIL")
AMOUNT, NAMES = "KES 1,234,567.50", "Johnnie Walker Black Label, Twelve Years" * 8
LONGEST: dict[str, object] = {
    "age": 21,
    "count": 99,
    "page": 99,
    "pages": 99,
    "quantity": 99,
    "lines": "l" * 600,
    "description": "d" * 40,
    "items": NAMES,
    "names": NAMES,
    "name": "n" * 40,
    "venue": "v" * 60,
    "address": "a" * 200,
    "place": "p" * 210,
    "payer": "p" * 80,
    "instead": NAMES,
    "next": "n" * 80,
    "number": 123456,
    "phone": "0712 345 678",
    "phones": ", ".join(["0712 345 678"] * 5),
    "receipt": "QK12345678",
    "table": 9999,
    "tables": "1–999",
    "text": "t" * 40,
    "category": "c" * 24,
    "when": "on Wednesday 23 September at 18:00",
    "day": "Wednesday 23 September",
    "time": "18:00",
    "hours": "from on Wednesday 23 September at 18:00",
    "note": "n" * 120,
} | dict.fromkeys(("amount", "due", "price", "minimum", "fee", "total", "vat", "latitude", "longitude"), AMOUNT)


def named(name: str, value: object) -> Iterator[tuple[str, Text]]:
    if isinstance(value, dict):
        yield from ((f"{name} of", text) for text in value.values())
    elif isinstance(value, str | tuple):
        yield name, value


ALL = [pair for name, value in vars(texts).items() if name.isupper() for pair in named(name, value)]


def forms(text: Text) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


def fields(text: Text) -> set[str]:
    return {field for form in forms(text) for _, field, _, _ in string.Formatter().parse(form) if field is not None}


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def limit(name: str) -> int:
    if name in DETAILS:
        return ROW_DESCRIPTION_LIMIT
    kinds = [size for kind, size in LIMITS.items() if (name.startswith if kind.endswith("_") else name.endswith)(kind)]
    return kinds[0] if kinds else BODY_LIMIT


def test_the_translators_get_every_text() -> None:
    folder = Path(str(texts.__file__)).parent
    sources = [folder / "texts_of_paying.py", folder / "texts.py"]
    found = [text for path in sources for _, _, text, _ in extract(io.BytesIO(path.read_bytes()), (), (), {})]
    assert found == [text for _, text in ALL]
    assert set(sources) == set(folder.glob("texts*.py"))


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_missing_doubtful_or_left_over(language: str) -> None:
    with (catalogues.FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    assert not [message.id for message in catalogue if message.id and message.fuzzy]
    assert not catalogue.obsolete
    missing = [f"{name}: {text}" for name, text in ALL if text not in catalogues.templates(language)]
    assert not missing, f"translate these in {language}, after `make texts`"
    assert set(catalogues.templates(language)) == {text for _, text in ALL}


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_has_the_same_braces_in_every_language(language: str) -> None:
    other = [text for _, text in ALL if fields(text) != fields(catalogues.templates(language)[text])]
    assert not other


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_keeps_its_emphasis_and_its_spaces(language: str) -> None:
    for _, text in ALL:
        for ours, theirs in zip(forms(text), forms(catalogues.templates(language)[text]), strict=True):
            assert ours.count("*") == theirs.count("*") and ours.count("_") == theirs.count("_"), theirs
            assert ours.count("\n") == theirs.count("\n") and ours[:1].isspace() == theirs[:1].isspace(), theirs


@pytest.mark.parametrize("language", LOCALES)
def test_no_text_can_grow_too_long(language: str) -> None:
    for name, text in ALL:
        said = catalogues.wording(language, text, {field: LONGEST.get(field, "x" * 60) for field in fields(text)})
        assert units(said) <= limit(name), f"{name} in {language}: {said}"


@pytest.mark.parametrize("language", LOCALES)
def test_titles_beside_each_other_differ(language: str) -> None:
    titles = [catalogues.wording(language, text, LONGEST) for name, text in ALL if name.startswith("B_")]
    assert len(set(titles)) == len(titles)


def test_one_is_not_many() -> None:
    said = [catalogues.wording(language, texts.CART_SO_FAR, {"count": n, "total": "KES 5"}) for language in ("en", "sw")
            for n in (1, 2)]  # fmt: skip
    assert [line.partition(": ")[2].partition(",")[0] for line in said] == ["1 item", "2 items", "kitu 1", "vitu 2"]


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(
    ("amount", "written"),
    [("0", "KES 0"), ("850", "KES 850"), ("1750", "KES 1,750"), ("1234567", "KES 1,234,567"), ("850.5", "KES 850.50")],
)
def test_money_is_written_as_in_nairobi(language: str, amount: str, written: str) -> None:
    assert catalogues.money(language, Decimal(amount), "KES") == written


def test_what_a_catalogue_lacks_is_said_in_english() -> None:
    assert catalogues.wording(SWAHILI, "Something quite new, {name}.", {"name": "Jane"}) == "Something quite new, Jane."
