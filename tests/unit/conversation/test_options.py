"""Size, mixer, doneness: asked after a product is chosen, or said in one line with it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.conversation.session import Line, Session, State
from core.domain.hours import Schedule
from core.domain.menu import Menu
from core.domain.options import Choice
from core.domain.pricing import PriceList
from core.domain.timetables import read_schedule
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat, Guest

EVENING = read_schedule("hours", {"week": {"fri": [["17:00", "22:00"]]}}, "Africa/Nairobi")
HAPPY = PriceList("Happy hour", EVENING, {"dawa": Decimal(500), "highball": Decimal(450)})


@pytest.fixture
def chat() -> Chat:
    grown = Chat()
    grown.session = Session(age_confirmed=True)
    return grown


@pytest.fixture
def guest(chat: Chat) -> Guest:
    return chat.guest


def cart(chat: Chat) -> list[tuple[int, str, tuple[str, ...], int]]:
    lines = chat.session.lines if chat.session else ()
    return [(x.quantity, x.product_id, tuple(o.name for o in x.options), int(x.unit_price)) for x in lines]


# --- asked with taps ---


def test_what_is_needed_is_asked_and_what_may_be_left_is_asked_after_it(chat: Chat, guest: Guest) -> None:
    guest.says("highball").taps("2").reads("2 × Highball", "Mixer: which one?", "+ KES 50")
    assert chat.state is State.CHOOSING_OPTIONS and "Skip" not in guest.titles
    guest.taps("Ginger ale").reads("2 × Highball (Ginger ale)", "Size: which one?", "Double", "+ KES 250", "Skip")
    guest.taps("Double").reads("Added: 2 × Highball (Ginger ale, Double)", "KES 1,800")
    assert cart(chat) == [(2, "highball", ("Ginger ale", "Double"), 900)]


def test_what_may_be_left_is_left_with_a_tap(chat: Chat, guest: Guest) -> None:
    guest.says("burger").taps("1").reads("Doneness: which one?").taps("Skip").reads("Extras: choose up to 2.").taps(
        "Skip"
    )
    assert cart(chat) == [(1, "beef-burger", (), 950)]


def test_several_of_one_question_one_tap_after_the_other(chat: Chat, guest: Guest) -> None:
    guest.says("burger").taps("1").says("well done").taps("Cheese").reads("Extras: which one?", "Continue")
    assert "Cheese" not in guest.titles
    guest.taps("Bacon").reads("Beef Burger (Well done, Cheese, Bacon)")
    assert cart(chat) == [(1, "beef-burger", ("Well done", "Cheese", "Bacon"), 1200)]


def test_enough_is_enough(chat: Chat, guest: Guest) -> None:
    guest.says("burger").taps("1").taps("Medium").taps("Bacon").taps("Continue")
    assert cart(chat) == [(1, "beef-burger", ("Medium", "Bacon"), 1100)]


@pytest.mark.parametrize("words", ["2", "soda water", "soda", "Soda watr please", "with soda water"])
def test_an_option_is_named_by_its_number_or_its_words(chat: Chat, guest: Guest, words: str) -> None:
    guest.says("1 highball").says(words)
    assert cart(chat) == [(1, "highball", ("Soda water",), 600)]


@pytest.mark.parametrize("words", ["kola", "Cola pls", "with the cola"])
def test_a_slip_of_the_finger_is_forgiven(chat: Chat, guest: Guest, words: str) -> None:
    guest.says("1 highball").says(words)
    assert cart(chat) == [(1, "highball", ("Cola",), 600)]


@pytest.mark.parametrize("words", ["without", "none", "no", "bila", "skip", "nothing"])
def test_without_leaves_what_may_be_left(chat: Chat, guest: Guest, words: str) -> None:
    guest.says("burger").taps("1").says(words).reads("Extras").says(words)
    assert cart(chat) == [(1, "beef-burger", (), 950)]


def test_without_what_it_needs_it_cannot_be_made(chat: Chat, guest: Guest) -> None:
    guest.says("1 highball").says("without").reads("Please choose one", "Tonic")
    assert chat.state is State.CHOOSING_OPTIONS and not cart(chat)


def test_an_answer_may_say_more_than_was_asked(chat: Chat, guest: Guest) -> None:
    guest.says("1 highball").says("tonic, double and no ice please")
    assert cart(chat) == [(1, "highball", ("Tonic", "Double"), 850)]
    assert chat.session is not None and chat.session.lines[0].note == "no ice"


def test_what_is_said_of_it_meanwhile_is_about_it(chat: Chat, guest: Guest) -> None:
    guest.says("1 dawa").says("1 highball").says("no ice").reads("Mixer").says("make that 3").reads("3 × Highball")
    guest.says("cola")
    lines = chat.session.lines if chat.session else ()
    assert [(line.quantity, line.product_id, line.note) for line in lines] == [
        (1, "dawa", ""),
        (3, "highball", "no ice"),
    ]


def test_more_is_ordered_before_the_answer_and_nothing_is_lost(chat: Chat, guest: Guest) -> None:
    guest.says("1 highball").says("2 tusker").reads("Mixer").says("tonic")
    assert cart(chat) == [(1, "highball", ("Tonic",), 600), (2, "tusker-lager", (), 350)]


def test_a_double_tap_answers_once(chat: Chat, guest: Guest) -> None:
    guest.says("1 highball and 1 highball no ice").reads("Mixer")
    tap = guest.tap_id("Tonic")
    guest.taps_id(tap).reads("Mixer").taps_id(tap).reads("from earlier", "Mixer")
    guest.says("cola")
    assert [line[2] for line in cart(chat)] == [("Tonic",), ("Cola",)]


def test_old_options_do_nothing_any_more(chat: Chat, guest: Guest) -> None:
    guest.says("1 highball")
    tonic = guest.tap_id("Tonic")
    guest.says("tonic").taps_id(tonic).reads("from earlier")
    assert cart(chat) == [(1, "highball", ("Tonic",), 600)]
    guest.says("burger").taps("1").taps_id(tonic).reads("from earlier", "Doneness")


def test_a_long_question_comes_in_pages(chat: Chat, guest: Guest) -> None:
    chat.menu = with_many_mixers(chat.menu)
    guest.says("1 highball").reads("Mixer 1", "Page 2 of 3")
    assert len(guest.titles) == 9
    guest.taps("More").reads("Mixer 9").says("more").reads("Mixer 17").taps("Mixer 20")
    assert cart(chat) == [(1, "highball", ("Mixer 20",), 600)]


def with_many_mixers(menu: Menu) -> Menu:
    data = menu.to_dict()
    group = next(p for p in data["products"] if p["id"] == "highball")["groups"][0]
    group["options"] = [{"id": f"m{n}", "name": f"Mixer {n}", "price": "0", "names": {}} for n in range(1, 21)]
    return Menu.from_dict(data | {"version": "many"})


def test_the_age_is_asked_first(guest: Guest, chat: Chat) -> None:
    chat.session = Session()
    guest.says("1 highball with cola to table 7").reads("18").taps("I am 18").reads("1 × Highball (Cola)", "Table 7")


def test_in_swahili(guest: Guest, chat: Chat) -> None:
    guest.says("kiswahili").says("1 highball").reads("Kichanganyio: ipi?").says("maji ya soda")
    guest.says("kikapu").reads("Highball (Maji ya soda)")


# --- said in one line ---


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("2 large highball with tonic", None),
        ("2 double highball with tonic", [(2, ("Tonic", "Double"), 850)]),
        ("2 highball tonic", [(2, ("Tonic",), 600)]),
        ("highball with cola and double x 1", [(1, ("Cola", "Double"), 850)]),
        ("1 highball with tonic and 1 highball with soda", [(1, ("Tonic",), 600), (1, ("Soda water",), 600)]),
        ("1 highball tonic and 1 ginger ale", [(1, ("Tonic",), 600), (1, ("Ginger ale",), 650)]),
        ("1 tonic highball, 1 double soda highball", [(1, ("Tonic",), 600), (1, ("Soda water", "Double"), 850)]),
        ("highball mbili na tonic", [(2, ("Tonic",), 600)]),
        ("2 highball tonic, 3 highball tonic", [(5, ("Tonic",), 600)]),
    ],
)
def test_a_line_says_it_all(
    chat: Chat, guest: Guest, words: str, lines: list[tuple[int, tuple[str, ...], int]]
) -> None:
    guest.says(words)
    if lines is None:
        assert cart(chat) == [(2, "highball", ("Tonic",), 600)]
        assert chat.session is not None and chat.session.lines[0].note == "large"
    else:
        assert [(n, options, price) for n, _, options, price in cart(chat)] == lines


def test_a_drink_of_its_own_beside_one_with_options_is_a_drink(chat: Chat, guest: Guest) -> None:
    guest.says("1 highball with cola and 1 coke")
    assert [line[1] for line in cart(chat)] == ["highball", "coca-cola"]


def test_words_of_other_products_keep_their_meaning(chat: Chat, guest: Guest) -> None:
    guest.says("2 double jameson and a gin and tonic")
    assert [(line.product_id, line.note) for line in chat.session.lines] == [  # type: ignore[union-attr]
        ("jameson", "double"), ("gin-and-tonic", ""),
    ]  # fmt: skip


def test_what_is_optional_is_not_asked_of_who_writes_a_line(chat: Chat, guest: Guest) -> None:
    guest.says("1 beef burger and 1 tusker to table 7").reads("Table 7", "Pay with M-Pesa")


def test_the_demo_order_asks_nothing(chat: Chat, guest: Guest) -> None:
    chat.session = None
    guest.says("2 dawa and 1 tusker to table 7").taps("I am 18").reads("KES 1,750").taps("Pay with M-Pesa")
    assert "options" not in chat.world.orders[-1]["lines"][0]


# --- in the cart, on the order, again ---


def test_lines_are_told_apart_by_their_options(chat: Chat, guest: Guest) -> None:
    guest.says("1 highball tonic").says("1 highball cola").says("1 highball tonic")
    assert [(line[0], line[2]) for line in cart(chat)] == [(2, ("Tonic",)), (1, ("Cola",))]
    guest.says("change").taps("Highball (Cola)").says("3")
    assert [(line[0], line[2]) for line in cart(chat)] == [(2, ("Tonic",)), (3, ("Cola",))]
    guest.says("1 double highball with ginger ale").says("change").reads(
        "Highball (Ginger ale, Double) · 1 in your order"
    )


def test_the_order_keeps_what_was_chosen_and_what_it_cost(chat: Chat, guest: Guest) -> None:
    guest.says("1 double highball with ginger ale to table 7").reads("(Ginger ale, Double)").taps("Pay with M-Pesa")
    (line,) = chat.world.orders[-1]["lines"]
    assert line["unit_price"] == "900"
    assert [(one["name"], one["price"]) for one in line["options"]] == [("Ginger ale", "50"), ("Double", "250")]


def test_more_and_the_same_again_are_made_the_same_way(chat: Chat, guest: Guest) -> None:
    guest.says("1 highball with tonic to table 7").says("one more").reads("2 × Highball (Tonic)").taps(
        "Pay with M-Pesa"
    )
    chat.bar.pays()
    guest.says("same again").reads("2 × Highball (Tonic)")


def test_the_last_one_is_made_another_way(chat: Chat, guest: Guest) -> None:
    guest.says("1 highball with tonic").says("make it double")
    assert cart(chat) == [(1, "highball", ("Tonic", "Double"), 850)]
    guest.says("change the highball to cola")
    assert cart(chat) == [(1, "highball", ("Cola", "Double"), 850)]


# --- the menu changes underneath ---


def test_an_option_that_ran_out_is_left_out_or_asked_again(chat: Chat, guest: Guest) -> None:
    guest.says("1 double highball with tonic to table 7").taps("Pay with M-Pesa")
    chat.bar.pays()
    chat.menu_becomes(out=("Tonic",))
    guest.says("same again").reads("without Tonic", "Mixer").says("cola").reads("Highball (Cola, Double)")


def test_what_lacks_what_it_needs_by_now_is_taken_out_before_the_review(chat: Chat, guest: Guest) -> None:
    guest.says("1 highball with tonic").says("1 burger with cheese")
    chat.menu_becomes(out=("Tonic", "Cheese"))
    guest.says("checkout").reads("the choice has changed", "Beef Burger: without Cheese", "is now KES 950")
    assert [line[1] for line in cart(chat)] == ["beef-burger"]


def test_of_a_question_that_takes_fewer_by_now_no_more_is_ordered(chat: Chat, guest: Guest) -> None:
    guest.says("1 burger with cheese and bacon")
    assert cart(chat) == [(1, "beef-burger", ("Cheese", "Bacon"), 1200)]
    burger = next(one for one in chat.menu.products if one.id == "beef-burger")
    groups = tuple(replace(group, most=1) for group in burger.groups)
    products = tuple(replace(one, groups=groups) if one is burger else one for one in chat.menu.products)
    chat.menu = replace(chat.menu, version="2", products=products)
    guest.says("checkout").reads("Beef Burger", "without Bacon", "is now KES 1,050")


def test_an_option_that_is_out_while_it_is_asked_is_not_had(chat: Chat, guest: Guest) -> None:
    guest.says("1 highball")
    tonic = guest.tap_id("Tonic")
    chat.menu_becomes(out=("Tonic",))
    guest.taps_id(tonic).reads("from earlier", "Mixer")
    chat.menu_becomes(gone=("Highball",))
    guest.taps_id(tonic).says("menu").reads("Beer")


def test_a_session_of_the_release_before_is_read() -> None:
    line = {"product_id": "dawa", "name": "Dawa", "quantity": 1, "unit_price": "700", "note": ""}
    assert Session.from_dict({"lines": [line]}).lines == (Line("dawa", "Dawa", 1, Decimal(700)),)
    assert Session(lines=(Line("dawa", "Dawa", 1, Decimal(700)),)).to_dict()["lines"] == [line]
    made = Line(
        "highball", "Highball", 1, Decimal(850), "", (Choice("t", "Tonic"), Choice("d", "Double", Decimal(250)))
    )
    assert Line.from_dict(made.to_dict()) == made


# --- happy hour ---


def test_happy_hour_counts_while_it_lasts_and_its_end_is_told(chat: Chat, guest: Guest) -> None:
    chat.menu = demo_menu("happy", lists=(HAPPY,))
    guest.says("cocktail").reads("Dawa KES 500")
    guest.says("2 dawa to table 7").reads("KES 1,000")
    chat.now = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    guest.taps("Pay with M-Pesa").reads("Dawa is now KES 700", "KES 1,400")
    assert not chat.world.orders
    guest.taps("Pay with M-Pesa")
    assert chat.world.orders[-1]["lines"][0]["unit_price"] == "700"


def test_a_search_goes_by_the_price_of_the_hour(chat: Chat, guest: Guest) -> None:
    chat.menu = demo_menu("happy", lists=(HAPPY,))
    guest.says("cocktails under 500").reads("Dawa KES 500", "Highball KES 450")


def test_options_come_on_top_of_the_price_of_the_hour(chat: Chat, guest: Guest) -> None:
    chat.menu = demo_menu("happy", lists=(HAPPY,))
    guest.says("1 double highball with tonic")
    assert cart(chat) == [(1, "highball", ("Tonic", "Double"), 700)]


def test_a_cart_of_metas_catalogue_costs_what_the_hour_says(chat: Chat, guest: Guest) -> None:
    chat.menu = demo_menu("happy", lists=(HAPPY,))
    chat.play("catalogue", {"lines": [{"sku": "dawa", "quantity": 2}, {"sku": "highball", "quantity": 1}]})
    guest.reads("Mixer").says("tonic").reads("Which table")
    assert [line[3] for line in cart(chat)] == [500, 450]


# --- hours of a product ---


def test_what_keeps_hours_of_its_own_is_told_with_them(chat: Chat, guest: Guest) -> None:
    breakfast = read_schedule("hours", {"week": {d: [["07:00", "11:00"]] for d in ("fri", "sat")}}, "Africa/Nairobi")
    chat.menu = demo_menu("morning", served={"Beef Samosas": (breakfast,)})
    guest.says("food").reads("Beef Samosas KES 350 · from 07:00")
    guest.says("2 samosas").reads("we serve no Beef Samosas just now, but again tomorrow at 07:00")
    chat.now = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    guest.says("2 samosas and 1 fanta").says("checkout")
    chat.now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    guest.says("table 4").reads("we serve no Beef Samosas just now", "took that out", "Fanta")


def test_both_its_own_hours_and_its_headings_count(chat: Chat, guest: Guest) -> None:
    never = Schedule(((),) * 7)
    chat.menu = demo_menu("never", served={"Dawa": (EVENING, never)})
    guest.says("1 dawa").reads("we serve no Dawa for now")
