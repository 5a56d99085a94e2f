"""What a workspace has switched on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Features:
    """Payments in the chat, knowing guests by name, following an order, and talking in several languages."""

    payments: bool = True
    recognition: bool = True
    tracking: bool = True
    languages: bool = True


def read_features(data: Mapping[str, Any]) -> Features:
    """The switches as the workspace keeps them; one left out is on. Raises ValueError naming what cannot be meant."""
    for name, value in data.items():
        if name not in Features.__dataclass_fields__ or not isinstance(value, bool):
            raise ValueError(f"features: {name!r} must be one of {', '.join(Features.__dataclass_fields__)}, on or off")
    return Features(**data)


def written_features(features: Features) -> dict[str, bool]:
    """Inverse of `read_features`: what is off."""
    return {name: value for name, value in vars(features).items() if not value}
