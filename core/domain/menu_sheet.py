"""The menu as a sheet: what somebody's file would change, row by row, and what in it cannot be meant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.domain.menu_fields import LONGEST_NAME, PRODUCT, product_readers
from core.domain.recipes import Part, recipe_reader, written_recipe
from core.domain.typed import Reader, read

CATEGORY, RECIPE, NEEDED = "category", "recipe", ("name", "category", "price")
FORMULA = "This is a formula. Write what it comes to."


@dataclass(frozen=True)
class Known:
    """A product as it stands: what would be typed for it, by column."""

    id: UUID
    typed: Mapping[str, str]

    @property
    def name(self) -> str:
        """As staff call it."""
        return self.typed["name"]


@dataclass(frozen=True)
class Problem:
    """What cannot be meant, and in which row of the file; row 1 is its heading."""

    row: int
    column: str
    said: str


@dataclass(frozen=True)
class Change:
    """What a row does: a new product, or another of an old one. `differences`: column, before, after."""

    row: int
    name: str
    product_id: UUID | None
    category: str | None
    values: dict[str, Any]
    differences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Plan:
    """What a file comes to. With problems nothing of it is written."""

    changes: tuple[Change, ...] = ()
    categories: tuple[str, ...] = ()
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass
class _Seen:
    """What the rows so far have named."""

    products: dict[str, int] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)


def columns(languages: Iterable[str]) -> tuple[str, ...]:
    """In the order in which a file of ours has them."""
    names = [name for name in product_readers(languages) if name not in PRODUCT]
    first = ("sku", "name", CATEGORY, "price", "description")
    return (*first, *names, *(name for name in PRODUCT if name not in first), RECIPE)


def plan(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    known: Sequence[Known],
    categories: Iterable[str],
    languages: tuple[str, ...],
    parts: Sequence[Part] = (),
) -> Plan:
    """What would change. A row means the product with its code, else the one of its name, else a new one.

    `parts`: what recipes may take from.
    """
    readers = product_readers(languages) | {RECIPE: recipe_reader(parts)}
    names = [_column(cell) for cell in header]
    if problems := _wrong_header(names, header, columns(languages)):
        return Plan(problems=tuple(problems))
    seen, had = _Seen(), {name.casefold(): name for name in categories}
    changes: list[Change] = []
    wrong: list[Problem] = []
    unchanged = 0
    for number, cells in enumerate(rows, start=2):
        if any(cell.strip() for cell in cells):
            said, found = _row(number, _cells(names, cells), known, had, seen, readers)
            wrong += found
            if said and (said.differences or said.product_id is None):
                changes.append(said)
            unchanged += bool(said and said.product_id and not said.differences)
    wrong += _made_of_what_is_made(changes, known, readers[RECIPE])
    return Plan(tuple(changes), tuple(seen.categories.values()), unchanged, tuple(wrong))


def _made_of_what_is_made(changes: Sequence[Change], known: Sequence[Known], reader: Reader) -> list[Problem]:
    """Recipes that would take from a product that has one itself, once all of the file is written."""
    changed = {one.product_id: one.values[RECIPE] for one in changes if one.product_id and RECIPE in one.values}
    if not any(one.values.get(RECIPE) for one in changes):
        return []
    before = {one.id: read(one.typed, {RECIPE: reader})[0].get(RECIPE, ()) for one in known if one.id not in changed}
    after = before | changed
    made = {id for id, recipe in after.items() if recipe}
    users = {part.id: one.name for one in known for part, _ in after[one.id]}
    users |= {part.id: one.name for one in changes for part, _ in one.values.get(RECIPE, ())}
    return [
        Problem(one.row, RECIPE, said)
        for one in changes
        if one.values.get(RECIPE) and (said := _unmixable(one, made, users))
    ]


def _unmixable(change: Change, made: set[UUID], users: Mapping[UUID, str]) -> str:
    parts = [part for part, _ in change.values[RECIPE]]
    if any(part.id == change.product_id for part in parts):
        return "Nothing is made of itself."
    if mixed := [part.name for part in parts if part.id in made]:
        return f"{mixed[0]} has a recipe itself. Write down what is in it instead."
    user = users.get(change.product_id) if change.product_id else None
    return f"{user} is made of this, and nothing is made of what is made itself." if user else ""


def _column(cell: str) -> str:
    return "_".join(cell.strip().lower().split())


def _wrong_header(names: list[str], header: Sequence[str], wanted: tuple[str, ...]) -> list[Problem]:
    """Columns nobody knows, twice the same, or none that says which product is meant."""
    listed = ", ".join(wanted)
    strange = [Problem(1, header[place][:40], f"No such column. There are: {listed}.")
               for place, name in enumerate(names) if name and name not in wanted]  # fmt: skip
    twice = [Problem(1, name, "This column is there twice.") for name in dict.fromkeys(names)
             if name and names.count(name) > 1]  # fmt: skip
    lost = (
        [] if {"sku", "name"} & set(names) else [Problem(1, "name", f"The first row must name the columns: {listed}.")]
    )
    return strange + twice + lost


def _cells(names: list[str], cells: Sequence[str]) -> dict[str, str]:
    padded = [*cells, *("" for _ in names)]
    return {name: cell for name, cell in zip(names, padded, strict=False) if name}


def _row(
    number: int,
    typed: dict[str, str],
    known: Sequence[Known],
    had: Mapping[str, str],
    seen: _Seen,
    readers: Mapping[str, Reader],
) -> tuple[Change | None, list[Problem]]:
    problems = [Problem(number, name, FORMULA) for name, cell in typed.items() if cell.startswith("=")]
    found = [] if problems else _meant(typed, known)
    if len(found) > 1:
        problems.append(
            Problem(number, "name", "Several products are called so. Say which by its code in the column sku.")
        )
    if problems:
        return None, problems
    product = found[0] if found else None
    values, wrong = _values(typed, product, readers)
    problems = [Problem(number, name, said) for name, said in wrong.items()]
    if len(typed.get(CATEGORY, "").strip()) > LONGEST_NAME:
        problems.append(Problem(number, CATEGORY, f"At most {LONGEST_NAME} characters fit."))
    problems += _twice(number, product, values, typed, seen)
    if problems:
        return None, problems
    category = _category(typed, had, seen)
    named = str(values.get("name") or (product.name if product else ""))
    differences = _differences(product, values, category, readers)
    return Change(number, named, product.id if product else None, category, values, differences), []


def _meant(typed: Mapping[str, str], known: Sequence[Known]) -> list[Known]:
    sku, name = typed.get("sku", "").strip(), " ".join(typed.get("name", "").split()).casefold()
    by_code = [one for one in known if sku and one.typed["sku"].casefold() == sku.casefold()]
    return by_code or [one for one in known if name and one.name.casefold() == name]


def _values(
    typed: dict[str, str], product: Known | None, readers: Mapping[str, Reader]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the row says. Of a new product an empty cell is what nobody said; of an old one it empties the field."""
    if product is None:
        said = {"station": "bar", "in_menu": "yes"} | {name: cell for name, cell in typed.items() if cell.strip()}
        missing = {name: "A new product needs this." for name in NEEDED if not said.get(name, "").strip()}
        values, wrong = read(said, readers)
        return values, missing | wrong
    if CATEGORY in typed and not typed[CATEGORY].strip():
        return {}, {CATEGORY: "Every product stands under a category."}
    # An empty code says nothing: a file without codes must not take them away.
    return read({name: cell for name, cell in typed.items() if name != "sku" or cell.strip()}, readers)


