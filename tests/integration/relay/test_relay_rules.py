"""Rules 19 and 20: brought by id, done only when it was said."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.conversation.events import ORDER_STATUS
from core.errors import StoreUnavailable
from core.jobs import SERVE_CONVERSATIONS, Job
from core.services import history, relay, statuses
from core.services.followup import Followup
from core.services.program import Program
from core.store.redis.mailbox import Claim, Ending
from core.store.redis.store import Store
from core.store.sql.outbox import owe, owe_board
from core.store.sql.tables import Conversation, Outbox
from sandbox.servers import free_port
from tests.integration.sql.bar import Bar


@pytest.fixture
def conversation_id(bar: Bar) -> UUID:
    """Ann has ordered before, so she has a conversation."""
    bar.order(bar.guest(1), Dawa=1)
    with bar.sessions.begin() as db:
        return db.scalars(select(Conversation.id)).one()


def owes(bar: Bar, conversation_id: UUID, *statuses: str) -> list[str]:
    """The bar owes her word of these; answers the rows' ids."""
    with bar.sessions.begin() as db:
        return [str(owe(db, conversation_id, ORDER_STATUS, {"status": status})) for status in statuses]


def row(bar: Bar, id: str) -> Outbox:
    with bar.sessions.begin() as db:
        return db.get_one(Outbox, UUID(id))


def heard(program: Program) -> list[str]:
    """What waits in the mailbox, in order, taking all of it."""
    statuses = []
    while claims := program.store.conversations.claim("bell"):
        statuses.append(claims[0].body["data"]["status"])
        program.store.conversations.commit([(claims[0], Ending({}))])
    return statuses


def long_ago(bar: Bar, id: str) -> None:
    with bar.sessions.begin() as db:
        past = datetime.now(UTC) - timedelta(minutes=1)
        one = db.get_one(Outbox, UUID(id))
        one.created_at = past
        one.relayed_at = one.relayed_at and past


def test_rule_19_all_open_rows_of_a_conversation_arrive_in_order(
    bar: Bar, program: Program, conversation_id: UUID
) -> None:
    owes(bar, conversation_id, "PREPARING", "READY", "SERVED")
    relay.relay_conversation(program, conversation_id)
    assert heard(program) == ["PREPARING", "READY", "SERVED"]


def test_rule_19_two_relays_at_once_bring_it_once(bar: Bar, program: Program, conversation_id: UUID) -> None:
    owes(bar, conversation_id, "PREPARING", "READY")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: relay.relay_conversation(program, conversation_id), range(8)))
    assert heard(program) == ["PREPARING", "READY"]


def test_rule_19_pushed_but_not_marked_is_pushed_again_without_effect(
    bar: Bar, program: Program, conversation_id: UUID
) -> None:
    [id] = owes(bar, conversation_id, "READY")
    relay.relay_conversation(program, conversation_id)
    with bar.sessions.begin() as db:
        db.get_one(Outbox, UUID(id)).relayed_at = None

    relay.relay_conversation(program, conversation_id)

    assert heard(program) == ["READY"]


def test_rule_19_what_the_store_did_not_take_stays_open(bar: Bar, program: Program, conversation_id: UUID) -> None:
    [id] = owes(bar, conversation_id, "READY")
    away = replace(program, store=Store(f"redis://127.0.0.1:{free_port()}/0"))
    with pytest.raises(StoreUnavailable):
        relay.relay_conversation(away, conversation_id)
    assert row(bar, id).relayed_at is None


def test_rule_19_while_one_brings_it_a_second_one_keeps_away(bar: Bar, program: Program, conversation_id: UUID) -> None:
    owes(bar, conversation_id, "READY")
    with bar.sessions.begin() as db:
        db.scalars(select(Conversation).where(Conversation.id == conversation_id).with_for_update(key_share=True)).one()
        relay.relay_conversation(program, conversation_id, wait=False)
        assert heard(program) == []
    relay.relay_conversation(program, conversation_id, wait=False)
    assert heard(program) == ["READY"]


def test_rule_19_what_a_dead_process_left_is_swept(bar: Bar, program: Program, conversation_id: UUID) -> None:
    [id] = owes(bar, conversation_id, "READY")
    long_ago(bar, id)
    relay.sweep_outbox(program)
    assert heard(program) == ["READY"]


def test_rule_20_relayed_is_not_done(bar: Bar, program: Program, conversation_id: UUID) -> None:
    [id] = owes(bar, conversation_id, "READY")
    relay.relay_conversation(program, conversation_id)
    assert row(bar, id).relayed_at
    assert row(bar, id).done_at is None


def test_rule_20_it_is_done_when_its_reply_is_confirmed(bar: Bar, program: Program, conversation_id: UUID) -> None:
    [id] = owes(bar, conversation_id, "READY")
    relay.relay_conversation(program, conversation_id)
    [claim] = program.store.conversations.claim("bell")
    reply = {"id": str(uuid4()), "reply": {"body": "Your order is ready"}, "cause": claim.id, "at": 1.0}
    program.store.conversations.commit([(claim, answered(claim, reply))])
    history.save_messages(program)
    assert row(bar, id).done_at is None, "it is only in the outbox yet"

    letter = program.store.outbox.claim("sender")
    assert letter is not None
    program.store.outbox.sent(letter, {"type": "sent", "id": letter.id, "cause": claim.id, "external": "wamid.1"})
    history.save_messages(program)

    assert row(bar, id).done_at


