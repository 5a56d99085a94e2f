"""What is known of a guest: kept for the next evening, found again without the guest waiting for it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from time import time
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from core.services.conversations import take_turns
from core.services.history import save_messages
from core.services.program import Program
from core.store.redis.mailbox import Item
from core.store.sql.tables import Product
from tests.integration.sql.bar import Bar

BOX = "wanjirus-mailbox"


class Wanjiru:
    """Writes, taps, and reads the last answer."""

    def __init__(self, bar: Bar, program: Program) -> None:
        self.bar, self.program, self.store = bar, program, program.store
        guest = {"workspace": str(bar.workspace_id), "channel": str(bar.channel_id), "bsuid": "KE.1", "rate": 80}
        self.guest = guest | {"phone": "254712345678", "name": "Wanjiru"}

    def says(self, text: str) -> str:
        return self._does("text", {"text": text})

    def taps(self, title: str) -> str:
        taps = [button for letter in self._letters() for button in letter["reply"]["buttons"] if title in button[1]]
        return self._does("tap", {"id": taps[-1][0], "title": title})

    def goes_home(self) -> None:
        """The session is over; three days later, so is the profile."""
        self.store.client.delete(f"user_session:{BOX}")

    def is_away_for_days(self) -> None:
        self.goes_home()
        self.store.client.delete(f"profile:{BOX}", f"guest:{BOX}")

    def _does(self, kind: str, data: dict[str, Any]) -> str:
        body = {"kind": kind, "at": time(), "data": data, "external": uuid4().hex}
        self.store.conversations.push([Item(uuid4().hex, (BOX,), time(), body, self.guest, owner=BOX)])
        take_turns(self.program, self.store.conversations.claim("bell"))
        return str(self._letters()[-1]["reply"]["body"])

    def _letters(self) -> list[dict[str, Any]]:
        return [json.loads(one) for one in self.store.client.lrange(f"out:{BOX}", 0, -1)]


@pytest.fixture
def wanjiru(bar: Bar, program: Program) -> Wanjiru:
    bar.change(Product, bar.products["Dawa"], alcoholic=True)
    return Wanjiru(bar, program)


@contextmanager
def no_sql(program: Program) -> Iterator[None]:
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(program.engine, "before_cursor_execute", hear)
    yield
    event.remove(program.engine, "before_cursor_execute", hear)
    assert said == []


def test_age_once_confirmed_is_known_the_next_evening(wanjiru: Wanjiru) -> None:
    assert "18" in wanjiru.says("2 dawa to table 7")
    assert "Dawa" in wanjiru.taps("I am 18")
    wanjiru.goes_home()
    with no_sql(wanjiru.program):
        assert "Are you" not in wanjiru.says("2 dawa to table 7")


def test_after_days_away_a_greeting_is_enough_to_be_known_again(wanjiru: Wanjiru) -> None:
    wanjiru.says("2 dawa to table 7")
    wanjiru.taps("I am 18")
    wanjiru.says("call me Shiru")
    wanjiru.is_away_for_days()
    with no_sql(wanjiru.program):
        assert "Shiru" not in wanjiru.says("hi")
    save_messages(wanjiru.program)
    with no_sql(wanjiru.program):
        assert "Shiru" in wanjiru.says("hi")
        assert "Are you" not in wanjiru.says("2 dawa to table 7")


def test_a_first_time_guest_is_not_looked_for_on_their_own_time(wanjiru: Wanjiru) -> None:
    wanjiru.says("menu")
    with no_sql(wanjiru.program):
        assert "Wanjiru" in wanjiru.says("hi")
    save_messages(wanjiru.program)
    assert wanjiru.store.client.get(f"profile:{BOX}") is None


def test_another_identity_is_asked_its_age_again(wanjiru: Wanjiru) -> None:
    wanjiru.says("2 dawa to table 7")
    wanjiru.taps("I am 18")
    letters = len(wanjiru._letters())
    wanjiru._does("identity", {"phone": "254733445566", "bsuid": "KE.2"})
    assert len(wanjiru._letters()) == letters
    assert "Are you" in wanjiru.says("1 dawa")
