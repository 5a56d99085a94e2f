"""What a page of the settings is made of: fields, each bound to one place in the rules of the house."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from core.domain.typed import Reader, read, switch

Rules = dict[str, Any]
Said = dict[str, str]


@dataclass(frozen=True)
class Field:
    """`path` is its place in the rules: `delivery.fee`. `read` makes of what was typed the value, or None for the
    usual one; `write` is its inverse. `kind`: text, area, switch, choice, or checks (several, by commas)."""

    path: str
    label: str
    read: Reader
    write: Callable[[Any], str] = str
    hint: str = ""
    kind: str = "text"
    choices: Mapping[str, str] = field(default_factory=dict)
    shape: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """As an element's id."""
        return self.path.replace(".", "-")


@dataclass(frozen=True)
class Group:
    """A card of fields. `folded`: it is shut while nothing in it was said."""

    title: str
    fields: tuple[Field, ...]
    beneath: str = ""
    folded: bool = False

    def speaks(self, typed: Said) -> bool:
        """Whether anything stands in it."""
        return any(typed[one.path] for one in self.fields)


def _same(rules: Rules) -> Rules:
    return rules


@dataclass(frozen=True)
class Section:
    """One page. Where the rules are made otherwise than people see them, `spread` and `gather` lead there and back."""

    name: str
    title: str
    icon: str
    groups: tuple[Group, ...]
    beneath: str = ""
    spread: Callable[[Rules], Rules] = _same
    gather: Callable[[Rules], Rules] = _same

    @property
    def fields(self) -> tuple[Field, ...]:
        """Of all its cards."""
        return tuple(one for group in self.groups for one in group.fields)

    def said(self, rules: Rules) -> Said:
        """What stands in the form where these rules count."""
        seen = self.spread(rules)
        values = {one.path: _at(seen, one.path) for one in self.fields}
        return {one.path: "" if values[one.path] is None else one.write(values[one.path]) for one in self.fields}

    def typed(self, form: MultiDict[str, str]) -> Said:
        """What was typed."""
        return {one.path: _typed(one, form) for one in self.fields}

    def read(self, typed: Said, rules: Rules) -> tuple[Rules, Said]:
        """The rules that were meant, as far as the page names them, and what is wrong by field."""
        values, problems = read(typed, {one.path: one.read for one in self.fields})
        seen = self.spread(deepcopy(rules))
        for path, value in values.items():
            _put(seen, path.split("."), value)
        tops = {path.partition(".")[0] for path in values}
        return self.gather({top: seen.get(top, {}) for top in tops}), problems

    def differing(self, typed: Said, theirs: Rules) -> list[tuple[str, str, str]]:
        """Where the rules stand otherwise than typed: label, what is there now, what was typed."""
        now = self.said(theirs)
        names = {one.path: f"{group.title}: {one.label}" for group in self.groups for one in group.fields}
        return [
            (names[path], now[path] or "nothing", typed[path] or "nothing")
            for path in names
            if now[path] != typed[path]
        ]


def tick(path: str, label: str, hint: str = "") -> Field:
    """A field that is on or off."""
    return Field(path, label, switch, lambda on: "yes" if on else "no", hint, "switch")


def _typed(one: Field, form: MultiDict[str, str]) -> str:
    if one.kind == "checks":
        return ",".join(form.getlist(one.path))
    return form.get(one.path, "no" if one.kind == "switch" else "")[:5000]


def _at(rules: Any, path: str) -> Any:
    for name in path.split("."):
        rules = rules.get(name) if isinstance(rules, dict) else None
    return rules


def _put(rules: Rules, path: list[str], value: Any) -> None:
    """Where it belongs; of what says nothing, and holds nothing, nothing stays."""
    name, *rest = path
    if rest:
        _put(rules.setdefault(name, {}), rest, value)
    elif value is not None:
        rules[name] = value
    if (not rest and value is None) or rules.get(name) == {}:
        rules.pop(name, None)
