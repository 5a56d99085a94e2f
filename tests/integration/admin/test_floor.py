"""What staff do to an order besides moving it on: a tap taken back, another table, an order called off."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from core.domain.orders import UNDO_SECONDS
from core.domain.statuses import MovementReason, OrderStatus, Role, TicketStatus, Unit
from core.services.activity import Actor
from core.services.audit import breaches_of
from core.services.ingredients import save_ingredient
from core.services.recipe_edit import set_recipe
from core.services.stock_edit import history
from core.store.sql.engine import transaction
from core.store.sql.tables import Activity, OrderEvent, Outbox, Product, StockMovement, Ticket, VenueTable
from tests.integration import shelf
from tests.integration.admin.test_cash import promise, take
from tests.integration.admin.venue import Browser, Venue, open_venue


def paid(venue: Venue) -> UUID:
    """An order for two Dawa that a guest really placed and paid at the bar."""
    order_id, code = promise(venue, quantity=2)
    take(venue.signed_in(), code, 1400)
    return UUID(order_id)


def act(browser: Browser, order_id: UUID, what: str, version: int, **wish: Any) -> Any:
    return browser.post(f"/admin/board/orders/{order_id}/{what}", json={"version": version, **wish})


def told(venue: Venue, order_id: UUID) -> list[str]:
    """What the guest heard of their order's way, in order."""
    mine = (Outbox.kind == "order_status", Outbox.payload["order_id"].astext == str(order_id))
    with transaction(venue.program.sessions) as db:
        return [row.payload["status"] for row in db.scalars(select(Outbox).where(*mine).order_by(Outbox.seq))]


def tickets(venue: Venue, order_id: UUID) -> set[TicketStatus]:
    with transaction(venue.program.sessions) as db:
        return set(db.scalars(select(Ticket.status).where(Ticket.order_id == order_id)))


def minutes_pass(venue: Venue, order_id: UUID) -> None:
    with transaction(venue.program.sessions) as db:
        earlier = OrderEvent.created_at - timedelta(seconds=UNDO_SECONDS + 1)
        db.execute(update(OrderEvent).where(OrderEvent.order_id == order_id).values(created_at=earlier))


def test_a_tap_is_taken_back_and_the_guest_hears_how_it_stands(venue: Venue) -> None:
    browser, order_id = venue.signed_in(), paid(venue)
    version = browser.move(order_id, "PREPARING", venue.shown(order_id)["version"]).json["version"]
    version = browser.move(order_id, "READY", version).json["version"]
    assert tickets(venue, order_id) == {TicketStatus.DONE}
    answer = act(browser, order_id, "undo", version)
    assert (answer.status_code, answer.json["order"]["status"]) == (200, "PREPARING")
    assert tickets(venue, order_id) == {TicketStatus.OPEN}
    assert told(venue, order_id) == ["PREPARING", "READY", "PREPARING"]


def test_what_left_the_board_comes_back_to_it(venue: Venue) -> None:
    browser, order_id = venue.signed_in(), paid(venue)
    version = browser.move(order_id, "SERVED", venue.shown(order_id)["version"]).json["version"]
    assert browser.board()["orders"] == []
    act(browser, order_id, "undo", version)
    assert [order["status"] for order in browser.board()["orders"]] == ["PAID"]


def test_only_the_last_tap_of_one_s_own_is_taken_back_and_only_at_once(venue: Venue) -> None:
    browser, order_id = venue.signed_in(), paid(venue)
    version = venue.shown(order_id)["version"]
    assert act(browser, order_id, "undo", version).status_code == 409, "that it was paid is no tap"
    version = browser.move(order_id, "PREPARING", version).json["version"]
    with transaction(venue.program.sessions) as db:
        nobody = update(OrderEvent).where(OrderEvent.order_id == order_id).values(user_id=None)
        db.execute(nobody.where(OrderEvent.to_status == OrderStatus.PREPARING))
    assert act(browser, order_id, "undo", version).status_code == 409, "another's tap"
    version = browser.move(order_id, "READY", version).json["version"]
    assert act(browser, order_id, "undo", version - 1).status_code == 409, "an old board"
    version = act(browser, order_id, "undo", version).json["version"]
    assert act(browser, order_id, "undo", version).status_code == 409, "an undoing is not undone"
    version = browser.move(order_id, "READY", version).json["version"]
    minutes_pass(venue, order_id)
    late = act(browser, order_id, "undo", version)
    assert late.status_code == 409 and "Ten seconds" in late.json["error"] and late.json["order"]["status"] == "READY"


