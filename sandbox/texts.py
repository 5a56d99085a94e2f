"""For `make texts`: hands every text of core/conversation/texts.py to pybabel, under its name."""

import ast
from collections.abc import Iterator
from typing import IO, Any

Found = tuple[int, str | None, str | tuple[str, ...], list[str]]


def extract(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """Every constant that is a text, a table of texts, or a pair of singular and plural."""
    for node in ast.parse(file.read()).body:
        if isinstance(node, ast.Assign) and isinstance(name := node.targets[0], ast.Name):
            yield from _texts(name.id, node.value)


def _texts(name: str, value: ast.expr) -> Iterator[Found]:
    match value:
        case ast.Constant(value=str(text)):
            yield value.lineno, None, text, [name]
        case ast.Tuple(elts=[ast.Constant(value=str(one)), ast.Constant(value=str(other))]):
            yield value.lineno, "ngettext", (one, other), [name]
        case ast.Dict():
            for key, one_of_many in zip(value.keys, value.values, strict=True):
                yield from _texts(f"{name} {ast.literal_eval(key) if key else ''}", one_of_many)
