"""What every provider's JSON has: ids of ours that come back, times, and reasons in words."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from core.domain.payments import Reason


def our_id(value: Any) -> str:
    """One of our ids, else ""."""
    try:
        return str(UUID(value))
    except (TypeError, ValueError, AttributeError):
        return ""


def id_named(metadata: Any, name: str) -> str:
    """One of our ids out of the metadata that we gave with it, else ""."""
    return our_id(metadata.get(name)) if isinstance(metadata, Mapping) else ""


def moment(value: Any) -> datetime | None:
    """When it happened, in UTC; money with an odd date is money all the same."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def reason_in(said: str, parts: Iterable[tuple[str, Reason]], otherwise: Reason) -> Reason:
    """Our word for theirs: the first part that is found in what they said counts."""
    lowered = said.lower()
    return next((reason for part, reason in parts if part in lowered), otherwise)
