"""People who work in several houses: each page names the one it shows, and a tap leads over to another."""

from uuid import uuid4

from flask import Flask
from sqlalchemy import select, update

from core.domain.statuses import Role
from core.store.sql.tables import Category, Channel, Membership, Workspace
from tests.integration.admin.venue import Venue, open_venue
from webapp.admin.frame import initials, written


def works_in(venue: Venue, other: Venue, role: Role = Role.BAR) -> None:
    other.write(Membership(workspace_id=other.workspace_id, user_id=venue.user_id, role=role))
    with venue.program.sessions.begin() as db:
        db.execute(update(Workspace).where(Workspace.id == other.workspace_id).values(name="The Other Bar"))


def test_the_head_names_the_house_and_the_number_guests_write_to(venue: Venue) -> None:
    with venue.program.sessions.begin() as db:
        db.execute(update(Channel).where(Channel.id == venue.channel_id).values(display_number="254712345678"))
    page = venue.signed_in().get("/admin/board").text
    assert "The Bar" in page and "+254 712 345678" in page and "dropdown house" not in page


def test_a_tap_leads_to_another_house_and_back(app: Flask, venue: Venue) -> None:
    other = open_venue(app)
    works_in(venue, other)
    with venue.program.sessions.begin() as db:
        db.execute(update(Channel).where(Channel.id == other.channel_id).values(display_number="254799000000"))
    theirs, ours = other.order(guest="Otieno"), venue.order(guest="Amina")
    browser = venue.signed_in()
    page = browser.get("/admin/board").text
    assert "The Other Bar" in page and "+254 799 000000" in page, "its name and number"
    assert [order["id"] for order in browser.board()["orders"]] == [str(ours)]
    assert browser.post(f"/admin/houses/{other.workspace_id}").status_code == 302
    assert [order["id"] for order in browser.board()["orders"]] == [str(theirs)]
    assert [order["id"] for order in venue.signed_in().board()["orders"]] == [str(ours)], "another device stays"
    browser.post(f"/admin/houses/{venue.workspace_id}")
    assert [order["id"] for order in browser.board()["orders"]] == [str(ours)]


def test_nobody_enters_a_house_they_do_not_work_in(app: Flask, venue: Venue) -> None:
    other, browser = open_venue(app), venue.signed_in()
    assert browser.post(f"/admin/houses/{other.workspace_id}").status_code == 404
    assert browser.post(f"/admin/houses/{uuid4()}").status_code == 404
    works_in(venue, other)
    assert browser.post(f"/admin/houses/{other.workspace_id}").status_code == 302
    with venue.program.sessions.begin() as db:
        db.execute(
            update(Membership)
            .where(Membership.user_id == venue.user_id, Membership.workspace_id == other.workspace_id)
            .values(active=False)
        )
    assert "The Other Bar" not in browser.get("/admin/board").text, "let go there, they are back where they work"


def test_a_form_of_one_house_writes_into_no_other(app: Flask, venue: Venue) -> None:
    other = open_venue(app)
    works_in(venue, other, Role.MANAGER)
    venue.role(Role.MANAGER)
    browser = venue.signed_in()
    tab = browser.token()
    browser.post(f"/admin/houses/{other.workspace_id}")
    late = browser.post("/admin/categories/new", tab, data={"name": "Beer", "active": "y"})
    assert late.status_code == 400 and headings(other) == ["Cocktail"]
    tab = browser.token()
    assert browser.post("/admin/categories/new", tab, data={"name": "Beer", "active": "y"}).status_code == 302
    with venue.program.sessions.begin() as db:
        theirs = (Membership.user_id == venue.user_id, Membership.workspace_id == other.workspace_id)
        db.execute(update(Membership).where(*theirs).values(active=False))
    for _ in range(2):
        late = browser.post("/admin/categories/new", tab, data={"name": "Wine"})
        assert late.status_code == 409 and "another house" in late.text
    cell = browser.client.patch(
        f"/admin/customers/rows/{uuid4()}/language", json={"version": 1, "value": "sw"}, headers={"X-CSRFToken": tab}
    )
    assert cell.status_code == 409 and "another house" in cell.text
    assert headings(venue) == ["Cocktail"] and headings(other) == ["Beer", "Cocktail"]
    assert browser.post("/admin/categories/new", data={"name": "Wine", "active": "y"}).status_code == 302
    assert headings(venue) == ["Cocktail", "Wine"]
    assert browser.post("/admin/logout").status_code == 302


def headings(venue: Venue) -> list[str]:
    with venue.program.sessions.begin() as db:
        mine = select(Category.name).where(Category.workspace_id == venue.workspace_id)
        return sorted(db.scalars(mine))


def test_initials_and_numbers_are_written_as_people_write_them() -> None:
    names = {"Amina Wanjiru Otieno": "AO", "wanjiru": "W", "": "?", "  ": "?"}
    assert {name: initials(name) for name in names} == names
    assert written("254712345678") == "+254 712 345678"
    assert written("") == "" and written("12") == "12"
