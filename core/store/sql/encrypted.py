"""Columns that nobody can read without the keys."""

import json
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from core.cipher import installed


class EncryptedText(TypeDecorator[str]):
    """A text column nobody can read without the keys."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """On the way in."""
        return None if value is None else installed().encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """On the way out."""
        return None if value is None else installed().decrypt(value)


class EncryptedJson(TypeDecorator[dict[str, Any]]):
    """A JSON object nobody can read without the keys."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        """On the way in."""
        return None if value is None else installed().encrypt(json.dumps(value, separators=(",", ":")))

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        """On the way out."""
        if value is None:
            return None
        read: dict[str, Any] = json.loads(installed().decrypt(value))
        return read
