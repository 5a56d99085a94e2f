"""The prompt, the thank-you, and everything that can come between."""

from datetime import timedelta

import pytest

from core.conversation import carts, events, texts
from core.conversation.session import State
from tests.unit.conversation.chat import Bar, Chat, Guest
from tests.unit.conversation.test_ordering import cart

UNPAID = {"order_id": "order-101", "number": "101", "payment_id": "pay-1", "reason": "other"}


def kinds(chat: Chat) -> list[str]:
    return [effect["kind"] for effect in chat.world.done if effect["kind"] != "confirm_age"]


def test_pay_places_the_order_and_asks_the_phone(asked: Guest, chat: Chat) -> None:
    asked.reads("Check your phone", "0712 345 678", "KES 1,750")
    assert kinds(chat) == ["place_order", "request_payment"]
    assert chat.last.replies[0].prompt
    assert chat.last.quiet_for == "pay-1"
    assert chat.world.done[-2]["table"] == 7
    assert chat.world.done[-2]["lines"][0] == {
        "product_id": "dawa",
        "name": "Dawa",
        "quantity": 2,
        "unit_price": "700",
        "note": "",
    }


def test_the_thank_you_carries_the_receipt_and_nothing_else_does(paid: Guest, chat: Chat) -> None:
    paid.reads("Thank you, Jane", "Table 7", "Order *101*")
    receipt = chat.last.replies[0].body.split("*")[1]
    assert receipt.startswith("QK")
    assert chat.last.quiet_over == "pay-1"
    assert chat.state == State.ORDER_COMPLETE
    assert cart(chat) == {}
    paid.says("status").says("hi").says("cart").says("lipa").says("same again")
    assert sum(receipt in reply.body for turn in chat.turns for reply in turn.replies) == 1


@pytest.mark.parametrize("word", ["yes", "pay", "lipa", "confirm", "ndio", "lipa na mpesa", "sawa"])
def test_typing_confirms_the_review(ordered: Guest, word: str) -> None:
    ordered.says(word).reads("Check your phone")


def test_tapping_pay_twice_asks_once(ordered: Guest, chat: Chat) -> None:
    tap = ordered.tap_id("Pay with M-Pesa")
    ordered.taps_id(tap).taps_id(tap).reads("on its way", "0712 345 678")
    assert kinds(chat) == ["place_order", "request_payment"]


def test_paying_by_word_while_the_prompt_is_open_asks_nothing(asked: Guest, chat: Chat) -> None:
    for word in ("pay", "lipa", "yes", "try again", "checkout", "0712345678"):
        asked.says(word)
    asked.says("checkout").reads("on its way")
    assert kinds(chat) == ["place_order", "request_payment"]


def test_a_forged_pay_tap_shows_the_review_first(guest: Guest, chat: Chat) -> None:
    guest.says("1 wings").says("table 2")
    assert chat.session is not None
    guest.taps_id(f"pay:{carts.stamp(chat.session)}").reads("Table 2", "Pay with M-Pesa")
    assert not kinds(chat)


def test_a_tap_on_checkout_in_the_review_pays_nothing(ordered: Guest, chat: Chat) -> None:
    ordered.taps_id("checkout").reads("Pay with M-Pesa")
    assert not kinds(chat)


@pytest.mark.parametrize("reason", [*texts.FAILED, "something new"])
def test_a_failure_is_explained_and_can_be_tried_again(asked: Guest, bar: Bar, chat: Chat, reason: str) -> None:
    bar.fails(reason)
    asked.reads("Order 101 is not paid yet", "Try again", texts.FAILED.get(reason, texts.FAILED["other"]))
    assert chat.last.quiet_over == "pay-1"
    asked.taps("Try again").reads("Check your phone", "KES 1,750")
    assert kinds(chat) == ["place_order", "request_payment", "request_payment"]
    assert chat.world.done[-1]["order_id"] == "order-101"
    bar.pays()
    asked.reads("Thank you")
    assert len(chat.world.orders) == 1


