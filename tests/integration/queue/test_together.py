"""What waits of one guest may be read together, and half a thought may wait a moment for the other half."""

import json
from dataclasses import replace
from typing import Any

import pytest

from core.services.serving import serve
from core.store.redis import mailbox
from core.store.redis.mailbox import REST_SECONDS, TOGETHER_BYTES, TOGETHER_MOST, Claim, Ending, Item
from core.store.redis.store import Store
from tests.integration.queue.guests import answer, commit, lease_lapses, serve_one, texts_waiting, wrote
from tests.waiting import eventually


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a thought rests for an hour: nobody's time is up because the machine is busy."""
    monkeypatch.setattr(mailbox, "REST_SECONDS", 3600.0)


def said(claim: Claim) -> list[str]:
    """The texts of a claim: its own, and those behind it."""
    return [str(body["data"]["text"]) for body in (claim.body, *(one.body for one in claim.behind))]


def read_together(claim: Claim, count: int) -> Claim:
    """The first so many texts behind the head are one message with it."""
    return replace(claim, covers=claim.behind[:count])


def ending(claim: Claim, text: str) -> Ending:
    """One answer to everything that was read."""
    return replace(answer(text), beside=tuple({"type": "turn", "event": one.id} for one in claim.covers))


def noted(store: Store) -> list[dict[str, Any]]:
    return [json.loads(entry.body) for entry in store.history.read("test")]


def half_said(store: Store) -> str:
    """Ann wrote "2" and is waited for; the bell of the worker who found that out."""
    bell = store.conversations.push([wrote("ann", "2", at=1)]).bell
    store.conversations.rest(serve_one(store, bell))
    return bell


def time_passes(store: Store, guest: str = "ann") -> None:
    """Half a thought has waited long enough."""
    state = f"box:conversations:{guest}"
    came = next(field for field in store.client.hkeys(state) if field.startswith("came:"))
    store.client.hset(state, came, 1)
    for zset in ("waiting", "resting"):
        store.client.zadd(f"lane:conversations:{zset}", {guest: 1})


def test_whoever_is_claimed_shows_what_waits_behind_in_the_order_it_was_sent(store: Store) -> None:
    store.conversations.push([wrote("ann", "dawa", at=11), wrote("ann", "2", at=10), wrote("ben", "hi", at=1)])
    store.conversations.push([wrote("ann", "table 7", at=12)])
    claims = {claim.box: claim for claim in store.conversations.claim("bell", limit=2)}
    assert said(claims["ann"]) == ["2", "dawa", "table 7"]
    assert said(claims["ben"]) == ["hi"]


def test_rule_23_what_was_read_together_ends_together_each_counted_and_noted_once(store: Store) -> None:
    texts = [wrote("ann", text, id=f"id-{text}", at=at) for at, text in enumerate(("2", "dawa", "pay"), 1)]
    store.conversations.push(texts)
    claim = read_together(serve_one(store), 1)
    assert commit(store, claim, ending(claim, "2 × Dawa")) == "done"
    assert commit(store, claim, ending(claim, "2 × Dawa")) == "already"
    assert texts_waiting(store, "ann") == ["2 × Dawa"]
    assert [note.get("event") for note in noted(store)] == [None, "id-dawa"]
    assert store.report()["conversations"]["events"] == 1
    assert store.conversations.push(texts).fresh == (), "a repeat of any of them is known"
    assert said(serve_one(store)) == ["pay"]
    assert store.breaches() == {"I1": [], "I10": []}


def test_nothing_is_left_of_a_mailbox_whose_texts_were_all_read(store: Store) -> None:
    store.conversations.push([wrote("ann", "2", at=1), wrote("ann", "dawa", at=2)])
    claim = read_together(serve_one(store), 1)
    commit(store, claim, ending(claim, "2 × Dawa"))
    assert store.client.keys("box:*") == store.client.keys("queue:*") == []
    assert store.report()["conversations"] | {"oldest": 0} == {
        "events": 0, "waiting": 0, "leased": 0, "oldest": 0, "serving": 1,
    }  # fmt: skip


