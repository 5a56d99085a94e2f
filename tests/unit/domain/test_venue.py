"""What the conversation knows of the venue survives the way through the snapshot; codes belong to one table only."""

import json
from decimal import Decimal
from uuid import UUID

import pytest

from core.domain.delivery import Delivery
from core.domain.features import Features, read_features
from core.domain.menu import Menu
from core.domain.table_codes import LENGTH, code, signed
from core.domain.timetables import read_hours
from tests.demo_menu import demo_menu

KEY, OTHER_KEY = UUID(int=1), UUID(int=2)


def test_the_rules_of_the_house_survive_the_snapshot() -> None:
    hours = read_hours({"alcohol": {"week": {"fri": [["17:00", "02:00"]]}}, "food_only": True}, "Africa/Nairobi")
    menu = demo_menu(
        hours=hours, minimum_order=Decimal(500), features=Features(tracking=False),
        delivery=Delivery(Decimal(200), latitude=-1.29, longitude=36.8), table_codes=("BCDFG",) * 20,
    )  # fmt: skip
    assert Menu.from_dict(json.loads(json.dumps(menu.to_dict()))) == menu


@pytest.mark.parametrize("data", [{"payments": "no"}, {"alcohol": True}])
def test_a_switch_nobody_knows_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="features"):
        read_features(data)


def test_every_table_of_every_venue_has_a_code_of_its_own() -> None:
    codes = {code(key, table) for key in (KEY, OTHER_KEY) for table in range(1, 200)}
    assert len(codes) > 390
    assert code(KEY, 14) == code(KEY, 14) and len(code(KEY, 14)) == LENGTH


@pytest.mark.parametrize(
    "text", ["Table 14 BCDFG", "Hi! Table 14 (bcdfg)", "table 14 · BCDFG", "meza 14-BCDFG, 2 dawa"]
)
def test_a_code_is_found_beside_its_table(text: str) -> None:
    found = signed(text)
    assert found is not None and found[:2] == (14, "BCDFG")
    assert "bcdfg" not in found[2].lower() and "14" in found[2]


@pytest.mark.parametrize("text", ["Table 14", "table 14 please", "2 dawa to table 14", "table 14 thx bro", "BCDFG", ""])
def test_what_guests_write_is_no_code(text: str) -> None:
    assert signed(text) is None
