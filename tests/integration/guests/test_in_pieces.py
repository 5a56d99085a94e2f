"""A guest presses send too early: the real turn reads what waits as one message, and dies nowhere with half of it."""

import json
import os
import signal
from pathlib import Path
from time import time
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from core import crashpoint
from core.services.conversations import take_turns
from core.services.history import save_messages
from core.services.program import Program
from core.store.redis import mailbox
from core.store.redis.mailbox import Item
from core.store.redis.store import Store
from core.store.sql.tables import DeadLetter, Message, Order, OrderItem, Outbox, Payment
from sandbox.servers import RedisServer
from tests.integration.money.house import make_program
from tests.integration.queue.guests import lease_lapses
from tests.integration.sql.bar import Bar
from tests.waiting import eventually

BOX = "otienos-mailbox"
EFFECTS = ("begun", "place_order", "request_payment", "stored")
POINTS = ("before_plan", "after_plan", "before_effects_commit", "after_effects_commit", "before_commit", "after_commit")


class Otieno:
    """Writes faster than he is served."""

    def __init__(self, bar: Bar, program: Program) -> None:
        self.bar, self.program, self.store = bar, program, program.store
        known = {"workspace": str(bar.workspace_id), "channel": str(bar.channel_id), "bsuid": "KE.7", "rate": 80}
        self.guest = known | {"phone": "254712345678", "name": "Otieno"}
        self.written: list[str] = []

    def writes(self, *texts: str, kind: str = "text", at: float = 0.0) -> "Otieno":
        """All of it is kept before anybody looks."""
        for text in texts:
            self.written.append(text)
            data = {"text": text} if kind == "text" else {"id": text, "title": text}
            moment = at or time()
            body = {"kind": kind, "at": moment, "data": data, "external": f"wamid.{uuid4().hex}"}
            self.store.conversations.push([Item(uuid4().hex, (BOX,), moment, body, self.guest, owner=BOX)])
        return self

    def taps(self, title: str) -> "Otieno":
        """The newest button with this title."""
        found = [button for reply in self._replies() for button in reply["buttons"] if title in button[1]]
        return self.writes(found[-1][0], kind="tap")

    def served(self) -> list[str]:
        """What is due is taken, until nothing is: the answers."""
        before = len(self._replies())
        while claims := self.store.conversations.claim("bell"):
            take_turns(self.program, claims)
        return [reply["body"] for reply in self._replies()[before:]]

    def in_the_books(self) -> list[str]:
        """What the history has of him."""
        save_messages(self.program)
        with self.bar.sessions.begin() as db:
            said = select(Message.body).where(Message.mailbox == BOX, Message.direction == "in")
            return sorted(db.scalars(said))

    def ordered(self) -> list[tuple[int, str]]:
        """All lines of all orders."""
        with self.bar.sessions.begin() as db:
            return sorted((item.quantity, item.name) for item in db.scalars(select(OrderItem)))

    def _replies(self) -> list[dict[str, Any]]:
        return [json.loads(one)["reply"] for one in self.store.client.lrange(f"out:{BOX}", 0, -1)]


@pytest.fixture
def otieno(bar: Bar, program: Program) -> Otieno:
    return Otieno(bar, program)


def test_an_order_in_two_texts_that_wait_is_answered_once(otieno: Otieno) -> None:
    [answer] = otieno.writes("2 wings", "and 1 tusker", "table 7").served()
    assert "2 × Wings" in answer and "1 × Tusker" in answer and "7" in answer
    assert otieno.in_the_books() == ["2 wings", "and 1 tusker", "table 7"]
    assert otieno.store.breaches() == {"I1": [], "I10": []}


def test_half_a_thought_is_not_answered_before_the_other_half_came(
    otieno: Otieno, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "REST_SECONDS", 3600.0)
    assert otieno.writes("2").served() == []
    [answer] = otieno.writes("wings").served()
    assert "2 × Wings" in answer


def test_half_a_thought_that_stays_alone_is_asked_about_after_a_moment(otieno: Otieno) -> None:
    otieno.writes("2")
    [answer] = eventually(otieno.served, what="the question")
    assert "what would you like" in answer


def test_a_tap_behind_half_a_thought_waits_for_nothing(otieno: Otieno, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "REST_SECONDS", 3600.0)
    otieno.writes("1 wings").served()
    assert otieno.writes("2").served() == []
    assert len(otieno.taps("Checkout").served()) == 2


