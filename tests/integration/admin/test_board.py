"""What the bar sees, and what a tap does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from core.domain.statuses import Direction, MessageStatus, OrderStatus
from core.services.alerts import alert
from core.store.sql.tables import Message, OrderEvent
from tests.integration.admin.venue import Venue, open_venue


def moves(venue: Venue, order_id: object) -> int:
    with venue.program.sessions.begin() as db:
        return db.scalar(select(func.count()).where(OrderEvent.order_id == order_id)) or 0


def test_the_board_shows_what_was_paid_with_table_guest_and_items(venue: Venue) -> None:
    venue.order(OrderStatus.PENDING)
    order_id = venue.order(OrderStatus.PAID, guest="Amina", item="Dawa")
    (order,) = venue.signed_in().board()["orders"]
    assert (order["id"], order["status"], order["table"], order["guest"]) == (str(order_id), "PAID", 7, "Amina")
    assert [(item["quantity"], item["name"]) for item in order["items"]] == [(2, "Dawa")]


def test_an_order_goes_from_paid_to_served_and_leaves_the_board(venue: Venue) -> None:
    browser, order_id = venue.signed_in(), venue.order()
    version = venue.shown(order_id)["version"]
    for status in ("PREPARING", "READY"):
        answer = browser.move(order_id, status, version).json
        assert answer["order"]["status"] == status
        version = answer["version"]
    assert browser.move(order_id, "SERVED", version).json["order"] is None
    assert browser.board()["orders"] == []


def test_pressing_twice_moves_once(venue: Venue) -> None:
    browser, order_id = venue.signed_in(), venue.order()
    first, second = browser.move(order_id, "PREPARING", 1), browser.move(order_id, "PREPARING", 1)
    assert first.status_code == second.status_code == 200
    assert first.json == second.json
    assert moves(venue, order_id) == 1


def test_five_tablets_tapped_at_once_move_once(venue: Venue) -> None:
    order_id = venue.order()
    tablets = [venue.signed_in() for _ in range(5)]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda tablet: tablet.move(order_id, "PREPARING", 1).status_code, tablets))
    assert set(answers) == {200}
    assert moves(venue, order_id) == 1


def test_who_looks_at_an_old_board_is_told_and_shown_how_it_stands(venue: Venue) -> None:
    browser, order_id = venue.signed_in(), venue.order()
    browser.move(order_id, "READY", 1)
    answer = browser.move(order_id, "PREPARING", 1)
    assert answer.status_code == 409
    assert answer.json["order"]["status"] == "READY" and "else" in answer.json["error"]
    assert venue.shown(order_id)["status"] == OrderStatus.READY


@pytest.mark.parametrize("body", [{}, [], "x", {"status": "PAID", "version": 1}, {"status": "READY"}, {"version": 1},
                                  {"status": "READY", "version": "x"}, {"status": None, "version": None}])  # fmt: skip
def test_nonsense_is_refused_and_moves_nothing(venue: Venue, body: object) -> None:
    browser, order_id = venue.signed_in(), venue.order()
    assert browser.post(f"/admin/board/orders/{order_id}", json=body).status_code == 400
    assert venue.shown(order_id)["status"] == OrderStatus.PAID


def test_another_venues_order_is_not_there(venue: Venue) -> None:
    order_id = open_venue(venue.app).order()
    browser = venue.signed_in()
    assert browser.board()["orders"] == []
    assert browser.move(order_id, "PREPARING", 1).status_code == 404
    assert browser.move(uuid4(), "PREPARING", 1).status_code == 404


def test_the_queues_page_names_who_did_not_get_what_matters(venue: Venue) -> None:
    now = datetime.now(UTC)
    shared = {"workspace_id": venue.workspace_id, "direction": Direction.OUT, "body": "text", "at": now}
    failed = shared | {"mailbox": "m", "status": MessageStatus.FAILED, "error_code": "131026"}
    with venue.program.sessions.begin() as db:
        db.add(Message(**failed, kind="payment_settled", important=True))
        db.add(Message(**failed, kind="reply"))
        db.add(Message(**failed | {"at": now - timedelta(days=2)}, kind="order_ready", important=True))
    alert(venue.program, str(venue.workspace_id), str(uuid4()), 190)
    page = venue.signed_in().get("/admin/queues").text
    assert "a guest: payment settled (error 131026)" in page
    assert "reply" not in page and "order ready" not in page
    assert "all sending: error 190" in page


def test_the_queues_page_shows_backlog_and_workers(venue: Venue) -> None:
    page = venue.signed_in().get("/admin/queues").text
    for words in ("Conversations", "events waiting", "oldest", "Workers", "Dead letters", "Flower"):
        assert words in page
