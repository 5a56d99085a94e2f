"""Who the guest is: remembered beyond the evening, asked only what the venue wants, forgotten with a new identity."""

from datetime import timedelta

import pytest

from core.conversation import events
from core.conversation.profile import Profile
from core.conversation.replies import Reply
from core.conversation.session import State
from core.conversation.stages.details import read_birthday, read_email, read_name
from core.domain.features import Features
from tests.unit.conversation.chat import Bar, Chat, Guest

SHIRU = Profile(known=True, name="Shiru", age_confirmed_at="2026-10-01", language="sw", asked=("name",))
ORDER = "2 sprite to table 7"


def asking(*details: str) -> Chat:
    chat = Chat()
    chat.menu_becomes(asks=details)
    return chat


# --- remembered ---


def test_age_is_not_asked_again_after_the_session_expired(chat: Chat, guest: Guest) -> None:
    guest.says("2 dawa to table 7").reads("18").taps("I am 18")
    chat.profile = Profile(known=True, age_confirmed_at="2026-11-20")
    chat.sleeps()
    guest.says("2 dawa to table 7").reads("Dawa", "Table 7")
    assert chat.state == State.REVIEWING_ORDER


def test_a_known_guest_is_greeted_by_the_name_they_gave_in_their_language(chat: Chat, guest: Guest) -> None:
    chat.profile = SHIRU
    guest.says("🙂").reads("Shiru")
    assert chat.session is not None and chat.session.language == "sw"


def test_a_guest_without_a_number_pays_from_the_one_that_paid_before() -> None:
    chat = Chat(phone="")
    chat.profile = Profile(known=True, phones=("254722000111",))
    chat.guest.says(ORDER).reads("0722 000 111")


def test_a_guest_with_a_number_pays_from_their_own(chat: Chat, guest: Guest) -> None:
    chat.profile = Profile(known=True, phones=("254722000111",))
    guest.says(ORDER).reads("0712 345 678")


def test_who_says_their_name_is_called_by_it(chat: Chat, guest: Guest) -> None:
    guest.says("my name is Shiru").reads("Shiru")
    assert chat.world.done == [{"kind": "remember", "details": {"name": "Shiru"}}]


@pytest.mark.parametrize("words", ["call me a taxi to town please now", "my name is <b>", "naitwa 123"])
def test_not_every_introduction_is_one(chat: Chat, guest: Guest, words: str) -> None:
    guest.says(words)
    assert chat.world.done == []


# --- asked, where the venue asks ---


def test_nothing_is_asked_where_the_venue_asks_nothing(chat: Chat, guest: Guest) -> None:
    guest.says(ORDER)
    assert chat.state == State.REVIEWING_ORDER


def test_each_detail_is_asked_once_before_the_review() -> None:
    chat = asking("name", "email", "birthday")
    guest = chat.guest.says(ORDER).reads("call you")
    guest.says("Shiru").reads("receipts").says("Shiru@Example.com").reads("birthday").says("24 March").reads("Table 7")
    assert chat.state == State.REVIEWING_ORDER
    told = [effect["details"] for effect in chat.world.done]
    assert told == [{"name": "Shiru"}, {"email": "shiru@example.com"}, {"birthday": "03-24"}]
    guest.says("add 1 coke").reads("Coca-Cola")
    assert chat.state == State.REVIEWING_ORDER


def test_each_detail_may_be_refused() -> None:
    chat = asking("name", "email")
    chat.guest.says(ORDER).taps("Skip").reads("receipts").says("no").reads("Table 7")
    assert [effect["details"] for effect in chat.world.done] == [{"name": ""}, {"email": ""}]


def test_what_was_asked_another_evening_is_not_asked_again() -> None:
    chat = asking("name", "email")
    chat.profile = Profile(known=True, asked=("email", "name"))
    chat.guest.says(ORDER).reads("Table 7")


def test_a_detail_that_is_none_is_asked_again_and_an_order_still_counts() -> None:
    chat = asking("email")
    chat.guest.says(ORDER).says("jane at home").reads("e-mail").says("1 coke").reads("receipts")
    assert chat.session is not None and len(chat.session.lines) == 2


