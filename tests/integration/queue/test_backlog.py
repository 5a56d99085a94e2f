"""What operators and alerts are told of the backlog: how much, and for how long in truth."""

from core.store.redis.outbox import Letter
from core.store.redis.store import Store
from tests.integration.queue.guests import answer, commit, lease_lapses, serve_one, wrote
from workers import measuring

HOUR = 3600
ABOUT_AN_HOUR = HOUR - 2


def an_hour_passes(store: Store, lane: str) -> None:
    key = f"lane:{lane}:since"
    for box, since in store.client.zrange(key, 0, -1, withscores=True):
        store.client.zadd(key, {box: since - HOUR * 1000})


def oldest(store: Store, lane: str = "conversations") -> float:
    return float(store.report()[lane]["oldest"])


def claim_letter(store: Store) -> Letter:
    letter = store.outbox.claim("bell")
    assert letter
    return letter


def test_a_guest_given_back_again_and_again_for_an_hour_has_waited_an_hour(store: Store) -> None:
    store.conversations.push([wrote("ann")])
    an_hour_passes(store, "conversations")
    store.conversations.release(serve_one(store), counts=False)
    assert oldest(store) >= ABOUT_AN_HOUR
    claim = serve_one(store)
    lease_lapses(store, "ann")
    assert oldest(store) >= ABOUT_AN_HOUR
    [late] = store.breaches()["I10"]
    assert (late["mailbox"], late["seconds"] >= ABOUT_AN_HOUR) == ("ann", True)
    commit(store, claim, answer())
    commit(store, serve_one(store), answer())
    assert (oldest(store), store.breaches()["I10"]) == (0, [])


def test_a_turn_taken_starts_the_wait_of_the_next_message_anew(store: Store) -> None:
    store.conversations.push([wrote("ann"), wrote("ann")])
    an_hour_passes(store, "conversations")
    commit(store, serve_one(store), answer())
    assert oldest(store) < 60


def test_replies_are_counted_and_age_while_they_do_not_leave(store: Store) -> None:
    store.conversations.push([wrote("ann"), wrote("ben")])
    for _ in range(2):
        commit(store, serve_one(store), answer())
    assert store.report()["outbox"]["events"] == 2
    an_hour_passes(store, "outbox")
    store.outbox.later(claim_letter(store), 0)
    assert oldest(store, "outbox") >= ABOUT_AN_HOUR
    for _ in range(2):
        store.outbox.sent(claim_letter(store), {})
    assert (store.report()["outbox"]["events"], oldest(store, "outbox")) == (0, 0)


def test_what_is_exported_are_events_and_entries_not_mailboxes(store: Store) -> None:
    store.conversations.push([wrote("ann"), wrote("ann")], [("s:1", "{}")], ["{}"])
    measuring.note_backlog(store.report())
    assert measuring.metrics.waiting.labels("conversations")._value.get() == 2
    assert measuring.metrics.stream_entries.labels("statuses")._value.get() == 1
    assert measuring.metrics.stream_entries.labels("history")._value.get() == 1
