"""Outboxes with something to say, without a bar behind them."""

from typing import Any

from core.store.redis.mailbox import Ending, Item
from core.store.redis.outbox import Letter
from core.store.redis.store import Store
from tests.integration.queue.guests import commit, serve_one, wrote


def heard(guest: str, workspace: str = "w", rate: int = 1000, **body: Any) -> Item:
    """This guest wrote to a number with a limit."""
    item = wrote(guest)
    known = {"channel": f"number of {workspace}", "workspace": workspace, "rate": rate}
    return Item(item.id, item.addresses, item.at, item.body | {"external": f"wamid.{item.id}"} | body, known)


def says(store: Store, guest: str, *texts: str, workspace: str = "w", rate: int = 1000, **more: Any) -> None:
    """The bar has these texts for this guest, who has just written."""
    store.conversations.push([heard(guest, workspace, rate)])
    letters = tuple({"id": text, "text": text, "plain": len(text)} | more for text in texts)
    commit(store, serve_one(store), Ending({}, letters))


def sends(store: Store, most: int = 1000) -> list[Letter]:
    """All that may leave now."""
    sent: list[Letter] = []
    while len(sent) < most and (letter := store.outbox.claim("sender")):
        store.outbox.sent(letter, {"type": "sent", "id": letter.id})
        sent.append(letter)
    return sent