def test_rule_23_a_plan_takes_what_it_was_made_of_and_no_text_that_came_meanwhile(store: Store) -> None:
    store.conversations.push([wrote("ann", "0722", at=10), wrote("ann", "000111", at=11)])
    first = read_together(serve_one(store), 1)
    store.conversations.plan(first, {"pays": "0722000111"})
    store.conversations.push([wrote("ann", "sent before", at=5), wrote("ann", "sent between", at=10.5)])
    lease_lapses(store, "ann")

    again = serve_one(store)

    assert said(again) == ["0722", "000111"]
    assert again.covers == again.behind == first.covers
    assert again.plan and again.plan["pays"] == "0722000111"
    assert commit(store, again, answer("check your phone")) == "done"
    assert said(serve_one(store)) == ["sent before", "sent between"]


def test_what_failed_twice_is_read_alone_for_it_may_have_been_the_others_fault(store: Store) -> None:
    store.conversations.push([wrote("ann", "2", at=1), wrote("ann", "poison", at=2)])
    for _ in range(2):
        claim = serve_one(store)
        assert said(claim) == ["2", "poison"]
        store.conversations.release(claim, counts=True)
    again = serve_one(store)
    assert said(again) == ["2"] and not again.may_rest
    commit(store, again, answer())
    assert said(serve_one(store)) == ["poison"]


def test_a_turn_that_had_to_wait_for_others_reads_together_again(store: Store) -> None:
    store.conversations.push([wrote("ann", "2", at=1), wrote("ann", "dawa", at=2)])
    store.conversations.release(serve_one(store), counts=False)
    again = serve_one(store)
    assert said(again) == ["2", "dawa"] and again.tries == 1


def test_no_more_is_read_together_than_one_turn_can_bear(store: Store) -> None:
    store.conversations.push([wrote("ann", str(number), at=number) for number in range(1, 20)])
    assert said(serve_one(store)) == [str(number) for number in range(1, TOGETHER_MOST + 2)]
    store.conversations.push([wrote("ben", "hi", at=1), wrote("ben", "x" * TOGETHER_BYTES, at=2), wrote("ben", "y")])
    assert said(serve_one(store)) == ["hi"]


def test_payments_are_settled_one_by_one(store: Store) -> None:
    store.payments.push([Item(str(n), ("pay-1",), n, {"kind": "notice", "at": n, "data": {}}) for n in (1.0, 2.0)])
    [claim] = store.payments.claim("bell")
    assert claim.behind == () and claim.may_rest == 0


def test_rule_24_half_a_thought_waits_alone_until_its_time_is_up(store: Store, patient: None) -> None:
    store.conversations.push([wrote("ann", "2")])
    claim = serve_one(store)
    assert 0 < claim.may_rest <= 3600
    store.conversations.rest(claim)
    came = next(int(value) for name, value in store.client.hgetall("box:conversations:ann").items() if "came:" in name)
    assert store.client.zscore("lane:conversations:waiting", "ann") == came + 3600 * 1000, "from when it came"
    left = store.conversations.next("bell", 16)
    assert isinstance(left, float) and 0 < left <= 3600

    time_passes(store)
    again = serve_one(store)
    assert again.body["data"]["text"] == "2"
    assert (again.may_rest, again.tries) == (0, 1), "it waits no second time, and that was no try"


def test_rule_24_that_is_a_second_and_a_half_after_it_came_at_most(store: Store) -> None:
    assert REST_SECONDS == 1.5
    store.conversations.push([wrote("ann", "2")])
    store.conversations.rest(serve_one(store))
    [again] = eventually(lambda: store.conversations.claim("bell"), what="its time to be up")
    assert again.may_rest == 0


