"""A turn was decided on, and then nothing could be done for a long while."""

import json
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from core.services.conversations import TRIES, take_turns
from core.services.program import Program
from core.store.sql.engine import make_engine, make_sessions
from core.store.sql.tables import DeadLetter, Order, Payment
from sandbox.servers import RedisServer, free_port
from tests.integration.guests.test_in_pieces import BOX, Otieno, about_to_pay, dies
from tests.integration.queue.guests import lease_lapses
from tests.integration.sql.bar import Bar


@pytest.fixture
def otieno(bar: Bar, program: Program, mailbox_server: RedisServer) -> Otieno:
    otieno = Otieno(bar, program)
    about_to_pay(otieno)
    return otieno


def died_at(otieno: Otieno, point: str, url: str, armed: Path) -> None:
    (armed / point).touch()
    assert dies(otieno, url, armed) == signal.SIGKILL
    lease_lapses(otieno.store, BOX)


def after(otieno: Otieno, minutes: int) -> list[str]:
    """So much later everything runs again: what he reads."""
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        return otieno.served()


def test_a_payment_decided_on_before_the_outage_is_not_asked_for_after_it(
    otieno: Otieno, mailbox_server: RedisServer, tmp_path: Path
) -> None:
    died_at(otieno, "turn.after_plan", mailbox_server.url, tmp_path)
    [answer] = after(otieno, minutes=40)
    assert "reached us late" in answer
    assert otieno.bar.count(Order) == otieno.bar.count(Payment) == 0
    assert otieno.in_the_books() == sorted(otieno.written)
    assert otieno.store.breaches() == {"I1": [], "I10": []} and otieno.bar.breaches() == []


def test_who_still_wants_it_pays_with_another_word(otieno: Otieno, mailbox_server: RedisServer, tmp_path: Path) -> None:
    died_at(otieno, "turn.after_plan", mailbox_server.url, tmp_path)
    after(otieno, minutes=40)
    [prompt] = otieno.writes("0722 000 111").served()
    assert "0722 000 111" in prompt
    assert otieno.bar.count(Order) == otieno.bar.count(Payment) == 1


def test_what_had_happened_before_the_outage_is_told_as_it_happened(
    otieno: Otieno, mailbox_server: RedisServer, tmp_path: Path
) -> None:
    died_at(otieno, "turn.after_effects_commit", mailbox_server.url, tmp_path)
    [answer] = after(otieno, minutes=40)
    assert "0722 000 111" in answer and "late" not in answer
    assert otieno.bar.count(Order) == otieno.bar.count(Payment) == 1


def test_a_short_outage_calls_nothing_off(otieno: Otieno, mailbox_server: RedisServer, tmp_path: Path) -> None:
    died_at(otieno, "turn.after_plan", mailbox_server.url, tmp_path)
    [prompt] = after(otieno, minutes=20)
    assert "0722 000 111" in prompt
    assert otieno.bar.count(Order) == 1


def test_rule_04_however_often_postgresql_is_away_nothing_is_given_up(otieno: Otieno) -> None:
    nobody = make_sessions(make_engine(f"postgresql://nobody@127.0.0.1:{free_port()}/none"))
    away = replace(otieno.program, sessions=nobody)
    for _ in range(TRIES + 2):
        otieno.store.client.zadd("lane:conversations:waiting", {BOX: 1})
        take_turns(away, otieno.store.conversations.claim("bell"))
    otieno.store.client.zadd("lane:conversations:waiting", {BOX: 1})
    [prompt] = otieno.served()
    assert "0722 000 111" in prompt
    assert otieno.in_the_books() == sorted(otieno.written) and otieno.bar.count(DeadLetter) == 0
    assert otieno.bar.count(Order) == otieno.bar.count(Payment) == 1


def test_a_plan_that_cannot_be_concluded_is_given_up_and_the_guest_goes_on(
    otieno: Otieno, mailbox_server: RedisServer, tmp_path: Path
) -> None:
    died_at(otieno, "turn.after_effects_commit", mailbox_server.url, tmp_path)
    state = f"box:conversations:{BOX}"
    [(field, plan)] = otieno.store.client.hscan_iter(state, "plan:*")
    otieno.store.client.hset(state, field, json.dumps(json.loads(plan) | {"note": {"then": "what nobody knows"}}))
    [answer] = otieno.served()
    assert "went wrong" in answer
    [menu] = otieno.writes("menu").served()
    assert "went wrong" not in menu
    assert otieno.in_the_books() == sorted(otieno.written) and otieno.bar.count(DeadLetter) == 2
    assert otieno.bar.count(Order) == otieno.bar.count(Payment) == 1
