"""What staff do about a guest on their page: notes, and whom the bot talks with."""

import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select

from core.domain.statuses import Role
from core.services.conversations import take_turns
from core.services.customers import GuestRef
from core.services.effects import perform
from core.store.redis.mailbox import Item
from core.store.sql.tables import Activity, Customer, Message, Order
from tests.integration.admin.conftest import PHONE
from tests.integration.admin.test_erasing import paid
from tests.integration.admin.venue import Browser, Venue, open_venue


@pytest.fixture
def client_id(venue: Venue, client_id: UUID) -> UUID:
    """Somebody who has written before."""
    venue.hears("hello", PHONE)
    return client_id


def path(client_id: UUID, *rest: str) -> str:
    return "/".join((f"/admin/customers/{client_id}", *rest))


def actions(venue: Venue, client_id: UUID) -> list[tuple[str, Any]]:
    with venue.program.sessions.begin() as db:
        lines = db.scalars(select(Activity).where(Activity.subject_id == client_id).order_by(Activity.seq)).all()
        return [(line.action, line.detail) for line in lines]


def heard(venue: Venue, words: str) -> list[str]:
    """What they are answered; what they wrote is kept."""
    venue.hears(words, PHONE)
    with venue.program.sessions.begin() as db:
        mine = select(Message).where(Message.workspace_id == venue.workspace_id, Message.mailbox == venue.box(PHONE))
        rows = db.scalars(mine.order_by(Message.at)).all()
        cause = next(row.event_id for row in rows if row.body == words)
        return [row.body for row in rows if row.direction == "out" and row.event_id == cause]


def push(venue: Venue, words: str) -> None:
    id, at = uuid4().hex, time.time()
    body = {"kind": "text", "at": at, "data": {"text": words}, "external": f"wamid.{id}"}
    known = {"channel": str(venue.channel_id), "workspace": str(venue.workspace_id), "phone": PHONE, "name": "Amina"}
    venue.program.store.conversations.push([Item(id, (venue.box(PHONE),), at, body, known)])


def test_a_note_says_who_wrote_it_and_goes_with_what_the_guest_is_given(
    venue: Venue, manager: Browser, client_id: UUID
) -> None:
    assert (
        manager.post(path(client_id, "notes"), data={"note": " Likes the  corner <b>table</b>\nNo nuts "}).status_code
        == 302
    )
    page = manager.get(path(client_id)).text
    assert "Likes the corner &lt;b&gt;table&lt;/b&gt;\nNo nuts" in page and "Wanjiru, <time>" in page
    assert "Likes the corner" in manager.get(path(client_id, "copy.json")).text
    (note_id,) = {part.split("/")[0] for part in page.split(path(client_id, "notes") + "/")[1:]}
    assert manager.post(path(client_id, "notes", note_id, "delete")).status_code == 302
    assert "No notes yet" in manager.get(path(client_id)).text
    assert [name for name, _ in actions(venue, client_id)] == [
        "customer_note_added", "customer_exported", "customer_note_deleted",
    ]  # fmt: skip
    assert "corner" not in str(actions(venue, client_id))


@pytest.mark.parametrize("words", ["", " \n ", "x" * 501])
def test_a_note_that_is_none_is_refused_beside_it_and_stays_typed(
    manager: Browser, client_id: UUID, words: str
) -> None:
    answer = manager.post(path(client_id, "notes"), data={"note": words})
    assert answer.status_code == 422 and 'id="note-problem"' in answer.text and f">{words}</textarea>" in answer.text


@pytest.mark.parametrize(
    ("language", "percent", "beside"), [("", "a lot", "discount"), ("", "", "discount"), ("tlh", "5", "language")]
)
def test_what_does_not_fit_is_said_beside_its_field_and_stays_typed(
    manager: Browser, client_id: UUID, language: str, percent: str, beside: str
) -> None:
    form = {"language": language, "discount_percent": percent, "version": "1"}
    if beside == "language":
        form["version"] = manager.get(path(client_id)).text.split('name="version" value="')[1].split('"')[0]
    answer = manager.post(path(client_id), data=form)
    assert answer.status_code == 422 and f'id="{beside}-problem"' in answer.text
    assert f'value="{percent}"' in answer.text.split('id="discount"')[1].split(">")[0]


