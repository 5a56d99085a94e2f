"""Rules 1, 3, 5, 6 and 7: turns over mailboxes."""

import json
from dataclasses import replace

import pytest

from core.errors import LeaseLost, StoreUnavailable
from core.services.conversations import TRIES
from core.services.serving import serve
from core.store.redis.mailbox import Claim, Item
from core.store.redis.store import Store
from tests.integration.queue.guests import answer, commit, lease_lapses, serve_one, texts_waiting, wrote


def test_rule_01_a_repeated_commit_pops_one_event_only(store: Store) -> None:
    store.conversations.push([wrote("ann", "first"), wrote("ann", "second")])
    claim = serve_one(store)
    ending = answer("one")

    assert commit(store, claim, ending) == "done"
    assert commit(store, claim, ending) == "already"

    assert texts_waiting(store, "ann") == ["one"]
    assert serve_one(store).body["data"]["text"] == "second"


def test_rule_01_a_worker_whose_lease_lapsed_changes_nothing(store: Store) -> None:
    store.conversations.push([wrote("ann")])
    zombie = serve_one(store)
    lease_lapses(store, "ann")
    successor = serve_one(store)

    assert commit(store, zombie, answer("from the grave")) == "lost"
    store.conversations.release(zombie, counts=True)
    with pytest.raises(LeaseLost):
        store.conversations.plan(zombie, {"late": True})

    assert commit(store, successor, answer("alive")) == "done"
    assert texts_waiting(store, "ann") == ["alive"]


def test_rule_01_a_commit_for_another_event_changes_nothing(store: Store) -> None:
    store.conversations.push([wrote("ann", "first"), wrote("ann", "second")])
    claim = serve_one(store)

    assert commit(store, replace(claim, id="another"), answer("of something else")) == "lost"

    assert texts_waiting(store, "ann") == []
    assert commit(store, claim, answer("one")) == "done"


def test_rule_01_a_heartbeat_of_the_grave_keeps_no_lease(store: Store) -> None:
    store.conversations.push([wrote("ann")])
    zombie = serve_one(store)
    lease_lapses(store, "ann")
    successor = serve_one(store)
    store.client.zadd("lane:conversations:leased", {"ann": 1})

    store.conversations.renew("bell", [zombie])
    assert store.client.zscore("lane:conversations:leased", "ann") == 1

    store.conversations.renew("bell", [successor])
    assert store.client.zscore("lane:conversations:leased", "ann") > 1


def test_rule_03_a_stored_plan_is_what_every_later_try_gets(store: Store) -> None:
    store.conversations.push([wrote("ann")])
    first = serve_one(store)
    store.conversations.plan(first, {"price": 700})
    lease_lapses(store, "ann")

    second = serve_one(store)

    assert second.plan == {"price": 700}
    assert store.conversations.plan(second, {"price": 800}) == {"price": 700}


def test_rule_03_a_message_with_an_earlier_clock_does_not_overtake_a_planned_one(store: Store) -> None:
    store.conversations.push([wrote("ann", "pay", at=200.0)])
    store.conversations.plan(serve_one(store), {"effects": ["place"]})
    store.conversations.push([wrote("ann", "sent before", at=100.0)])
    lease_lapses(store, "ann")

    assert serve_one(store).body["data"]["text"] == "pay"


def test_rule_05_a_message_during_a_turn_waits_for_its_end(store: Store) -> None:
    store.conversations.push([wrote("ann", "first")])
    claim = serve_one(store)
    store.conversations.push([wrote("ann", "second")])

    assert store.conversations.claim("other bell") == []
    commit(store, claim, answer())

    assert serve_one(store).body["data"]["text"] == "second"


def test_rule_05_what_a_killed_worker_held_is_served_again(store: Store) -> None:
    store.conversations.push([wrote("ann", "still here")])
    serve_one(store)
    lease_lapses(store, "ann")

    again = serve_one(store)

    assert again.body["data"]["text"] == "still here"
    assert again.tries == 2


def test_rule_06_a_doorbell_that_finds_nothing_uncounts_itself(store: Store) -> None:
    bells = [store.conversations.push([wrote(name)]).bell for name in ("ann", "ben", "cat")]
    assert [bool(bell) for bell in bells] == [True, True, False], "two doorbells are enough for three guests"
    for bell in bells[:2]:
        while claims := store.conversations.claim(bell):
            store.conversations.commit([(claims[0], answer())])

    assert store.conversations.push([wrote("dan")]).bell


def test_rule_06_a_doorbell_that_has_served_all_is_counted_no_more(store: Store) -> None:
    bells = [store.conversations.push([wrote(guest)]).bell for guest in ("ann", "ben")]
    for bell in bells:
        store.conversations.commit([(serve_one(store, bell), answer())])
    assert store.conversations.push([wrote("cat")]).bell == "", "both are still looking for more"
    store.conversations.commit([(serve_one(store, bells[0]), answer())])
    assert [store.conversations.claim(bell) for bell in bells] == [[], []]
    assert store.conversations.push([wrote("dan")]).bell


def test_rule_06_lost_doorbells_do_not_leak(store: Store) -> None:
    for name in ("ann", "ben"):
        assert store.conversations.push([wrote(name)]).bell
    store.client.zadd(
        "lane:conversations:bells", dict.fromkeys(store.client.zrange("lane:conversations:bells", 0, -1), 1)
    )

    assert store.conversations.push([wrote("cat")]).bell, "the lost ones' deadlines have passed"


