"""A guest asks for a person: staff see it, answer, hand the chat back. What WhatsApp says stands on the queues page."""

import json
import time
from uuid import UUID, uuid4

from sqlalchemy import select

from core.services.effects import GuestRef, perform
from core.services.history import save_messages
from core.store.sql.tables import Channel, Outbox
from tests.integration.admin.venue import Venue, open_venue


def a_call(venue: Venue, name: str = "Amina") -> GuestRef:
    with venue.program.sessions.begin() as db:
        channel = db.scalars(select(Channel.id).where(Channel.workspace_id == venue.workspace_id)).one()
        box = uuid4().hex
        ref = GuestRef(venue.workspace_id, channel, box, f"KE.{box}", "", name)
        perform(db, ref, uuid4().hex, [{"kind": "call_staff", "reason": "guest"}])
    return ref


def told(venue: Venue) -> list[tuple[str, dict[str, object]]]:
    with venue.program.sessions.begin() as db:
        rows = db.scalars(select(Outbox).where(Outbox.workspace_id == venue.workspace_id).order_by(Outbox.seq))
        return [(row.kind, row.payload) for row in rows]


def test_staff_answer_a_call_and_hand_the_guest_back(venue: Venue) -> None:
    ref, browser = a_call(venue), venue.signed_in()
    (call,) = browser.get("/admin/calls").json["calls"]
    assert call["guest"] == "Amina"
    assert browser.post(f"/admin/calls/{call['id']}/words", json={"text": "Coming!"}).status_code == 200
    assert browser.post(f"/admin/calls/{call['id']}/done").json == {"calls": [], "urgent": []}
    assert told(venue) == [("staff_said", {"text": "Coming!"}), ("staff_done", {})]
    waiting = venue.program.store.client.zcard(f"queue:conversations:{ref.mailbox}")
    assert waiting == 2, "both words are in the guest's mailbox"


def test_a_guest_who_calls_again_is_shown_again(venue: Venue) -> None:
    browser = venue.signed_in()
    ref = a_call(venue)
    (call,) = browser.get("/admin/calls").json["calls"]
    browser.post(f"/admin/calls/{call['id']}/done")
    with venue.program.sessions.begin() as db:
        perform(db, ref, uuid4().hex, [{"kind": "call_staff", "reason": "guest"}])
    assert [one["id"] for one in browser.get("/admin/calls").json["calls"]] == [call["id"]]


def test_another_venues_guests_are_nobodys_business(venue: Venue) -> None:
    other = open_venue(venue.app)
    a_call(other)
    (call,) = other.signed_in().get("/admin/calls").json["calls"]
    browser = venue.signed_in()
    assert browser.get("/admin/calls").json == {"calls": [], "urgent": []}
    assert browser.post(f"/admin/calls/{call['id']}/done").status_code == 404
    assert browser.post(f"/admin/calls/{call['id']}/words", json={"text": "hi"}).status_code == 404
    assert told(other) == []


def test_words_to_a_guest_are_some_and_not_too_many(venue: Venue) -> None:
    a_call(venue)
    browser = venue.signed_in()
    (call,) = browser.get("/admin/calls").json["calls"]
    for text in ("", "  ", "\x00\ud800", "x" * 901, 7, None, ["a"]):
        assert browser.post(f"/admin/calls/{call['id']}/words", json={"text": text}).status_code == 400


def says(venue: Venue, kind: str, event: str, subject: str, loud: bool) -> None:
    note: dict[str, object] = {"type": "account", "workspace": str(venue.workspace_id), "kind": kind, "event": event}
    note |= {"moment": "1", "subject": subject, "loud": loud, "body": "{}", "at": time.time()}
    for _ in range(2):
        venue.program.store.history.add(json.dumps(note))
    save_messages(venue.program)


def test_what_whatsapp_says_stands_on_the_page_until_somebody_has_seen_to_it(venue: Venue) -> None:
    says(venue, "account_update", "ACCOUNT_VIOLATION", "ALCOHOL", True)
    browser = venue.signed_in()
    page = browser.get("/admin/queues").text
    assert "WhatsApp says" in page and page.count("ALCOHOL") == 1 and 'role="alert"' in page
    assert "sell no alcohol" in page
    assert "ALCOHOL" in browser.get("/admin/calls").json["urgent"][0], "also on the board"
    notice = page.split("/admin/notices/")[1].split("/seen")[0]
    assert open_venue(venue.app).signed_in().post(f"/admin/notices/{notice}/seen").status_code == 404
    assert browser.post(f"/admin/notices/{UUID(notice)}/seen").status_code == 302
    assert "ALCOHOL" not in browser.get("/admin/queues").text


def test_a_guests_own_preference_is_kept_but_is_no_trouble(venue: Venue) -> None:
    says(venue, "user_preferences", "", "", False)
    assert "WhatsApp says" not in venue.signed_in().get("/admin/queues").text
