"""One provider each: how to open its account, and what its guests do."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from core.domain.statuses import Provider, Start
from core.providers.contract import Accepted, Ask, Asked, PaymentProvider, Webhook
from core.providers.desk import Desk
from core.providers.guarded import Guarded
from core.providers.http import Http
from core.services.payment_accounts import PACKAGES
from core.store.redis.circuits import Circuit, Pace
from core.store.redis.store import Store
from core.store.redis.tokens import SharedTokens
from sandbox.simulators.control import CardSwitches, Simulators
from tests.sink import Sink

PHONE = "254712345678"
VALUES = {
    "WHATSAPP_PHONE_NUMBER_ID": "1", "WHATSAPP_ACCESS_TOKEN": "t", "WHATSAPP_APP_SECRET": "s",
    "KOPOKOPO_CLIENT_ID": "client", "KOPOKOPO_CLIENT_SECRET": "client secret", "KOPOKOPO_API_KEY": "k2-key",
    "KOPOKOPO_TILL_NUMBER": "K123456", "PESAPAL_CONSUMER_KEY": "consumer", "PESAPAL_CONSUMER_SECRET": "consumer secret",
    "PESAPAL_IPN_ID": "9a1b0000-0000-4000-8000-000000000001", "PAYSTACK_SECRET_KEY": "sk_test_0123456789",
}  # fmt: skip
KEYS = {Provider.KOPOKOPO: "k2-key", Provider.PAYSTACK: "sk_test_0123456789"}


def accounts(base: str) -> dict[Provider, dict[str, str]]:
    """What staff would fill in for each."""
    return {
        Provider.KOPOKOPO: {
            "api_url": f"{base}/kopokopo", "oauth_url": f"{base}/kopokopo", "client_id": "client",
            "client_secret": "client secret", "api_key": "k2-key", "till_number": "K123456",
        },
        Provider.PESAPAL: {
            "api_url": f"{base}/pesapal", "consumer_key": "consumer", "consumer_secret": "consumer secret",
            "ipn_id": VALUES["PESAPAL_IPN_ID"],
        },
        Provider.PAYSTACK: {"api_url": f"{base}/paystack", "api_key": "sk_test_0123456789"},
        Provider.CASH: {},
    }  # fmt: skip


def reference_of(payment_id: str) -> str:
    """As the house makes them, with another secret."""
    return f"{payment_id}.0123456789ab"


@dataclass
class Till:
    """One provider as the cases see it."""

    provider: Provider
    start: Start
    simulators: Simulators
    sink: Sink
    http: Http = field(repr=False)
    store: Store = field(repr=False)
    base: str = ""
    opened: PaymentProvider | None = None

    @property
    def account(self) -> PaymentProvider:
        """The account, opened as in a process of its own."""
        if self.opened is None:
            self.opened = self.open(self.known)
        return self.opened

    @property
    def known(self) -> dict[str, str]:
        """What staff have filled in."""
        return accounts(self.base)[self.provider]

    @property
    def webhook(self) -> Webhook:
        found = PACKAGES[self.provider].webhook
        assert found is not None
        return found

    @property
    def cards(self) -> CardSwitches:
        return self.simulators.pesapal if self.provider is Provider.PESAPAL else self.simulators.paystack

    @property
    def guarded(self) -> Guarded:
        """The way out, a new one each time, as another process has it."""
        pace = Pace(self.store.scripts, f"{self.provider}:test", 1_000)
        return Guarded(self.provider.value, self.http, Circuit(self.store.scripts, self.provider.value), pace)

    def desk(self, known: dict[str, str], live: bool = False) -> Desk:
        return Desk(
            known=known, http=self.guarded, shelf=SharedTokens(self.store.client), live=live,
            reference_of=reference_of, address=lambda path: self.sink.url + path,
        )  # fmt: skip

    def open(self, known: dict[str, str], live: bool = False) -> PaymentProvider:
        opened = PACKAGES[self.provider].connect(self.desk(known, live))
        assert opened is not None
        return opened

    def ask(self, amount: int = 850, **changes: Any) -> Ask:
        known: dict[str, Any] = {
            "payment_id": str(uuid4()), "order_id": str(uuid4()), "number": 1042, "amount": Decimal(amount),
            "currency": "KES", "phone": PHONE if self.start is Start.PROMPT else "", "start": self.start,
            "email": "order-1042@guests.example.co.ke", "returns_to": f"{self.sink.url}/pay/return/x",
        }  # fmt: skip
        return Ask(**known | changes)

    def begin(self, **changes: Any) -> tuple[Asked, Accepted]:
        """A payment that the provider has taken."""
        ask = self.ask(**changes)
        answered = self.account.start(ask)
        assert isinstance(answered, Accepted), answered
        return Asked(ask.payment_id, answered.handle, self.start), answered

    def decide(self, asked: Asked, what: str) -> None:
        """The guest pays, or fails to."""
        if self.provider is Provider.KOPOKOPO and self.start is Start.LINK:
            assert self.simulators.kopokopo.pays_link(asked.handle.rpartition("/")[2], PHONE)
        elif self.provider is Provider.KOPOKOPO:
            prompt = self.simulators.kopokopo.wait_for(id=asked.handle.rpartition("/")[2], screen="open")
            assert self.simulators.kopokopo.decide(prompt["id"], "success" if what != "fail" else "cancelled")
        else:
            assert self.cards.decide(self.page(asked)["id"], what)

    def page(self, asked: Asked) -> dict[str, Any]:
        mine = asked.payment_id if self.provider is Provider.PAYSTACK else reference_of(asked.payment_id)
        return self.cards.pages(reference=mine)[0]

    def breaks(self, where: str, answer: str, times: int = 1) -> None:
        """The next call of this kind goes wrong, and does nothing."""
        if self.provider is Provider.KOPOKOPO:
            names = {"start": self.kind, "status": "poll", "refund": "reversals"}
            words = {"silence": "timeout", "half": "empty"}
            self.simulators.kopokopo.fails(names.get(where, where), words.get(answer, answer), times)
        else:
            self.cards.fails(where, answer, times)

    @property
    def kind(self) -> str:
        return "payment_links" if self.start is Start.LINK else "start"