def test_rule_20_what_can_never_be_sent_is_done(bar: Bar, program: Program, conversation_id: UUID) -> None:
    [id] = owes(bar, conversation_id, "READY")
    relay.relay_conversation(program, conversation_id)
    [claim] = program.store.conversations.claim("bell")
    program.store.conversations.commit([(claim, answered(claim, {"id": str(uuid4()), "reply": {"body": "Ready"}}))])
    letter = program.store.outbox.claim("sender")
    assert letter is not None
    failed = {"type": "failed", "id": letter.id, "cause": claim.id, "code": "131026"}
    program.store.outbox.given_up(letter, failed)
    history.save_messages(program)
    assert row(bar, id).done_at


def test_rule_20_what_is_worth_no_word_is_done_with_its_turn(bar: Bar, program: Program, conversation_id: UUID) -> None:
    [id] = owes(bar, conversation_id, "READY")
    relay.relay_conversation(program, conversation_id)
    [claim] = program.store.conversations.claim("bell")
    program.store.conversations.commit([(claim, answered(claim))])
    history.save_messages(program)
    assert row(bar, id).done_at


def answered(claim: Claim, *replies: dict[str, object]) -> Ending:
    note = {
        "type": "turn",
        "event": claim.id,
        "box": claim.box,
        "workspace": claim.guest["workspace"],
        "kind": claim.body["kind"],
        "at": claim.body["at"],
        "data": {},
        "external": "",
        "replies": [{"id": reply["id"], "body": "Your order is ready", "at": 1.0} for reply in replies],
    }
    return Ending({}, replies, note)


def test_rule_20_a_wiped_store_is_told_again(bar: Bar, program: Program, conversation_id: UUID) -> None:
    [id] = owes(bar, conversation_id, "READY")
    relay.relay_conversation(program, conversation_id)
    program.store.client.flushall()
    long_ago(bar, id)

    relay.sweep_outbox(program)

    assert heard(program) == ["READY"]


def test_rule_20_what_the_store_still_knows_is_left_alone(bar: Bar, program: Program, conversation_id: UUID) -> None:
    [id] = owes(bar, conversation_id, "READY")
    relay.relay_conversation(program, conversation_id)
    long_ago(bar, id)
    relay.sweep_outbox(program)
    assert heard(program) == ["READY"]


def test_a_relay_rings_a_doorbell(bar: Bar, program: Program, conversation_id: UUID, rung: list[Job]) -> None:
    owes(bar, conversation_id, "READY")
    relay.follow_up(program, Followup(conversations=frozenset({conversation_id})))
    assert [job.task for job in rung] == [SERVE_CONVERSATIONS]


def test_the_board_sees_an_order_once_per_change(bar: Bar, program: Program) -> None:
    placed, _ = bar.order(bar.guest(1), Dawa=1)
    bar.settle(placed["order_id"])
    with bar.sessions.begin() as db:
        owe_board(db, bar.workspace_id, UUID(placed["order_id"]))
    for _ in range(2):
        relay.relay_board(program, bar.workspace_id)

    changes = program.store.board.read(str(bar.workspace_id), "0", block_seconds=0.01)

    assert {body["order"]["number"] for _, body in changes} == {placed["number"]}
    latest = program.store.board.latest(str(bar.workspace_id))
    assert changes[-1][0] == latest
    assert program.store.board.knows(str(bar.workspace_id), latest)
    assert not program.store.board.knows(str(bar.workspace_id), "1-1")


def test_rule_20_a_status_alone_is_confirmation_enough(bar: Bar, program: Program, conversation_id: UUID) -> None:
    [id] = owes(bar, conversation_id, "READY")
    relay.relay_conversation(program, conversation_id)
    [claim] = program.store.conversations.claim("bell")
    reply = {"id": str(uuid4()), "reply": {"body": "Your order is ready"}, "cause": claim.id, "at": 1.0}
    program.store.conversations.commit([(claim, answered(claim, reply))])
    history.save_messages(program)
    letter = program.store.outbox.claim("sender")
    assert letter is not None
    program.store.outbox.unknown(letter)

    callback = f"{'0' * 32}:{letter.id}:0"
    body = {"status": "sent", "callback": callback, "error": "", "workspace": claim.guest["workspace"]}
    program.store.conversations.push([], [("status:1", json.dumps(body))])
    statuses.save_statuses(program)

    assert row(bar, id).done_at


def test_a_status_in_another_workspaces_name_changes_nothing(bar: Bar, program: Program, conversation_id: UUID) -> None:
    [id] = owes(bar, conversation_id, "READY")
    relay.relay_conversation(program, conversation_id)
    [claim] = program.store.conversations.claim("bell")
    reply = {"id": str(uuid4()), "reply": {"body": "Your order is ready"}, "cause": claim.id, "at": 1.0}
    program.store.conversations.commit([(claim, answered(claim, reply))])
    history.save_messages(program)
    body = {"status": "read", "callback": f"{'0' * 32}:{reply['id']}:0", "error": "", "workspace": str(uuid4())}
    program.store.conversations.push([], [("status:1", json.dumps(body))])

    assert statuses.save_statuses(program) == 0
    assert row(bar, id).done_at is None