def test_the_audit_knows_a_tap_that_was_taken_back_from_an_order_that_fell_back(venue: Venue) -> None:
    browser, order_id = venue.signed_in(), paid(venue)
    version = browser.move(order_id, "READY", venue.shown(order_id)["version"]).json["version"]
    act(browser, order_id, "undo", version)
    assert order_breaches(venue, order_id) == []
    with transaction(venue.program.sessions) as db:
        db.execute(update(OrderEvent).where(OrderEvent.order_id == order_id).values(cause="staff"))
    assert order_breaches(venue, order_id) == ["order_moved_illegally"]
    with transaction(venue.program.sessions) as db:
        back = OrderEvent.to_status == OrderStatus.PAID
        fell = update(OrderEvent).where(OrderEvent.order_id == order_id, OrderEvent.from_status == OrderStatus.READY)
        db.execute(fell.where(back).values(cause="undone"))


def order_breaches(venue: Venue, order_id: UUID) -> list[str]:
    with transaction(venue.program.sessions) as db:
        return sorted(row["breach"] for row in breaches_of(db, "I8") if row.get("order_id") == str(order_id))


def test_an_order_goes_to_another_table_of_this_house(venue: Venue) -> None:
    venue.write(VenueTable(workspace_id=venue.workspace_id, number=12))
    browser, order_id = venue.signed_in(), paid(venue)
    version = venue.shown(order_id)["version"]
    moved = act(browser, order_id, "table", version, table=12)
    assert (moved.status_code, moved.json["order"]["table"]) == (200, 12)
    nowhere = act(browser, order_id, "table", moved.json["version"], table=99)
    assert nowhere.status_code == 409 and "no such table" in nowhere.json["error"]
    assert act(browser, order_id, "table", version, table=12).status_code == 409
    with transaction(venue.program.sessions) as db:
        line = db.scalars(
            select(Activity).where(Activity.action == "order_changed_tables", Activity.subject_id == order_id)
        )
        assert [(one.before, one.after) for one in line] == [({"table": 7}, {"table": 12})]


def test_an_order_called_off_goes_back_in_money_and_to_the_shelf_once(venue: Venue) -> None:
    order_id = paid(venue)
    venue.role(Role.MANAGER)
    browser, version = venue.signed_in(), venue.shown(order_id)["version"]
    before = on_hand(venue)
    wish = {"why": "the ice ran out", "key": uuid4().hex, "cash": True, "restock": True}
    answer = act(browser, order_id, "call-off", version, **wish)
    assert (answer.status_code, answer.json["order"]) == (200, None)
    assert act(browser, order_id, "call-off", version, **wish).status_code == 409
    assert venue.shown(order_id)["status"] == OrderStatus.REFUNDED
    assert told(venue, order_id) == ["CANCELLED"] and on_hand(venue) == before + 2
    with transaction(venue.program.sessions) as db:
        mine = (StockMovement.order_id == order_id, StockMovement.reason == MovementReason.RETURNED)
        assert db.scalars(select(StockMovement.quantity).where(*mine)).all() == [2]


