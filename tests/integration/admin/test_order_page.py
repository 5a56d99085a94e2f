"""The page of one order and of one client: their whole story, what staff change, and what stays with their house."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.domain.statuses import OrderStatus, Role
from core.services.orders import advance_order
from core.store.sql.tables import Activity, Conversation, Message, Order
from tests.integration.admin.conftest import PHONE
from tests.integration.admin.venue import Browser, Venue, open_venue


@pytest.fixture
def order_id(venue: Venue, client_id: UUID) -> UUID:
    """An order with a chat before it."""
    order_id = venue.order(OrderStatus.PAID, "Amina", "<b>Dawa</b>")
    with venue.program.sessions.begin() as db:
        chat = db.scalars(select(Conversation).where(Conversation.customer_id == client_id)).one()
    said = {"workspace_id": venue.workspace_id, "mailbox": chat.mailbox, "direction": "in", "kind": "text"}
    now = datetime.now(UTC)
    venue.write(
        Message(**said, body="two dawa please", at=now - timedelta(minutes=5), external_id="a"),
        Message(**said, body="another evening", at=now - timedelta(days=2), external_id="b"),
    )
    with venue.program.sessions.begin() as db:
        order = db.get_one(Order, order_id)
        order.customer_id, order.conversation_id = client_id, chat.id
        advance_order(db, venue.workspace_id, order_id, OrderStatus.PREPARING, venue.user_id, order.version)
    return order_id


def test_an_order_tells_its_story_from_the_first_word(manager: Browser, order_id: UUID) -> None:
    page = manager.get(f"/admin/orders/{order_id}").text
    first, ordered, made = (page.index(words) for words in ("two dawa please", "<bdi>Ordered", "<bdi>Being made"))
    assert first < ordered < made and "by Wanjiru" in page[made:]
    assert activity(manager)[0]["action"] == "conversation_read"
    assert "another evening" not in page and "<b>Dawa" not in page and "KES&nbsp;1,400" in page
    assert "&lt;b&gt;Dawa" in manager.get(f"/admin/orders/{order_id}/inside").text


def test_a_message_in_the_list_names_its_guest(manager: Browser, order_id: UUID) -> None:
    found = manager.get("/admin/messages/rows", headers={"Accept": "application/json"}).json["data"]
    assert {row["body"]: row["guest"] for row in found} == {"two dawa please": "Amina", "another evening": "Amina"}


def activity(manager: Browser) -> list[dict[str, Any]]:
    return list(manager.get("/admin/activity/rows", headers={"Accept": "application/json"}).json["data"])


def test_whoever_takes_a_list_away_or_reads_all_messages_is_written_down(manager: Browser) -> None:
    assert manager.get("/admin/customers/file.csv").status_code == 200
    assert manager.get("/admin/messages").status_code == 200
    lines = [(row["who"], row["action"], row["subject_kind"]) for row in activity(manager)]
    assert lines == [
        ("Wanjiru", "messages_read", "messages"),
        ("Wanjiru", "list_exported", "customers"),
        ("Wanjiru", "signed_in", "user"),
    ]


def test_what_staff_did_is_looked_for_and_taken_away_in_words(manager: Browser) -> None:
    assert manager.get("/admin/messages").status_code == 200
    for asked in ("q=messages+read", "where=action.contains.messages+read", "where=action.is.Messages+read"):
        found = manager.get(f"/admin/activity/rows?{asked}", headers={"Accept": "application/json"}).json["data"]
        assert [row["action"] for row in found] == ["messages_read"], asked
    assert "Messages read" in manager.get("/admin/activity/file.csv").text


def test_who_may_not_read_chats_or_money_sees_neither_in_it(venue: Venue, order_id: UUID) -> None:
    venue.role(Role.VIEWER)
    page = venue.signed_in().get(f"/admin/orders/{order_id}").text
    assert "two dawa please" not in page and "Being made" in page


@pytest.mark.parametrize(
    "address", ["/admin/orders/{order}", "/admin/customers/{client}", "/admin/customers/{client}/copy.json"]
)
def test_pages_of_another_house_are_not_there(venue: Venue, order_id: UUID, client_id: UUID, address: str) -> None:
    next_door = open_venue(venue.app)
    next_door.role(Role.OWNER)
    theirs = next_door.signed_in().get(address.format(order=order_id, client=client_id))
    assert theirs.status_code == 404


def version(manager: Browser) -> int:
    return int(row(manager)["version"])


def row(manager: Browser) -> dict[str, Any]:
    (found,) = manager.get("/admin/customers/rows", headers={"Accept": "application/json"}).json["data"]
    return dict(found)


def save(manager: Browser, client_id: UUID, **form: Any) -> Any:
    return manager.post(f"/admin/customers/{client_id}", data=form)


def test_a_discount_is_given_once_and_who_was_slower_hears_who_was_quicker(
    manager: Browser, venue: Venue, client_id: UUID
) -> None:
    seen = version(manager)
    assert "Language and discount" in manager.get(f"/admin/customers/{client_id}").text
    assert save(manager, client_id, version=seen, language="sw", discount_percent="15").status_code == 302
    late = save(manager, client_id, version=seen, language="", discount_percent="50")
    assert late.status_code == 409 and "Wanjiru" in late.text
    assert (row(manager)["discount_percent"], row(manager)["language"]) == ("15.00", "sw")
    with venue.program.sessions.begin() as db:
        lines = db.scalars(select(Activity).where(Activity.subject_id == client_id)).all()
    assert [(line.action, line.after) for line in lines] == [
        ("customer_changed", {"language": "sw", "discount_percent": "15"})
    ]


@pytest.mark.parametrize("discount", ["100", "-1", "x", "", "1.5", "٣"])
def test_a_discount_that_is_none_is_refused_with_a_sentence(manager: Browser, client_id: UUID, discount: str) -> None:
    answer = save(manager, client_id, version=version(manager), language="", discount_percent=discount)
    assert answer.status_code == 422 and "between 0 and 99" in answer.text
    assert row(manager)["discount_percent"] == "0.00"


def patch(manager: Browser, client_id: UUID, *, column: str, **body: Any) -> Any:
    headers = {"X-CSRFToken": manager.token(), "Accept": "application/json"}
    return manager.client.patch(f"/admin/customers/rows/{client_id}/{column}", json=body, headers=headers)


def test_a_cell_is_changed_in_place_unless_somebody_was_quicker(manager: Browser, client_id: UUID) -> None:
    seen = version(manager)
    done = patch(manager, client_id, version=seen, column="discount_percent", value="20")
    assert done.status_code == 200 and done.json["row"]["discount_percent"] == "20.00"
    late = patch(manager, client_id, version=seen, column="discount_percent", value="30")
    assert late.status_code == 409 and late.json["row"] == done.json["row"] and "Wanjiru" in late.json["error"]
    unfitting = patch(manager, client_id, version=done.json["row"]["version"], column="discount_percent", value="200")
    assert unfitting.status_code == 422 and unfitting.json["error"].endswith(".")


@pytest.mark.parametrize(
    ("column", "body", "status"),
    [("phone", {"version": 1}, 404), ("language", {}, 400), ("language", {"version": True}, 400)],
)
def test_what_cannot_be_edited_is_refused(
    manager: Browser, client_id: UUID, column: str, body: dict[str, Any], status: int
) -> None:
    assert patch(manager, client_id, column=column, **body).status_code == status


def test_a_client_gets_everything_we_keep_of_them(manager: Browser, order_id: UUID, client_id: UUID) -> None:
    copy = json.loads(manager.get(f"/admin/customers/{client_id}/copy.json").data)
    assert copy["customer"]["phone"] == PHONE and copy["customer"]["name"] == "Amina"
    assert [one["items"][0]["name"] for one in copy["orders"]] == ["<b>Dawa</b>"]
    assert [one["text"] for one in copy["messages"]] == ["another evening", "two dawa please"]


def test_the_bar_sees_clients_and_changes_none(venue: Venue, client_id: UUID) -> None:
    venue.role(Role.BAR)
    bar = venue.signed_in()
    assert "Language and discount" not in bar.get(f"/admin/customers/{client_id}").text
    assert save(bar, client_id, version=1, language="", discount_percent="5").status_code == 403
    assert bar.get(f"/admin/customers/{client_id}/copy.json").status_code == 403
