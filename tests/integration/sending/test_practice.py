"""A house practises: what it says goes all the way to the sender, and no further."""

from typing import Any

import pytest
from sqlalchemy import create_engine, update

from core.conversation.events import ORDER_STATUS
from core.domain.statuses import MessageStatus
from core.services import directory
from core.services.conversations import take_turns
from core.services.directory import Directory
from core.services.reading import mark_as_read
from core.services.relay import relay_conversation
from core.store.sql.engine import make_sessions
from core.store.sql.outbox import owe
from core.store.sql.tables import Outbox, Workspace
from tests.integration.sending.house import READY, House

HELLO = "Karibu!"


@pytest.fixture(autouse=True)
def nobody_hurries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender waits for what it was told of, and asks for nothing else, however slow the machine is."""
    monkeypatch.setattr(directory, "STALE_SECONDS", 600.0)
    monkeypatch.setattr(directory, "RELOAD_SECONDS", 6000.0)


def told(practice: bool) -> dict[str, Any]:
    """News of an order that is practice, or real."""
    return READY | {"data": {"number": 7, "status": "READY", "practice": practice}}


def switch(house: House, on: bool, *, died: bool = False) -> None:
    """The owner's tap; `died`: before the others could be told of it."""
    with house.bar.sessions.begin() as db:
        db.execute(update(Workspace).where(Workspace.id == house.bar.workspace_id).values(dev_mode=on))
    if not died:
        house.program.store.directory_changed()


def left(house: House, *texts: str) -> list[str]:
    """What of these answers to a guest's message leaves the house."""
    house.answers(*texts) if texts else None
    return [body["text"]["body"] for body in house.sends()]


def writes(house: House) -> None:
    house.waits_for_a_turn("wamid.1")


def test_what_is_said_in_practice_stays_in_the_house_and_the_next_one_goes_on(house: House) -> None:
    switch(house, on=True)
    for text in (HELLO, "The menu"):
        writes(house)
        assert left(house, text) == []
    assert [one.status for one in house.saved()] == [MessageStatus.PRACTICE] * 2
    assert house.waits() < 0, "something still stands in the outbox"
    assert mark_as_read(house.program) == 0
    switch(house, on=False)
    writes(house)
    assert left(house, HELLO) == [HELLO]


def test_what_was_owed_is_done_although_nobody_reads_it(house: House) -> None:
    switch(house, on=True)
    conversation, news = house.conversation(), {"number": 7, "status": "READY", "practice": True}
    with house.bar.sessions.begin() as db:
        row_id = owe(db, conversation, ORDER_STATUS, news, house.bar.workspace_id)
    relay_conversation(house.program, conversation)
    take_turns(house.program, house.program.store.conversations.claim("bell"))
    assert left(house) == [] and [one.status for one in house.saved()] == [MessageStatus.PRACTICE]
    with house.bar.sessions.begin() as db:
        assert db.get_one(Outbox, row_id).done_at is not None


def test_news_follows_its_order_whatever_the_house_does(house: House) -> None:
    house.hears()
    house.is_told(told(practice=True))
    assert left(house) == [], "practice is over, its news is still none of the guest's"
    switch(house, on=True)
    house.is_told(told(practice=False))
    assert len(left(house)) == 1, "a guest whose money is real is told"
    house.is_told(told(practice=True))
    assert left(house) == []


def test_a_sender_with_an_old_copy_reads_the_new_one_before_it_speaks(house: House) -> None:
    writes(house)
    assert left(house, HELLO) == [HELLO]  # from here on this process remembers the house as it was
    switch(house, on=True)
    writes(house)
    assert left(house, HELLO) == []
    switch(house, on=False)
    writes(house)
    assert left(house, HELLO) == [HELLO]


def test_where_the_others_never_heard_of_the_switch_news_of_orders_is_right_all_the_same(house: House) -> None:
    writes(house)
    assert left(house, HELLO) == [HELLO]
    switch(house, on=True, died=True)
    writes(house)
    assert left(house, HELLO) == [HELLO], "the old copy counts, for a minute"
    house.is_told(told(practice=True))
    assert left(house) == []
    switch(house, on=True)
    writes(house)
    assert left(house, HELLO) == []
    switch(house, on=False, died=True)
    writes(house)
    assert left(house, HELLO) == []
    house.is_told(told(practice=False))
    assert len(left(house)) == 1, "whoever paid is thanked"


def test_while_the_books_are_away_the_last_copy_counts(house: House) -> None:
    writes(house)
    assert left(house, HELLO) == [HELLO]
    known = house.program.directory
    nowhere = Directory(make_sessions(create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none")))
    nowhere._lines, nowhere._read = known.lines(), known._read
    nowhere._loaded.set()
    nowhere.up_to("another version")
    assert nowhere.lines() == known.lines()
