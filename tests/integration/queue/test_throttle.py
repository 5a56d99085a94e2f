"""Sending as Meta wants it: so many a second per number, so many to one guest, replies first, workspaces in turn."""

from typing import Any

import pytest

from core.store.redis.outbox import CAMPAIGN, NOTICE, PAIR_BURST, PAIR_SECONDS, REPLY
from core.store.redis.store import Store
from tests.integration.queue.outboxes import heard, says, sends


def taps(store: Store, guest: str, count: int, **more: Any) -> None:
    """Answers that cannot be merged."""
    says(store, guest, *(f"{guest} {number}" for number in range(count)), plain=0, **more)


def seconds_pass(store: Store, name: str, seconds: float) -> None:
    """What was borrowed is that much nearer to being paid back."""
    store.client.set(name, float(store.client.get(name)) - seconds * 1000, keepttl=True)
    for box in store.client.zrange("lane:outbox:waiting", 0, -1):
        store.client.zadd("lane:outbox:waiting", {box: 1})
        store.client.hdel("lane:outbox:line_of", box)
    for turns in store.client.scan_iter("lane:outbox:turns:*"):
        for workspace in store.client.zrange(turns, 0, -1):
            store.client.zadd(turns, {workspace: 1})
    store.outbox.sweep()


def test_one_guest_gets_a_burst_and_then_one_message_in_six_seconds(store: Store) -> None:
    taps(store, "ann", PAIR_BURST + 3)
    assert len(sends(store)) == PAIR_BURST

    seconds_pass(store, "pair:ann", PAIR_SECONDS - 1)
    assert sends(store) == []
    seconds_pass(store, "pair:ann", 1.1)
    assert [letter.item["text"] for letter in sends(store)] == [f"ann {PAIR_BURST}"]


def test_a_burst_is_paid_back_by_silence(store: Store) -> None:
    taps(store, "ann", PAIR_BURST)
    sends(store)
    assert store.client.pttl("pair:ann") > (PAIR_BURST - 1) * PAIR_SECONDS * 1000

    seconds_pass(store, "pair:ann", PAIR_BURST * PAIR_SECONDS)
    taps(store, "ann", PAIR_BURST)
    assert len(sends(store)) == PAIR_BURST


def test_a_guest_at_the_limit_holds_nobody_else_up(store: Store) -> None:
    taps(store, "ann", PAIR_BURST + 5)
    taps(store, "ben", 1)
    assert [letter.box for letter in sends(store)].count("ben") == 1


def test_no_second_holds_more_than_the_number_may_do(store: Store) -> None:
    for number in range(60):
        says(store, f"guest {number}", "hello", rate=50)
    store.client.delete("number:number of w", *store.client.keys("heard:*"))
    started = milliseconds(store)
    sent = []
    while milliseconds(store) - started < 1000:
        sent += [milliseconds(store) - started for _ in sends(store, most=1)]
    assert 10 < len(sent) <= 50


@pytest.mark.parametrize(("heard_before", "step"), [(0, 1000 / 90), (30, 1000 / 60), (5000, 1000 / 40)])
def test_what_guests_write_counts_too_but_never_silences_us(store: Store, heard_before: int, step: float) -> None:
    says(store, "ann", "hello", rate=100)
    for second in range(-2, 3):
        store.client.set(f"heard:number of w:{int(milliseconds(store) / 1000) + second}", heard_before)
    before = milliseconds(store)
    store.outbox.claim("sender")
    assert -1 < float(store.client.get("number:number of w")) - before - step < 500


def test_every_message_of_a_guest_is_counted_for_a_moment(store: Store) -> None:
    store.conversations.push([heard(f"guest {number}") for number in range(7)])
    counted = store.client.keys("heard:number of w:*")
    assert sum(int(store.client.get(name)) for name in counted) == 7
    assert all(0 < store.client.ttl(name) <= 3 for name in counted)


