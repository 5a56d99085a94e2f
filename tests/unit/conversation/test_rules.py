"""The rules of the house as a guest meets them: hours, alcohol, kitchen and bar, minimum order, notes, switches."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core.conversation.session import State
from core.domain.features import Features
from core.domain.timetables import DAYS, read_hours
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Bar, Chat, Guest
from tests.unit.conversation.test_ordering import cart

NAIROBI = "Africa/Nairobi"


def daily(*spans: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"week": {day: [list(span) for span in spans] for day in DAYS}} | more


EVENING = {
    "house": daily(("12:00", "03:00")),
    "kitchen": daily(("12:00", "22:00"), last_orders=30),
    "bar": daily(("14:00", "03:00")),
    "alcohol": daily(("17:00", "23:00")),
}


def at(clock: str, day: str = "2026-11-20", rules: dict[str, Any] | None = None, **venue: Any) -> Chat:
    """A chat in the bar at this hour."""
    hours = read_hours(EVENING if rules is None else rules, NAIROBI)
    chat = Chat(demo_menu("hours", hours=hours, **venue))
    return moved(chat, clock, day)


def moved(chat: Chat, clock: str, day: str = "2026-11-20") -> Chat:
    chat.now = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(NAIROBI)).astimezone(UTC)
    return chat


# --- when ordering ---


def test_before_opening_the_guest_hears_when_we_open() -> None:
    chat = at("11:00")
    chat.guest.says("hi").reads("Karibu", "closed", "We open today at 12:00", "Beer")
    chat.guest.says("2 sprite").reads("We open today at 12:00")
    assert cart(chat) == {}


def test_after_closing_the_guest_hears_of_tomorrow() -> None:
    at("03:00", rules={"house": daily(("18:00", "03:00"))}).guest.says("2 wings").reads("We open today at 18:00")
    closed_today = daily(("18:00", "03:00"), dates={"2026-11-20": []})
    at("19:00", rules={"house": closed_today}).guest.says("2 wings").reads("We open tomorrow at 18:00")


def test_over_the_holidays_the_day_is_named_in_the_guests_language() -> None:
    away = {"house": daily(("18:00", "03:00"), dates={f"2026-12-{day}": [] for day in range(24, 32)})}
    chat = at("12:00", "2026-12-26", rules=away)
    chat.guest.says("2 wings").reads("We open on Friday 1 January at 18:00")
    chat.guest.says("kiswahili").says("nipe wings mbili").reads("Tunafungua Ijumaa 1 Januari 18:00")


def test_outside_alcohol_hours_only_the_alcohol_is_refused() -> None:
    chat = at("16:00")
    chat.guest.says("2 dawa, 1 tusker and 1 wings to table 7").reads(
        "may not serve alcohol just now, but again today at 17:00: Dawa, Tusker Lager",
        "1 × Chicken Wings",
        "Total KES 900",
    )
    assert chat.guest.text.count("alcohol") == 1


def test_a_refused_drink_leads_back_to_its_list() -> None:
    at("23:30").guest.says("dawa").reads("again tomorrow at 17:00", "Mojito")


def test_a_list_says_from_when_a_drink_is_served() -> None:
    chat = at("16:00")
    chat.guest.says("cocktails").reads("Dawa KES 700 · from 17:00").says("soft drinks").reads("Sprite KES 150")
    assert "from" not in chat.guest.text


def test_kitchen_and_bar_close_apart() -> None:
    early, late = at("13:00"), at("21:45")
    early.guest.says("1 sprite and 1 wings").reads(
        "bar is closed just now and opens today at 14:00: Sprite", "1 × Chicken Wings"
    )
    late.guest.says("1 sprite and 1 wings").reads(
        "kitchen is closed just now and opens tomorrow at 12:00", "1 × Sprite"
    )


def test_a_food_only_night() -> None:
    chat = at("18:00", rules={"food_only": True})
    chat.guest.says("1 sprite and 1 wings").reads("only the kitchen takes orders for now: Sprite", "1 × Chicken Wings")


def test_round_the_clock_nobody_is_asked_about_hours(ordered: Guest, chat: Chat) -> None:
    moved(chat, "04:30")
    ordered.taps("Pay with M-Pesa").reads("Check your phone")


def test_are_you_open() -> None:
    at("04:00").guest.says("are you open?").reads("We open today at 12:00")
    at("13:00").guest.says("when do you close").reads(
        "Last orders: 03:00", "Kitchen: until 21:30", "Bar: from 14:00", "Alcohol: from 17:00"
    )
    chat = at("18:00", rules={"kitchen": {"week": {}}})
    chat.guest.says("1 sprite to table 7").says("kiswahili").says("mmefungua?").reads("Ndiyo", "Jikoni: pamefungwa")
    assert cart(chat) == {"Sprite": 1} and chat.state == State.REVIEWING_ORDER
    Chat().guest.says("opening hours").reads("Yes, we are open.")


# --- with a cart, as time goes by ---


def test_alcohol_hours_end_while_the_cart_waits() -> None:
    chat = at("22:50", rules={"alcohol": EVENING["alcohol"]})
    chat.guest.says("2 dawa and 1 wings").taps("I am 18")
    moved(chat, "23:00")
    chat.guest.taps("Checkout").reads("may not serve alcohol", "Dawa", "took that out").says("7").reads("Total KES 900")
    chat.guest.taps("Pay with M-Pesa")
    assert chat.world.orders[0]["total"] == "900"


def test_alcohol_hours_end_between_review_and_pay() -> None:
    chat = at("22:59", rules={"alcohol": EVENING["alcohol"]})
    chat.guest.says("2 dawa and 1 wings to table 7").taps("I am 18").reads("Total KES 2,300")
    moved(chat, "23:00")
    chat.guest.taps("Pay with M-Pesa").reads("may not serve alcohol", "Total KES 900")
    assert not chat.world.orders
    chat.guest.taps("Pay with M-Pesa").reads("Check your phone", "KES 900")


def test_the_house_closes_while_the_cart_waits_and_the_cart_stays() -> None:
    chat = at("02:50", rules={"house": daily(("18:00", "03:00"), last_orders=10)})
    chat.guest.says("1 wings to table 7").reads("closed")
    chat = at("02:40", rules={"house": daily(("18:00", "03:00"), last_orders=10)})
    chat.guest.says("1 wings to table 7").reads("Pay with M-Pesa")
    moved(chat, "02:50")
    chat.guest.taps("Pay with M-Pesa").reads("We open today at 18:00", "1 × Chicken Wings")
    assert not chat.world.orders and cart(chat) == {"Chicken Wings": 1}


def test_midnight_and_the_end_of_a_month_change_nothing() -> None:
    chat = at("23:59", "2027-02-28", rules={"alcohol": daily(("17:00", "02:00"))})
    chat.guest.says("1 dawa to table 7").taps("I am 18")
    moved(chat, "00:01", "2027-03-01")
    chat.guest.taps("Pay with M-Pesa").reads("Check your phone")


def test_same_again_leaves_out_what_is_not_served_any_more() -> None:
    chat = at("22:50", rules={"alcohol": EVENING["alcohol"]})
    chat.guest.says("2 dawa and 1 wings to table 7").taps("I am 18").taps("Pay with M-Pesa")
    chat.bar.pays()
    moved(chat, "23:10")
    chat.guest.says("same again").reads("may not serve alcohol", "1 × Chicken Wings", "Total KES 900")


# --- the clock in the house has the last word ---


def test_closed_by_the_house_clock_only_the_refused_is_left_out(guest: Guest, chat: Chat) -> None:
    guest.says("1 dawa and 1 wings to table 7").taps("I am 18")
    chat.world.shut = {"dawa": "alcohol"}
    guest.taps("Pay with M-Pesa").reads("no alcohol for now: Dawa", "took that out", "Total KES 900")
    assert not chat.world.orders
    guest.taps("Pay with M-Pesa").reads("Check your phone", "KES 900")


def test_all_refused_by_the_house_clock_leaves_the_menu(guest: Guest, chat: Chat) -> None:
    guest.says("1 wings to table 7")
    chat.world.shut = {"chicken-wings": "kitchen"}
    guest.taps("Pay with M-Pesa").reads("kitchen is closed", "Beer")
    assert cart(chat) == {}


def test_a_house_closed_by_its_own_clock_keeps_the_cart(guest: Guest, chat: Chat) -> None:
    guest.says("1 wings to table 7")
    chat.world.shut = {"chicken-wings": "house"}
    guest.taps("Pay with M-Pesa").reads("take no orders for now", "1 × Chicken Wings")
    assert cart(chat) == {"Chicken Wings": 1}


def test_another_try_after_closing_is_refused_and_can_be_called_off(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    chat.world.shut = {"dawa": "alcohol"}
    asked.taps("Try again").reads("no alcohol for now: Dawa", "Cancel order").taps("Cancel order").reads("cancelled")
    assert len(chat.world.prompts) == 1


# --- stock and prices ---


def test_an_item_sold_out_in_the_cart_is_offered_out(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite and 1 wings")
    chat.menu_becomes(sold_out=["Sprite"])
    guest.says("cart").reads("Sprite: sold out meanwhile").taps("Take out").reads("1 × Chicken Wings")
    assert cart(chat) == {"Chicken Wings": 1}


# --- minimum order and notes ---


def test_a_minimum_order_is_explained_and_then_met() -> None:
    chat = Chat(demo_menu("minimum", minimum_order=Decimal(500)))
    chat.guest.says("2 sprite to table 7").reads("smallest order is KES 500", "KES 300", "Add more")
    chat.guest.says("1 wings").taps("Checkout").reads("Total KES 1,200", "Pay with M-Pesa")


def test_a_cart_that_shrank_below_the_minimum_is_not_ordered() -> None:
    chat = Chat(demo_menu("minimum", minimum_order=Decimal(500)))
    chat.guest.says("2 sprite and 1 wings to table 7")
    chat.guest.says("remove the wings").reads("smallest order is KES 500").says("pay").reads("smallest order")
    assert not chat.world.orders


def test_a_minimum_that_was_raised_meanwhile_is_explained(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite to table 7")
    chat.world.least = 500
    guest.taps("Pay with M-Pesa").reads("smallest order is KES 500", "KES 300", "Add more")
    assert not chat.world.orders
    guest.says("1 wings").taps("Checkout").taps("Pay with M-Pesa").reads("KES 1,200")


def test_a_wish_goes_with_its_drink_to_the_ticket(guest: Guest, chat: Chat) -> None:
    guest.says("1 sprite no ice and 1 wings to table 7").reads("Sprite", "(no ice)").taps("Pay with M-Pesa")
    assert {line["name"]: line["note"] for line in chat.world.orders[0]["lines"]} == {
        "Sprite": "no ice",
        "Chicken Wings": "",
    }


def test_a_note_for_the_whole_order(guest: Guest, chat: Chat) -> None:
    guest.says("1 wings to table 7").says("Note: <b>it is a birthday</b>").reads("Note: bit is a birthday/b")
    guest.taps("Pay with M-Pesa")
    assert chat.world.done[0]["note"] == "bit is a birthday/b"


def test_a_note_belongs_to_one_order(guest: Guest, chat: Chat, bar: Bar) -> None:
    guest.says("1 wings to table 7").says("note: surprise").taps("Pay with M-Pesa")
    bar.pays()
    guest.says("same again").taps("Pay with M-Pesa")
    assert [e["note"] for e in chat.world.done if e["kind"] == "place_order"] == ["surprise", ""]


# --- my order ---


def test_my_order_says_about_how_long(paid: Guest, chat: Chat) -> None:
    chat.world.wait = 9
    paid.says("how long?").reads("paid and with the bar", "about 9 minutes")
    chat.world.wait = 1
    paid.says("my order").reads("about 1 minute more")


def test_nobody_guesses_without_recent_orders(paid: Guest) -> None:
    paid.says("my order").reads("paid and with the bar")
    assert "about" not in paid.text


def test_what_is_ready_needs_no_waiting_time(paid: Guest, chat: Chat, bar: Bar) -> None:
    chat.world.wait = 9
    bar.order_is("READY")
    paid.says("my order").reads("ready")
    assert "about" not in paid.text


def test_an_unpaid_order_can_be_called_off(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    asked.says("my order").taps("Cancel order").reads("cancelled")
    assert chat.world.orders[0]["status"] == "CANCELLED"


# --- switches ---


def switched(**off: bool) -> Chat:
    return Chat(demo_menu("switched", features=Features(**off)))


def test_without_payments_staff_are_called() -> None:
    chat = switched(payments=False)
    chat.guest.says("1 wings to table 7").taps("Pay with M-Pesa").reads("called our staff", "1 × Chicken Wings")
    assert [effect["kind"] for effect in chat.world.done] == ["call_staff"]


def test_without_payments_a_code_places_no_order() -> None:
    chat = switched(payments=False)
    chat.guest.says("1 wings to table 7").says("UC65K2T9QX").reads("no order of yours that waits")
    assert not chat.world.orders


def test_without_delivery_nobody_is_offered_it_and_an_invented_tap_is_refused(guest: Guest, chat: Chat) -> None:
    guest.says("1 wings").taps("Checkout")
    assert not [title for title in guest.titles if "Deliver" in title]
    guest.taps_id("deliver").reads("from earlier", "Which table")
    brings = Chat(demo_menu("brings", delivers=True))
    brings.guest.says("1 wings").taps("Checkout").taps("Deliver").reads("Where shall we bring it")


def test_with_everything_on_guests_pay_are_known_and_follow_their_order() -> None:
    chat = switched()
    chat.guest.says("hi").reads("Jane")
    chat.guest.says("1 wings to table 7").taps("Pay with M-Pesa").reads("Check your phone")
    chat.bar.pays()
    chat.guest.says("my order").reads("with the bar")
    chat.bar.order_is("PREPARING")
    assert "being prepared" in chat.last.replies[0].body
    chat.guest.says("habari, naomba menyu tafadhali").reads("Ungependa nini?")


def test_without_tracking_the_guest_hears_only_what_matters() -> None:
    chat = switched(tracking=False)
    chat.guest.says("1 wings to table 7").taps("Pay with M-Pesa")
    chat.bar.pays()
    chat.guest.says("my order").reads("staff know")
    chat.bar.order_is("PREPARING")
    assert not chat.last.replies
    chat.bar.order_is("READY")
    assert "ready" in chat.last.replies[0].body


def test_without_recognition_nobody_is_called_by_name() -> None:
    chat = switched(recognition=False)
    chat.guest.says("hi")
    assert "Jane" not in chat.guest.text


def test_with_one_language_nothing_is_guessed() -> None:
    chat = switched(languages=False)
    chat.guest.says("habari, naomba menyu tafadhali").reads("What would you like?")


def test_without_the_age_gate_nobody_is_asked() -> None:
    Chat(demo_menu("free", age_gate=False)).guest.says("1 dawa to table 7").reads("Pay with M-Pesa")


def test_the_minimum_age_is_the_venues() -> None:
    chat = Chat(demo_menu("older", minimum_age=21))
    chat.guest.says("1 dawa").reads("21 or older", "I am 21 or over").says("20").reads("leave out the alcohol")


def test_a_cart_kept_over_closing_time_meets_the_rules_of_the_next_hour() -> None:
    chat = at("22:00")
    chat.guest.says("2 dawa").taps("I am 18")
    chat.now += timedelta(hours=1)
    chat.guest.says("checkout").reads("again tomorrow at 17:00: Dawa", "Soft drinks")
    assert chat.state == State.BROWSING_CATEGORIES
