"""The headings of the menu in the office."""

import re
from typing import Any
from uuid import UUID

from core.domain.menu import Menu
from core.store.sql.tables import Category, Product
from tests.integration.admin.venue import Browser, Venue, open_venue


def category_of(venue: Venue) -> Category:
    with venue.program.sessions.begin() as db:
        return db.get_one(Category, db.get_one(Product, venue.product_id).category_id)


def menu(venue: Venue) -> Menu:
    workspace_id = str(venue.workspace_id)
    return venue.program.menus.menu(workspace_id, venue.program.store.menus.version(workspace_id))


def add(browser: Browser, name: str, **typed: str) -> Any:
    return browser.post("/admin/categories/new", data={"name": name, "active": "y"} | typed)


def headings(browser: Browser) -> list[str]:
    return re.findall(r'<li id="c-[^"]+">.*?<bdi>(.*?)</bdi>', browser.get("/admin/categories").text, re.DOTALL)


def test_a_heading_comes_moves_and_goes(venue: Venue, manager: Browser) -> None:
    assert add(manager, "Soft drinks", name_sw="Vinywaji baridi").status_code == 302
    assert headings(manager) == ["Cocktail", "Soft drinks"]
    with venue.program.sessions.begin() as db:
        made = db.query(Category).filter_by(workspace_id=venue.workspace_id, slug="soft-drinks").one()
    assert made.names == {"sw": "Vinywaji baridi"}
    assert manager.post(f"/admin/categories/{made.id}/shift", data={"to": "up"}).status_code == 302
    assert headings(manager) == ["Soft drinks", "Cocktail"]
    assert manager.post(f"/admin/categories/{made.id}/remove", data={"version": "1"}).status_code == 302
    assert headings(manager) == ["Cocktail"] and add(manager, "Soft drinks").status_code == 302


def test_one_with_products_in_it_stays(venue: Venue, manager: Browser) -> None:
    answer = manager.post(f"/admin/categories/{category_of(venue).id}/remove", data={"version": "1"})
    assert answer.status_code == 409 and "There are products in this category" in answer.text
    assert category_of(venue).deleted_at is None


def test_one_that_is_switched_off_takes_its_products_off_every_chat(venue: Venue, manager: Browser) -> None:
    assert [one.name for one in menu(venue).products] == ["Dawa"]
    address, data = (
        f"/admin/categories/{category_of(venue).id}",
        {"name": "Cocktail", "slug": "cocktail", "version": "1"},
    )
    assert manager.post(address, data=data).status_code == 302
    assert menu(venue).products == ()
    late = manager.post(address, data=data | {"active": "y", "name": "Cocktails"})
    assert late.status_code == 409 and "Wanjiru changed this" in late.text and 'value="Cocktails"' in late.text


def test_what_cannot_be_meant_is_said_beside_its_field(venue: Venue, manager: Browser) -> None:
    assert "This is needed." in add(manager, "  ").text
    assert "Use small letters" in add(manager, "Beer", slug="B eer!").text
    assert "Another category has this word" in add(manager, "Cocktail").text
    assert "This has 61 characters" in add(manager, "x" * 61).text


def test_nobody_touches_another_venues_headings(venue: Venue, manager: Browser) -> None:
    theirs: UUID = category_of(open_venue(venue.app)).id
    assert manager.get(f"/admin/categories/{theirs}").status_code == 404
    for act, data in (("shift", {"to": "up"}), ("remove", {"version": "1"})):
        assert manager.post(f"/admin/categories/{theirs}/{act}", data=data).status_code == 404
    assert manager.post(f"/admin/categories/{theirs}", data={"name": "Mine", "version": "1"}).status_code == 410
