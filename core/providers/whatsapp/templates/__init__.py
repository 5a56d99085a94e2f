"""Message templates, one file each: what may be said to a guest who has not written for a day.

A file has the category, the named parameters with an example of each, and the text per language.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.conversation.replies import clip

FOLDER = Path(__file__).parent
FALLBACK = "en"
PARAMETER_LIMIT = 120
LINK = "link"


@dataclass(frozen=True)
class Template:
    """One text that Meta has to approve, in each of its languages."""

    name: str
    category: str
    parameters: Mapping[str, str]
    texts: Mapping[str, str]

    def definition(self, language: str) -> dict[str, Any]:
        """As Meta wants it registered."""
        examples = [{"param_name": name, "example": example} for name, example in self.parameters.items()]
        body = {"type": "BODY", "text": self.texts[language], "example": {"body_text_named_params": examples}}
        named = {"name": self.name, "language": language, "category": self.category, "parameter_format": "NAMED"}
        return named | {"components": [body]}


@dataclass(frozen=True)
class Filled:
    """A template as one guest gets it."""

    name: str
    language: str
    values: Mapping[str, Any]

    def with_link(self, url: Callable[[str], str]) -> "Filled":
        """With the address of the document whose link it names, if it names one."""
        link = self.values.get(LINK)
        return replace(self, values={**self.values, LINK: url(link)}) if link else self

    def content(self) -> dict[str, Any]:
        """The message's part of the request; parameters exactly as registered, or Meta refuses (132000)."""
        template = templates()[self.name]
        language = self.language if self.language in template.texts else FALLBACK
        values = [{"type": "text", "parameter_name": name, "text": self._value(name)} for name in template.parameters]
        body = {"type": "body", "parameters": values}
        named = {"name": self.name, "language": {"code": language}}
        return {"type": "template", "template": named | {"components": [body]}}

    def _value(self, name: str) -> str:
        """One line, never empty."""
        return clip(" ".join(str(self.values.get(name, "")).split()), PARAMETER_LIMIT) or "-"


@lru_cache
def templates() -> dict[str, Template]:
    """All of them by name."""
    return {file.stem: _read(file) for file in sorted(FOLDER.glob("*.toml"))}


def _read(file: Path) -> Template:
    read = tomllib.loads(file.read_text())
    return Template(file.stem, read["category"], read["parameters"], read["texts"])
