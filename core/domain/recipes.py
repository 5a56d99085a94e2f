"""What one of a product is made of, as staff type it: whole millilitres, grams or pieces."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.domain.statuses import Unit
from core.domain.typed import Reader, line, one_of, whole

MOST_LINES, MOST_QUANTITY, LONGEST_NAME = 12, 10_000, 60
MOST_MEASURED = 9_999_999
UNITS = {"pieces": Unit.PIECE, "ml": Unit.MILLILITRE, "g": Unit.GRAM}
WORDS = {unit: word for word, unit in UNITS.items()}

Line = tuple[UUID, int]


@dataclass(frozen=True)
class Part:
    """Something on the shelf that a recipe may take from, but for what is `mixed` itself.

    `sold`: guests can order it as it stands, too.
    """

    id: UUID
    name: str
    unit: Unit
    mixed: bool = False
    sold: bool = False


def measured(quantity: int, unit: Unit) -> str:
    """`50 ml`; of what is counted in pieces the number alone."""
    return f"{quantity:,}" if unit is Unit.PIECE else f"{quantity:,} {WORDS[unit]}"


def read_recipe(
    typed: Sequence[tuple[str, str]], product_id: UUID, parts: Mapping[str, Part]
) -> tuple[list[Line], dict[str, str]]:
    """The lines that were typed, each an ingredient's id and how much of it, and what is wrong by field.

    The fields of a line are `0-part` and `0-quantity`. A line without an ingredient and without a quantity is none.
    """
    lines: dict[UUID, int] = {}
    problems: dict[str, str] = {}
    for place, (chosen, quantity) in enumerate(typed):
        if chosen or quantity.strip():
            try:
                part = _part(chosen, product_id, parts, lines)
            except ValueError as error:
                problems[f"{place}-part"] = str(error)
                continue
            try:
                lines[part.id] = whole(1, MOST_QUANTITY)(quantity)
            except ValueError as error:
                lines[part.id], problems[f"{place}-quantity"] = 0, str(error)
    return list(lines.items()), problems


def _part(chosen: str, product_id: UUID, parts: Mapping[str, Part], before: Mapping[UUID, int]) -> Part:
    part = parts.get(chosen)
    if not chosen:
        raise ValueError("Choose of what.")
    if part is None:
        raise ValueError("This is not there any more. Choose again.")
    if part.id == product_id:
        raise ValueError("Nothing is made of itself.")
    if part.mixed:
        raise ValueError(f"{part.name} has a recipe itself. Write down what is in it instead.")
    if part.id in before:
        raise ValueError("This stands in a line above already.")
    return part


def ingredient_readers(new: bool) -> dict[str, Reader]:
    """How the form of an ingredient is read; the unit stays what it was made with: its history is told in it."""
    known: dict[str, Reader] = {"name": line(1, LONGEST_NAME), "low_stock": whole(0, MOST_MEASURED)}
    return known | ({"unit": one_of(UNITS)} if new else {})


def written_recipe(lines: Iterable[tuple[Part, int]]) -> str:
    """As one cell of a sheet has it: `50 ml Vodka; 1 Lime`."""
    return "; ".join(f"{measured(quantity, part.unit)} {part.name}" for part, quantity in lines)


def recipe_reader(parts: Sequence[Part]) -> Reader:
    """Reads such a cell into parts with how much of each; ingredients come before what is sold under the same name."""

    def reader(typed: str) -> tuple[tuple[Part, int], ...]:
        found: dict[UUID, tuple[Part, int]] = {}
        for one in filter(None, (" ".join(one.split()) for one in re.split(r"[;\n]", typed))):
            part, quantity = _measure(one, parts)
            if part.id in found:
                raise ValueError(f"{part.name} stands there twice.")
            found[part.id] = part, quantity
        if len(found) > MOST_LINES:
            raise ValueError(f"At most {MOST_LINES} ingredients fit.")
        return tuple(found.values())

    return reader


def _measure(typed: str, parts: Sequence[Part]) -> tuple[Part, int]:
    written = re.fullmatch(r"([0-9][0-9,]*)\s*(.+)", typed, re.ASCII)
    if written is None:
        raise ValueError(f"Write “{typed[:40]}” like 50 ml Vodka; 1 Lime.")
    quantity, said = whole(1, MOST_QUANTITY)(written[1]), written[2].casefold()
    meant = [one for one in parts if _called(one) == said]
    meant = [one for one in meant if not one.sold] or meant
    if len(meant) > 1:
        raise ValueError(f"Several things are called {meant[0].name}. Give them names of their own.")
    if not meant:
        raise ValueError(_unknown(said, quantity, parts))
    return meant[0], quantity


def _unknown(said: str, quantity: int, parts: Sequence[Part]) -> str:
    for part in parts:
        if said == part.name.casefold() or said.endswith(f" {part.name.casefold()}"):
            return f"{part.name} is counted in {WORDS[part.unit]}: write {measured(quantity, part.unit)} {part.name}."
    return f"There is no “{said[:40]}” on the shelves. Add it under Stock first."


def _called(part: Part) -> str:
    """What stands behind the number."""
    return (part.name if part.unit is Unit.PIECE else f"{WORDS[part.unit]} {part.name}").casefold()
