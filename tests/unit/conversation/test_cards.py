"""A product's card before it is added, and the menu in the guest's own language."""

import pytest

from core.conversation.replies import Button, Reply, Row
from core.conversation.understanding.catalogue import Catalogue
from core.domain.menu import Menu
from core.providers.whatsapp.client import _content
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat, Guest

PHOTO = "https://bar.example/photos/dawa.jpg?v=2"
ONE = (Button("qty:dawa:1", "1"),)


def test_photo_description_and_price_come_as_one_card(chat: Chat, guest: Guest) -> None:
    chat.menu_becomes(photos={"Dawa": PHOTO})
    guest.says("dawa").reads("*Dawa*, KES 700\nVodka, honey, lime and crushed ice\nHow many?")
    card = chat.last.replies[0]
    assert (card.image, [button.title for button in card.buttons]) == (PHOTO, ["1", "2", "3"])
    guest.taps("2").taps("I am 18").reads("2 × Dawa")
    assert chat.last.replies[0].image == ""


def test_a_card_without_photo_or_description_is_a_card(chat: Chat, guest: Guest) -> None:
    guest.says("guinness").reads("*Guinness*, KES 400\nHow many?")
    assert chat.last.replies[0].image == ""


def test_the_card_goes_out_with_its_picture_above() -> None:
    sent = _content(Reply("How many?", ONE, image=PHOTO))["interactive"]
    assert sent["header"] == {"type": "image", "image": {"link": PHOTO}}
    assert "header" not in _content(Reply("How many?", ONE))["interactive"]


@pytest.mark.parametrize(
    "link", ["http://bar.example/a.jpg", "javascript:alert(1)", "https://", "https://a b", "https://x/\n", "file:///x"]
)
def test_only_https_pictures_are_sent(link: str) -> None:
    assert Reply("How many?", ONE, image=link).image == ""


def test_a_list_and_a_plain_text_carry_no_picture() -> None:
    assert Reply("Which?", rows=(Row("a", "A"),), list_label="Choose", image=PHOTO).image == ""
    assert Reply("Hello", image=PHOTO).image == ""


def test_a_reply_stored_before_there_were_pictures_is_read() -> None:
    kept = Reply("How many?", ONE).to_dict()
    del kept["image"]
    assert Reply.from_dict(kept) == Reply("How many?", ONE)


def test_the_menu_is_read_in_the_guests_language(guest: Guest, chat: Chat) -> None:
    guest.says("habari").reads("Bia", "Kokteli", "Chakula").taps("Chakula").reads("Mabawa ya kuku", "Chipsi masala")
    guest.taps("Mabawa ya kuku").reads("*Mabawa ya kuku*, KES 900\nVipande vinane").says("2")
    guest.reads("Nimeongeza: 2 × Mabawa ya kuku.", "2 × Mabawa ya kuku  KES 1,800")
    guest.says("english").reads("2 × Chicken Wings  KES 1,800").says("kiswahili").taps("Badilisha")
    guest.reads("Mabawa ya kuku").taps("Mabawa ya kuku").reads("*Mabawa ya kuku*: 2 kwenye oda yako")
    assert chat.session and chat.session.lines[0].name == "Chicken Wings"


@pytest.mark.parametrize("word", ["mabawa", "mabawa ya kuku", "chicken wings", "wings", "mabwa ya kuku"])
def test_a_product_is_known_by_all_its_names(guest: Guest, word: str) -> None:
    guest.says(f"2 {word} to table 4").reads("2 × Chicken Wings", "Table 4")


def test_headings_are_known_in_both_languages(guest: Guest) -> None:
    guest.says("bia").reads("*Beer*", "Tusker Lager").says("kokteli").reads("*Cocktail*").says("wine").reads("*Wine*")


def test_sold_out_things_are_called_as_the_guest_reads_them(chat: Chat, guest: Guest) -> None:
    guest.says("kiswahili").says("mabawa mawili, chipsi moja, meza ya 4")
    chat.world.left = {"chicken-wings": 0}
    guest.taps("Lipa na M-Pesa").reads("Samahani, Mabawa ya kuku imeisha sasa.")
    chat.menu_becomes(sold_out=["Chicken Wings"])
    guest.says("mabawa").reads("Samahani, Mabawa ya kuku imeisha leo. Ungependa Nyama Choma, Chipsi masala")


def test_a_menu_with_names_and_photos_survives_the_store() -> None:
    menu = demo_menu(photos={"Dawa": PHOTO})
    again = Menu.from_dict(menu.to_dict())
    assert again == menu and Catalogue(again).products["dawa"].photo == PHOTO
    assert again.products[0].called("fr") == again.products[0].name
