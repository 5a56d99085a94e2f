"""Where it goes: tables from a list or a QR, pickup, and delivery with its fee and its area."""

from decimal import Decimal
from uuid import UUID

import pytest

from core.conversation.session import State
from core.domain.delivery import Delivery
from core.domain.table_codes import code
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Bar, Chat, Guest

KEY = UUID(int=7)
KILIMANI, THIKA, OCEAN = (-1.29, 36.78), (-1.04, 37.08), (-4.3, 41.5)


def signed_tables() -> Chat:
    return Chat(demo_menu("signed", table_codes=tuple(code(KEY, n) for n in range(1, 21))))


def delivering(**terms: object) -> Chat:
    usual: dict[str, object] = {"fee": Decimal(200), "latitude": -1.2921, "longitude": 36.8219, "radius_km": 8}
    return Chat(demo_menu("delivers", delivers=True, delivery=Delivery(**usual | terms)))  # type: ignore[arg-type]


# --- tables ---


def test_a_table_is_picked_from_the_list(guest: Guest) -> None:
    guest.says("1 wings").taps("Checkout").taps("Show tables").reads("Table 1", "Table 8", "At the bar")
    guest.taps("More").reads("Table 9").taps("Table 14").reads("Table 14", "Pay with M-Pesa")


def test_a_number_in_the_list_of_tables_is_a_row(guest: Guest) -> None:
    guest.says("1 wings").taps("Checkout").taps("Show tables").taps("More").says("table 12").reads("Table 12", "Pay")


def test_the_list_of_tables_belongs_to_an_order(guest: Guest, chat: Chat) -> None:
    guest.taps_id("tables").reads("from earlier")
    guest.taps_id("table:4").reads("from earlier")
    assert chat.session is not None and chat.session.table is None


@pytest.mark.parametrize("text", ["Table 14", "meza 14"])
def test_the_words_of_a_plain_qr_seat_the_guest(text: str) -> None:
    chat = signed_tables()
    chat.guest.says(text).reads("Table 14, noted").says("1 wings").taps("Checkout").reads("Table 14", "Pay")


def test_a_signed_qr_seats_the_guest_and_the_code_is_no_drink() -> None:
    chat = signed_tables()
    chat.guest.says(f"Hi! Table 14 ({code(KEY, 14)})").reads("Table 14")
    chat.guest.says(f"2 sprite to table 15 {code(KEY, 15).lower()}").reads("2 × Sprite", "Table 15", "Pay with M-Pesa")


def test_a_code_of_another_table_claims_nothing() -> None:
    chat = signed_tables()
    chat.guest.says(f"Table 3 {code(KEY, 14)}").reads("does not belong to table 3")
    assert chat.session is not None and chat.session.table is None


def test_a_code_where_nobody_signs_tables_is_overlooked(guest: Guest) -> None:
    guest.says("Table 9 BCDFG").reads("Table 9, noted")


# --- pickup ---


def test_an_order_can_be_picked_up() -> None:
    chat = Chat(demo_menu("pickup", delivery=Delivery(pickup=True)))
    chat.guest.says("1 wings").taps("Checkout").taps("I pick it up").reads("You pick it up").taps("Pay with M-Pesa")
    assert chat.world.done[0]["pickup"] is True and chat.world.done[0]["table"] is None
    chat.bar.pays()
    assert "You pick it up" in chat.last.replies[0].body


def test_a_table_after_all_ends_the_pickup() -> None:
    chat = Chat(demo_menu("pickup", delivery=Delivery(pickup=True)))
    chat.guest.says("1 wings").taps("Checkout").says("i pick it up").says("table 4").reads("Table 4")
    chat.guest.taps("Pay with M-Pesa")
    assert chat.world.done[0]["pickup"] is False and chat.world.done[0]["table"] == 4


def test_no_pickup_by_an_invented_tap(guest: Guest) -> None:
    guest.says("1 wings").taps_id("pickup").reads("from earlier")


