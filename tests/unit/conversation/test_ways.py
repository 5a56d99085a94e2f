"""Every way to pay: card and link, cash at the bar, a code typed by hand, the web page, tips and discounts."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.conversation import carts, events
from core.conversation.session import Session, State
from core.domain.paying import Paying
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat, Guest
from tests.unit.conversation.test_paying import kinds

ALL = ("MPESA", "PESAPAL", "CASH")
SMS = "UC65K2T9QX Confirmed. Ksh1,750.00 paid to DESTINATION COCKTAILS on 20/11/26 at 9:04 PM. New balance is Ksh12.00"


def chat_at(*methods: str, **paying: Any) -> Chat:
    """Jane, with two Dawa and a Tusker before her, at a venue that takes money these ways."""
    chat = Chat(demo_menu(payment_methods=methods or ALL, paying=Paying(**paying)))
    chat.guest.says("2 dawa and 1 tusker to table 7").taps("I am 18")
    return chat


def unpaid(*methods: str) -> Chat:
    """The same, after the prompt was cancelled."""
    chat = chat_at(*methods)
    chat.guest.taps("Pay with M-Pesa")
    chat.bar.fails()
    return chat


def test_a_venue_with_m_pesa_alone_shows_nothing_new(ordered: Guest) -> None:
    assert ordered.titles == ["Pay with M-Pesa", "Change", "Other number"]


def test_the_review_begins_with_the_venue_s_first_way_and_leads_to_the_others() -> None:
    assert chat_at().guest.titles == ["Pay with M-Pesa", "Change", "Other ways"]
    assert chat_at("CASH").guest.titles == ["Cash at the bar", "Change"]
    assert chat_at("PAYSTACK", "MPESA").guest.titles == ["Card", "Change", "Other ways"]


def test_the_more_ways_there_are_the_order_takes_no_message_more() -> None:
    counts = []
    for methods in (("MPESA",), ALL):
        for order in ("1 wings to table 7", "2 dawa and 1 tusker to table 7"):
            chat = Chat(demo_menu(payment_methods=methods))
            chat.guest.says(order)
            if "I am 18 or over" in chat.guest.titles:
                chat.guest.taps("I am 18")
            chat.guest.taps("M-Pesa").reads("Check your phone")
            chat.bar.pays()
            counts.append(sum(len(turn.replies) for turn in chat.turns))
    assert counts == [3, 4, 3, 4]


def test_all_ways_are_one_list() -> None:
    guest = chat_at().guest.taps("Other ways")
    titles = ["Pay with M-Pesa", "Other number", "Card or link", "Cash at the bar", "On a web page"]
    assert guest.titles == [*titles, "I have paid already"]
    guest.taps("Pay with M-Pesa").reads("Check your phone")


def test_the_first_failure_offers_the_link() -> None:
    chat = unpaid()
    assert chat.guest.titles == ["Try again", "Card or link", "Other ways"]
    chat.guest.taps("Card").reads("link for order 101 is on its way")
    assert chat.world.done[-1] == {
        "kind": "request_payment",
        "order_id": "order-101",
        "method": "CARD",
        "provider": "pesapal",
        "phone": "",
    }
    assert not chat.last.quiet_for and not chat.last.replies[0].prompt


def test_the_link_is_one_tap_and_is_shown_again_when_asked_for() -> None:
    chat = unpaid()
    chat.guest.taps("Card")
    chat.bar.links()
    reply = chat.last.replies[0]
    assert (reply.link, reply.link_label) == ("https://pay.example.co.ke/pay-2", "Pay now")
    assert "KES 1,750" in reply.body and reply.in_words().body.endswith(reply.link)
    chat.guest.says("card")
    chat.guest.says("what is going on")
    chat.bar.links()
    chat.bar.pays(receipt="T-77")
    chat.guest.reads("Payment *T-77*", "Order *101*")
    assert chat.state == State.ORDER_COMPLETE


def test_the_word_card_before_the_review_puts_it_first() -> None:
    chat = Chat(demo_menu(payment_methods=ALL))
    chat.guest.says("1 wings to table 3").taps("Change")
    chat.guest.says("kadi")
    assert chat.guest.titles[0] == "Card or link"
    chat.guest.says("card").reads("on its way")
    assert kinds(chat) == ["place_order", "request_payment"]


def test_trying_a_link_again_is_another_link() -> None:
    chat = unpaid()
    chat.guest.taps("Card or link")
    chat.bar.links()
    chat.bar.fails("declined")
    assert chat.guest.reads("was declined").titles == ["Try again", "Pay with M-Pesa", "Other ways"]
    chat.guest.taps("Try again")
    assert chat.world.done[-1]["provider"] == "pesapal"


def test_a_prompt_after_a_link_says_that_one_of_them_is_enough() -> None:
    chat = unpaid()
    chat.guest.taps("Card")
    chat.bar.links()
    chat.guest.says("m-pesa").reads("Check your phone", "do not use the link")
    assert chat.last.replies[0].prompt and not chat.order["link"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (events.PAYMENT_FAILED, "was left"),
        (events.PAYMENT_EXPIRED, "no longer open"),
        (events.PAYMENT_CHECKING, "checking"),
    ],
)
def test_what_becomes_of_a_link_is_told_without_m_pesa(kind: str, words: str) -> None:
    chat = unpaid()
    chat.guest.taps("Card")
    chat.bar.links()
    chat.bar.fails("abandoned", kind)
    chat.guest.reads(words)
    assert "M-Pesa says" not in chat.guest.text


def test_a_link_for_an_order_paid_meanwhile_is_not_sent() -> None:
    chat = unpaid()
    chat.guest.taps("Try again")
    chat.bar.pays()
    chat.bar.links(provider="pesapal")
    assert not chat.last.replies


def test_while_m_pesa_rests_the_guest_is_offered_what_works() -> None:
    chat = chat_at()
    chat.down = ("kopokopo",)
    chat.guest.taps("Pay with M-Pesa").reads("does not work just now")
    assert chat.guest.titles == ["Card or link", "Cash at the bar", "On a web page"]
    assert not kinds(chat)
    chat.guest.taps("Cash at the bar").reads("BXKT")


def test_what_is_above_the_limit_of_a_way_is_not_offered_there() -> None:
    chat = chat_at(limits={"CASH": (Decimal(1), Decimal(1000))})
    assert "Cash at the bar" not in chat.guest.taps("Other ways").titles
    chat.guest.says("cash").reads("not for this amount")


def test_cash_is_a_code_and_a_time() -> None:
    chat = chat_at()
    chat.guest.says("cash").reads("*KES 1,750* at the bar", "*BXKT*", "21:30")
    assert kinds(chat) == ["place_order", "pay_cash"]
    chat.guest.says("checkout").reads("BXKT")
    chat.guest.says("cancel").reads("cancelled")


def test_cash_can_still_become_m_pesa() -> None:
    chat = chat_at()
    chat.guest.says("taslimu")
    assert chat.guest.titles == ["Pay with M-Pesa", "Card or link", "Cancel order"]
    chat.guest.taps("Pay with M-Pesa").reads("Check your phone")
    chat.bar.pays()
    chat.guest.reads("Thank you")


def test_money_over_the_bar_is_thanked_for_without_m_pesa() -> None:
    chat = chat_at()
    chat.guest.says("cash")
    chat.bar.pays_cash("CASH-101-1")
    chat.guest.reads("KES 1,750 received in cash", "CASH-101-1", "Order *101*")
    assert "M-Pesa" not in chat.guest.text


def test_who_takes_no_cards_says_so(ordered: Guest, chat: Chat) -> None:
    ordered.says("card").reads("do not take that")
    ordered.says("cash").reads("do not take that")
    assert not kinds(chat)


def test_a_typed_code_is_looked_for_and_waits(asked: Guest, bar: Any, chat: Chat) -> None:
    bar.fails()
    asked.taps_id("code").reads("UC65K2T9QX").says("UC65K2T9QZ").reads("have not seen this payment")
    chat.world.till.add("UC65K2T9QX")
    asked.says(SMS).reads("found your payment")
    assert chat.world.done[-1] == {"kind": "claim_receipt", "order_id": "order-101", "code": "UC65K2T9QX"}
    assert "UC65K2T9QX" not in asked.text


def test_a_code_for_the_cart_just_reviewed_places_the_order(ordered: Guest, chat: Chat) -> None:
    ordered.says("nimelipa UC65K2T9QX").reads("counts for order 101")
    assert kinds(chat) == ["place_order", "claim_receipt"]
    assert chat.state == State.AWAITING_PAYMENT


def test_a_code_for_nothing_says_so(guest: Guest) -> None:
    guest.says("UC65K2T9QX").reads("no order of yours")


def test_wrong_ten_times_slows_down(asked: Guest) -> None:
    for number in range(10):
        asked.says(f"UC65K2T9Q{number}").reads("have not seen")
    asked.says("UC65K2T9QX").reads("wait 10 minutes")


@pytest.mark.parametrize(
    "said", ["send the prompt to 0722 000 111", "tuma kwa 0722000111", "my friend pays, 0722 000 111"]
)
def test_another_person_pays(ordered: Guest, chat: Chat, said: str) -> None:
    ordered.says(said).reads("M-Pesa asks 0722 000 111")
    assert chat.world.done[-1]["phone"] == "254722000111"


def test_a_tip_is_asked_for_where_the_house_wants_and_stands_apart() -> None:
    chat = chat_at("MPESA", tips=("10%", "100"))
    chat.guest.reads("tip for the team")
    assert chat.guest.titles == ["10% · KES 175", "KES 100", "Skip the tip"]
    chat.guest.taps("10%").reads("Tip for the team  KES 175", "Total KES 1,925", "VAT KES 241")
    chat.guest.taps("Pay with M-Pesa").reads("KES 1,925")
    assert chat.world.done[-2]["tip"] == "175"


@pytest.mark.parametrize(("said", "tip"), [("50", "50"), ("5%", "88"), ("200 bob", "200"), ("no", "0"), ("skip", "0")])
def test_a_tip_is_typed(said: str, tip: str) -> None:
    chat = chat_at("MPESA", tips=("10%",))
    chat.guest.says(said).taps("Pay with M-Pesa")
    assert chat.world.done[-2]["tip"] == tip


def test_a_tip_above_the_order_is_a_slip() -> None:
    chat = chat_at("MPESA", tips=("5%", "10%", "15%"))
    chat.guest.says("5000").reads("more than the order")
    assert chat.guest.titles == ["5% · KES 88", "10% · KES 175", "15% · KES 263", "Skip the tip"]


def test_a_share_follows_the_cart() -> None:
    chat = chat_at("MPESA", tips=("10%",))
    chat.guest.taps("10%").says("1 more tusker").reads("KES 210")


def test_a_discount_is_shown_and_is_part_of_the_order() -> None:
    chat = Chat()
    chat.profile = replace(chat.profile, known=True, discount="10")
    chat.guest.says("2 dawa and 1 tusker to table 7").taps("I am 18")
    chat.guest.reads("Your discount  −KES 175", "Total KES 1,575").taps("Pay with M-Pesa").reads("KES 1,575")
    assert chat.world.done[-2]["discount_percent"] == "10"


def test_what_the_review_showed_counts_whatever_becomes_of_the_discount() -> None:
    chat = Chat()
    chat.profile = replace(chat.profile, known=True, discount="10")
    chat.guest.says("2 dawa and 1 tusker to table 7").taps("I am 18")
    chat.profile = replace(chat.profile, discount="")
    chat.guest.taps("Pay with M-Pesa").reads("KES 1,575")


def test_the_page_on_the_web_is_one_link() -> None:
    chat = chat_at("MPESA")
    chat.guest.says("pay on the web").reads("in your browser")
    assert chat.session is not None
    assert chat.last.replies[0].link == f"https://bar.example.co.ke/pay/{carts.stamp(chat.session)}"
    assert chat.state == State.REVIEWING_ORDER


def test_what_was_confirmed_on_the_web_is_ordered_and_asked_for() -> None:
    chat = chat_at()
    chat.confirms_on_the_web()
    chat.guest.shares(events.WEB, stamp=carts.stamp(chat.session or Session()), way="MPESA", phone="0722000111")
    chat.guest.reads("Check your phone", "0722 000 111")
    chat.bar.fails()
    chat.guest.shares(events.WEB, stamp="order-101", way="CASH", phone="").reads("BXKT")
    assert kinds(chat) == ["place_order", "request_payment", "pay_cash"]


def test_a_page_of_another_cart_confirms_nothing() -> None:
    chat = chat_at()
    stamp = carts.stamp(chat.session or Session())
    chat.guest.says("1 more tusker").shares(events.WEB, stamp=stamp, way="MPESA", phone="").reads("from earlier")
    assert not kinds(chat)


def test_more_than_was_due_is_said_to_the_shilling(asked: Guest, bar: Any) -> None:
    bar.pays("1000")
    asked.reads("KES 750 is still missing").taps("Pay the rest")
    bar.pays("800", due="0", status="PAID", over="50")
    asked.reads("KES 50 was more than asked")


TYPED: list[list[str]] = [
    [],
    ["other ways"],
    ["cash"],
    ["pay", "/fails"],
    ["pay", "/fails", "other ways"],
    ["card", "/links"],
]


def after(script: list[str], language: str) -> Chat:
    """A chat that went this way."""
    chat = chat_at()
    if language == "sw":
        chat.guest.taps_id("kiswahili")
    for line in script:
        getattr(chat.bar, line[1:])() if line.startswith("/") else chat.guest.says(line)
    return chat


@pytest.mark.parametrize("language", ["en", "sw"])
@pytest.mark.parametrize("script", TYPED, ids=" → ".join)
def test_a_way_typed_does_what_its_tap_does(script: list[str], language: str) -> None:
    for title in after(script, language).guest.titles:
        typed, tapped = after(script, language), after(script, language)
        typed.guest.says(title)
        tapped.guest.taps(title)
        assert typed.last.replies == tapped.last.replies, title