def test_the_old_pay_tap_tries_again_after_a_failure(ordered: Guest, bar: Bar, chat: Chat) -> None:
    tap = ordered.tap_id("Pay with M-Pesa")
    ordered.taps_id(tap)
    bar.fails()
    ordered.taps_id(tap).reads("Check your phone")
    assert len(chat.world.orders) == 1


@pytest.mark.parametrize("word", ["try again", "jaribu tena", "yes", "pay"])
def test_trying_again_by_word(asked: Guest, bar: Bar, word: str) -> None:
    bar.fails()
    asked.says(word).reads("Check your phone")


def test_an_expired_prompt_can_be_tried_again(asked: Guest, bar: Bar, chat: Chat) -> None:
    bar.expires()
    asked.reads("not answered in time", "Try again").taps("Try again").reads("Check your phone")
    assert chat.last.quiet_for == "pay-2"


def test_unknown_is_not_failed(asked: Guest, bar: Bar, chat: Chat) -> None:
    bar.checks()
    asked.reads("checking with M-Pesa")
    assert chat.state == State.PAYMENT_CONFIRMATION
    asked.says("pay").reads("checking with M-Pesa")
    assert kinds(chat) == ["place_order", "request_payment"]
    bar.pays()
    asked.reads("Thank you")


def test_staff_look_at_a_payment(asked: Guest, bar: Bar) -> None:
    bar.reviews()
    asked.reads("staff are looking").says("retry").reads("staff are looking")


def test_paying_from_another_number(ordered: Guest, chat: Chat) -> None:
    ordered.taps("Other number").reads("Which M-Pesa number", "This number").says("0722 000 111").reads("0722 000 111")
    assert chat.world.done[-1]["phone"] == "254722000111"


def test_coming_back_to_this_number(ordered: Guest, chat: Chat) -> None:
    ordered.taps("Other number").taps("This number").reads("Check your phone", "0712 345 678")


def test_a_number_written_at_the_review_pays_from_it(ordered: Guest, chat: Chat) -> None:
    ordered.says("pay from +254 711 222 333").reads("Check your phone", "0711 222 333")


@pytest.mark.parametrize("number", ["+44 7700 900123", "020 2222222", "12345678901", "071234567890123"])
def test_numbers_m_pesa_cannot_reach_are_refused_kindly(ordered: Guest, chat: Chat, number: str) -> None:
    ordered.taps("Other number").says(number).reads("cannot reach")
    assert not kinds(chat)


def test_a_guest_without_a_phone_is_asked_for_one(bar: Bar) -> None:
    chat = Chat(phone="")
    chat.guest.says("1 wings to table 2").reads("on the phone you choose").taps("Pay with M-Pesa").reads(
        "Which M-Pesa number"
    )
    chat.guest.says("0712345678").reads("Check your phone", "0712 345 678")
    chat.bar.fails()
    chat.guest.taps("Try again").reads("Check your phone", "0712 345 678")


def test_a_foreign_whatsapp_number_is_asked_for_a_kenyan_one() -> None:
    chat = Chat(phone="447700900123")
    chat.guest.says("1 wings to table 2").taps("Pay with M-Pesa").reads("Which M-Pesa number").says("yes").reads(
        "Which M-Pesa"
    )
    chat.guest.says("0110 123456").reads("Check your phone")


def test_another_prompt_open_on_that_phone(ordered: Guest, chat: Chat) -> None:
    chat.world.busy_phone = True
    ordered.taps("Pay with M-Pesa").reads("still open", "Try again")
    chat.world.busy_phone = False
    ordered.taps("Try again").reads("Check your phone")
    assert len(chat.world.orders) == 1


def test_a_prompt_known_only_to_the_house_is_not_doubled(asked: Guest, chat: Chat, bar: Bar) -> None:
    chat.play(events.PAYMENT_FAILED, UNPAID)
    asked.taps("Try again").reads("still open", "wait two minutes", "Try again")
    assert len(chat.world.prompts) == 1
    chat.world.prompts[0]["live"] = False
    asked.taps("Try again").reads("Check your phone")


