"""A guest who asks for somebody is seen: on every board, at once, until one member of staff has tapped."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from json import loads
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from core.conversation.events import STAFF_DONE
from core.store.sql.outbox import CALL
from core.store.sql.tables import Activity, Conversation, Order, Outbox, StaffCall
from tests.integration.admin.venue import Browser, Venue, open_venue


def changes(stream: Iterator[dict[str, str]], number: int) -> list[dict[str, Any]]:
    told = (event for event in stream if "event" not in event and "data" in event)
    return [loads(event["data"]) for event in islice(told, number)]


def only_call(browser: Browser) -> dict[str, Any]:
    (call,) = browser.board()["calls"]
    return dict(call)


def told(venue: Venue, kind: str = CALL) -> int:
    """How often the boards, or the conversation, were told."""
    with venue.program.sessions.begin() as db:
        mine = (Outbox.workspace_id == venue.workspace_id, Outbox.kind == kind, Outbox.relayed_at.is_not(None))
        return db.scalar(select(func.count()).where(*mine)) or 0


def test_a_call_appears_on_an_open_board_without_reading_again(venue: Venue) -> None:
    browser = venue.signed_in()
    venue.order()
    stream = browser.listen(browser.board()["stream"])
    venue.call("Amina")
    (change,) = changes(stream, 1)
    assert (change["call"]["guest"], change["call"]["reason"]) == ("Amina", "Asks for somebody")
    assert change["call_id"] == change["call"]["id"] and change["version"] == change["call"]["version"] == 1


def test_a_board_that_is_read_again_shows_who_still_waits_the_longest_first(venue: Venue) -> None:
    venue.call("Amina", "254700000001")
    venue.call("Otieno", "254700000002", reason="a spilt drink")
    calls = venue.signed_in().board()["calls"]
    assert [call["guest"] for call in calls] == ["Amina", "Otieno"]
    assert calls[1]["reason"] == "a spilt drink"


def test_the_table_is_that_of_the_guests_last_order(venue: Venue) -> None:
    browser = venue.signed_in()
    venue.call()
    assert only_call(browser)["table"] is None
    order_id = venue.order()
    with venue.program.sessions.begin() as db:
        conversation = db.scalars(select(Conversation).where(Conversation.workspace_id == venue.workspace_id)).one()
        order = db.get_one(Order, order_id)
        order.conversation_id, order.customer_id = conversation.id, conversation.customer_id
    venue.call()
    assert only_call(browser)["table"] == 7


def test_asking_again_makes_it_the_latest_call_and_not_another_one(venue: Venue) -> None:
    browser = venue.signed_in()
    venue.call()
    first = only_call(browser)
    venue.call()
    second = only_call(browser)
    assert second["id"] == first["id"] and second["version"] == 2 and second["called_at"] > first["called_at"]


def test_seen_takes_it_from_every_board(venue: Venue) -> None:
    mine, others = venue.signed_in(), venue.signed_in()
    venue.call()
    read = others.board()
    call_id = read["calls"][0]["id"]
    gone = {"call_id": call_id, "version": 2, "call": None}
    assert mine.see(call_id).json == gone
    assert changes(others.listen(read["stream"]), 1) == [gone]
    assert others.board()["calls"] == []


def test_seen_hands_the_chat_back_to_the_bot(venue: Venue) -> None:
    browser = venue.signed_in()
    venue.call()
    assert told(venue, STAFF_DONE) == 0
    browser.see(only_call(browser)["id"])
    assert told(venue, STAFF_DONE) == 1
    with venue.program.sessions.begin() as db:
        conversation = db.scalars(select(Conversation).where(Conversation.workspace_id == venue.workspace_id)).one()
        row = db.scalars(select(Outbox).where(Outbox.conversation_id == conversation.id)).one()
        back = select(Activity).where(Activity.subject_id == conversation.id, Activity.action == "guest_handed_back")
        assert db.scalars(back).one().user_id == venue.user_id
    assert venue.program.store.knows([str(row.id)]) == [True], "it waits in the guest's mailbox"


def test_who_asks_again_after_having_been_seen_is_shown_again(venue: Venue) -> None:
    browser = venue.signed_in()
    venue.call()
    seen = only_call(browser)["id"]
    browser.see(seen)
    venue.call()
    assert only_call(browser)["id"] != seen


def test_five_tablets_that_tap_at_once_see_it_once(venue: Venue) -> None:
    tablets = [venue.signed_in() for _ in range(5)]
    venue.call()
    call_id = only_call(tablets[0])["id"]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda tablet: tablet.see(call_id), tablets))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json["version"] for answer in answers} == {2}
    assert told(venue) == 2, "once for the call, once for the first tap"
    assert told(venue, STAFF_DONE) == 1
    with venue.program.sessions.begin() as db:
        call = db.scalars(select(StaffCall).where(StaffCall.workspace_id == venue.workspace_id)).one()
    assert call.seen_by == venue.user_id and call.seen_at


def test_a_tap_without_a_token_is_refused(venue: Venue) -> None:
    browser = venue.signed_in()
    venue.call()
    assert browser.see(only_call(browser)["id"], token="").status_code == 400
    assert only_call(browser)


def test_another_venues_calls_are_neither_shown_nor_heard_nor_seen(venue: Venue) -> None:
    browser, other = venue.signed_in(), open_venue(venue.app)
    venue.order()
    other.call()
    theirs = only_call(other.signed_in())["id"]
    stream = browser.listen(browser.board()["stream"])
    assert browser.board()["calls"] == []
    assert browser.see(theirs).status_code == 404
    assert told(other, STAFF_DONE) == 0
    assert browser.see(str(uuid4())).status_code == 404
    venue.call("Mine")
    assert changes(stream, 1)[0]["call"]["guest"] == "Mine"
    assert only_call(other.signed_in())["id"] == theirs