@pytest.mark.parametrize("tap", ["skip", "skip:name", "skip:nothing", "skip:email:x"])
def test_an_invented_skip_changes_nothing(chat: Chat, guest: Guest, tap: str) -> None:
    guest.says(ORDER).taps_id(tap).reads("Table 7")
    assert chat.world.done == []


@pytest.mark.parametrize(
    ("text", "day"),
    [("24 March", "03-24"), ("24/3", "03-24"), ("march 24th", "03-24"), ("24 machi 1990", "03-24"), ("29 feb", "02-29"),
     ("31/2", ""), ("yesterday", ""), ("", ""), ("5", ""), ("99/99", "")],
)  # fmt: skip
def test_a_birthday_is_a_day_and_a_month(text: str, day: str) -> None:
    assert read_birthday(text) == day


@pytest.mark.parametrize("text", ["a@b", "@x.com", "a b@c", "<script>@", "x" * 5000 + "@a.com"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert read_email(text) == ""


@pytest.mark.parametrize("text", ["\u202e", "\x00", "<b>Bob</b>", "123", "", "{venue}", "bob@x"])
def test_what_is_no_name_is_none(text: str) -> None:
    assert read_name(text) == ""


def test_a_venue_that_does_not_recognise_its_guests_asks_them_nothing() -> None:
    chat = asking("name")
    chat.menu_becomes(asks=("name",), features=Features(recognition=False))
    chat.guest.says(ORDER).reads("Table 7")


# --- another identity ---


def test_another_number_drops_age_address_and_payer_and_nothing_is_said(chat: Chat, guest: Guest) -> None:
    chat.menu_becomes(delivers=True)
    guest.says("2 dawa to table 7").taps("I am 18")
    turn = chat.play(events.IDENTITY, {"phone": "254733445566", "bsuid": "KE.2"})
    assert not turn.replies and turn.session.lines
    assert (turn.session.age_confirmed, turn.session.address, turn.session.phone) == (False, "", "")
    assert chat.world.done[-1] == {"kind": "change_identity", "phone": "254733445566", "bsuid": "KE.2"}
    guest.says("1 mojito").reads("18")


def test_a_change_of_identity_while_the_prompt_is_open_breaks_nothing(asked: Guest, bar: Bar, chat: Chat) -> None:
    assert not chat.play(events.IDENTITY, {"phone": "", "bsuid": "KE.2"}).replies
    bar.pays()
    asked.reads("Thank you")


@pytest.mark.parametrize(("stop", "effect"), [(True, "stop_messages"), (False, "resume_messages")])
def test_a_preference_told_to_whatsapp_itself_is_kept_and_not_answered(chat: Chat, stop: bool, effect: str) -> None:
    assert not chat.play(events.PREFERENCE, {"stop": stop}).replies
    assert [one["kind"] for one in chat.world.done] == [effect]


# --- the payer's number ---


@pytest.mark.parametrize(
    "words",
    ["pay from 0722000111", "send the prompt to 0722 000 111", "0722-000-111", "+254 722 000 111", "254722000111",
     "722000111", "use 0722000111 please", "lipa na 0722 000111", "00254722000111", "(0722) 000111"],
)  # fmt: skip
def test_another_payer_is_taken_in_every_kenyan_form(chat: Chat, guest: Guest, words: str) -> None:
    guest.says(ORDER).says(words)
    if chat.state == State.REVIEWING_ORDER:
        guest.reads("0722 000 111").taps("Pay")
    assert chat.world.prompts[-1]["phone"] == "254722000111"


@pytest.mark.parametrize("words", ["+44 7700 900123", "pay from +1 202 555 0123", "0202 222 222 22", "020 2223344"])
def test_a_number_out_of_reach_is_refused_kindly(chat: Chat, guest: Guest, words: str) -> None:
    guest.says(ORDER).says(words).reads("cannot reach")
    assert chat.world.prompts == []


def test_a_number_asked_too_often_is_said_and_ones_own_still_pays(chat: Chat, guest: Guest) -> None:
    chat.world.bombed = {"254722000111"}
    guest.says(ORDER).taps("Other number").says("0722000111").reads("several times", "0722 000 111")
    guest.taps("Try again").reads("0712 345 678")
    assert [prompt["phone"] for prompt in chat.world.prompts] == ["254712345678"]


# --- staff have the word ---


def test_staff_hand_the_guest_back_to_where_they_were(chat: Chat, guest: Guest) -> None:
    guest.says("2 sprite").says("staff").says("hello?")
    turn = chat.play(events.STAFF_DONE, {})
    assert "handed you back" in turn.replies[0].body
    assert chat.state == State.ADDING_TO_CART
    guest.says("checkout").reads("table")


def test_half_an_hour_after_the_last_word_of_staff_the_bot_listens_again(chat: Chat, guest: Guest) -> None:
    guest.says("staff").says("my glass is broken")
    chat.now += timedelta(minutes=20)
    chat.play(events.STAFF_SAID, {"text": "Coming!"})
    assert "Coming!" in guest.text
    chat.now += timedelta(minutes=20)
    guest.says("thank you all")
    assert not chat.last.replies
    chat.now += timedelta(minutes=11)
    guest.says("2 sprite").reads("Sprite")
    assert chat.state == State.ADDING_TO_CART


def test_handing_back_a_guest_who_left_by_themselves_says_nothing(chat: Chat, guest: Guest) -> None:
    guest.says("staff").says("menu")
    assert not chat.play(events.STAFF_DONE, {}).replies


def test_news_of_money_still_come_while_staff_talk(asked: Guest, bar: Bar, chat: Chat) -> None:
    asked.says("staff").says("hello")
    bar.pays()
    asked.reads("Thank you")
    chat.play(events.STAFF_DONE, {})
    assert chat.state == State.ORDER_COMPLETE


# --- after an outage, and too much of one thing ---


def test_a_week_old_greeting_is_not_answered_at_all(chat: Chat) -> None:
    old = ((events.TEXT, {"text": "hi"}), (events.TAP, {"id": "menu"}), (events.UNREADABLE, {"type": "image"}))
    for kind, data in old:
        turn = chat.play(kind, data, timedelta(days=7))
        assert not turn.replies and turn.session.state == State.GREETING


def test_an_old_yes_places_nothing_and_an_old_text_is_answered_the_same_day(chat: Chat, guest: Guest) -> None:
    guest.says(ORDER).says("yes", late=timedelta(hours=2)).reads("late")
    assert chat.world.done == []


def test_an_album_is_answered_picture_by_picture_and_shortly_from_the_second_on(chat: Chat, guest: Guest) -> None:
    guest.sends("image").reads("cannot see", "Cocktail")
    for _ in range(9):
        guest.sends("image")
        assert chat.last.replies == (Reply("I can read text and buttons only."),)
    guest.sends("audio").reads("cannot listen")
    chat.now += timedelta(minutes=4)
    guest.sends("image").reads("cannot see")


def test_a_catalogue_cart_is_priced_here_and_alcohol_still_asks_the_age(chat: Chat, guest: Guest) -> None:
    chat.menu_becomes(prices={"Dawa": 750})
    lines = [{"sku": "dawa", "quantity": 2}, {"sku": "unicorn", "quantity": 1}]
    guest.shares(events.CATALOGUE, lines=lines, text="meza 7").reads("unicorn", "18").taps("I am 18")
    guest.reads("KES 1,500", "Table 7")
    assert chat.world.orders == []


@pytest.mark.parametrize("quantity", [0, -1, 100])
def test_a_catalogue_cart_of_impossible_numbers_is_refused(chat: Chat, guest: Guest, quantity: int) -> None:
    guest.shares(events.CATALOGUE, lines=[{"sku": "sprite", "quantity": quantity}], text="").reads("1 to 99")
