"""Cells and rows changed in a list, over HTTP: who may, what is refused with a sentence, and who hears of it."""

from decimal import Decimal
from itertools import islice
from json import loads
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.domain.statuses import OrderStatus, Role, Station, Unit
from core.errors import TryAgain
from core.services import acting, documents
from core.services.activity import Actor
from core.services.followup import Followup
from core.services.listing import every
from core.services.menu_edit import mark_sold_out
from core.store.sql.tables import Activity, Category, Customer, Order, Product, RecipeLine
from tests.integration.admin.venue import DID, Browser, Venue, events, open_venue
from webapp.admin import list_edits


def change(browser: Browser, column: str, value: object, version: object = 1, row_id: UUID | None = None) -> Any:
    address = f"/admin/products/rows/{row_id or browser.venue.product_id}/{column}"
    headers = {"X-CSRFToken": browser.token(), "Accept": "application/json"}
    return browser.client.patch(address, json={"version": version, "value": value}, headers=headers)


def act(browser: Browser, way: str, query: str = "", **said: Any) -> Any:
    return browser.post(f"/admin/{way}{query}", json=said, headers={"Accept": "application/json"})


def product(venue: Venue) -> Product:
    with venue.program.sessions.begin() as db:
        return db.get_one(Product, venue.product_id)


def logged(venue: Venue) -> list[tuple[str, Any]]:
    mine = select(Activity.action, Activity.after).where(Activity.workspace_id == venue.workspace_id, DID)
    with venue.program.sessions.begin() as db:
        return [(line.action, line.after) for line in db.execute(mine.order_by(Activity.seq))]


def test_each_cell_is_written_as_its_form_would_and_the_row_comes_back(venue: Venue, manager: Browser) -> None:
    heading = Category(id=uuid4(), workspace_id=venue.workspace_id, name="Warm", slug="warm")
    venue.write(heading)
    typed = {"price": "KES 1,250", "category": str(heading.id), "position": "3", "low_stock": "5", "in_menu": "false",
             "sku": "D-1"}  # fmt: skip
    for version, (column, value) in enumerate(typed.items(), start=1):
        answer = change(manager, column, value, version)
        assert answer.status_code == 200, (column, answer.text)
        assert answer.json["row"]["version"] == version + 1
    row = answer.json["row"]
    assert (row["price"], row["category"], row["raw"]["price"]) == ("KES 1,250", "Warm", "1250")
    assert row["raw"]["category"] == str(heading.id) and row["in_menu"] == "false"
    assert [action for action, _ in logged(venue)] == ["product_changed"] * 6
    choices = manager.get("/admin/products/choices/category").json["options"]
    assert [str(heading.id), "Warm"] in choices
    assert manager.get("/admin/products/choices/price").status_code == 404


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("price", "free", "whole shillings"),
        ("price", None, "whole shillings"),
        ("price", {"a": 1}, "whole shillings"),
        ("low_stock", "many", "whole number"),
        ("category", "none", "Choose a category"),
        ("category", "00000000-0000-4000-8000-000000000000", "That category is gone"),
        ("availability", "perhaps", "Write out or there"),
    ],
)
def test_what_cannot_be_meant_is_said_and_changes_nothing(
    venue: Venue, manager: Browser, column: str, value: object, said: str
) -> None:
    answer = change(manager, column, value)
    assert answer.status_code == 422 and said in answer.json["error"]
    assert product(venue).version == 1 and logged(venue) == []


@pytest.mark.parametrize("version", ["1", True, None, 1.5])
def test_a_cell_without_a_version_is_not_written(manager: Browser, version: object) -> None:
    assert change(manager, "price", "750", version).status_code == 400


def test_who_was_quicker_is_named_with_the_row_as_it_is_now(venue: Venue, manager: Browser) -> None:
    assert change(manager, "price", "750").status_code == 200
    late = change(manager, "price", "800")
    assert late.status_code == 409 and late.json["error"] == "Wanjiru changed this just now."
    assert late.json["row"]["price"] == "KES 750" and product(venue).price == 750


