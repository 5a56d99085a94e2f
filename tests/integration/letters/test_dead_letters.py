"""What failed on every try is kept, named, and can be played again or dropped: once, and by somebody."""

import json
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from core.conversation import flow, texts
from core.domain.statuses import DeadLetterState, OrderStatus
from core.errors import Rejected
from core.providers.kopokopo.webhook import read_notices
from core.services import conversations, dead_letters, effects, settling
from core.services.check_payments import check_payment
from core.services.dead_letters import Decider
from core.store.redis.mailbox import Item
from core.store.sql.tables import DeadLetter, Order, Receipt, TurnEffects
from tests.integration.letters.guest import Guest, activity, letters, messages, rows, somebody
from tests.integration.money.house import House
from tests.integration.sql.bar import all_at_once, open_bar

BY_COMMAND = Decider(None, "command of ops")
SECRET = "my number is 254799000111"


def broken(*_: object, **__: object) -> None:
    """What no try gets past."""
    raise ValueError(SECRET)


def only(house: House) -> DeadLetter:
    [letter] = letters(house)
    return letter


def replay(house: House, letter: DeadLetter, by: Decider = BY_COMMAND) -> None:
    dead_letters.replay(house.program, house.bar.workspace_id, letter.id, by)


def dies(guest: Guest, monkeypatch: pytest.MonkeyPatch, module: Any = flow, name: str = "step") -> DeadLetter:
    """All that waits fails on every try; then whatever was wrong is mended."""
    with monkeypatch.context() as fault:
        fault.setattr(module, name, broken)
        guest.is_served()
    return letters(guest.house)[-1]


