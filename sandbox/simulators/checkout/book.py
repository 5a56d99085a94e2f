"""All pages on which guests may pay, each open until somebody decides; whoever waits for a change is woken."""

import asyncio
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.simulators.checkout.rules import ASK, DECISIONS, FAIL, LEAVE, CheckoutFaults
from sandbox.simulators.kopokopo.shapes import receipt_code
from sandbox.simulators.news import News
from sandbox.simulators.poster import Poster

MOST_PAGES = 10_000
OPEN, PAID, FAILED, LEFT, CANCELLED, REVERSED = "open", "paid", "failed", "left", "cancelled", "reversed"


@dataclass
class Page:
    """One page. `amount` as the provider was asked, in its own unit."""

    provider: str
    reference: str
    amount: str
    currency: str
    description: str
    returns_to: str
    given: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    at: float = field(default_factory=time.time)
    status: str = OPEN
    method: str = ""
    receipt: str = ""
    paid_at: float = 0.0
    refunded: int = 0

    @property
    def decidable(self) -> bool:
        """A guest may come back to a page, and try again after a failure; what is paid or cancelled is over."""
        return self.status in (OPEN, FAILED, LEFT)

    def to_dict(self) -> dict[str, Any]:
        """For tests."""
        return asdict(self)


class Book:
    """The pages of all providers; each provider says how a change is told."""

    def __init__(self, poster: Poster, public_base_url: str) -> None:
        self.poster = poster
        self.faults = {"pesapal": CheckoutFaults(), "paystack": CheckoutFaults()}
        self.tell: dict[str, Callable[[Page], None]] = {}
        self.base = f"{public_base_url}/sandbox/pay"
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self.news = News()

    def add(self, page: Page) -> str:
        """A new page; its address."""
        self._pages[page.id] = page
        if len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
        faults = self.faults[page.provider]
        if faults.outcome != ASK:
            self.poster.background(self._by_itself(page, faults.outcome, faults.delay))
        self.news.wake()
        return f"{self.base}/{page.id}"

    def get(self, identity: str) -> Page | None:
        """The page with this id."""
        return self._pages.get(identity)

    def find(self, provider: str, reference: str) -> Page | None:
        """The page made for our own reference."""
        fitting = (page for page in self._pages.values() if (page.provider, page.reference) == (provider, reference))
        return next(fitting, None)

    def all(self) -> list[Page]:
        """Every page remembered, oldest first."""
        return list(self._pages.values())

    def decide(self, page: Page, decision: str) -> bool:
        """The guest pays, fails or leaves; False where that is over."""
        if not page.decidable or decision not in DECISIONS:
            return False
        if decision in (FAIL, LEAVE):
            page.status = FAILED if decision == FAIL else LEFT
        else:
            self._pay(page, decision)
        self.changed(page)
        return True

    def changed(self, page: Page) -> None:
        """Tell the program in the provider's own way, and wake who waits."""
        self.tell[page.provider](page)
        self.news.wake()

    def forget(self) -> None:
        """Start anew."""
        self._pages.clear()
        for faults in self.faults.values():
            faults.reset()

    def _pay(self, page: Page, decision: str) -> None:
        faults = self.faults[page.provider]
        page.status, page.method, page.paid_at = PAID, decision, time.time()
        page.receipt = receipt_code()
        page.amount = str(faults.amount) if faults.amount is not None else page.amount
        page.currency = faults.currency or page.currency

    async def _by_itself(self, page: Page, decision: str, delay: float) -> None:
        await asyncio.sleep(delay)
        self.decide(page, decision)


def times_told(notice: str) -> int:
    """How often a change is told."""
    return {"never": 0, "twice": 2}.get(notice, 1)
