"""A full house: whoever makes a noise, and whatever Meta has to report, nobody else waits behind it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import Guest, Message
from sandbox.simulators.inbound import (
    Sender,
    envelope,
    message_value,
    meta_bytes,
    new_wamid,
    status_value,
    text_message,
)
from tests.functional.conftest import Newcomer
from tests.functional.outside import Outside, Row
from tests.functional.test_sending import becomes, row_of
from tests.product import Product
from tests.waiting import eventually

FLOOD, OTHERS, STATUSES = 100, 10, 1000


@contextmanager
def asleep(product: Product, group: str) -> Iterator[None]:
    """No worker of this group moves."""
    workers = [one for one in product.processes("celery") if f"{group}@" in " ".join(one.cmdline())]
    assert workers
    _tell(workers, signal.SIGSTOP)
    try:
        yield
    finally:
        _tell(workers, signal.SIGCONT)


def _tell(workers: list[psutil.Process], what: signal.Signals) -> None:
    for worker in workers:
        with suppress(psutil.NoSuchProcess):
            worker.send_signal(what)


def sender(guest: Guest) -> Sender:
    return Sender(guest.bsuid, guest.phone, guest.name)


def posts(outside: Outside, *values: Row) -> None:
    """All of it in one webhook, in this order."""
    assert outside.meta_posts(meta_bytes(envelope(outside.number, *values))).status_code == 200


def decided_at(outside: Outside, ids: list[str]) -> list[Row]:
    """When the answers to these messages were decided on, once the books have them all."""
    query = """select o.at from messages o join messages i on i.event_id = o.event_id and i.direction = 'in'
               where o.direction = 'out' and i.external_id = any(%s)"""

    def all_of_them() -> list[Row] | None:
        found = outside.rows(query, ids)
        return found if len(found) == len(ids) else None

    return eventually(all_of_them, what="the history")


def test_one_guest_who_writes_a_hundred_messages_keeps_nobody_waiting(
    product: Product, outside: Outside, newcomer: Newcomer
) -> None:
    noisy, others = newcomer(), [newcomer() for _ in range(OTHERS)]
    noise, rest = [new_wamid() for _ in range(FLOOD)], [new_wamid() for _ in others]
    with asleep(product, "turns"):
        posts(outside, *(message_value(sender(noisy), text_message("asante"), id) for id in noise))
        pairs = zip(others, rest, strict=True)
        posts(outside, *(message_value(sender(one), text_message("hi"), id) for one, id in pairs))
    for guest in others:
        guest.reads("Karibu")
    last = max(row["at"] for row in decided_at(outside, rest))
    assert sum(row["at"] < last for row in decided_at(outside, noise)) < FLOOD / 2


def test_a_thousand_statuses_in_front_of_a_message_do_not_hold_it_up(
    product: Product, outside: Outside, simulators: Simulators, newcomer: Newcomer
) -> None:
    simulators.graph.set(statuses=False)
    guest, earlier = newcomer(), newcomer()
    earlier.says("hi")
    sent = earlier.reads("Karibu")
    becomes(outside, sent, "sent")
    callback = sent.body["biz_opaque_callback_data"]
    noise = [status_value(sender(earlier), new_wamid(), "delivered", callback, None) for _ in range(STATUSES - 1)]
    known = status_value(sender(earlier), sent.id, "read", callback, None)
    with asleep(product, "records"):
        posts(outside, *noise, known, message_value(sender(guest), text_message("hi")))
        guest.reads("Karibu")
        assert status_of(outside, sent) == "sent", "nobody has read a status yet"
    # A worker may have been stopped with the statuses in its hands: then another one looks at them, later.
    eventually(lambda: status_of(outside, sent) == "read", 120, every=0.5, what="the statuses")


def status_of(outside: Outside, message: Message) -> str:
    """What the history knows of a message."""
    return str((row_of(outside, message) or {}).get("status"))
