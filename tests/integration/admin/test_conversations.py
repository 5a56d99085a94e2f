"""Conversations on the staff's pages: read by everybody of the venue, written to where the guest asked for somebody."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core.domain.statuses import Direction, MessageStatus, Role
from core.settings import load_settings
from core.store.sql.tables import Activity, Conversation, Message
from tests.integration.admin.venue import Browser, Venue, open_venue
from webapp import create_app

NASTY = "<script>alert(1)</script>"
KEY = re.compile(r'name="key" value="([^"]+)"')


def page(browser: Browser, box: str, **more: Any) -> str:
    answer = browser.get(f"/admin/conversations/{box}", **more)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def listed(browser: Browser, wanted: str = "") -> str:
    answer = browser.get("/admin/conversations", query_string={"q": wanted})
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def writes(browser: Browser, box: str, text: str, key: str = "", program: bool = True) -> Any:
    """A member of staff sends the form: by the page's script, or without one."""
    headers = {"Accept": "application/json" if program else "text/html"}
    form = {"text": text, "key": key or str(uuid4())}
    return browser.post(f"/admin/conversations/{box}/messages", data=form, headers=headers)


def message(venue: Venue, **more: Any) -> Message:
    row = {"mailbox": venue.box(), "direction": Direction.OUT, "kind": "reply", "at": datetime.now(UTC)}
    return Message(workspace_id=venue.workspace_id, **{"status": MessageStatus.READ, "body": "Karibu!"} | row | more)


@pytest.fixture
def talking(venue: Venue) -> Venue:
    """A guest of this venue asked for somebody."""
    venue.hears("staff")
    return venue


def test_the_list_shows_who_asks_and_what_was_said_last(talking: Venue) -> None:
    talking.hears("my glass is broken")
    text = listed(talking.signed_in())
    assert "Amina" in text and "Asks for somebody" in text and talking.box() in text
    assert "Bot:" in text, "the last word was ours"


def test_a_guest_who_only_looks_around_has_a_name_too(venue: Venue) -> None:
    venue.hears("hi")
    assert "Amina" in listed(venue.signed_in())
    assert "Amina" in page(venue.signed_in(), venue.box())


def test_the_list_is_searched_by_name_and_number(talking: Venue) -> None:
    browser = talking.signed_in()
    assert talking.box() in listed(browser, "amin") and talking.box() in listed(browser, "0700 000 001")
    assert talking.box() not in listed(browser, "Otieno") and "Nobody is found" in listed(browser, NASTY)
    assert "<script>alert" not in listed(browser, NASTY)


def test_a_conversation_shows_both_sides_with_time_status_and_reason(venue: Venue) -> None:
    at = datetime(2026, 3, 1, 21, 30, tzinfo=UTC)
    venue.write(
        message(venue, direction=Direction.IN, status=None, kind="text", body="two dawa", at=at, external_id="w1"),
        message(venue, body="Here you are", at=at + timedelta(minutes=1), status=MessageStatus.DELIVERED),
        message(venue, body="Ready!", at=at + timedelta(minutes=2), status=MessageStatus.FAILED, error_code="131047"),
        message(venue, body="Odd", at=at + timedelta(minutes=3), status=MessageStatus.FAILED, error_code="99"),
    )
    text = page(venue.signed_in(), venue.box())
    local = (at + timedelta(minutes=1)).astimezone(ZoneInfo("Africa/Nairobi"))
    assert f"{local:%H:%M}</time> · delivered" in text and "Monday 02 March" in text
    assert "did not arrive: 24 hours since the guest wrote" in text and "did not arrive: error 99" in text
    assert text.index("two dawa") < text.index("Here you are") < text.index("Ready!")


def test_what_guests_write_is_only_text(venue: Venue) -> None:
    venue.hears(NASTY, guest=NASTY)
    for text in (listed(venue.signed_in()), page(venue.signed_in(), venue.box())):
        assert "<script>alert" not in text and "&lt;script&gt;alert" in text


def test_what_whatsapp_draws_bold_is_bold_here_too(venue: Venue) -> None:
    venue.hears(f"*two dawa* {NASTY}")
    for text in (listed(venue.signed_in()), page(venue.signed_in(), venue.box())):
        assert "*two dawa*" not in text and "<script>alert" not in text
    assert "<b>two dawa</b> &lt;script" in page(venue.signed_in(), venue.box())


def test_that_somebody_read_it_is_written_down(talking: Venue) -> None:
    browser = talking.signed_in()
    page(browser, talking.box())
    assert browser.get(f"/admin/conversations/{talking.box()}/now").status_code == 200
    with talking.program.sessions.begin() as db:
        mine = (Activity.workspace_id == talking.workspace_id, Activity.action == "conversation_read")
        [note] = db.scalars(select(Activity).where(*mine)).all()
    assert note.user_id == talking.user_id and note.subject_id


def test_staff_write_and_the_page_shows_it_with_their_name(talking: Venue) -> None:
    browser = talking.signed_in()
    answer = writes(browser, talking.box(), "We are coming").json
    assert "We are coming" in answer["thread"] and "on its way" in answer["thread"] and answer["key"]
    talking.serve()
    text = page(browser, talking.box())
    assert text.count("We are coming") == 1 and "Wanjiru" in text