def test_rule_06_the_sweep_rings_although_bells_are_counted_when_nobody_serves(store: Store) -> None:
    for name in ("ann", "ben", "cat"):
        store.conversations.push([wrote(name)])

    assert store.conversations.sweep().bell


def test_rule_06_the_sweep_does_not_ring_while_somebody_serves(store: Store) -> None:
    store.conversations.push([wrote("ann"), wrote("ben")])
    serve_one(store)

    assert store.conversations.sweep().bell == ""


def test_rule_07_every_claim_has_a_token_of_its_own(store: Store) -> None:
    store.conversations.push([wrote("ann")])
    tokens = set()
    for _ in range(5):
        claim = serve_one(store)
        tokens.add(claim.token)
        store.conversations.release(claim, counts=False)

    assert len(tokens) == 5


def test_a_webhook_delivered_twice_is_one_message(store: Store) -> None:
    item = wrote("ann")
    assert store.conversations.push([item]).fresh == (item.id,)
    assert store.conversations.push([item, item]).fresh == ()
    commit(store, serve_one(store), answer())
    assert store.conversations.push([item]).fresh == (), "also after it was handled"


def test_a_status_delivered_twice_is_one_status(store: Store) -> None:
    for _ in range(2):
        store.conversations.push([], [("sent of wamid.1", "{}"), ("read of wamid.1", "{}")])
    assert store.statuses.length() == 2


def test_messages_are_taken_by_the_senders_clock_then_by_arrival(store: Store) -> None:
    store.conversations.push([wrote("ann", "b", at=20.0), wrote("ann", "c", at=20.0), wrote("ann", "a", at=10.0)])
    taken = []
    for _ in range(3):
        claim = serve_one(store)
        taken.append(claim.body["data"]["text"])
        commit(store, claim, answer())

    assert taken == ["a", "b", "c"]


def test_a_guest_known_by_phone_keeps_the_mailbox_when_an_id_comes_along(store: Store) -> None:
    body = {"kind": "text", "at": 1.0, "data": {}}
    store.conversations.push([Item("1", ("phone-key",), 1.0, body)])
    store.conversations.push([Item("2", ("id-key", "phone-key"), 2.0, body)])
    store.conversations.push([Item("3", ("id-key",), 3.0, body)])

    boxes = set()
    for _ in range(3):
        claim = serve_one(store)
        boxes.add(claim.box)
        commit(store, claim, answer())

    assert boxes == {"phone-key"}


def test_what_failed_before_is_served_alone(store: Store) -> None:
    store.conversations.push([wrote("poison")])
    store.conversations.release(serve_one(store), counts=True)
    store.conversations.push([wrote(name) for name in ("ann", "ben", "cat")])

    batches = [[claim.box for claim in store.conversations.claim("bell", limit=16)] for _ in range(2)]

    assert sorted(batches, key=len) == [["poison"], ["ann", "ben", "cat"]]


def test_a_failure_to_reach_others_does_not_count_as_a_try(store: Store) -> None:
    store.conversations.push([wrote("ann")])
    for _ in range(5):
        claim = serve_one(store)
        assert claim.tries == 1
        store.conversations.release(claim, counts=False)


def test_rule_04_an_outage_of_the_store_is_no_try_of_whoever_was_served_then(store: Store) -> None:
    store.conversations.push([wrote("ann")])

    def lost(claims: list[Claim]) -> None:
        raise StoreUnavailable("gone in the middle of a turn")

    for _ in range(TRIES + 1):
        with pytest.raises(StoreUnavailable):
            serve(store.conversations, "bell", lost, 1)
        lease_lapses(store, "ann")

    assert serve_one(store).tries == 1


def test_session_outbox_and_history_change_in_the_commit_and_nowhere_else(store: Store) -> None:
    store.conversations.push([wrote("ann")])
    claim = serve_one(store)
    assert texts_waiting(store, "ann") == []

    commit(store, claim, answer("hello"))

    assert texts_waiting(store, "ann") == ["hello"]
    [entry] = store.history.read("test")
    assert json.loads(entry.body)["text"] == "hello"
    store.conversations.push([wrote("ann")])
    assert serve_one(store).session == {"said": "hello"}


def test_a_guest_whose_turn_must_wait_is_told_so_once(store: Store) -> None:
    store.conversations.push([wrote("ann", "pay")])
    for _ in range(3):
        store.conversations.release(serve_one(store), counts=False, reply={"id": "1", "text": "one moment"})

    assert texts_waiting(store, "ann") == ["one moment"]
    assert serve_one(store).body["data"]["text"] == "pay"


def test_the_audit_of_the_store_finds_what_was_kept_and_is_nowhere(store: Store) -> None:
    store.conversations.push([wrote("ann", id="ann-1"), wrote("ben", id="ben-1")])
    assert store.breaches() == {"I1": [], "I10": []}
    store.client.delete("queue:conversations:ann")
    store.client.zrem("lane:conversations:waiting", "ben")

    found = store.breaches()["I1"]

    assert {breach.get("event", breach.get("mailbox")) for breach in found} == {"ann-1", "ben"}