def test_a_dead_letter_says_what_went_wrong_and_where_but_nothing_anybody_wrote(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest.says("a private word")
    letter = dies(guest, monkeypatch)
    assert letter.error.startswith("ValueError at tests/integration/letters/test_dead_letters.py:")
    assert letter.error.endswith(" in broken") and "2547" not in letter.error
    assert (letter.lane, letter.attempts, letter.state) == ("conversations", 3, DeadLetterState.DEAD)
    assert guest.reads() == [texts.WENT_WRONG]


def test_where_every_worker_died_nothing_is_made_up(guest: Guest) -> None:
    guest.says("hi")
    store = guest.house.program.store
    for _ in range(conversations.TRIES):
        assert store.conversations.claim("bell")
        store.client.zadd("lane:conversations:leased", {guest.box: 1})
        store.conversations.sweep()
    guest.is_served()
    assert only(guest.house).error == ""


def test_replayed_the_guest_gets_the_answer_and_the_letter_says_who_and_why(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, by = guest.house, somebody(guest.house, reason="mended since")
    event = guest.says("cart")
    letter = dies(guest, monkeypatch)
    replay(house, letter, by)
    guest.is_served()
    assert guest.reads()[0] == texts.WENT_WRONG and "empty" in guest.reads()[1]
    decided = only(house)
    assert (decided.state, decided.decided_by, decided.reason) == (DeadLetterState.REPLAYED, by.user_id, "mended since")
    assert decided.decided_at and decided.replayed_as not in ("", event)
    [note] = activity(house, "dead_letter_replayed")
    assert (note.user_id, note.subject_id, note.detail["reason"]) == (by.user_id, letter.id, "mended since")
    assert [one.body for one in messages(house) if one.direction == "in"] == ["cart"], "what they wrote is there once"


def test_an_order_whose_effects_were_given_up_is_placed_once_when_it_is_replayed(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = guest.house
    guest.says("2 dawa to table 7")
    guest.is_served()
    event = guest.taps(next(tap for words, tap in guest.buttons().items() if "Pay" in words))
    letter = dies(guest, monkeypatch, effects, "find_guest")
    replay(house, letter)
    guest.is_served()
    [order] = rows(house, select(Order))
    assert (order.status, order.total) == (OrderStatus.PENDING, 1400)
    outcomes = {row.event_id: row.outcome for row in rows(house, select(TurnEffects))}
    assert outcomes[event] == {"abandoned": True}, "the first event stays without effect for ever"
    assert outcomes[letters(house)[0].replayed_as]["outcomes"][0]["result"] == "placed"


@pytest.mark.parametrize(("age", "orders"), [(60.0, 1), (31 * 60.0, 0), (25 * 3600.0, 0)])
def test_a_tap_that_is_long_ago_never_places_an_order(
    guest: Guest, monkeypatch: pytest.MonkeyPatch, age: float, orders: int
) -> None:
    guest.says("2 dawa to table 7")
    guest.is_served()
    guest.taps(next(tap for words, tap in guest.buttons().items() if "Pay" in words), time.time() - age)
    letter = dies(guest, monkeypatch)
    said = len(guest.reads())
    replay(guest.house, letter)
    guest.is_served()
    assert len(rows(guest.house, select(Order))) == orders
    assert len(guest.reads()) - said == (0 if age > 24 * 3600 else 1), "what is a day old is not answered any more"


def test_rule_07_a_replay_passes_the_dedupe_that_keeps_its_event_out(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, event = guest.house, guest.says("cart")
    letter = dies(guest, monkeypatch)
    again = Item(event, (guest.box,), time.time(), {"kind": "text", "at": time.time(), "data": {"text": "cart"}})
    assert house.program.store.conversations.push([again]).fresh == ()
    replay(house, letter)
    assert house.program.store.knows([letter.event_id, only(house).replayed_as]) == [True, True]
    guest.is_served()
    assert "empty" in guest.reads()[-1]


def test_who_taps_twice_or_beside_a_colleague_replays_once(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    guest.says("cart")
    letter = dies(guest, monkeypatch)

    def tap(_: int) -> str:
        try:
            replay(guest.house, letter)
        except Rejected as error:
            return error.reason
        return "replayed"

    assert sorted(all_at_once(4, tap)) == ["decided", "decided", "decided", "replayed"]
    guest.is_served()
    assert len(guest.reads()) == 2


def test_a_process_that_dies_between_mailbox_and_books_replays_once_all_the_same(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest.says("cart")
    letter = dies(guest, monkeypatch)
    with monkeypatch.context() as fault:
        fault.setattr(dead_letters, "crashpoint", broken)
        with pytest.raises(ValueError, match="number"):
            replay(guest.house, letter)
    guest.is_served()
    assert only(guest.house).state is DeadLetterState.DEAD
    replay(guest.house, letter)
    guest.is_served()
    assert len(guest.reads()) == 2, "one apology, one answer"


def test_what_fails_again_is_another_dead_letter_and_can_be_replayed_again(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest.says("cart")
    replay(guest.house, dies(guest, monkeypatch))
    again = dies(guest, monkeypatch)
    assert again.event_id == letters(guest.house)[0].replayed_as
    replay(guest.house, again)
    guest.is_served()
    assert "empty" in guest.reads()[-1]


def test_a_guest_nobody_has_in_the_books_is_answered_after_the_store_forgot_them(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest.says("cart")
    letter = dies(guest, monkeypatch)
    guest.house.program.store.client.flushall()
    replay(guest.house, letter)
    guest.is_served()
    assert len(guest.reads()) == 1 and "empty" in guest.reads()[0]
    assert guest.house.program.store.guests([guest.box])[0]["name"] == "Amina"


def test_a_letter_without_any_guest_can_only_be_dropped(house: House) -> None:
    letter = DeadLetter(workspace_id=house.bar.workspace_id, lane="conversations", mailbox="nobody", event_id="e",
                        body='{"kind": "text", "at": 1, "data": {}}', attempts=3, at=datetime.now(UTC))  # fmt: skip
    with house.bar.sessions.begin() as db:
        db.add(letter)
    with pytest.raises(Rejected, match="guest_unknown"):
        replay(house, letter)
    assert only(house).state is DeadLetterState.DEAD


def keeps(house: House, body: dict[str, Any]) -> None:
    """The provider's notice lies in its mailbox, as the webhook keeps it."""
    [notice] = read_notices(json.dumps(body).encode())
    kept = {"kind": "payment_notice", "at": time.time(), "data": notice.to_dict()}
    owners = {"workspaces": [str(house.bar.workspace_id)], "trace": "t"}
    house.program.store.payments.push([Item(f"p:{uuid4().hex}", (notice.subject,), time.time(), kept | owners)])


def test_a_payment_notice_that_is_replayed_pays_the_order_once(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    house = guest.house
    order_id, _, prompt = house.prompt()
    keeps(house, house.kopokopo.pay(prompt))
    letter = dies(guest, monkeypatch, settling, "settle_notice")
    assert (letter.lane, house.order_status(order_id)) == ("payments", OrderStatus.PENDING)
    assert letter.error.endswith(" in broken")
    replay(house, letter)
    guest.is_served()
    assert house.order_status(order_id) is OrderStatus.PAID
    assert len(house.receipts()) == 1 and len(house.owed("payment_settled")) == 1


def test_a_replayed_notice_of_money_that_was_found_by_asking_counts_nothing_again(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = guest.house
    order_id, payment_id, prompt = house.prompt()
    keeps(house, house.kopokopo.pay(prompt))
    letter = dies(guest, monkeypatch, settling, "settle_notice")
    house.ago(payment_id, 60)
    check_payment(house.program, payment_id)
    assert house.order_status(order_id) is OrderStatus.PAID
    replay(house, letter)
    guest.is_served()
    assert len(rows(house, select(Receipt))) == 1 and len(house.owed("payment_settled")) == 1
    assert house.refunds() == []


def test_nothing_is_dropped_without_a_reason_and_nothing_comes_of_what_is(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, by = guest.house, somebody(guest.house, reason=" the guest was served in person ")
    guest.says("cart")
    letter = dies(guest, monkeypatch)
    with pytest.raises(Rejected, match="no_reason"), house.bar.sessions.begin() as db:
        dead_letters.drop(db, house.bar.workspace_id, letter.id, Decider(by.user_id, by.name, " "))
    with house.bar.sessions.begin() as db:
        dead_letters.drop(db, house.bar.workspace_id, letter.id, by)
    assert (only(house).state, only(house).reason) == (DeadLetterState.DROPPED, "the guest was served in person")
    assert activity(house, "dead_letter_dropped")[0].user_id == by.user_id
    with pytest.raises(Rejected, match="decided"):
        replay(house, letter)
    guest.is_served()
    assert guest.reads() == [texts.WENT_WRONG]


def test_another_venue_can_do_nothing_to_it(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    other = open_bar(guest.house.bar.sessions)
    guest.says("cart")
    letter = dies(guest, monkeypatch)
    with pytest.raises(Rejected, match="not_found"):
        dead_letters.replay(guest.house.program, other.workspace_id, letter.id, BY_COMMAND)
    with pytest.raises(Rejected, match="not_found"), other.sessions.begin() as db:
        dead_letters.read_letter(db, other.workspace_id, letter.id, BY_COMMAND)
    with other.sessions.begin() as db:
        assert dead_letters.letters(db, other.workspace_id) == []


def test_those_nobody_decided_on_are_counted_until_somebody_does(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted() -> float | None:
        dead_letters.count_undecided(guest.house.program)
        return REGISTRY.get_sample_value("bar_dead_letters_undecided", {"lane": "conversations"})

    assert counted() == 0
    guest.says("cart")
    letter = dies(guest, monkeypatch)
    assert counted() == 1
    replay(guest.house, letter)
    assert counted() == 0