def test_paid_meanwhile(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    chat.world.orders[0]["status"] = "PAID"
    asked.taps("Try again").reads("already paid")
    assert cart(chat) == {}


def test_the_hold_ran_out_meanwhile(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    chat.world.orders[0]["status"] = "FAILED"
    asked.taps("Try again").reads("closed").says("same again").reads("2 × Dawa", "Pay with M-Pesa").taps(
        "Pay with M-Pesa"
    )
    assert len(chat.world.orders) == 2


def test_a_hold_that_ran_out_is_told(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    bar.gives_up()
    asked.reads("not paid in time").taps("Same again").reads("2 × Dawa", "Table 7")


def test_too_little_money_asks_for_the_rest(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.pays("1000")
    asked.reads("KES 750 is still missing", "Pay the rest").taps("Pay the rest").reads("Check your phone", "KES 750")
    bar.pays()
    asked.reads("Thank you, Jane")
    assert chat.state == State.ORDER_COMPLETE


def test_too_much_money_is_thanked_and_named(asked: Guest, bar: Bar) -> None:
    bar.pays("2000")
    asked.reads("Thank you, Jane", "KES 250 was more than asked")


def test_money_that_buys_nothing_is_announced_as_going_back(paid: Guest, bar: Bar) -> None:
    bar.pays("1750", refund=True, receipt="QKSECOND")
    paid.reads("QKSECOND", "send it back")
    bar.sends_back("1750")
    paid.reads("sent KES 1,750 back")


def test_a_late_settled_thanks_without_touching_the_new_cart(asked: Guest, chat: Chat, bar: Bar) -> None:
    asked.says("3 sprite").reads("Added: 3 × Sprite")
    assert cart(chat) == {"Sprite": 3}
    bar.pays()
    asked.reads("Thank you", "101")
    assert cart(chat) == {"Sprite": 3}
    asked.says("checkout").taps("Pay with M-Pesa")
    assert len(chat.world.orders) == 2


def test_settled_for_an_older_order_only_thanks(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    asked.taps("Cancel order").reads("cancelled").says("1 sprite").says("checkout").taps("Pay with M-Pesa")
    session = chat.session
    old = {"order_id": "order-101", "number": "101", "payment_id": "pay-1", "receipt": "QKOLD", "amount": "1750"}
    chat.play(
        events.PAYMENT_SETTLED,
        old | {"due": "0", "total": "1750", "status": "PAID", "currency": "KES", "refund": False},
    )
    asked.reads("QKOLD", "101")
    assert chat.session == session


def test_settled_after_the_session_expired_still_thanks(asked: Guest, chat: Chat, bar: Bar) -> None:
    chat.sleeps()
    bar.pays()
    asked.reads("Thank you, Jane", "101")
    assert chat.last.quiet_over == "pay-1"


def test_a_failure_after_the_session_expired_can_be_tried_again(asked: Guest, chat: Chat, bar: Bar) -> None:
    chat.sleeps()
    bar.fails()
    asked.reads("101").taps("Try again").reads("Check your phone", "KES 1,750")
    assert len(chat.world.orders) == 1


def test_money_for_an_order_given_up_is_told_to_be_looked_at(asked: Guest, bar: Bar, chat: Chat) -> None:
    bar.fails()
    bar.gives_up()
    bar.reviews()
    asked.reads("staff are looking")
    chat.world.orders[0] |= {"status": "PENDING"}
    bar.pays()
    asked.reads("Thank you")


def test_a_failure_of_an_order_called_off_says_nothing_and_ends_the_quiet(asked: Guest, chat: Chat) -> None:
    chat.sleeps()
    chat.play(events.PAYMENT_FAILED, UNPAID | {"unsaid": True})
    assert (chat.last.replies, chat.last.quiet_over) == ((), "pay-1")


def test_paid_while_looking_at_the_menu(asked: Guest, chat: Chat, bar: Bar) -> None:
    asked.says("menu")
    bar.pays()
    asked.reads("Thank you")
    assert chat.state == State.BROWSING_CATEGORIES
    asked.says("1").reads("Tusker")


def test_after_the_thank_you_nothing_is_said_unasked(paid: Guest, chat: Chat, bar: Bar) -> None:
    for tell in (bar.fails, bar.expires, bar.checks, bar.reviews):
        tell()
        assert chat.last.replies == ()
        assert chat.last.quiet_over == "pay-1"
    assert chat.state == State.ORDER_COMPLETE


def test_news_of_an_older_attempt_does_not_close_the_new_prompt(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    asked.taps("Try again")
    chat.play(events.PAYMENT_EXPIRED, {"order_id": "order-101", "number": "101", "payment_id": "pay-1"})
    assert chat.last.replies == ()
    asked.says("pay").reads("on its way")


def test_a_late_tap_never_pays(ordered: Guest, chat: Chat) -> None:
    tap = ordered.tap_id("Pay with M-Pesa")
    ordered.taps_id(tap, late=timedelta(minutes=31)).reads("reached us late", "2 × Dawa", "Pay with M-Pesa")
    ordered.says("yes", late=timedelta(hours=5)).reads("reached us late")
    assert not kinds(chat)
    ordered.taps("Pay with M-Pesa").reads("Check your phone")


def test_a_late_try_again_never_pays(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    asked.taps("Try again", late=timedelta(hours=1)).reads("reached us late", "Try again")
    assert len(chat.world.prompts) == 1


def test_an_older_reviews_tap_shows_the_present_one(ordered: Guest, chat: Chat) -> None:
    tap = ordered.tap_id("Pay with M-Pesa")
    ordered.says("1 more sprite").taps_id(tap).reads("from earlier", "Sprite", "KES 1,900")
    assert not chat.world.orders


def test_a_tap_of_a_paid_order_orders_nothing(ordered: Guest, chat: Chat, bar: Bar) -> None:
    tap = ordered.tap_id("Pay with M-Pesa")
    ordered.taps_id(tap)
    bar.pays()
    ordered.taps_id(tap).reads("101")
    chat.sleeps()
    ordered.taps_id(tap).reads("from earlier")
    assert len(chat.world.orders) == 1


@pytest.mark.parametrize(
    "tap", ["pay:abc:1", "pay", "retry:order-999", "retry", "this:x:1", "other:order-999", "cancel:order-999"]
)
def test_invented_taps_pay_nothing(guest: Guest, chat: Chat, tap: str) -> None:
    guest.says("1 wings to table 2").taps_id(tap)
    chat.sleeps()
    guest.taps_id(tap)
    assert not [e for e in chat.world.done if e["kind"] in ("request_payment", "cancel_order")] or tap == "pay"


def test_adding_after_a_failure_withdraws_the_unpaid_order(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    asked.says("1 more sprite").reads("2 × Dawa", "1 × Sprite", "KES 1,900").taps("Pay with M-Pesa")
    assert [o["status"] for o in chat.world.orders] == ["CANCELLED", "PENDING"]
    bar.pays()
    asked.reads("Thank you", "102")
    assert cart(chat) == {}


def test_adding_after_a_failure_when_the_money_came_meanwhile(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    chat.world.orders[0]["status"] = "PAID"
    asked.says("1 more sprite").reads("can no longer be changed")
    assert cart(chat) == {"Sprite": 1}


def test_the_order_stays_as_it_is_while_the_prompt_is_open(asked: Guest, chat: Chat) -> None:
    asked.says("change").reads("on its way").says("remove dawa").reads("on its way").says("clear cart").reads(
        "on its way"
    )
    assert cart(chat) == {"Dawa": 2, "Tusker Lager": 1}