def test_a_form_that_is_sent_twice_says_it_once_with_and_without_a_script(talking: Venue) -> None:
    browser = talking.signed_in()
    found = KEY.search(page(browser, talking.box()))
    assert found
    for program in (True, False, True):
        assert writes(browser, talking.box(), "Coming!", found.group(1), program).status_code in (200, 302)
    talking.serve()
    assert page(browser, talking.box()).count("Coming!") == 1


@pytest.mark.parametrize(("text", "why"), [(" ", "Write something first."), ("x" * 901, "901 characters, and 900 fit")])
def test_what_cannot_be_sent_is_refused_in_words_and_kept_in_the_form(talking: Venue, text: str, why: str) -> None:
    browser = talking.signed_in()
    refused = writes(browser, talking.box(), text)
    assert refused.status_code == 409 and why in refused.json["error"]
    again = writes(browser, talking.box(), text, program=False)
    assert again.status_code == 409 and why in again.text and text.strip() in again.text


def test_a_guest_of_the_bot_cannot_be_written_to_and_the_page_says_so(venue: Venue) -> None:
    venue.hears("hi")
    browser = venue.signed_in()
    assert "The bot talks with this guest" in page(browser, venue.box())
    assert "The bot talks with this guest" in writes(browser, venue.box(), "Hello!").json["error"]


def test_outside_the_24_hours_the_page_says_why_nobody_can_write(talking: Venue) -> None:
    browser = talking.signed_in()
    assert "WhatsApp lets you write until" in page(browser, talking.box())
    talking.program.store.window_closed(talking.box())
    assert "more than 24 hours since this guest wrote" in page(browser, talking.box())
    refused = writes(browser, talking.box(), "Hello!")
    assert refused.status_code == 409 and "24 hours" in refused.json["error"]


def test_handing_back_is_a_tap(talking: Venue) -> None:
    browser = talking.signed_in()
    assert "Hand back to the bot" in page(browser, talking.box())
    assert browser.post(f"/admin/conversations/{talking.box()}/back").status_code == 302
    talking.serve()
    assert browser.board()["calls"] == []
    assert not browser.get(f"/admin/conversations/{talking.box()}/now").json["talking"]


def test_a_call_on_the_board_leads_to_the_conversation(talking: Venue) -> None:
    browser = talking.signed_in()
    [call] = browser.board()["calls"]
    led = browser.get(f"/admin/conversations/of/{call['conversation']}")
    assert led.status_code == 302 and led.location.endswith(f"/admin/conversations/{talking.box()}")


def test_who_asked_first_stands_first_and_from_each_guest_one_tap_leads_to_the_next(talking: Venue) -> None:
    talking.hears("staff", "254700000002", "Otieno")
    browser = talking.signed_in()
    queue = browser.get("/admin/conversations").text.partition("All chats")[0]
    assert 0 < queue.index("Amina") < queue.index("Otieno")
    assert "All chats" not in browser.get("/admin/conversations?q=Amina").text
    amina, otieno = talking.box(), talking.box("254700000002")
    assert "Next: <bdi>Otieno</bdi>" in page(browser, amina) and "Next: <bdi>Amina</bdi>" in page(browser, otieno)
    browser.post(f"/admin/conversations/{amina}/back")
    talking.serve()
    said = page(browser, amina)
    assert "Handed back" in said and "Next: <bdi>Otieno</bdi>" in said and "Next:" not in page(browser, otieno)


def test_who_may_not_answer_guests_is_not_offered_it_on_the_board(talking: Venue) -> None:
    browser = talking.signed_in()
    assert "data-see>" in browser.get("/admin/board").text
    talking.role(Role.KITCHEN)
    assert "data-see hidden>" in browser.get("/admin/board").text


def test_another_venues_conversations_are_not_there(talking: Venue) -> None:
    other = open_venue(talking.app).signed_in()
    with talking.program.sessions.begin() as db:
        mine = db.scalars(select(Conversation).where(Conversation.workspace_id == talking.workspace_id)).one()
    assert talking.box() not in listed(other)
    for path in (talking.box(), f"{talking.box()}/now", f"of/{mine.id}"):
        assert other.get(f"/admin/conversations/{path}").status_code == 404, path
    assert writes(other, talking.box(), "Hello!").status_code == 409
    assert other.post(f"/admin/conversations/{talking.box()}/back").status_code == 404


@pytest.mark.parametrize("before", ["nonsense", "2026-01-01T00:00:00,x", "\x00", "2026-01-01T00:00:00"])
def test_a_link_nobody_can_read_leads_to_the_newest(talking: Venue, before: str) -> None:
    browser = talking.signed_in()
    for path in ("", f"/{talking.box()}"):
        answer = browser.get(f"/admin/conversations{path}", query_string={"before": before})
        assert answer.status_code == 200 and "Amina" in answer.text
    assert browser.post(f"/admin/conversations/{talking.box()}/messages", data={"text": "x"}).status_code == 400


def test_while_the_mailboxes_do_not_answer_the_chat_is_read_and_nothing_is_sent(
    talking: Venue, environ: dict[str, str]
) -> None:
    deaf = create_app(load_settings(environ | {"REDIS_URL": "redis://127.0.0.1:1/0"}))
    browser = replace(talking, app=deaf).signed_in()
    text = page(browser, talking.box())
    assert "We have called our staff" in text and "cannot be told right now" in text
    refused = writes(browser, talking.box(), "Hello!")
    assert refused.status_code == 503 and "tries again" in refused.json["error"]
    talking.serve()
    assert "Hello!" not in page(talking.signed_in(), talking.box())
