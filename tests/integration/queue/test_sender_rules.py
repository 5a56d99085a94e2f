"""Rules 8 and 9: replies leave in order, marked before they go, and stay in while a PIN dialog is open."""

from core.store.redis.mailbox import Ending
from core.store.redis.outbox import Delivered, Letter
from core.store.redis.store import Store
from tests.integration.queue.guests import answer, commit, lease_lapses, serve_one, texts_waiting, wrote


def replies(store: Store, guest: str, *texts: str, quiet_for: str = "", quiet_over: str = "") -> None:
    """The bar answered this guest."""
    store.conversations.push([wrote(guest)])
    letters = tuple({"id": text, "text": text} for text in texts)
    commit(store, serve_one(store), Ending({}, letters, quiet_for=quiet_for, quiet_over=quiet_over))


def next_letter(store: Store) -> Letter:
    letter = store.outbox.claim("sender")
    assert letter is not None
    return letter


def time_passes(store: Store, guest: str) -> None:
    """The block on an unproven message runs out."""
    store.client.hset(f"sending:{guest}", "until", 1)
    store.client.zadd("lane:outbox:waiting", {guest: 1})
    store.client.hdel("lane:outbox:line_of", guest)
    store.outbox.sweep()


def test_replies_leave_in_order_one_at_a_time(store: Store) -> None:
    replies(store, "ann", "one", "two")
    first = next_letter(store)
    assert first.item["text"] == "one"
    assert store.outbox.claim("another sender") is None
    store.outbox.sent(first, {"type": "sent"})
    assert next_letter(store).item["text"] == "two"


def test_the_end_of_one_letter_and_the_claim_of_the_next_are_one_round_trip(store: Store) -> None:
    replies(store, "ann", "one", "two")
    first = next_letter(store)
    second = store.outbox.next("sender", Delivered(first, ({"type": "sent", "id": "one"},)))
    assert isinstance(second, Letter)
    assert second.item["text"] == "two"
    assert store.outbox.next("sender", Delivered(second, ())) is None
    assert store.report()["outbox"]["events"] == 0


def test_rule_08_a_message_found_sending_blocks_its_guest_and_nobody_else(store: Store) -> None:
    replies(store, "ann", "one", "two")
    next_letter(store)
    lease_lapses(store, "ann", "outbox")
    replies(store, "ben", "for ben")

    assert next_letter(store).box == "ben"
    assert store.outbox.claim("sender") is None


def test_rule_08_a_status_proves_it_was_sent_and_the_next_one_goes(store: Store) -> None:
    replies(store, "ann", "one", "two")
    store.outbox.unknown(next_letter(store))

    assert store.outbox.proven("ann:one:0")

    assert next_letter(store).item["text"] == "two"


def test_rule_08_without_proof_it_goes_once_more_and_is_counted(store: Store) -> None:
    replies(store, "ann", "one")
    first = next_letter(store)
    assert first.again == 0
    store.outbox.unknown(first)
    time_passes(store, "ann")

    second = next_letter(store)

    assert (second.id, second.again) == ("one", 1)


def test_rule_08_a_send_that_ends_late_is_still_believed(store: Store) -> None:
    replies(store, "ann", "one", "two")
    slow = next_letter(store)
    lease_lapses(store, "ann", "outbox")

    store.outbox.sent(slow, {"type": "sent"})

    assert texts_waiting(store, "ann") == ["two"]


def test_rule_08_what_was_surely_not_sent_is_tried_again_with_its_tries_counted(store: Store) -> None:
    replies(store, "ann", "one")
    store.outbox.later(next_letter(store), delay=0)
    assert next_letter(store).tries == 1


def test_rule_09_only_check_your_phone_passes_while_the_dialog_is_open(store: Store) -> None:
    replies(store, "ann", "check your phone", quiet_for="payment-1")
    replies(store, "ann", "chatter")

    letter = next_letter(store)
    assert letter.item["text"] == "check your phone"
    store.outbox.sent(letter, {"type": "sent"})
    assert store.outbox.claim("sender") is None


def test_rule_09_the_outcome_of_that_payment_ends_the_quiet(store: Store) -> None:
    replies(store, "ann", "check your phone", quiet_for="payment-1")
    store.outbox.sent(next_letter(store), {"type": "sent"})
    replies(store, "ann", "chatter")

    replies(store, "ann", "about another payment", quiet_over="payment-0")
    assert store.outbox.claim("sender") is None
    replies(store, "ann", "thank you", quiet_over="payment-1")

    said = []
    while letter := store.outbox.claim("sender"):
        said.append(letter.item["text"])
        store.outbox.sent(letter, {"type": "sent"})
    assert said == ["chatter", "about another payment", "thank you"]


def test_rule_09_quiet_has_an_absolute_limit(store: Store) -> None:
    replies(store, "ann", "check your phone", quiet_for="payment-1")
    assert 0 < store.client.pttl("quiet:ann") <= 45_000


def test_what_was_waiting_before_the_prompt_is_said_before_it(store: Store) -> None:
    replies(store, "ann", "earlier")
    replies(store, "ann", "check your phone", quiet_for="payment-1")
    said = []
    while letter := store.outbox.claim("sender"):
        said.append(letter.item["text"])
        store.outbox.sent(letter, {"type": "sent"})
    assert said == ["earlier", "check your phone"]


def test_an_answer_rings_a_sender(store: Store) -> None:
    store.conversations.push([wrote("ann")])
    assert store.conversations.commit([(serve_one(store), answer())])


def test_rule_08_a_late_status_of_the_first_try_does_not_free_a_second_one_underway(store: Store) -> None:
    replies(store, "ann", "one", "two")
    first = next_letter(store)
    store.outbox.unknown(first)
    time_passes(store, "ann")
    second = next_letter(store)

    assert not store.outbox.proven(first.callback)
    assert store.outbox.claim("sender") is None, "two waits behind the second one"

    assert store.outbox.proven(second.callback)
    assert next_letter(store).item["text"] == "two"
