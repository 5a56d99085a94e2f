"""What we ask of Kopo Kopo: to prompt a phone, how that stands, what came into the till, and to send money back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from threading import Event
from time import monotonic
from typing import Any

from core.domain.payments import Reason
from core.domain.receipts import Notice, Source
from core.domain.statuses import Start
from core.errors import TryAgain
from core.providers.contract import (
    Accepted,
    Ask,
    Asked,
    Malformed,
    Refunding,
    RefundNotice,
    Refused,
    StartResult,
    Traits,
    Unknown,
)
from core.providers.http import Answer
from core.providers.kopokopo import payouts
from core.providers.kopokopo.api import Api
from core.providers.kopokopo.webhook import read_events

MOST_PER_PAYMENT = Decimal(250_000)  # M-Pesa's ceiling
LIST_SECONDS = 5.0
LIST_LOOK_SECONDS = 0.4
KINDS = {Start.PROMPT: "incoming_payments", Start.LINK: "payment_links"}


class KopoKopo:
    """One account."""

    traits = Traits(starts=(Start.PROMPT, Start.LINK))

    def __init__(self, api: Api) -> None:
        self._api = api

    def ready(self) -> None:
        """A token, got before the moment that counts. Raises TryAgain or Rejected; nothing is asked of the guest."""
        self._api.ready()

    def start(self, ask: Ask) -> StartResult:
        """Prompt a phone, or make a link. The handle is the address to ask about it later."""
        if ask.amount > MOST_PER_PAYMENT:
            return Refused(Reason.LIMIT)
        if ask.start is Start.LINK:
            return self._link(ask)
        payload = {
            "payment_channel": "M-PESA STK Push",
            "till_number": self._api.credentials.till_number,
            "subscriber": {"phone_number": f"+{ask.phone}"},
            "amount": {"currency": ask.currency, "value": _whole(ask.amount)},
            **self._named(ask),
        }
        return self._api.create("start", KINDS[Start.PROMPT], payload, in_turn=True)

    def query_status(self, asked: Asked) -> Notice:
        """How one attempt stands. Raises TryAgain where there is no clear answer."""
        answer = self._api.ask("status", "GET", self._api.own(KINDS[asked.start], asked.handle))
        events = _events(answer)
        if len(events) != 1 or not isinstance(events[0], Notice):
            raise TryAgain("not the answer to a payment")
        return events[0]

    def refund(self, refunding: Refunding) -> StartResult:
        """The whole of a payment by reversal, a part of it by sending money to the payer's phone."""
        try:
            kind, payload = payouts.request(refunding)
        except payouts.NoDestination:
            return Refused(Reason.BAD_NUMBER)
        return self._api.create("refund", kind, payload | {"_links": self._api.links})

    def query_refund(self, refunding: Refunding, handle: str) -> RefundNotice:
        """How a refund stands. Raises TryAgain."""
        kind, _ = payouts.request(refunding)
        events = _events(self._api.ask("refund_status", "GET", self._api.own(kind, handle)))
        if len(events) != 1 or not isinstance(events[0], RefundNotice):
            raise TryAgain("not the answer to a refund")
        return replace(events[0], refund_id=refunding.refund_id)

    def cancel(self, asked: Asked) -> bool:
        """Make a link worth nothing; a prompt cannot be taken back."""
        if asked.start is not Start.LINK or not asked.handle:
            return False
        self._api.ask("cancel", "POST", f"{self._api.own(KINDS[Start.LINK], asked.handle)}/cancel", {})
        return True

    def list_transactions(self, since: datetime, until: datetime) -> tuple[Notice, ...]:
        """What came into the till between two times. Raises TryAgain while the list is not ready."""
        payload = {
            "scope": "till",
            "scope_reference": self._api.credentials.scope,
            "from_time": since.isoformat(timespec="seconds"),
            "to_time": until.isoformat(timespec="seconds"),
            "_links": self._api.links,
        }
        answer = self._api.ask("list", "POST", self._api.url("polling"), payload)
        location = answer.headers.get("Location", "")
        if not location:
            raise TryAgain("no list")
        return self._wait_for_list(self._api.own("polling", location))

    def _link(self, ask: Ask) -> StartResult:
        """Made first, read second: one that cannot be read was never shown, so nobody can pay it."""
        payload = {
            "till_number": self._api.credentials.till_number,
            "currency": ask.currency,
            "amount": _whole(ask.amount),
            "payment_reference": str(ask.number),
            "note": f"Order {ask.number}",
            **self._named(ask),
        }
        made = self._api.create("start_link", KINDS[Start.LINK], payload, in_turn=True)
        if not isinstance(made, Accepted):
            return made
        try:
            link = _link_of(self._api.ask("link", "GET", self._api.own(KINDS[Start.LINK], made.handle)))
        except TryAgain:
            return Unknown()
        return Accepted(made.handle, link) if link else Unknown()

    def _named(self, ask: Ask) -> dict[str, Any]:
        return {"metadata": {"payment_id": ask.payment_id, "order_id": ask.order_id}, "_links": self._api.links}

    def _wait_for_list(self, url: str) -> tuple[Notice, ...]:
        end = monotonic() + LIST_SECONDS
        while monotonic() < end:
            answer = self._api.ask("list", "GET", url)
            if str(_attributes(answer).get("status", "")).lower() == "success":
                return tuple(event for event in _events(answer) if isinstance(event, Notice))
            Event().wait(LIST_LOOK_SECONDS)
        raise TryAgain("the list is not ready")


def _whole(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_CEILING))


def _events(answer: Answer) -> tuple[Any, ...]:
    try:
        return read_events(answer.body if answer.whole else b"", Source.POLL)
    except Malformed as error:
        raise TryAgain("an answer nobody can read") from error


def _attributes(answer: Answer) -> Mapping[str, Any]:
    data = answer.fields().get("data")
    attributes = data.get("attributes") if isinstance(data, Mapping) else None
    return attributes if isinstance(attributes, Mapping) else {}


def _link_of(answer: Answer) -> str:
    made = _attributes(answer).get("payment_link")
    link = made.get("link") if isinstance(made, Mapping) else None
    return link if isinstance(link, str) else ""
