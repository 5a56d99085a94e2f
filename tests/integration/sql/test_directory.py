"""The channels in memory: whoever asks while they are first read waits for them."""

from core.services.directory import Directory
from tests.integration.sql.bar import Bar, all_at_once


def channels_found(bar: Bar) -> set[int]:
    directory = Directory(bar.sessions)
    return set(all_at_once(20, lambda _: len(directory.lines())))


def test_twenty_webhooks_at_once_into_a_fresh_process_all_find_their_channel(bar: Bar) -> None:
    assert [channels_found(bar) for _ in range(5)] == [{1}] * 5
