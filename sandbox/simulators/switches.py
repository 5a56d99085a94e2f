"""What a test may switch at a simulated device, by name."""

from collections.abc import Mapping
from typing import Any


def switch(device: object, called: str, names: tuple[str, ...], wanted: Mapping[str, Any]) -> None:
    """Take over what a control request asks for. Raises ValueError naming a switch that the device has not."""
    for name, value in wanted.items():
        if name not in names:
            raise ValueError(f"{called} has no switch {name}")
        setattr(device, name, value)