def test_a_text_that_is_whole_waits_for_nothing_and_takes_no_tap_along(otieno: Otieno) -> None:
    otieno.writes("1 wings").served()
    first, second = otieno.writes("2 tusker").taps("Checkout").served()
    assert "2 × Tusker" in first and "able" in second


def test_what_lies_an_outage_apart_is_not_one_thought(otieno: Otieno) -> None:
    first, second = otieno.writes("1 wings", at=time() - 1000).writes("2 tusker").served()
    assert "Wings" in first and "2 × Tusker" in second


def test_what_postgresql_cannot_hold_is_kept_without_it(otieno: Otieno) -> None:
    otieno.writes("2 wi\x00ngs", "what \ud83c is this").served()
    assert otieno.in_the_books() == ["2 wings", "what ? is this"]


def test_the_board_hears_with_the_turn_that_somebody_is_called(otieno: Otieno) -> None:
    otieno.writes("waiter").served()
    with otieno.bar.sessions.begin() as db:
        assert [row.relayed_at is not None for row in db.scalars(select(Outbox))] == [True]


def test_words_beside_a_picture_are_read_by_themselves(otieno: Otieno) -> None:
    otieno.writes("1 wings")
    body = {"kind": "text", "at": time(), "data": {"text": "2 tusker", "media": "image"}, "external": "wamid.9"}
    otieno.store.conversations.push([Item("picture", (BOX,), time(), body, otieno.guest, owner=BOX)])
    assert len(otieno.served()) == 2


def about_to_pay(otieno: Otieno) -> None:
    otieno.writes("1 wings to table 7").served()
    otieno.writes("other number").served()
    otieno.in_the_books()
    otieno.writes("0722", "000 111")


def paid_once(otieno: Otieno) -> None:
    """One order, one prompt to the number that came in two pieces, every word kept, nothing left."""
    with otieno.bar.sessions.begin() as db:
        assert len(db.scalars(select(Order)).all()) == 1
        assert [payment.phone for payment in db.scalars(select(Payment))] == ["254722000111"]
    assert otieno.ordered() == [(1, "Wings")]
    assert otieno.in_the_books() == sorted(otieno.written)
    assert otieno.bar.breaches() == [] and otieno.store.breaches() == {"I1": [], "I10": []}
    assert otieno.store.report()["conversations"]["events"] == 0


def test_a_number_in_two_pieces_pays(otieno: Otieno) -> None:
    about_to_pay(otieno)
    [prompt] = otieno.served()
    assert "0722 000 111" in prompt
    paid_once(otieno)


@pytest.mark.parametrize("point", [f"turn.{one}" for one in POINTS] + [f"effects.{one}" for one in EFFECTS])
def test_whatever_line_its_worker_dies_at_what_was_read_together_is_done_once(
    otieno: Otieno, mailbox_server: RedisServer, tmp_path: Path, point: str
) -> None:
    about_to_pay(otieno)
    (tmp_path / point).touch()
    assert dies(otieno, mailbox_server.url, tmp_path) == signal.SIGKILL
    otieno.writes("asante")
    if otieno.store.client.zscore("lane:conversations:leased", BOX):
        lease_lapses(otieno.store, BOX)
    *prompts, thanks = otieno.served()
    assert ["0722 000 111" in prompt for prompt in prompts] == ([] if point == "turn.after_commit" else [True])
    assert "Karibu sana" in thanks, "what came meanwhile was not swallowed"
    paid_once(otieno)


def dies(otieno: Otieno, url: str, armed: Path) -> int:
    """Another process serves him and is killed at the armed point: the signal."""
    child = os.fork()
    if child == 0:
        try:
            crashpoint._ARMED = armed
            otieno.bar.sessions.kw["bind"].dispose(close=False)
            program = make_program(otieno.bar, Store(url), lambda job: None)
            take_turns(program, program.store.conversations.claim("bell"))
        finally:
            os._exit(1)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def test_what_cannot_be_carried_out_is_given_up_together_and_each_text_kept(
    otieno: Otieno, monkeypatch: pytest.MonkeyPatch
) -> None:
    about_to_pay(otieno)
    monkeypatch.setattr("core.services.conversations.perform", lambda *_: 1 / 0)
    [sorry] = otieno.served()
    assert "sorry" in sorry.lower()
    assert otieno.in_the_books() == sorted(otieno.written)
    with otieno.bar.sessions.begin() as db:
        dead = [json.loads(letter.body)["data"]["text"] for letter in db.scalars(select(DeadLetter))]
    assert sorted(dead) == ["000 111", "0722"]
    assert otieno.ordered() == []
