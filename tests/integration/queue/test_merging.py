"""Consecutive texts leave as one message, and whatever becomes of it becomes of all of them."""

from core.store.redis.outbox import MERGED_MOST, MERGED_UNITS, Letter
from core.store.redis.store import Store
from tests.integration.queue.guests import lease_lapses, texts_waiting
from tests.integration.queue.outboxes import says, sends
from tests.integration.queue.test_sender_rules import replies, time_passes


def marked(store: Store, *texts: str) -> Letter:
    """The bar said all this, and a sender has marked what leaves first."""
    says(store, "ann", *texts)
    letter = store.outbox.claim("sender")
    assert letter is not None
    return letter


def test_plain_texts_that_wait_leave_together_and_go_together(store: Store) -> None:
    letter = marked(store, "one", "two", "three")
    assert [item["text"] for item in letter.items] == ["one", "two", "three"]
    store.outbox.sent(letter, *({"type": "sent", "id": item["id"]} for item in letter.items))
    assert texts_waiting(store, "ann") == []
    assert store.client.xlen("stream:history") == 3


def test_what_has_taps_leaves_alone_and_in_its_place(store: Store) -> None:
    says(store, "ann", "one", "two")
    says(store, "ann", "taps", plain=0)
    says(store, "ann", "three", "four")
    assert [letter.mark for letter in sends(store)] == ["one,two", "taps", "three,four"]


def test_no_more_is_merged_than_one_message_holds(store: Store) -> None:
    says(store, "ann", "one", "two", plain=MERGED_UNITS // 2)
    assert len(marked_again := sends(store)) == 2, [letter.mark for letter in marked_again]
    says(store, "ann", "three", "four", plain=MERGED_UNITS // 2 - 1)
    assert [letter.mark for letter in sends(store)] == ["three,four"]
    says(store, "ann", *(str(number) for number in range(MERGED_MOST + 1)))
    assert [len(letter.items) for letter in sends(store)] == [MERGED_MOST, 1]


def test_the_mark_fixes_what_is_merged_whatever_is_said_meanwhile(store: Store) -> None:
    first = marked(store, "one", "two")
    says(store, "ann", "three")
    lease_lapses(store, "ann", "outbox")
    time_passes(store, "ann")
    second = store.outbox.claim("sender")
    assert second is not None
    assert (first.mark, second.mark, second.again) == ("one,two", "one,two", 1)
    store.outbox.sent(second)
    assert texts_waiting(store, "ann") == ["three"]


def test_a_status_of_the_merged_message_proves_all_of_it(store: Store) -> None:
    letter = marked(store, "one", "two")
    says(store, "ann", "three")
    store.outbox.unknown(letter)
    assert store.outbox.proven(letter.callback)
    assert texts_waiting(store, "ann") == ["three"]


def test_a_sender_that_comes_back_late_removes_only_what_it_sent(store: Store) -> None:
    slow = marked(store, "one", "two")
    lease_lapses(store, "ann", "outbox")
    store.outbox.sent(slow)
    says(store, "ann", "three")
    assert texts_waiting(store, "ann") == ["three"]
    store.outbox.sent(slow)
    assert texts_waiting(store, "ann") == ["three"]


def test_what_surely_did_not_leave_may_be_merged_anew(store: Store) -> None:
    letter = marked(store, "one")
    says(store, "ann", "two")
    store.outbox.later(letter, 0)
    assert [one.mark for one in sends(store)] == ["one,two"]
    store.outbox.sent(letter)


def test_a_late_word_about_an_earlier_merging_changes_nothing(store: Store) -> None:
    old = marked(store, "one", "two")
    store.outbox.later(old, 0)
    says(store, "ann", "three")
    new = store.outbox.claim("sender")
    assert new is not None and new.mark == "one,two,three"
    store.outbox.sent(old)
    assert texts_waiting(store, "ann") == ["one", "two", "three"]


def test_a_guest_whose_day_is_over_gets_each_message_by_itself(store: Store) -> None:
    says(store, "ann", "one", "two")
    store.client.delete("window:ann")
    assert [letter.mark for letter in sends(store)] == ["one", "two"]


def test_nothing_is_merged_past_an_open_dialog(store: Store) -> None:
    says(store, "ann", "earlier")
    replies(store, "ann", "check your phone", quiet_for="payment-1")
    says(store, "ann", "chatter", "more chatter")
    assert [letter.mark for letter in sends(store)] == ["earlier", "check your phone"]