def test_a_number_at_its_limit_has_one_sender_wait_and_the_others_go(store: Store) -> None:
    for number in range(9):
        says(store, f"guest {number}", "hello", rate=10)
    store.client.delete("number:number of w", *store.client.keys("heard:*"))
    sends(store, most=1)

    wait = store.outbox.next("sender")

    assert isinstance(wait, float) and 0 < wait <= 0.25
    assert store.outbox.next("another") is None


def test_a_number_that_must_rest_rests_as_a_whole_and_alone(store: Store) -> None:
    says(store, "ann", "hello")
    says(store, "ben", "hello")
    says(store, "cay", "hello", workspace="v")
    letter = store.outbox.claim("sender")
    assert letter is not None
    store.outbox.later(letter, 0, rest=30)
    left = {one.guest["workspace"] for one in sends(store)}
    assert left == ({"v"} if letter.guest["workspace"] == "w" else {"w"})


def test_the_audit_knows_a_number_that_must_rest_from_a_guest_left_waiting(store: Store) -> None:
    says(store, "ann", "hello")
    store.client.zadd("lane:outbox:since", {"ann": 1})
    assert [breach["mailbox"] for breach in store.breaches()["I10"]] == ["ann"]
    store.client.set("number:number of w", "1", px=20_000)
    assert store.breaches()["I10"] == []


def test_replies_go_before_notices_before_campaigns(store: Store) -> None:
    says(store, "cay", "campaign", rank=CAMPAIGN)
    says(store, "ben", "notice", rank=NOTICE)
    says(store, "ann", "reply", rank=REPLY)
    assert [letter.id for letter in sends(store)] == ["reply", "notice", "campaign"]


def test_a_reply_behind_a_campaign_takes_it_along_in_the_guests_order(store: Store) -> None:
    says(store, "ann", "campaign", rank=CAMPAIGN, plain=0)
    says(store, "ben", "notice", rank=NOTICE)
    says(store, "ann", "reply", rank=REPLY)
    assert [letter.id for letter in sends(store)] == ["campaign", "reply", "notice"]


def test_workspaces_take_turns_however_many_guests_wait_in_one(store: Store) -> None:
    for number in range(40):
        says(store, f"guest {number}", "hello", workspace="loud")
    for number in range(3):
        says(store, f"shy {number}", "hello", workspace="quiet")
    order = [letter.guest["workspace"] for letter in sends(store)]
    assert len(order) == 43
    assert order[:7].count("quiet") == 3


@pytest.mark.parametrize("ending", ["sent", "later", "unknown", "lapsed"])
def test_whoever_waits_stands_in_exactly_one_line(store: Store, ending: str) -> None:
    says(store, "ann", "one", "two", plain=0)
    letter = store.outbox.claim("sender")
    assert letter is not None
    if ending == "sent":
        store.outbox.sent(letter)
    elif ending == "later":
        store.outbox.later(letter, 5)
    elif ending == "unknown":
        store.outbox.unknown(letter)
    else:
        store.client.zadd("lane:outbox:leased", {"ann": 1})
        store.outbox.sweep()
    says(store, "ann", "three")
    assert store.client.zcard("lane:outbox:waiting") == 1
    assert lines(store) == {"ann"} and store.client.hlen("lane:outbox:line_of") == 1


def test_nothing_is_left_behind_when_all_is_said(store: Store) -> None:
    says(store, "ann", "one", "two")
    says(store, "ben", "three", rank=NOTICE)
    sends(store)
    assert store.outbox.claim("sender") is None
    left = {key.rpartition(":")[2] for key in store.client.scan_iter("lane:outbox:*")}
    assert left <= {"bells", "serving", "depth"}
    assert store.report()["outbox"]["events"] == 0


def lines(store: Store) -> set[str]:
    found = [store.client.zrange(key, 0, -1) for key in store.client.scan_iter("lane:outbox:line:*")]
    return {box for boxes in found for box in boxes}


def milliseconds(store: Store) -> float:
    seconds, micro = store.client.time()
    return float(seconds * 1000 + micro / 1000)
