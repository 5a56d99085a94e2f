"""What the models share: misfortunes that run out, and tuples with one item changed."""

from typing import Any, TypeVar

Luck = TypeVar("Luck", bound=Any)


def spend(luck: Luck, what: str) -> Luck | None:
    """The luck left after one misfortune of this kind, or None when none may happen any more: so every run ends."""
    left = getattr(luck, what)
    return luck._replace(**{what: left - 1}) if left else None


def changed(values: tuple[Any, ...], position: int, value: Any) -> tuple[Any, ...]:
    return (*values[:position], value, *values[position + 1 :])
