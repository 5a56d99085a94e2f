"""What Kopo Kopo tells us of the till unasked: subscribed once per address, checked by a command."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import TryAgain
from core.providers.contract import Accepted
from core.providers.kopokopo.api import Api

TOPICS = ("buygoods_transaction_received", "buygoods_transaction_reversed", "b2b_transaction_received")


@dataclass(frozen=True)
class Subscription:
    """One topic, and whether Kopo Kopo will tell us. `handle` is the address of the subscription."""

    topic: str
    status: str
    handle: str = ""

    @property
    def active(self) -> bool:
        """Whether events will come."""
        return self.status.lower() == "active"


def subscribe(api: Api) -> tuple[Subscription, ...]:
    """Ask to be told of each topic, and read back what became of it. Raises TryAgain."""
    return tuple(_subscribe(api, topic) for topic in TOPICS)


def check(api: Api, handles: Mapping[str, str]) -> tuple[Subscription, ...]:
    """How each topic stands, by the addresses kept when they were made. Raises TryAgain."""
    return tuple(_look(api, topic, handles[topic]) if handles.get(topic) else _none(topic) for topic in TOPICS)


def _subscribe(api: Api, topic: str) -> Subscription:
    payload = {
        "event_type": topic,
        "url": api.links["callback_url"],
        "scope": "till",
        "scope_reference": api.credentials.scope,
        "enable_daraja_payload": False,
    }
    made = api.create("subscribe", "webhook_subscriptions", payload)
    if not isinstance(made, Accepted):
        return Subscription(topic, f"refused: {getattr(made, 'reason', 'no answer')}")
    return _look(api, topic, made.handle)


def _look(api: Api, topic: str, handle: str) -> Subscription:
    answer = api.ask("subscription", "GET", api.own("webhook_subscriptions", handle))
    body: Any = answer.json()
    try:
        found = body["data"]["attributes"]
        ours = found["event_type"] == topic and found["webhook_uri"] == api.links["callback_url"]
        return Subscription(topic, str(found["status"]) if ours else "leads elsewhere", handle)
    except (TypeError, KeyError) as error:
        raise TryAgain("not a subscription") from error


def _none(topic: str) -> Subscription:
    return Subscription(topic, "never made")