def _twice(
    number: int, product: Known | None, values: Mapping[str, Any], typed: Mapping[str, str], seen: _Seen
) -> list[Problem]:
    """A product, or a code, that an earlier row has named."""
    name = str(values.get("name", "")).casefold()
    keys = [f"product {product.id}" if product else f"name {name}"]
    keys += [f"sku {str(values['sku']).casefold()}"] if values.get("sku") else []
    before = [seen.products[key] for key in keys if key in seen.products]
    seen.products |= {key: number for key in keys if key not in seen.products}
    column = "sku" if typed.get("sku", "").strip() else "name"
    return [Problem(number, column, f"Row {before[0]} is about the same product.")] if before else []


def _category(typed: Mapping[str, str], had: Mapping[str, str], seen: _Seen) -> str | None:
    """The category as it is called; one that is not there yet comes with the file."""
    name = " ".join(typed.get(CATEGORY, "").split())
    if not name:
        return None
    if name.casefold() in had:
        return had[name.casefold()]
    return seen.categories.setdefault(name.casefold(), name)


def _differences(
    product: Known | None, values: Mapping[str, Any], category: str | None, readers: Mapping[str, Reader]
) -> tuple[tuple[str, str, str], ...]:
    if product is None:
        return ()
    before, _ = read(product.typed, readers)
    changed = [
        (name, product.typed[name], _written(value)) for name, value in values.items() if before.get(name) != value
    ]
    moved = category is not None and category != product.typed[CATEGORY]
    return tuple(changed + ([(CATEGORY, product.typed[CATEGORY], category or "")] if moved else []))


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return written_recipe(value)
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)