def test_rule_24_a_second_text_ends_the_wait_at_once_and_rings(store: Store, patient: None) -> None:
    bell = half_said(store)
    assert isinstance(store.conversations.next(bell, 16), float)
    assert store.conversations.push([wrote("ann", "dawa", at=2)]).bell
    claim = serve_one(store)
    assert said(claim) == ["2", "dawa"]
    commit(store, read_together(claim, 1), answer())
    assert store.conversations.next("bell", 16) == [], "nobody is waited for any more"


def test_rule_24_a_tap_never_waits_behind_half_a_thought(store: Store, patient: None) -> None:
    half_said(store)
    body = {"kind": "tap", "at": 2.0, "data": {"id": "menu"}}
    assert store.conversations.push([Item("tap", ("ann",), 2.0, body, {"channel": "c"})]).bell
    claim = serve_one(store)
    assert claim.may_rest == 0, "what was half said is answered now"
    commit(store, claim, answer())
    assert serve_one(store).body["kind"] == "tap"


def test_rule_24_what_comes_while_the_half_is_looked_at_ends_its_wait(store: Store, patient: None) -> None:
    store.conversations.push([wrote("ann", "2", at=1)])
    claim = serve_one(store)
    store.conversations.push([wrote("ann", "dawa", at=2)])
    store.conversations.rest(claim)
    assert said(serve_one(store)) == ["2", "dawa"]


def test_a_worker_whose_lease_lapsed_puts_nobody_to_rest(store: Store, patient: None) -> None:
    store.conversations.push([wrote("ann", "2")])
    zombie = serve_one(store)
    lease_lapses(store, "ann")
    successor = serve_one(store)
    store.conversations.rest(zombie)
    assert commit(store, successor, answer("of what?")) == "done"
    assert texts_waiting(store, "ann") == ["of what?"]


def test_one_doorbell_waits_for_the_other_half_and_the_others_go(store: Store, patient: None) -> None:
    store.conversations.push([wrote("ann", "2")])
    store.conversations.rest(serve_one(store, "first"))
    assert isinstance(store.conversations.next("first", 16), float)
    assert store.conversations.next("second", 16) == []
    assert store.client.zrange("lane:conversations:serving", 0, -1) == ["first"]
    assert store.conversations.leave("first"), "whoever must go has somebody else wait"


def test_while_one_waits_for_the_other_half_everybody_else_is_served(store: Store, patient: None) -> None:
    bell = half_said(store)
    assert isinstance(store.conversations.next(bell, 16), float)
    assert store.conversations.push([wrote("ben", "hi")]).bell
    assert [claim.box for claim in store.conversations.claim(bell, 16)] == ["ben"]


def test_rule_24_if_nobody_waits_for_the_other_half_the_sweep_finds_it(store: Store, patient: None) -> None:
    store.conversations.push([wrote("ann", "2")])
    store.conversations.rest(serve_one(store))
    store.client.delete("lane:conversations:serving")
    assert store.conversations.sweep().bell == ""
    time_passes(store)
    assert store.conversations.sweep().bell


def test_a_text_kept_by_the_release_before_waits_for_nothing(store: Store) -> None:
    store.conversations.push([wrote("ann", "2")])
    state = "box:conversations:ann"
    store.client.hdel(state, *[field for field in store.client.hkeys(state) if field.startswith("came:")])
    assert serve_one(store).may_rest == 0


def test_a_worker_waits_for_the_other_half_and_serves_whoever_writes_meanwhile(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "REST_SECONDS", 4.0)
    bell = store.conversations.push([wrote("ann", "2")]).bell
    served: list[tuple[str, int]] = []

    def take(claims: list[Claim]) -> None:
        for claim in claims:
            if claim.may_rest and claim.body["data"]["text"] == "2":
                store.conversations.rest(claim)
                store.conversations.push([wrote("ben", "hi")])
            else:
                served.append((claim.box, claim.tries))
                commit(store, claim, answer())

    assert serve(store.conversations, bell, take, 16) == ""
    assert served == [("ben", 1), ("ann", 1)]
    assert store.client.zcard("lane:conversations:serving") == 0
