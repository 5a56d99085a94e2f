"""What was said, for staff: every conversation once, the newest first, found by table, name or number."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.conversation.events import STAFF_SAID
from core.domain.statuses import Direction, MessageStatus
from core.services import conversation_history as history
from core.services.conversation_history import CONVERSATIONS, MESSAGES, Chat, Line
from core.services.customers import GuestRef, find_guest
from core.store.sql.outbox import owe
from core.store.sql.tables import Message
from tests.integration.sql.bar import Bar, open_bar

NOW = datetime.now(UTC).replace(microsecond=0)


def says(bar: Bar, box: str, text: str, minutes_ago: float = 0, **more: Any) -> None:
    """One message in the books."""
    row = {"direction": Direction.IN, "kind": "text", "at": NOW - timedelta(minutes=minutes_ago), "body": text}
    with bar.sessions.begin() as db:
        db.add(Message(workspace_id=bar.workspace_id, mailbox=box, external_id=uuid4().hex, **row | more))


def known(bar: Bar, box: str, name: str, phone: str = "") -> UUID:
    """A guest with rows of their own."""
    with bar.sessions.begin() as db:
        guest = find_guest(db, GuestRef(bar.workspace_id, bar.channel_id, box, f"KE.{box}", phone, name))
        return guest.conversation.id


def listed(bar: Bar, wanted: str = "") -> list[Chat]:
    """All pages, one after the other."""
    found: list[Chat] = []
    more, before = True, None
    while more:
        with bar.sessions.begin() as db:
            page, more = history.conversations(db, bar.workspace_id, wanted, before)
        assert len(page) <= CONVERSATIONS
        found += page
        before = page[-1].last.place if page else None
    return found


def test_every_conversation_is_listed_once_by_its_newest_message(bar: Bar) -> None:
    for number in range(CONVERSATIONS * 2 + 3):
        says(bar, f"box-{number}", "first", minutes_ago=500)
        says(bar, f"box-{number}", f"last of {number}", minutes_ago=number // 3)
    chats = listed(bar)
    assert sorted(chat.box for chat in chats) == sorted(f"box-{number}" for number in range(CONVERSATIONS * 2 + 3))
    assert all(chat.last.words == f"last of {chat.box.removeprefix('box-')}" for chat in chats)
    assert [chat.last.at for chat in chats] == sorted((chat.last.at for chat in chats), reverse=True)


@pytest.mark.parametrize("wanted", ["Achieng", "achi", "0712 345 678", "+254712345678", "254712345678"])
def test_a_guest_is_found_by_name_and_by_number_however_it_is_written(bar: Bar, wanted: str) -> None:
    for box, name, phone in (("a", "Achieng O.", "254712345678"), ("b", "Otieno", "254712345679")):
        known(bar, box, name, phone)
        says(bar, box, "hi")
    assert [chat.name for chat in listed(bar, wanted)] == ["Achieng O."]


@pytest.mark.parametrize("wanted", ["%", "_", "100%", "\\", "nobody", "99", "+254799999999", "x" * 80])
def test_what_fits_nobody_finds_nobody(bar: Bar, wanted: str) -> None:
    known(bar, "a", "Achieng", "254712345678")
    says(bar, "a", "hi")
    assert listed(bar, wanted) == []


def test_a_name_with_a_percent_sign_is_found_by_it(bar: Bar) -> None:
    known(bar, "a", "100% Achieng")
    says(bar, "a", "hi")
    assert [chat.box for chat in listed(bar, "0% A")] == ["a"]


def test_a_table_finds_those_who_ordered_to_it_lately(bar: Bar) -> None:
    guests = [bar.guest(1), bar.guest(2)]
    bar.order(guests[0], pay=False, Dawa=1)  # to table 7
    for guest in guests:
        says(bar, guest.mailbox, "hi")
    for wanted in ("7", "table 7", "Meza 7", "#7"):
        assert [(chat.box, chat.table) for chat in listed(bar, wanted)] == [("box-1", 7)], wanted
    assert listed(bar, "70") == []


def test_another_venues_conversations_are_neither_listed_nor_found_nor_read(bar: Bar) -> None:
    other = open_bar(bar.sessions)
    conversation_id = known(other, "a", "Achieng", "254712345678")
    says(other, "a", "a secret")
    with bar.sessions.begin() as db:
        owe(db, conversation_id, STAFF_SAID, {"text": "another secret"})
    assert listed(bar) == listed(bar, "Achieng") == listed(bar, "0712345678") == []
    with bar.sessions.begin() as db:
        assert history.messages(db, bar.workspace_id, "a") == ([], False)
        assert not history.is_known(db, bar.workspace_id, "a")
        assert history.is_known(db, other.workspace_id, "a")
        assert history.box_of(db, bar.workspace_id, conversation_id) is None
        assert history.box_of(db, other.workspace_id, conversation_id) == "a"
        assert history.on_the_way(db, bar.workspace_id, conversation_id) == []
        assert len(history.on_the_way(db, other.workspace_id, conversation_id)) == 1


def test_a_long_conversation_is_read_in_order_page_by_page(bar: Bar) -> None:
    count = MESSAGES * 2 + 1
    for number in range(count):
        says(bar, "a", str(number), minutes_ago=(count - number) / 4)
    read: list[Line] = []
    more, before = True, None
    while more:
        with bar.sessions.begin() as db:
            page, more = history.messages(db, bar.workspace_id, "a", before)
        read, before = page + read, page[0].place
    assert [line.words for line in read] == [str(number) for number in range(count)]


def test_a_failed_message_keeps_its_reason(bar: Bar) -> None:
    says(
        bar,
        "a",
        "Ready!",
        direction=Direction.OUT,
        kind="order_status",
        status=MessageStatus.FAILED,
        error_code="131026",
    )
    with bar.sessions.begin() as db:
        [line], _ = history.messages(db, bar.workspace_id, "a")
    assert (line.incoming, line.status, line.code) == (False, MessageStatus.FAILED, "131026")
