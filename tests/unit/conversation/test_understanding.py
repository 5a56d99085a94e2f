"""What guests write, and what it means."""

import pytest

from core.conversation.understanding.catalogue import catalogue
from core.conversation.understanding.keywords import keyword, misspelt, short_reply
from core.conversation.understanding.orders import read_order
from core.conversation.understanding.words import clean, tokens
from tests.demo_menu import demo_menu

ORDERS = [
    ("2 dawa and 1 tusker to table 7", {"dawa": 2, "tusker-lager": 1}, 7),
    ("2 dawa, 1 tusker, table 7", {"dawa": 2, "tusker-lager": 1}, 7),
    ("2dawa 1tusker t7", {"dawa": 2, "tusker-lager": 1}, 7),
    ("dawa 2 tusker 3", {"dawa": 2, "tusker-lager": 3}, None),
    ("dawa x2, 3x mojitos", {"dawa": 2, "mojito": 3}, None),
    ("tusker mbili na dawa moja meza ya saba", {"tusker-lager": 2, "dawa": 1}, 7),
    ("nataka dawa tatu baridi", {"dawa": 3}, None),
    ("kumi na mbili tusker", {"tusker-lager": 12}, None),
    ("twenty one coke", {"coca-cola": 21}, None),
    ("a dawa, an old fashioned and a couple of cokes", {"dawa": 1, "old-fashioned": 1, "coca-cola": 2}, None),
    ("could we get two more mojitos please", {"mojito": 2}, None),
    ("white cap lager 2", {"white-cap": 2}, None),
    ("2 g&t", {"gin-and-tonic": 2}, None),
    ("gin and tonic and wings", {"gin-and-tonic": 1, "chicken-wings": 1}, None),
    ("piña colada x2", {"piña-colada": 2}, None),
    ("2 pina coladas", {"piña-colada": 2}, None),
    ("one jack daniel's & 1 water", {"jack-daniel's": 1, "mineral-water": 1}, None),
    ("dwaa 2", {"dawa": 2}, None),
    ("guiness 2", {"guinness": 2}, None),
    ("2 jamesson to table twelve", {"jameson": 2}, 12),
    ("table 4: 2 tusker", {"tusker-lager": 2}, 4),
    ("2 tusker cider", {"tusker-cider": 2}, None),
    ("2 glenfiddich 12", {"glenfiddich-12": 2}, None),
]


@pytest.mark.parametrize(("text", "items", "table"), ORDERS, ids=[o[0] for o in ORDERS])
def test_orders_are_read(text: str, items: dict[str, int], table: int | None) -> None:
    request = read_order(tokens(text), catalogue(demo_menu()))
    assert {item.product_id: item.quantity for item in request.items} == items
    assert request.table == table
    assert request.understood


def test_notes_stay_with_their_drink() -> None:
    request = read_order(tokens("2 dawa no ice and 1 mojito extra lime to table 3"), catalogue(demo_menu()))
    assert [item.note for item in request.items] == ["no ice", "extra lime"]
    assert request.table == 3


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Menu", "menu"),
        ("/menu", "menu"),
        ("show me the menu please", "menu"),
        ("menyu", "menu"),
        ("KIKAPU", "cart"),
        ("lipa", "pay"),
        ("nataka kulipa", "pay"),
        ("check out", "checkout"),
        ("same again!", "again"),
        ("tena", "again"),
        ("hali", "status"),
        ("where is my order?", "status"),
        ("mhudumu", "staff"),
        ("ghairi", "cancel"),
        ("msaada", "help"),
        ("acha", "stop"),
        ("habari yako", "hello"),
        ("asante sana", "thanks"),
        ("2 dawa", ""),
        ("dawa menu", ""),
    ],
)
def test_keywords_in_english_and_swahili(text: str, action: str) -> None:
    assert keyword(tokens(text)) == action


@pytest.mark.parametrize(
    ("text", "word"), [("ndiyo", "yes"), ("Yes please!", "yes"), ("hapana", "no"), ("jaribu tena", "retry")]
)
def test_short_answers(text: str, word: str) -> None:
    assert short_reply(tokens(text)) == word


def test_no_product_of_the_demo_menu_reads_as_a_keyword() -> None:
    for product in demo_menu().products:
        for name in (product.name, *product.nicknames):
            assert not keyword(tokens(name)), name


def test_every_product_is_understood_by_its_names() -> None:
    menu = demo_menu()
    for product in menu.products:
        for name in (product.name, *product.nicknames):
            request = read_order(tokens(f"2 {name}"), catalogue(menu))
            assert [(i.product_id, i.quantity) for i in request.items] == [(product.id, 2)], name


def test_typos_of_keywords_are_forgiven_only_when_nothing_else_fits() -> None:
    assert misspelt(tokens("mennu")) == "menu"
    assert misspelt(tokens("xyz")) == ""


def test_cleaning_leaves_one_short_harmless_line() -> None:
    assert clean("a\x00b\u202ec\ud800\n<d>*e*", 40) == "abc de"
    assert clean("x" * 100, 10) == "x" * 9 + "…"
