"""The chat for nobody, and what a product's card says of what some guests must not have."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.conversation import texts
from core.conversation.rehearsal import rehearse
from core.domain import menu_fields
from core.domain.menu import Menu
from tests.demo_menu import demo_menu

MENU = demo_menu()
NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def with_allergens(*names: str) -> Menu:
    products = [replace(one, allergens=names) if one.name == "Dawa" else one for one in MENU.products]
    return replace(MENU, products=tuple(products))


@pytest.mark.parametrize(("language", "said"), [("en", "Contains milk, nuts."), ("sw", "Ina maziwa, korosho na lozi.")])
def test_a_card_names_what_some_guests_must_not_have(language: str, said: str) -> None:
    body = rehearse(with_allergens("milk", "nuts"), ["dawa"], language, NOW)[-1].replies[0].body
    assert said in body
    assert texts.CONTAINS.partition(" ")[0] not in rehearse(MENU, ["dawa"], "en", NOW)[-1].replies[0].body


def test_every_allergen_has_its_word_for_guests() -> None:
    assert set(texts.ALLERGENS) == set(menu_fields.ALLERGENS)


def test_the_menu_is_kept_and_read_back_with_its_allergens() -> None:
    menu = with_allergens("milk")
    assert Menu.from_dict(menu.to_dict()) == menu


def test_a_rehearsal_ends_where_something_would_be_done() -> None:
    steps = rehearse(MENU, ["2 dawa to table 7", "staff", "menu"], "en", NOW)
    assert [step.said for step in steps] == ["2 dawa to table 7", "staff"] and steps[-1].real


def test_a_tap_is_shown_by_the_words_on_it() -> None:
    row = rehearse(MENU, ["menu"], "en", NOW)[0].replies[0].rows[0]
    steps = rehearse(MENU, ["menu", f"tap:{row.id}", "tap:no such thing"], "en", NOW)
    assert [step.said for step in steps] == ["menu", row.title, "…"] and not any(step.real for step in steps)
