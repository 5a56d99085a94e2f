"""M-Pesa behind Kopo Kopo: shows prompts, takes the guest's decision, moves money, posts signed results."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from sandbox.simulators.kopokopo.prompts import CLOSED, FAILED, OPEN, SUCCEEDED, Prompt, Prompts
from sandbox.simulators.kopokopo.rules import ASK, FAILURES, SUCCESSES, UNANSWERED, KopoKopoFaults
from sandbox.simulators.kopokopo.screens import Screens
from sandbox.simulators.kopokopo.shapes import raw_json, receipt_code, signature, till_event, transaction
from sandbox.simulators.poster import Delivery, Poster
from sandbox.simulators.settings import SimulatorSettings

MOST_TRANSACTIONS = 20_000
CALLBACK_TRIES = 4
RECEIVED, REVERSED = "buygoods_transaction_received", "buygoods_transaction_reversed"


class Till:
    """The bar's till and the phones that pay into it."""

    def __init__(
        self, settings: SimulatorSettings, poster: Poster, faults: KopoKopoFaults, changed: Callable[[str], None]
    ) -> None:
        self.settings = settings
        self.faults = faults
        self.prompts = Prompts(changed)
        self.transactions: deque[dict[str, Any]] = deque(maxlen=MOST_TRANSACTIONS)
        self.subscriptions: dict[str, set[str]] = {}
        self.screens = Screens()
        self._poster = poster
        self.subscribe_owner()

    def subscribe_owner(self) -> None:
        """The till events that the owner subscribed to by hand."""
        owner = self.settings.payment_webhook
        self.subscriptions = {RECEIVED: {owner}, REVERSED: {owner}}

    def ask(self, prompt: Prompt, named: bool) -> None:
        """Send a prompt to a phone. Whoever holds the phone decides, unless a rule names this very phone."""
        self.prompts.add(prompt)
        self._poster.background(self._show(prompt, named))

    async def _show(self, prompt: Prompt, named: bool) -> None:
        timing = self.faults.timing
        await asyncio.sleep(timing.prompt_after)
        if prompt.screen == CLOSED:
            return
        self.prompts.turn(prompt, screen=OPEN)
        asked = prompt.rule.outcome in (ASK, UNANSWERED) or (not named and self.screens.holds(prompt.phone))
        delay = timing.decide_after if prompt.rule.delay is None else prompt.rule.delay
        await asyncio.sleep(timing.dialog_life if asked else delay)
        self.decide(prompt, UNANSWERED if asked else prompt.rule.outcome)

    def decide(self, prompt: Prompt, outcome: str) -> bool:
        """The guest (or the end of the dialog's life) decides; False when it was decided before."""
        if prompt.screen == CLOSED or outcome not in (*SUCCESSES, *FAILURES):
            return False
        self.prompts.turn(prompt, screen=CLOSED, decision=outcome)
        self._poster.background(self._result(prompt, outcome))
        return True

    async def _result(self, prompt: Prompt, outcome: str) -> None:
        at = time.time()
        await asyncio.sleep(self.faults.timing.late_by if outcome == "late" else 0)
        if outcome == "fails_then_pays":
            await self._fail(prompt, FAILURES["cancelled"])
            await asyncio.sleep(self.faults.timing.then_after)
        if outcome in FAILURES:
            await self._fail(prompt, FAILURES[outcome])
        else:
            await self._pay(prompt, at, twice=outcome == "twice")
        if outcome == "reversed":
            await asyncio.sleep(self.faults.timing.then_after)
            self.reverse(prompt.receipt)

    async def _fail(self, prompt: Prompt, errors: str) -> None:
        self.prompts.turn(prompt, status=FAILED, errors=errors)
        await self._call_back(prompt)

    async def _pay(self, prompt: Prompt, at: float, twice: bool) -> None:
        amount = prompt.amount if prompt.rule.amount is None else str(prompt.rule.amount)
        resource = transaction(receipt_code(), prompt.phone, amount, prompt.till, at)
        self.transactions.append(dict(resource))
        self.prompts.turn(prompt, status=SUCCEEDED, resource=resource, errors=None)
        if self.faults.buygoods == "before":
            self.announce(RECEIVED, resource)
        await self._call_back(prompt)
        if twice:
            self.post(prompt.callback_url, prompt.body())
        if self.faults.buygoods == "after":
            self.announce(RECEIVED, resource)

    async def _call_back(self, prompt: Prompt) -> None:
        timing, how, body = self.faults.timing, prompt.rule.callback, prompt.body()
        if how == "never":
            return
        if how != "before_answer":
            await asyncio.sleep(timing.late_by if how == "late" else timing.callback_after)
        await self._poster.deliver_first(self._delivery(prompt.callback_url, body))
        if how == "twice":
            self.post(prompt.callback_url, body)

    async def settle_at_once(self, prompt: Prompt) -> None:
        """Decide and call back before the caller has its answer."""
        self.prompts.add(prompt)
        outcome = SUCCESSES[0] if prompt.rule.outcome == ASK else prompt.rule.outcome
        self.prompts.turn(prompt, screen=CLOSED, decision=outcome)
        await self._result(prompt, outcome)

    def pay_by_hand(self, phone: str, amount: int) -> str:
        """A guest pays the till without a prompt; the receipt."""
        resource = transaction(receipt_code(), phone, str(amount), self.settings.till_number, time.time())
        self.transactions.append(resource)
        self.announce(RECEIVED, resource)
        return str(resource["reference"])

    def reverse(self, receipt: str) -> bool:
        """M-Pesa takes a payment back."""
        for resource in self.transactions:
            if resource["reference"] == receipt:
                resource["status"] = "Reversed"
                self.announce(REVERSED, resource)
                return True
        return False

    def announce(self, topic: str, resource: dict[str, Any]) -> None:
        """Tell every subscriber of a till event."""
        for url in self.subscriptions.get(topic, ()):
            self.post(url, till_event(topic, dict(resource), "https://sandbox.kopokopo.com"))

    def post(self, url: str, body: dict[str, Any]) -> None:
        """Post a signed body."""
        self._poster.send(self._delivery(url, body))

    def _delivery(self, url: str, body: dict[str, Any]) -> Delivery:
        raw = raw_json(body)
        signed = (("X-KopoKopo-Signature", signature(self.settings.api_key, raw)),)
        return Delivery(url, raw, signed, tries=CALLBACK_TRIES, first_pause=0.5)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the requests."""
        self._poster.background(work)

    def forget(self) -> None:
        """Start anew."""
        self.prompts.clear()
        self.screens.clear()
        self.transactions.clear()
        self.subscribe_owner()