def test_a_cocktail_called_off_goes_back_to_the_shelf_as_what_it_was_made_of(venue: Venue) -> None:
    with transaction(venue.program.sessions) as db:
        actor, said = Actor(venue.workspace_id), {"name": "Vodka", "unit": Unit.MILLILITRE, "low_stock": 0}
        vodka = save_ingredient(db, actor, None, 0, said)
        shelf.receive(db, venue.workspace_id, vodka, 500)
        set_recipe(db, actor, venue.product_id, 1, [(vodka, 50)], False)
    order_id = paid(venue)
    venue.role(Role.MANAGER)
    wish = {"why": "no ice", "key": uuid4().hex, "cash": True, "restock": True}
    assert act(venue.signed_in(), order_id, "call-off", venue.shown(order_id)["version"], **wish).status_code == 200
    with transaction(venue.program.sessions) as db:
        lines = history(db, venue.workspace_id, vodka)
        assert on_hand(venue) == 2, "what was brought for the other way of counting it"
        number = venue.shown(order_id)["number"]
    told = [(line.reason, line.quantity, line.balance, line.order_number) for line in reversed(lines)]
    assert told == [
        (MovementReason.RECEIVED, 500, 500, None),
        (MovementReason.SOLD, -100, 400, number),
        (MovementReason.RETURNED, 100, 500, number),
    ]


@pytest.mark.parametrize(("why", "kept"), [("the ice\0 ran out", "the ice ran out"), ("\ud83d \u202eno ice", "no ice")])
def test_what_no_keyboard_types_stands_in_no_reason(venue: Venue, why: str, kept: str) -> None:
    order_id = paid(venue)
    venue.role(Role.MANAGER)
    browser, version = venue.signed_in(), venue.shown(order_id)["version"]
    assert act(browser, order_id, "call-off", version, why=why, key="a\0 bcdefgh").status_code == 400
    assert act(browser, order_id, "call-off", version, why="\0", key=uuid4().hex).status_code == 400
    assert act(browser, order_id, "call-off", version, why=why, key=uuid4().hex).status_code == 200
    with transaction(venue.program.sessions) as db:
        mine = (Activity.action == "order_called_off", Activity.subject_id == order_id)
        assert db.scalars(select(Activity.detail).where(*mine)).one()["why"] == kept


def test_what_was_spilt_stays_off_the_shelf(venue: Venue) -> None:
    order_id = paid(venue)
    venue.role(Role.OWNER)
    before = on_hand(venue)
    version = venue.shown(order_id)["version"]
    act(venue.signed_in(), order_id, "call-off", version, why="spilt", key=uuid4().hex, cash=True)
    assert on_hand(venue) == before


@pytest.mark.parametrize("what", ["undo", "table", "call-off"])
@pytest.mark.parametrize("body", [{}, [], {"version": "x"}, {"version": 1, "table": "x", "why": "", "key": ""}])
def test_nonsense_changes_nothing(venue: Venue, what: str, body: object) -> None:
    venue.role(Role.MANAGER)
    browser, order_id = venue.signed_in(), venue.order()
    before = venue.shown(order_id)
    answer = browser.post(f"/admin/board/orders/{order_id}/{what}", json=body)
    assert answer.status_code == 400 or (what == "undo" and answer.status_code == 409)
    assert venue.shown(order_id) == before


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, "{", "\udc80", "1e999999"])
def test_what_no_program_would_send_is_refused_without_a_failure(venue: Venue, body: str) -> None:
    venue.role(Role.MANAGER)
    browser, order_id = venue.signed_in(), venue.order()
    for path in ("", "/undo", "/table", "/call-off"):
        raw, address = body.encode("utf-8", "surrogateescape"), f"/admin/board/orders/{order_id}{path}"
        assert browser.post(address, data=raw, content_type="application/json").status_code == 400, path


@pytest.mark.parametrize("what", ["undo", "table", "call-off"])
def test_another_venue_s_order_is_not_there(venue: Venue, what: str) -> None:
    venue.role(Role.MANAGER)
    theirs = open_venue(venue.app).order()
    wish = {"table": 7, "why": "x", "key": uuid4().hex}
    assert act(venue.signed_in(), theirs, what, 1, **wish).status_code == 404


def on_hand(venue: Venue) -> int:
    with transaction(venue.program.sessions) as db:
        return db.get_one(Product, venue.product_id).on_hand
