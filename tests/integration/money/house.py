"""A bar with a till at Kopo Kopo: guests order, prompts go out over real sockets, money comes in."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.domain.receipts import Source
from core.domain.statuses import OrderStatus, PaymentStatus, Provider
from core.jobs import Job
from core.providers.http import Http
from core.providers.kopokopo.webhook import read_events
from core.services import check_payments, payments
from core.services.directory import Directory
from core.services.followup import Followup
from core.services.menu_book import MenuBook
from core.services.program import Addresses, Program
from core.services.ring import Ring
from core.services.settle import settle_notice
from core.settings import load_settings
from core.store.redis.store import Store
from core.store.sql.tables import Order, Outbox, Payment, PaymentEvent, ProviderAccount, Receipt, Refund
from tests.integration.money.kopokopo import API_KEY, TILL, KopoKopoStandIn
from tests.integration.sql.bar import Bar

ENVIRONMENT = {
    "ENVIRONMENT": "test",
    "PUBLIC_BASE_URL": "https://bar.example.co.ke",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "a secret of these tests",
    "FIELD_ENCRYPTION_KEYS": "a key for these tests",
}


@dataclass
class House:
    """The bar, its provider, and the program between them."""

    bar: Bar
    kopokopo: KopoKopoStandIn
    program: Program
    rung: list[Job] = field(default_factory=list)

    def order(self, guest: int = 1, **quantities: int) -> tuple[str, str]:
        """A guest orders (a Dawa, where nothing is said) and taps Pay: ids of order and payment."""
        placed, asked = self.bar.order(self.bar.guest(guest), True, **(quantities or {"Dawa": 1}))
        return placed["order_id"], asked["payment_id"]

    def pay_again(self, order_id: str, guest: int = 1, phone: str = "") -> dict[str, Any]:
        """The guest taps Pay for an order that stands."""
        ref = self.bar.guest(guest)
        return self.bar.perform(ref, self.bar.pay(ref, order_id, phone))[0]

    def prompt(self, guest: int = 1, **quantities: int) -> tuple[str, str, dict[str, Any]]:
        """An order whose prompt is on the phone: ids of order and payment, and the prompt as the provider has it."""
        order_id, payment_id = self.order(guest, **quantities)
        self.request(payment_id)
        return order_id, payment_id, self.kopokopo.prompts[-1]

    def request(self, payment_id: str) -> Followup:
        return payments.request_payment(self.program, payment_id)

    def check(self, payment_id: str) -> Followup:
        return check_payments.check_payment(self.program, payment_id)

    def told(self, body: dict[str, Any], *workspaces: UUID) -> list[Followup]:
        """The provider posts this, signed in the name of our workspace (or of these)."""
        owners = [str(one) for one in workspaces or (self.bar.workspace_id,)]
        notices = read_events(json.dumps(body).encode(), Source.CALLBACK)
        return [settle_notice(self.bar.sessions, {"data": n.to_dict(), "workspaces": owners}) for n in notices]

    def payment(self, payment_id: str) -> Payment:
        with self.bar.sessions.begin() as db:
            return db.get_one(Payment, UUID(payment_id))

    def status(self, payment_id: str) -> PaymentStatus:
        return self.payment(payment_id).status

    def receipts(self) -> list[Receipt]:
        return self._all(select(Receipt).order_by(Receipt.created_at))

    def refunds(self) -> list[Refund]:
        return self._all(select(Refund).order_by(Refund.created_at))

    def diary(self) -> list[str]:
        return [line.kind for line in self._all(select(PaymentEvent).order_by(PaymentEvent.seq))]

    def owed(self, kind: str = "") -> list[dict[str, Any]]:
        """What the guests will hear, oldest first."""
        rows = self._all(select(Outbox).where(Outbox.topic == "conversation").order_by(Outbox.seq))
        return [row.payload | {"kind": row.kind} for row in rows if kind in ("", row.kind)]

    def ago(self, payment_id: str, seconds: float) -> None:
        """Let so much time have passed since this attempt was claimed and sent."""
        back = timedelta(seconds=seconds)
        with self.bar.sessions.begin() as db:
            payment = db.get_one(Payment, UUID(payment_id))
            for name in ("requested_at", "posted_at", "next_check_at"):
                if moment := getattr(payment, name):
                    setattr(payment, name, moment - back)

    def let_lapse(self, order_id: str) -> None:
        """The order's time is up."""
        self.bar.change(Order, order_id, expires_at=datetime.now(UTC) - timedelta(seconds=1))

    def order_status(self, order_id: str) -> OrderStatus:
        return self.bar.status(order_id)

    def _all(self, query: Any) -> list[Any]:
        with self.bar.sessions.begin() as db:
            return list(db.scalars(query).all())


def make_program(bar: Bar, store: Store, publish: Callable[[Job], None]) -> Program:
    """A process's program around this bar's database and this store."""
    settings = load_settings(ENVIRONMENT)
    return Program(
        settings=settings,
        engine=bar.sessions.kw["bind"],
        sessions=bar.sessions,
        store=store,
        ring=Ring(publish),
        directory=Directory(bar.sessions),
        menus=MenuBook(bar.sessions, store.menus),
        http=Http(),
        addresses=Addresses(settings.secret_key),
    )


def open_account(
    bar: Bar, url: str, workspace_id: UUID | None = None, api_key: str = API_KEY, till: str = TILL
) -> None:
    """A Kopo Kopo account for a workspace."""
    with bar.sessions.begin() as db:
        db.add(
            ProviderAccount(
                workspace_id=workspace_id or bar.workspace_id,
                provider=Provider.KOPOKOPO,
                secrets={"client_id": f"client of {till}", "client_secret": "s", "api_key": api_key},
                settings={"api_url": url, "oauth_url": url, "till_number": till},
            )
        )
