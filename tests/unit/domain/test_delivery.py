"""How far orders are brought, and where nobody can be."""

import math
from decimal import Decimal
from typing import Any

import pytest

from core.domain.delivery import Delivery, distance_km, on_land, read_delivery, written_delivery

NAIROBI = (-1.2921, 36.8219)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [NAIROBI, (-4.05, 39.67), (-0.1, 34.75), (-3.22, 40.11), (-4.28, 39.58), (-2.27, 40.9), (3.93, 41.85), (3.1, 35.6)],
)
def test_towns_of_kenya_are_on_land(latitude: float, longitude: float) -> None:
    assert on_land(latitude, longitude)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(0, 0), (-4.3, 41), (-4.05, 39.9), (-2.5, 42), (-90, 0), (90, 180), (51.5, -0.1), (-1.29, -36.82)],
)
def test_the_sea_and_the_rest_of_the_world_are_not(latitude: float, longitude: float) -> None:
    assert not on_land(latitude, longitude)


def test_the_area_is_a_circle_around_the_venue() -> None:
    near = Delivery(latitude=NAIROBI[0], longitude=NAIROBI[1], radius_km=5)
    assert near.reaches(*NAIROBI) and near.reaches(-1.265, 36.80)
    assert not near.reaches(-1.17, 36.83)
    assert Delivery().reaches(-4.05, 39.67)


def test_distances_are_as_the_crow_flies() -> None:
    assert math.isclose(distance_km(*NAIROBI, -4.0435, 39.6682), 440, rel_tol=0.02)
    assert distance_km(*NAIROBI, *NAIROBI) == 0
    assert math.isclose(distance_km(0, 0, 0, 180), 20015, rel_tol=0.001)


def test_the_terms_are_read_and_written_back() -> None:
    data = {"fee": "200", "minimum": "1000", "latitude": -1.29, "longitude": 36.8, "radius_km": 7.5, "pickup": True}
    terms = read_delivery(data)
    assert terms.fee == Decimal(200) and terms.pickup
    assert written_delivery(terms) == data
    assert written_delivery(Delivery()) == {} and read_delivery({}) == Delivery()


@pytest.mark.parametrize(
    "data",
    [
        {"fee": "-1"}, {"fee": "1.50"}, {"fee": "NaN"}, {"fee": None}, {"radius_km": 0}, {"radius_km": 10**6},
        {"latitude": -1.29}, {"latitude": 91, "longitude": 0}, {"latitude": "1", "longitude": 2}, {"price": "1"},
        {"latitude": math.nan, "longitude": 2},
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="delivery"):
        read_delivery(data)
