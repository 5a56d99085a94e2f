"""The menu goes out as a file and comes back in; nothing is written that nobody has seen."""

import io
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from core.documents.read_sheet import read_sheet
from core.services.menu import load_menu
from core.store.sql.tables import Category, Product
from tests.integration.admin.venue import Browser, Venue

NEW = "name,category,price,name_sw\r\nDawa,Cocktail,750,\r\nChai ☕ <b>,Hot drinks,150,Chai\r\n"


def look(browser: Browser, content: bytes | str, name: str = "menu.csv") -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return browser.post("/admin/products/sheet", data={"file": (io.BytesIO(raw), name)})


def write(browser: Browser, page: str, **other: str) -> Any:
    """Tap on "Write it", with what the page carries."""
    state, text = (
        re.search(r'name="state" value="(\w+)"', page),
        re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S),
    )
    assert state and text, page
    data = {"state": state[1], "sheet": unescape(text[1])} | other
    return browser.post("/admin/products/sheet/write", data=data, content_type="multipart/form-data")


def prices(venue: Venue) -> dict[str, int]:
    with venue.program.sessions.begin() as db:
        return {one.name: int(one.price) for one in load_menu(db, venue.workspace_id).products}


def test_a_file_is_looked_at_first_and_written_when_they_say_so(venue: Venue, manager: Browser) -> None:
    page = look(manager, NEW)
    assert page.status_code == 200 and prices(venue) == {"Dawa": 700}
    for said in ("1 new, 1 changed", "<bdi>700</bdi>", "<bdi>750</bdi>", "Hot drinks", "Chai ☕ &lt;b&gt;"):
        assert said in page.text, said
    assert write(manager, page.text).status_code == 302
    assert prices(venue) == {"Dawa": 750, "Chai ☕ <b>": 150}
    assert "0 new, 0 changed, 2 as they are" in look(manager, manager.get("/admin/products/menu.csv").data).text


def test_categories_that_are_nearly_called_the_same_come_with_one_file(venue: Venue, manager: Browser) -> None:
    alike = ("Hot drinks", "Hot-Drinks!", "ビール", "日本酒", "Cocktail?")
    rows = "".join(f"{name} one,{name},100\r\n" for name in alike)
    page = look(manager, f"name,category,price\r\n{rows}")
    assert page.status_code == 200 and write(manager, page.text).status_code == 302
    with venue.program.sessions.begin() as db:
        mine = select(Category.slug).where(Category.workspace_id == venue.workspace_id).order_by(Category.slug)
        slugs = list(db.scalars(mine))
    assert slugs == ["category", "category-2", "cocktail", "cocktail-2", "hot-drinks", "hot-drinks-2"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_goes_out_comes_back_unchanged(venue: Venue, manager: Browser, form: str) -> None:
    answer = manager.get(f"/admin/products/menu.{form}")
    assert f"menu.{form}" in answer.headers["Content-Disposition"]
    assert [row[1] for row in read_sheet(answer.data)] == ["name", "Dawa"]
    assert "0 new, 0 changed, 1 as they are" in look(manager, answer.data, f"menu.{form}").text


def test_a_menu_that_changed_meanwhile_is_shown_again(venue: Venue, manager: Browser) -> None:
    page = look(manager, NEW)
    with venue.program.sessions.begin() as db:
        row = db.get_one(Product, venue.product_id)
        row.price, row.version = Decimal(800), row.version + 1
    again = write(manager, page.text)
    assert again.status_code == 409 and "Somebody changed the menu" in again.text and "<bdi>800</bdi>" in again.text
    assert prices(venue) == {"Dawa": 800}
    assert write(manager, again.text).status_code == 302 and prices(venue)["Dawa"] == 750


def test_a_file_with_one_bad_row_changes_nothing(venue: Venue, manager: Browser) -> None:
    page = look(manager, NEW + "Kahawa,Hot drinks,=2*75,\r\nJuice,Hot drinks,cheap,\r\n")
    assert page.status_code == 400 and "Write it" not in page.text
    assert re.search(r'number">4</td><td><bdi>price</bdi></td><td>This is a formula', page.text)
    assert re.search(r'number">5</td><td><bdi>price</bdi></td><td>Write a price', page.text)
    good = look(manager, NEW).text
    assert write(manager, good, sheet="name,price\nDawa,=9*9").status_code in (400, 409) and prices(venue) == {
        "Dawa": 700
    }


def test_what_is_no_sheet_gets_a_sentence(venue: Venue, manager: Browser) -> None:
    assert "Choose a file first" in manager.post("/admin/products/sheet", data={}).text
    for content, said in ((b"", "empty"), (b"PK\x03\x04", "cannot be read"), (b"a,b\n1,2", "No such column"),
                          (b"\xd0\xcf\x11\xe0", "old Excel"), (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "")):  # fmt: skip
        answer = look(manager, content)
        assert answer.status_code == 400 and said in answer.text, content
    assert write(manager, look(manager, NEW).text, sheet="").status_code == 400


def test_only_who_may_edit_the_menu_sees_its_file(venue: Venue) -> None:
    browser = venue.signed_in()
    assert browser.get("/admin/products/menu.csv").status_code == 403
    assert look(browser, NEW).status_code == 403
