"""Bringing an order to a guest: what it costs, how far it goes, and where nobody can be."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

EARTH_KM = 6371.0088
FARTHEST_KM = 100

# Kenya as a few corners (longitude, latitude); a pin beyond the coast is in the sea.
KENYA = (
    (33.9, -1.0), (33.9, 0.5), (34.6, 1.2), (35.0, 2.0), (34.0, 4.2), (35.9, 5.0), (36.9, 4.4), (39.6, 3.4),
    (41.9, 3.95), (40.98, 2.8), (40.98, -0.85), (41.56, -1.68), (41.1, -2.2), (40.9, -2.36), (40.4, -2.6),
    (40.2, -3.2), (39.9, -3.6), (39.76, -4.0), (39.62, -4.25), (39.5, -4.67), (39.2, -4.68),
    (37.7, -3.1), (37.6, -2.95),
)  # fmt: skip


@dataclass(frozen=True)
class Delivery:
    """The venue's terms. Without a place of its own, how far it goes is for staff to judge."""

    fee: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float = 10
    pickup: bool = False

    def reaches(self, latitude: float, longitude: float) -> bool:
        """Whether the venue brings orders there."""
        if self.latitude is None or self.longitude is None:
            return True
        return distance_km(self.latitude, self.longitude, latitude, longitude) <= self.radius_km


def read_delivery(data: Mapping[str, Any]) -> Delivery:
    """The terms as the workspace keeps them. Raises ValueError naming what cannot be meant."""
    if strange := [name for name in data if name not in Delivery.__dataclass_fields__]:
        raise ValueError(f"delivery: {strange[0]!r} is not known")
    if ("latitude" in data) != ("longitude" in data):
        raise ValueError("delivery: latitude and longitude go together")
    amounts: dict[str, Any] = {name: _amount(name, data[name]) for name in ("fee", "minimum") if name in data}
    limits = {"latitude": (-90, 90), "longitude": (-180, 180), "radius_km": (0.1, FARTHEST_KM)}
    numbers: dict[str, Any] = {name: _number(name, data[name], *limits[name]) for name in limits if name in data}
    return Delivery(**amounts, **numbers, pickup=data.get("pickup") is True)


def written_delivery(delivery: Delivery) -> dict[str, Any]:
    """Inverse of `read_delivery`, defaults left out."""
    said = {name: value for name, value in vars(delivery).items() if value != getattr(Delivery(), name)}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in said.items()}


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """As the crow flies."""
    a, b = math.radians(latitude), math.radians(other_latitude)
    half = math.radians(other_longitude - longitude) / 2
    chord = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(half) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, chord)))


def on_land(latitude: float, longitude: float) -> bool:
    """Whether a pin is on Kenyan ground, roughly: eastwards it crosses the border an odd number of times."""
    crossings = 0
    for (x, y), (x_next, y_next) in zip(KENYA, (*KENYA[1:], KENYA[0]), strict=True):
        if (y > latitude) != (y_next > latitude):
            crossings += longitude < x + (latitude - y) * (x_next - x) / (y_next - y)
    return crossings % 2 == 1


def _amount(name: str, value: Any) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"delivery.{name}: {value!r} is no amount") from error
    if not (found.is_finite() and 0 <= found < 10**6 and found == found.to_integral_value()):
        raise ValueError(f"delivery.{name}: must be whole shillings")
    return found


def _number(name: str, value: Any, least: float, most: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"delivery.{name}: must be {least} to {most}")
    return float(value)