def test_each_role_changes_what_it_may(venue: Venue) -> None:
    venue.role(Role.KITCHEN)
    kitchen = venue.signed_in()
    assert change(kitchen, "availability", "out").status_code == 200 and product(venue).sold_out
    assert change(kitchen, "price", "1").status_code == 403
    assert act(kitchen, "products/acts/back", ids=[str(venue.product_id)]).json["done"] == 1
    assert act(kitchen, "products/acts/move", ids=[str(venue.product_id)]).status_code == 403
    assert not product(venue).sold_out and product(venue).price == 700


def test_another_houses_rows_are_left_and_the_reason_is_said(venue: Venue, manager: Browser) -> None:
    other = open_venue(venue.app)
    assert change(manager, "price", "1", row_id=other.product_id).status_code == 422
    answer = act(manager, "products/acts/out", ids=[str(other.product_id), str(venue.product_id)]).json
    assert answer == {"done": 1, "left": [str(other.product_id)], "why": ["It is not there any more."]}
    assert product(venue).sold_out and not product(other).sold_out


def test_everything_that_is_filtered_is_what_the_filter_says(venue: Venue, manager: Browser) -> None:
    assert act(manager, "products/acts/out", "?where=name.is.Mojito", all=True).json["done"] == 0
    assert act(manager, "products/acts/out", "?where=name.is.dawa", all=True).json["done"] == 1
    assert product(venue).sold_out and logged(venue) == [("product_sold_out", {"sold_out": True})]
    assert act(manager, "products/acts/out", "?where=name", all=True).status_code == 400


@pytest.mark.parametrize(
    "said", [{}, {"ids": []}, {"ids": ["x"]}, {"ids": "all"}, {"all": 1}, {"ids": ["0" * 32] * 501}]
)
def test_rows_that_are_none_are_refused(manager: Browser, said: dict[str, Any]) -> None:
    assert act(manager, "products/acts/out", **said).status_code == 400


def test_only_what_is_ready_is_served(venue: Venue) -> None:
    ready, paid = venue.order(OrderStatus.READY), venue.order(OrderStatus.PAID)
    answer = act(venue.signed_in(), "orders/acts/served", ids=[str(ready), str(paid)]).json
    assert (answer["done"], answer["left"]) == (1, [str(paid)])
    assert answer["why"] == ["Only what is ready can be served."]
    with venue.program.sessions.begin() as db:
        assert db.get_one(Order, ready).status is OrderStatus.SERVED
        assert db.get_one(Order, paid).status is OrderStatus.PAID


def test_guests_are_blocked_together_and_their_chats_know(venue: Venue, manager: Browser) -> None:
    venue.call()
    with venue.program.sessions.begin() as db:
        guest = db.scalars(select(Customer.id).where(Customer.workspace_id == venue.workspace_id)).one()
    for way, blocked in (("block", True), ("unblock", False)):
        assert act(manager, f"customers/acts/{way}", ids=[str(guest)]).json["done"] == 1
        with venue.program.sessions.begin() as db:
            assert (db.get_one(Customer, guest).blocked_at is not None) is blocked
        assert bool(loads(venue.program.store.client.get("profile:box-254700000001")).get("blocked")) is blocked


def test_open_lists_hear_whose_rows_changed_and_nothing_of_what_is_in_them(venue: Venue, manager: Browser) -> None:
    change(manager, "price", "750")
    after = venue.program.store.board.latest(str(venue.workspace_id))
    change(manager, "price", "800", version=2)
    venue.order(guest="Otieno")
    said = (one for one in events(manager.get(f"/admin/changes?after={after}")) if "id" in one and "data" in one)
    heard = [one["data"] for one in islice(said, 2)]
    assert {loads(one)["about"] for one in heard} == {"products", "orders"}
    assert all(set(loads(one)) == {"about"} for one in heard)


def test_an_act_on_more_rows_than_anybody_waits_for_is_done_by_the_workers(
    venue: Venue, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_edits, "MOST_CHOSEN", 1)
    monkeypatch.setattr(acting, "AT_ONCE", 1)
    ready, paid = venue.order(OrderStatus.READY), venue.order(OrderStatus.PAID)
    answer = act(manager, "orders/acts/served", "?sort=number", all=True)
    assert answer.status_code == 202
    address = answer.json["address"]
    assert act(manager, "orders/acts/served", "?sort=number", all=True).json["address"] == address
    assert "0 % of about 2 rows are done" in manager.get(address).text
    documents.make_documents(venue.program)
    assert venue.shown(ready)["status"] == "SERVED" and venue.shown(paid)["status"] == "PAID"
    assert "It is done." in manager.get(address).text
    lines = [line.partition(",")[2] for line in manager.get(f"{address}/file").data.decode("utf-8-sig").splitlines()]
    assert lines == ["What became of it", "Served", "Only what is ready can be served."]
    assert [action for action, _ in logged(venue)] == ["order_moved"]
    monkeypatch.setattr(acting, "MOST_ROWS", 1)
    assert "Filter the list first" in act(manager, "orders/acts/served", all=True).json["error"]


