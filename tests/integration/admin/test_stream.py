"""The live board: nothing is lost between reading and listening or over a reconnect, and repeats are harmless."""

from collections.abc import Iterator
from itertools import islice
from json import loads
from time import monotonic
from typing import Any

import pytest

from core.domain.statuses import OrderStatus
from sandbox.servers import RedisServer
from tests.integration.admin.venue import Browser, Venue, open_venue
from tests.waiting import eventually
from webapp.admin.events import BoardStream
from webapp.admin.streams import Streams


def changes(stream: Iterator[dict[str, str]], number: int) -> list[dict[str, str]]:
    return list(islice((event for event in stream if "event" not in event and "data" in event), number))


def next_event(stream: Iterator[dict[str, str]], kind: str) -> dict[str, str]:
    return next(event for event in stream if event.get("event") == kind)


def test_what_changes_between_reading_and_listening_is_not_lost(venue: Venue) -> None:
    browser = venue.signed_in()
    venue.order()
    read = browser.board()
    order_id = venue.order()
    (change,) = changes(browser.listen(read["stream"]), 1)
    assert loads(change["data"])["order_id"] == str(order_id)


def test_a_change_says_how_the_order_stands_and_null_when_it_left_the_board(venue: Venue) -> None:
    browser = venue.signed_in()
    order_id = venue.order()
    read = browser.board()
    browser.move(order_id, "PREPARING", 1)
    browser.move(order_id, "SERVED", 2)
    first, last = (loads(change["data"]) for change in changes(browser.listen(read["stream"]), 2))
    assert last == {"order_id": str(order_id), "version": 3, "order": None}
    assert first["order_id"] == str(order_id) and first["version"] >= 2


def test_a_reconnect_goes_on_after_the_last_change_seen(venue: Venue) -> None:
    browser = venue.signed_in()
    venue.order()
    after = browser.board()["stream"]
    ids = [str(venue.order()) for _ in range(5)]
    first = changes(browser.listen(after), 2)
    rest = changes(browser.listen(after, last_event_id=first[-1]["id"]), 3)
    assert [loads(change["data"])["order_id"] for change in first + rest] == ids


@pytest.mark.parametrize("unknown", ["1-0", "99999999999999-0", "nonsense", "-1", "9" * 40, "\u0663-0"])
def test_an_unknown_place_in_the_stream_means_read_again(venue: Venue, unknown: str) -> None:
    browser = venue.signed_in()
    venue.order()
    stream = browser.listen(unknown)
    reset = next_event(stream, "reset")
    order_id = venue.order()
    (change,) = changes(stream, 1)
    assert reset["id"] and loads(change["data"])["order_id"] == str(order_id)


def test_a_stream_wiped_with_the_store_means_read_again(venue: Venue) -> None:
    browser = venue.signed_in()
    venue.order()
    after = browser.board()["stream"]
    venue.program.store.client.delete(f"board:{venue.workspace_id}")
    assert next_event(browser.listen(after), "reset")


def test_a_listener_without_a_place_hears_what_comes_from_now_on(venue: Venue) -> None:
    browser = venue.signed_in()
    venue.order()
    stream = browser.listen()
    assert loads(next_event(stream, "state")["data"]) == {"live": True}
    order_id = venue.order()
    assert loads(changes(stream, 1)[0]["data"])["order_id"] == str(order_id)


def test_another_venues_changes_are_not_heard(venue: Venue) -> None:
    browser = venue.signed_in()
    stream = browser.listen()
    next_event(stream, "state")
    open_venue(venue.app).order()
    mine = venue.order()
    assert loads(changes(stream, 1)[0]["data"])["order_id"] == str(mine)


def test_the_stream_ends_for_somebody_dismissed(venue: Venue) -> None:
    stream = venue.signed_in().listen()
    next_event(stream, "state")
    venue.dismiss()
    assert next_event(stream, "ended")
    assert list(stream) == []


def test_the_stream_ends_with_the_login(venue: Venue) -> None:
    tablet = venue.signed_in()
    stream = tablet.listen()
    next_event(stream, "state")
    Browser(tablet.client, venue).post("/admin/logout")
    assert next_event(stream, "ended")


def test_the_stream_ends_with_its_process(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = venue.signed_in().listen()
    next_event(stream, "state")
    monkeypatch.setattr(venue.app.extensions["streams"], "serving", lambda: False)
    assert list(stream) == []


def test_a_store_that_comes_back_goes_on_where_it_was(venue: Venue, redis_server: RedisServer) -> None:
    stream = venue.signed_in().listen()
    next_event(stream, "state")
    redis_server.kill()
    try:
        assert loads(next_event(stream, "state")["data"]) == {"live": False}
    finally:
        redis_server.start()
    assert loads(next_event(stream, "state")["data"]) == {"live": True}
    order_id = venue.order()
    assert loads(changes(stream, 1)[0]["data"])["order_id"] == str(order_id)


def test_the_board_is_still_read_while_the_store_is_down(venue: Venue, redis_server: RedisServer) -> None:
    browser = venue.signed_in()
    order_id = venue.order()
    redis_server.kill()
    try:
        read = browser.board()
    finally:
        redis_server.start()
    assert read["stream"] is None and [order["id"] for order in read["orders"]] == [str(order_id)]


def test_a_frozen_store_holds_up_neither_board_nor_stream_for_long(venue: Venue, redis_server: RedisServer) -> None:
    browser = venue.signed_in()
    stream = browser.listen()
    next_event(stream, "state")
    redis_server.freeze()
    try:
        began = monotonic()
        assert loads(next_event(stream, "state")["data"]) == {"live": False}
        assert browser.board()["stream"] is None
        assert monotonic() - began < 9
    finally:
        redis_server.thaw()


def test_a_long_silence_is_broken_every_ten_seconds() -> None:
    clock = iter(range(0, 10_000, 2))

    class Nothing:
        def read(self, *_: object) -> list[tuple[str, dict[str, Any]]]:
            return []

        def knows(self, *_: object) -> bool:
            return True

        def latest(self, _: str) -> str:
            return "1-1"

    stream = BoardStream(Nothing(), "venue", "1-1", lambda: True, Streams(), clock=lambda: float(next(clock)))
    frames = list(stream.frames())
    assert sum(frame.startswith(": keep-alive") for frame in frames) > 10


def test_more_streams_than_threads_can_bear_are_asked_to_come_back(venue: Venue) -> None:
    browser, streams = venue.signed_in(), venue.app.extensions["streams"]
    taken: list[bool] = []

    def refused() -> Any:
        """A stream of an earlier test may just be ending, and leave a place."""
        taken.extend(True for _ in range(1000) if streams.enter())
        answer = browser.get("/admin/board/events")
        return answer if answer.status_code == 503 else answer.close()

    try:
        assert eventually(refused).headers["Retry-After"]
    finally:
        for _ in taken:
            streams.leave()
    left = browser.listen()
    next_event(left, "state")
    left.close()  # type: ignore[attr-defined]


def test_orders_that_left_the_board_are_not_open(venue: Venue) -> None:
    venue.order(OrderStatus.SERVED)
    assert venue.signed_in().board()["orders"] == []