# --- delivery ---


def test_the_fee_is_shown_and_paid() -> None:
    chat = delivering()
    chat.guest.says("1 wings").taps("Checkout").taps("Deliver").says("Argwings Kodhek Road 4").reads(
        "To: Argwings Kodhek Road 4", "Delivery  KES 200", "Total KES 1,100"
    )
    chat.guest.taps("Pay with M-Pesa").reads("KES 1,100")
    assert chat.world.done[0]["delivery_fee"] == "200"
    assert chat.world.orders[0]["total"] == "1100"


def test_a_pin_in_the_area_is_an_address() -> None:
    chat = delivering()
    chat.guest.says("1 wings").taps("Checkout").taps("Deliver").shares_location(*KILIMANI).reads(
        "To: Location", "KES 200"
    )


def test_a_pin_too_far_away_is_refused_kindly_and_another_way_offered() -> None:
    chat = delivering(pickup=True)
    chat.guest.says("1 wings").taps("Checkout").taps("Deliver").shares_location(*THIKA).reads("too far", "I pick it up")
    assert chat.state == State.COLLECTING_ADDRESS
    chat.guest.taps("Skip").reads("At the bar", "Total KES 900")


@pytest.mark.parametrize("pin", [OCEAN, (0.0, 0.0), (-91.0, 36.8), (51.5, -0.12)])
@pytest.mark.parametrize("area", [{}, {"latitude": None, "longitude": None}])
def test_a_pin_in_the_sea_is_refused_kindly(pin: tuple[float, float], area: dict[str, object]) -> None:
    chat = delivering(**area)
    chat.guest.says("1 wings").taps("Checkout").taps("Deliver").shares_location(*pin).reads("not on dry land")
    assert chat.state == State.COLLECTING_ADDRESS


def test_a_table_after_all_takes_the_fee_away() -> None:
    chat = delivering()
    chat.guest.says("1 wings").taps("Checkout").taps("Deliver").says("Argwings Kodhek Road 4").reads("KES 1,100")
    chat.guest.says("table 4").reads("Table 4", "Total KES 900").taps("Pay with M-Pesa")
    assert chat.world.orders[0]["total"] == "900"


def test_another_fee_is_shown_before_it_is_paid() -> None:
    chat = delivering()
    chat.guest.says("1 wings").taps("Checkout").taps("Deliver").says("Argwings Kodhek Road 4").reads("KES 1,100")
    chat.menu = delivering(fee=Decimal(300)).menu
    chat.guest.taps("Pay with M-Pesa").reads("Delivery is now KES 300", "Total KES 1,200")
    assert not chat.world.orders
    chat.guest.taps("Pay with M-Pesa").reads("KES 1,200")


def test_a_delivery_has_a_minimum_of_its_own() -> None:
    chat = delivering(minimum=Decimal(1000))
    chat.guest.says("1 wings").taps("Checkout").taps("Deliver").says("Argwings Kodhek Road 4").reads(
        "For a delivery our smallest order is KES 1,000", "KES 900"
    )
    chat.guest.says("1 fanta").taps("Checkout").reads("Total KES 1,250")


def test_where_nothing_is_delivered_any_more_the_guest_is_asked_for_a_table() -> None:
    chat = delivering()
    chat.guest.says("1 wings").taps("Checkout").taps("Deliver").says("Argwings Kodhek Road 4").reads("KES 1,100")
    chat.menu_becomes(delivers=False)
    chat.guest.taps("Pay with M-Pesa").reads("Which table")
    assert not chat.world.orders
    chat.guest.says("7").reads("Table 7", "Total KES 900")


def test_a_placed_order_is_not_sent_elsewhere(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    for tap in ("deliver", "pickup", "tables"):
        asked.taps_id(tap).reads("from earlier")
    assert chat.world.orders[0]["table"] == 7