def test_the_workers_do_it_to_the_rows_that_were_there_when_it_was_asked_for(
    venue: Venue, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_edits, "MOST_CHOSEN", 1)
    seen = [venue.order(OrderStatus.READY) for _ in range(2)]
    answer = act(manager, "orders/acts/served", "?where=status.in.READY", all=True)
    assert answer.status_code == 202
    unseen = venue.order(OrderStatus.READY)
    documents.make_documents(venue.program)
    assert [venue.shown(one)["status"] for one in (*seen, unseen)] == ["SERVED", "SERVED", "READY"]


def test_what_was_done_before_the_books_were_away_is_in_every_chat(
    venue: Venue, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, menus = uuid4(), venue.program.store.menus

    def sometimes(db: Session, actor: Actor, product_id: UUID, sold_out: bool) -> Followup:
        if product_id == away:
            raise TryAgain("a lock was not had")
        return mark_sold_out(db, actor, product_id, sold_out)

    monkeypatch.setattr(every, "mark_sold_out", sometimes)
    before = menus.version(str(venue.workspace_id))
    answer = act(manager, "products/acts/out", ids=[str(venue.product_id), str(away)])
    assert answer.json == {"done": 1, "left": [str(away)], "why": ["It took too long just now: please try again."]}
    assert product(venue).sold_out and menus.version(str(venue.workspace_id)) != before


@pytest.mark.parametrize("way", ["out", "move"])
def test_who_died_before_the_chats_heard_of_it_is_made_up_for_by_the_next(
    venue: Venue, manager: Browser, way: str
) -> None:
    with venue.program.sessions.begin() as db:
        db.execute(update(Product).where(Product.id == venue.product_id).values(sold_out=True))
    before = venue.program.store.menus.version(str(venue.workspace_id))
    value = str(product(venue).category_id)
    assert act(manager, f"products/acts/{way}", ids=[str(venue.product_id)], value=value).json["done"] == 1
    assert venue.program.store.menus.version(str(venue.workspace_id)) != before and logged(venue) == []


def test_what_is_mixed_is_there_as_long_as_each_of_its_ingredients(venue: Venue, manager: Browser) -> None:
    gin = Product(
        id=uuid4(), workspace_id=venue.workspace_id, name="Gin", slug="gin", price=Decimal(0), in_menu=False,
        station=Station.BAR, unit=Unit.MILLILITRE, on_hand=170,
    )  # fmt: skip
    venue.write(gin, takes(venue, gin.id, 50))
    with venue.program.sessions.begin() as db:
        dawa = db.get_one(Product, venue.product_id)
        dawa.mixed, dawa.counted, dawa.low_stock = True, False, 3
    (row,) = manager.get("/admin/products/rows?where=left.is.3").json["data"]
    assert (row["name"], row["left"], row["availability"]) == ("Dawa", {"value": 3, "full": None}, "there")
    venue.write(takes(venue, lime(venue), 1))
    (row,) = manager.get("/admin/products/rows").json["data"]
    assert (row["left"]["value"], row["availability"]) == (0, "none")


def takes(venue: Venue, ingredient_id: UUID, quantity: int) -> RecipeLine:
    mine = {"workspace_id": venue.workspace_id, "product_id": venue.product_id}
    return RecipeLine(**mine, ingredient_id=ingredient_id, quantity=quantity)


def lime(venue: Venue) -> UUID:
    """None is left."""
    row = Product(
        id=uuid4(), workspace_id=venue.workspace_id, name="Lime", slug="lime", price=Decimal(0), in_menu=False,
        station=Station.BAR,
    )  # fmt: skip
    venue.write(row)
    return row.id
