"""The menu in the office: prices, names, what is out for tonight, and two people at once."""

import re
from typing import Any
from uuid import UUID, uuid4

from core.domain.menu import Product as MenuProduct
from core.domain.statuses import Role
from core.services.menu import load_menu
from core.store.sql.tables import Activity, Product
from tests.integration.admin.venue import DID, Browser, Venue, open_venue

FORM = {
    "name": "Dawa", "price": "700", "station": "bar", "position": "0", "low_stock": "0", "in_menu": "y", "version": "1",
}  # fmt: skip


def row(venue: Venue, product_id: UUID | None = None) -> Product:
    with venue.program.sessions.begin() as db:
        return db.get_one(Product, product_id or venue.product_id)


def on_menu(venue: Venue) -> dict[str, MenuProduct]:
    """As the next turn of any chat finds it."""
    workspace_id = str(venue.workspace_id)
    menu = venue.program.menus.menu(workspace_id, venue.program.store.menus.version(workspace_id))
    return {one.name: one for one in menu.products}


def listed(browser: Browser, query: str = "") -> Any:
    return browser.get(f"/admin/products/rows{query}", headers={"Accept": "application/json"}).json["data"]


def save(browser: Browser, product_id: UUID | None = None, **typed: str) -> Any:
    product = browser.venue.product_id if product_id is None else product_id
    data = FORM | {"category_id": str(row(browser.venue, product).category_id)} | typed
    return browser.post(f"/admin/products/{product}", data={k: v for k, v in data.items() if v is not None})


def test_a_new_price_is_on_the_menu_of_the_next_turn(venue: Venue, manager: Browser) -> None:
    assert on_menu(venue)["Dawa"].price == 700
    assert save(manager, price="KES 1,250", name_sw="Dawa kali", nicknames="dawas, DAWAS; medicine").status_code == 302
    dawa = on_menu(venue)["Dawa"]
    assert (dawa.price, dawa.names, dawa.nicknames) == (1250, {"sw": "Dawa kali"}, ("DAWAS", "medicine"))
    assert "Every chat follows" in manager.get("/admin/products").text
    assert listed(manager)[0]["price"] == "KES 1,250"


def test_what_is_out_is_out_with_one_tap_and_back_with_another(venue: Venue) -> None:
    venue.role(Role.KITCHEN)
    browser = venue.signed_in()
    address = f"/admin/products/{venue.product_id}/out"
    for wanted in ("yes", "yes", "no"):
        assert browser.post(address, data={"sold_out": wanted}).status_code == 302
        assert row(venue).sold_out is (wanted == "yes")
        assert (listed(browser)[0]["availability"] == "out") is (wanted == "yes")
    assert [line.action for line in logged(venue)] == ["product_sold_out", "product_back"]


def test_who_only_looks_changes_nothing(venue: Venue) -> None:
    venue.role(Role.VIEWER)
    browser = venue.signed_in()
    page = browser.get("/admin/products").text
    assert listed(browser)[0]["name"] == "Dawa" and "Back on sale" not in page and "New product" not in page
    assert browser.post(f"/admin/products/{venue.product_id}/out", data={"sold_out": "yes"}).status_code == 403
    assert browser.get(f"/admin/products/{venue.product_id}").status_code == 403


def test_what_cannot_be_meant_is_said_beside_its_field_and_nothing_typed_is_lost(
    venue: Venue, manager: Browser
) -> None:
    answer = save(manager, name="Dawa 🍹 <b>", price="7.5", sku="a b", low_stock="many", allergens="milk, moon")
    assert answer.status_code == 400 and row(venue).price == 700
    for said in ("whole shillings", "Use letters, digits", "Write a whole number", "“moon” is not one of"):
        assert said in answer.text, said
    for kept in ("Dawa 🍹 &lt;b&gt;", 'value="7.5"', 'value="a b"', "milk, moon"):
        assert kept in answer.text, kept


def test_two_people_at_one_product_do_not_write_over_each_other(venue: Venue, manager: Browser) -> None:
    assert save(manager, price="750").status_code == 302
    second = save(manager, price="800", description="With honey")
    assert second.status_code == 409 and "Wanjiru changed this just now" in second.text
    assert re.search(r"Price in whole shillings</th><td><bdi>750</bdi></td><td><bdi>800", second.text)
    assert row(venue).price == 750
    version = re.search(r'name="version"[^>]*value="(\d+)"', second.text)
    assert version and save(manager, price="800", version=version[1]).status_code == 302
    assert row(venue).price == 800


def test_a_product_comes_and_goes_and_its_code_is_free_again(venue: Venue, manager: Browser) -> None:
    data = FORM | {"name": "Mojito", "sku": "M-1", "category_id": str(row(venue).category_id)}
    assert manager.post("/admin/products/new", data=data).status_code == 302
    again = manager.post("/admin/products/new", data=data | {"name": "Another"})
    assert again.status_code == 409 and "Another product has this code" in again.text
    made = next(one for one in on_menu(venue).values() if one.name == "Mojito")
    removed = manager.post(f"/admin/products/{made.id}/remove", data={"version": "1"})
    assert removed.status_code == 302 and "Mojito" not in on_menu(venue)
    assert manager.get(f"/admin/products/{made.id}").status_code == 404
    assert manager.post("/admin/products/new", data=data).status_code == 302


def test_a_form_opened_before_it_went_says_that_it_is_gone(venue: Venue, manager: Browser) -> None:
    assert manager.post(f"/admin/products/{venue.product_id}/remove", data={"version": "1"}).status_code == 302
    with venue.program.sessions.begin() as db:
        category_id = str(db.get_one(Product, venue.product_id).category_id)
    data = FORM | {"category_id": category_id, "description": "kept"}
    answer = manager.post(f"/admin/products/{venue.product_id}", data=data)
    assert answer.status_code == 410 and "taken away meanwhile" in answer.text and "kept" in answer.text


def test_nobody_touches_another_venues_menu(venue: Venue, manager: Browser) -> None:
    other = open_venue(venue.app)
    assert manager.get(f"/admin/products/{other.product_id}").status_code == 404
    assert manager.post(f"/admin/products/{other.product_id}/out", data={"sold_out": "yes"}).status_code == 404
    assert save(manager, category_id=str(row(other).category_id)).status_code == 409
    for broken in ("", "none", str(uuid4())):
        assert save(manager, category_id=broken).status_code in (400, 409), broken
    assert not row(other).sold_out and load(other) == {"Dawa"}


def load(venue: Venue) -> set[str]:
    with venue.program.sessions.begin() as db:
        return {one.name for one in load_menu(db, venue.workspace_id).products}


def logged(venue: Venue) -> list[Activity]:
    with venue.program.sessions.begin() as db:
        return list(db.query(Activity).filter(Activity.workspace_id == venue.workspace_id, DID).order_by(Activity.seq))
