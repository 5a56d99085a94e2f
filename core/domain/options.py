"""What a guest chooses of a product: size, mixer, doneness; and what a line of an order keeps of the choice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

MOST_OPTIONS = 30
MOST_GROUPS = 10


@dataclass(frozen=True)
class Option:
    """One answer. `price`: how much more, or less, than the product alone, in whole units of the venue's currency."""

    id: str
    name: str
    price: Decimal = Decimal(0)
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, language: str) -> str:
        """Its name in this language."""
        return self.names.get(language) or self.name


@dataclass(frozen=True)
class OptionGroup:
    """One question: from `least` to `most` of its options are chosen. Only what can be had now is among them."""

    id: str
    name: str
    options: tuple[Option, ...]
    least: int = 0
    most: int = 1
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, language: str) -> str:
        """Its name in this language."""
        return self.names.get(language) or self.name

    @property
    def required(self) -> bool:
        """Whether the product cannot be had without an answer."""
        return self.least > 0

    @property
    def answerable(self) -> bool:
        """Whether enough of it can be had."""
        return len(self.options) >= self.least

    def among(self, ids: Iterable[str]) -> list[Option]:
        """Those of its options that are named."""
        named = set(ids)
        return [option for option in self.options if option.id in named]


Groups = Sequence[OptionGroup]


@dataclass(frozen=True)
class Choice:
    """An option as it was when it was chosen."""

    id: str
    name: str
    price: Decimal = Decimal(0)


def choices(groups: Groups, ids: Iterable[str]) -> tuple[Choice, ...]:
    """The options with these ids, in the product's own order; what it does not offer (any more) is left out."""
    named = tuple(ids)
    return tuple(Choice(one.id, one.name, one.price) for group in groups for one in group.among(named))


def fitting(groups: Groups, ids: Iterable[str]) -> tuple[str, ...]:
    """The ids that the product offers, in its own order, no more of a group than it takes."""
    named = tuple(ids)
    return tuple(one.id for group in groups for one in group.among(named)[: group.most])


def exchanged(groups: Groups, before: Iterable[str], now: Iterable[str]) -> tuple[str, ...]:
    """The ids of `now` in place of those before, which stay as far as a group takes more than that."""
    kept, new = tuple(before), tuple(now)
    found: list[str] = []
    for group in groups:
        fresh = [one.id for one in group.among(new)][: group.most]
        old = [one.id for one in group.among(kept) if one.id not in fresh]
        found += [*fresh, *old[: group.most - len(fresh)]]
    return fitting(groups, found)


def open_group(groups: Groups, ids: Iterable[str]) -> OptionGroup | None:
    """The first question that needs an answer and has none, or too few."""
    named = tuple(ids)
    return next((group for group in groups if len(group.among(named)) < group.least), None)


def written_choices(chosen: Iterable[Choice]) -> list[dict[str, str]]:
    """JSON-ready; `read_choices` reads it back."""
    return [{"id": one.id, "name": one.name, "price": str(one.price)} for one in chosen]


def read_choices(data: Iterable[Mapping[str, Any]]) -> tuple[Choice, ...]:
    """Inverse of `written_choices`."""
    return tuple(Choice(one["id"], one["name"], Decimal(one["price"])) for one in data)


def named(name: str, chosen: Iterable[str]) -> str:
    """A line of an order with what was chosen: `Highball (Tonic, Double)`."""
    said = ", ".join(chosen)
    return f"{name} ({said})" if said else name


def written_groups(groups: Groups) -> list[dict[str, Any]]:
    """JSON-ready; `read_groups` reads it back."""
    return [vars(group) | {"options": [vars(o) | {"price": str(o.price)} for o in group.options]} for group in groups]


def read_groups(data: Iterable[Mapping[str, Any]]) -> tuple[OptionGroup, ...]:
    """Inverse of `written_groups`."""
    return tuple(OptionGroup(**{**one, "options": _options(one["options"])}) for one in data)


def _options(data: Iterable[Mapping[str, Any]]) -> tuple[Option, ...]:
    return tuple(Option(**{**one, "price": Decimal(one["price"])}) for one in data)
