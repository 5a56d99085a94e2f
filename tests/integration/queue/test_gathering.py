"""Webhooks that come at once share round trips to the store, and none waits longer than it may."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from core.bootstrap import WEBHOOK_STORE_SECONDS
from core.errors import StoreUnavailable
from core.store.redis.gathering import MOST_AT_ONCE, MOST_BYTES, Gathering
from core.store.redis.store import Store
from sandbox.servers import RedisServer
from tests.integration.queue.guests import wrote
from tests.waiting import eventually

WEBHOOKS = 30


def test_webhooks_that_come_during_a_round_trip_share_the_next_one(store: Store, mailbox_server: RedisServer) -> None:
    gathering = Gathering(store.conversations, seconds=10)
    gathering.push([wrote("ann")], (), ())
    before = _round_trips(store)
    mailbox_server.freeze()
    with ThreadPoolExecutor(WEBHOOKS) as pool:
        answers = [pool.submit(gathering.push, [wrote(f"guest {n}")], (), ()) for n in range(WEBHOOKS)]
        eventually(lambda: gathering._open and gathering._open.webhooks == WEBHOOKS - 1)
        mailbox_server.thaw()
        pushed = [answer.result() for answer in answers]
    assert _round_trips(store) - before == 2
    assert len([one.bell for one in pushed if one.bell]) <= 2, "one bell a round trip, not one a webhook"
    assert store.report()["conversations"]["events"] == WEBHOOKS + 1


def test_large_webhooks_share_no_round_trip(store: Store, mailbox_server: RedisServer) -> None:
    gathering, large = Gathering(store.conversations, seconds=10), "x" * (MOST_BYTES // 2 + 1)
    gathering.push([wrote("ann")], (), ())
    before = _round_trips(store)
    mailbox_server.freeze()
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(gathering.push, [wrote("ben")], (), ())
        eventually(lambda: gathering._road.locked() and not gathering._open)
        answers = [pool.submit(gathering.push, [wrote(f"guest {n}")], (), (), [large]) for n in range(3)]
        eventually(lambda: gathering._open)
        mailbox_server.thaw()
        pushed = [answer.result() for answer in (first, *answers)]
    assert _round_trips(store) - before == 4
    assert all(one.fresh for one in pushed)


def test_a_frozen_store_is_noticed_in_time_by_all_who_wait(store: Store, mailbox_server: RedisServer) -> None:
    gathering = Gathering(Store(mailbox_server.url, seconds=0.5).conversations, seconds=1.0)
    gathering.push([wrote("ann")], (), ())
    mailbox_server.freeze()
    try:
        with ThreadPoolExecutor(WEBHOOKS) as pool:
            waits = list(pool.map(lambda n: _refused_after(gathering, n), range(WEBHOOKS)))
    finally:
        mailbox_server.thaw()
    assert max(waits) < 2.0
    assert gathering.push([wrote("ben")], (), ()).fresh, "afterwards it goes on"


def test_more_webhooks_than_share_one_round_trip_are_all_refused_within_a_webhooks_time(
    store: Store, mailbox_server: RedisServer
) -> None:
    crowd = 2 * MOST_AT_ONCE + 10
    intake = Store(mailbox_server.url, seconds=WEBHOOK_STORE_SECONDS).intake
    intake.push([wrote("ann")], (), ())
    mailbox_server.freeze()
    try:
        with ThreadPoolExecutor(crowd) as pool:
            waits = list(pool.map(lambda n: _refused_after(intake, n), range(crowd)))
    finally:
        mailbox_server.thaw()
    assert min(waits) > 0 and max(waits) < 2.2, "two seconds, and something for so many threads on one machine"


def test_one_that_gave_up_leaves_no_gap_behind(store: Store, mailbox_server: RedisServer) -> None:
    gathering = Gathering(Store(mailbox_server.url, seconds=3.0).conversations, seconds=0.2)
    gathering.push([wrote("ann")], (), ())
    mailbox_server.freeze()
    with ThreadPoolExecutor(WEBHOOKS) as pool:
        answers = [pool.submit(_refused_after, gathering, n) for n in range(WEBHOOKS)]
        eventually(lambda: sum(answer.done() for answer in answers) == WEBHOOKS - 1)
        mailbox_server.thaw()
    assert gathering.push([wrote("ben")], (), ()).fresh


def _refused_after(gathering: Gathering, number: int) -> float:
    started = monotonic()
    try:
        gathering.push([wrote(f"guest {number}")], (), ())
    except StoreUnavailable:
        return monotonic() - started
    return 0.0


def _round_trips(store: Store) -> int:
    return int(store.client.info("commandstats")["cmdstat_evalsha"]["calls"])
