"""Dead letters on the staff's pages: everybody reads them, who runs the house decides, once and with a reason."""

import json
import time
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.domain.statuses import DeadLetterState, Role
from core.settings import load_settings
from core.store.sql.tables import Activity, DeadLetter
from tests.integration.admin.test_trouble import now
from tests.integration.admin.venue import DID, Venue, open_venue
from webapp import create_app

NASTY = "<script>alert(1)</script>"


def dead(venue: Venue, text: str = "two dawa please", age: float = 5.0, **more: Any) -> UUID:
    """A message of a guest that failed on every try."""
    guest = {"channel": str(venue.channel_id), "workspace": str(venue.workspace_id), "phone": "254700000001"}
    body = {"kind": "text", "at": time.time() - age, "data": {"text": text}, "external": "wamid.1", "guest": guest}
    row = {"lane": "conversations", "mailbox": venue.box(), "event_id": uuid4().hex, "attempts": 3, "at": now()}
    about = {"id": uuid4(), "workspace_id": venue.workspace_id, "error": "ValueError at x.py:1"}
    letter = DeadLetter(body=json.dumps(body), **about | row | more)
    venue.write(letter)
    return letter.id


def row(venue: Venue, letter_id: UUID) -> DeadLetter:
    with venue.program.sessions.begin() as db:
        return db.get_one(DeadLetter, letter_id)


def notes(venue: Venue) -> list[str]:
    with venue.program.sessions.begin() as db:
        mine = select(Activity).where(Activity.workspace_id == venue.workspace_id, DID).order_by(Activity.seq)
        return [note.action for note in db.scalars(mine)]


@pytest.fixture
def managed(venue: Venue) -> Venue:
    """Somebody who runs the house has signed in."""
    venue.role(Role.MANAGER)
    return venue


def test_a_dead_letter_is_counted_on_the_board_and_led_to_from_the_queues(venue: Venue) -> None:
    browser = venue.signed_in()
    assert browser.board()["letters"] == 0
    dead(venue)
    assert browser.board()["letters"] == 1
    assert 'href="/admin/letters"' in browser.get("/admin/queues").text


def test_it_says_what_was_said_what_went_wrong_and_what_a_replay_does(venue: Venue) -> None:
    fresh, late, old = dead(venue), dead(venue, age=31 * 60), dead(venue, age=25 * 3600)
    browser = venue.signed_in()
    text = browser.get(f"/admin/letters/{fresh}").text
    assert "two dawa please" in text and "ValueError at x.py:1" in text and venue.box() in text
    assert "254700000001" not in text, "the page of the guest shows who it is"
    venue.role(Role.OWNER)
    assert "what they asked for is done" in browser.get(f"/admin/letters/{fresh}").text
    assert "orders and pays nothing" in browser.get(f"/admin/letters/{late}").text
    assert "no answer any more" in browser.get(f"/admin/letters/{old}").text
    assert notes(venue) == ["dead_letter_read"] * 4


def test_where_the_worker_died_that_is_what_it_says(venue: Venue) -> None:
    assert "The worker died each time" in venue.signed_in().get(f"/admin/letters/{dead(venue, error='')}").text


def test_a_manager_replays_it_and_the_guest_is_answered_once(managed: Venue) -> None:
    browser, letter_id = managed.signed_in(), dead(managed, "cart")
    answers = [browser.post(f"/admin/letters/{letter_id}/replay", data={"reason": "mended"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert "decided on this one already" in answers[1].text
    letter = row(managed, letter_id)
    assert (letter.state, letter.decided_by, letter.reason) == (DeadLetterState.REPLAYED, managed.user_id, "mended")
    managed.serve()
    said = browser.get(f"/admin/conversations/{managed.box()}").text
    assert "cart" in said and "empty" in said
    shown = browser.get(f"/admin/letters/{letter_id}").text
    assert "Wanjiru" in shown and "mended" in shown and "Replay</button>" not in shown


def test_nothing_is_dropped_without_saying_why(managed: Venue) -> None:
    browser, letter_id = managed.signed_in(), dead(managed)
    refused = browser.post(f"/admin/letters/{letter_id}/drop", data={"reason": " "})
    assert refused.status_code == 409 and "Say why" in refused.text
    assert row(managed, letter_id).state is DeadLetterState.DEAD
    assert browser.post(f"/admin/letters/{letter_id}/drop", data={"reason": "served in person"}).status_code == 302
    assert "served in person" in browser.get("/admin/letters").text
    assert "dead_letter_dropped" in notes(managed) and browser.board()["letters"] == 0


def test_a_waiter_reads_and_does_not_decide(venue: Venue) -> None:
    browser, letter_id = venue.signed_in(), dead(venue)
    text = browser.get(f"/admin/letters/{letter_id}").text
    assert "An owner or a manager" in text and "Replay</button>" not in text
    for what in ("replay", "drop"):
        assert browser.post(f"/admin/letters/{letter_id}/{what}", data={"reason": "x"}).status_code == 403
    assert row(venue, letter_id).state is DeadLetterState.DEAD


def test_another_venues_letters_are_not_there(managed: Venue) -> None:
    other = open_venue(managed.app)
    browser, letter_id = managed.signed_in(), dead(other, "a secret")
    assert "None. Nothing needs you here." in browser.get("/admin/letters").text
    assert browser.get(f"/admin/letters/{letter_id}").status_code == 404
    for what in ("replay", "drop"):
        assert browser.post(f"/admin/letters/{letter_id}/{what}", data={"reason": "x"}).status_code == 404
    assert row(other, letter_id).state is DeadLetterState.DEAD


def test_what_a_guest_wrote_is_only_text(managed: Venue) -> None:
    browser, letter_id = managed.signed_in(), dead(managed, NASTY, error=NASTY)
    browser.post(f"/admin/letters/{letter_id}/drop", data={"reason": NASTY})
    for path in ("/admin/letters", f"/admin/letters/{letter_id}"):
        text = browser.get(path).text
        assert "<script>alert" not in text and "&lt;script&gt;alert" in text


def test_a_letter_without_its_guest_is_not_replayed(managed: Venue) -> None:
    letter_id = dead(managed)
    with managed.program.sessions.begin() as db:
        db.get_one(DeadLetter, letter_id).body = '{"kind": "text", "at": 1, "data": {}}'
    refused = managed.signed_in().post(f"/admin/letters/{letter_id}/replay")
    assert refused.status_code == 409 and "can only be dropped" in refused.text


def test_while_the_mailboxes_do_not_answer_nothing_is_replayed(managed: Venue, environ: dict[str, str]) -> None:
    deaf = create_app(load_settings(environ | {"REDIS_URL": "redis://127.0.0.1:1/0"}))
    letter_id = dead(managed)
    refused = replace(managed, app=deaf).signed_in().post(f"/admin/letters/{letter_id}/replay")
    assert refused.status_code == 503 and "Nothing was done" in refused.text
    assert row(managed, letter_id).state is DeadLetterState.DEAD