def test_the_copy_of_all_we_keep_names_the_numbers_and_what_was_paid(
    venue: Venue, manager: Browser, client_id: UUID
) -> None:
    moved = {"kind": "change_identity", "phone": "254799000111", "bsuid": "KE.7"}
    ref = GuestRef(venue.workspace_id, venue.channel_id, venue.box(PHONE), "", PHONE, "Amina")
    with venue.program.sessions.begin() as db:
        perform(db, ref, uuid4().hex, [moved])
    venue.write(paid(venue, venue.order(), client_id, PHONE))
    copy = manager.get(path(client_id, "copy.json")).json
    known = ("phone", "bsuid", "former_phones")
    assert [copy["customer"][name] for name in known] == ["254799000111", "KE.7", [PHONE]]
    assert [(one["amount"], one["phone"]) for one in copy["payments"]] == [("KES 1400", PHONE)]


def test_a_blocked_guest_is_told_once_without_any_sql_and_orders_again_when_unblocked(
    venue: Venue, manager: Browser, client_id: UUID
) -> None:
    assert manager.post(path(client_id, "block"), data={"blocked": "yes"}).status_code == 302
    assert "Blocked since" in manager.get(path(client_id)).text
    assert heard(venue, "two dawa") == ["Please speak to our staff."]
    assert heard(venue, "hello again") == [] and heard(venue, "menu") == []
    assert manager.post(path(client_id, "block"), data={"blocked": "no"}).status_code == 302
    assert heard(venue, "menu please")
    assert [name for name, _ in actions(venue, client_id)] == ["customer_blocked", "customer_unblocked"]


def test_who_is_blocked_is_marked_wherever_staff_meet_them(venue: Venue, manager: Browser, client_id: UUID) -> None:
    places = ("/admin/conversations", f"/admin/conversations/{venue.box(PHONE)}", "/admin/")
    assert not any(">Blocked</span>" in manager.get(place).text for place in places)
    manager.post(path(client_id, "block"), data={"blocked": "yes"})
    assert all(">Blocked</span>" in manager.get(place).text for place in places)
    rows = manager.get("/admin/customers/rows?where=standing.in.blocked").json["data"]
    assert [row["id"] for row in rows] == [str(client_id)] and rows[0]["standing"] == "blocked"
    assert "Blocked" in manager.get("/admin/customers/file.csv").text
    manager.post(path(client_id, "block"), data={"blocked": "no"})
    assert manager.get("/admin/customers/rows?where=standing.in.blocked").json["data"] == []


def test_the_invoices_of_a_guest_are_fetched_from_their_page(venue: Venue, manager: Browser, client_id: UUID) -> None:
    paid, unpaid = venue.order(), venue.order()
    with venue.program.sessions.begin() as db:
        for order_id in (paid, unpaid):
            db.get_one(Order, order_id).customer_id = client_id
        db.get_one(Order, unpaid).paid_at = None
    page = manager.get(path(client_id)).text
    assert f"/admin/receipts/{paid}.pdf" in page and f"/admin/receipts/{unpaid}.pdf" not in page


def test_turning_somebody_away_asks_no_database(venue: Venue, manager: Browser, client_id: UUID) -> None:
    manager.post(path(client_id, "block"), data={"blocked": "yes"})
    heard(venue, "once")
    asked: list[str] = []
    engine = venue.program.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    push(venue, "hello again")
    take_turns(venue.program, venue.program.store.conversations.claim("bell", 16))
    assert not asked


def test_only_who_may_blocks_and_only_in_their_own_house(venue: Venue, client_id: UUID) -> None:
    venue.role(Role.BAR)
    bar = venue.signed_in()
    assert "Note it" in bar.get(path(client_id)).text and "Block this guest" not in bar.get(path(client_id)).text
    assert bar.post(path(client_id, "block"), data={"blocked": "yes"}).status_code == 403
    next_door = open_venue(venue.app)
    next_door.role(Role.OWNER)
    other = next_door.signed_in()
    assert other.post(path(client_id, "block"), data={"blocked": "yes"}).status_code == 404
    assert other.post(path(client_id, "notes"), data={"note": "mine"}).status_code == 404
    with venue.program.sessions.begin() as db:
        assert db.get_one(Customer, client_id).blocked_at is None
