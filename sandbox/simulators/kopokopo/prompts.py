"""M-Pesa prompts: each open on at most one phone until somebody decides or the dialog's life is over."""

import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from sandbox.simulators.kopokopo.rules import Rule
from sandbox.simulators.kopokopo.shapes import payment_attributes, result
from sandbox.simulators.news import News

MOST_PROMPTS = 10_000
PENDING, SUCCEEDED, FAILED = "Pending", "Success", "Failed"
HIDDEN, OPEN, CLOSED = "hidden", "open", "closed"


class Prompt:
    """One request for money on one phone. `screen`: not there yet, open, or gone."""

    def __init__(self, fields: dict[str, Any], phone: str, base: str, rule: Rule) -> None:
        self.id = str(uuid.uuid4())
        self.at = time.time()
        self.phone = phone
        self.amount = str(int(fields["amount"]["value"]))
        self.till: str = fields["till_number"]
        self.metadata: dict[str, Any] | None = fields.get("metadata")
        self.callback_url: str = fields["_links"]["callback_url"]
        self.url = f"{base}/api/v2/incoming_payments/{self.id}"
        self.base = base
        self.rule = rule
        self.screen = HIDDEN
        self.status = PENDING
        self.decision = ""
        self.resource: dict[str, Any] | None = None
        self.errors: str | None = None

    @property
    def receipt(self) -> str:
        """The M-Pesa code, once paid."""
        return self.resource["reference"] if self.resource else ""

    def body(self) -> dict[str, Any]:
        """The status answer, and the result callback."""
        attributes = payment_attributes(self.at, self.status, self.resource, self.errors, self.metadata)
        return result("incoming_payment", self.id, self.url, self.callback_url, attributes)

    def to_dict(self) -> dict[str, Any]:
        """For the phone and for tests."""
        names = ("id", "at", "phone", "amount", "till", "metadata", "screen", "status", "decision", "receipt", "errors")
        return {name: getattr(self, name) for name in names}


class Prompts:
    """All prompts, by id and by the phone they are open on; the oldest make room."""

    def __init__(self, changed: Callable[[str], None]) -> None:
        self._changed = changed
        self._by_id: OrderedDict[str, Prompt] = OrderedDict()
        self._of_phone: dict[str, Prompt] = {}
        self.news = News()

    def add(self, prompt: Prompt) -> None:
        """A new prompt takes the phone."""
        self._by_id[prompt.id] = prompt
        self._of_phone[prompt.phone] = prompt
        if len(self._by_id) > MOST_PROMPTS:
            _, oldest = self._by_id.popitem(last=False)
            if self._of_phone.get(oldest.phone) is oldest:
                del self._of_phone[oldest.phone]

    def get(self, identity: str) -> Prompt | None:
        """The prompt with this id."""
        return self._by_id.get(identity)

    def of(self, phone: str) -> Prompt | None:
        """The latest prompt of a phone."""
        return self._of_phone.get(phone)

    def busy(self, phone: str) -> bool:
        """True while a prompt is on its way to this phone or open on it."""
        latest = self.of(phone)
        return latest is not None and latest.screen != CLOSED

    def all(self) -> list[Prompt]:
        """Every prompt remembered, oldest first."""
        return list(self._by_id.values())

    def turn(self, prompt: Prompt, **changes: Any) -> None:
        """Change a prompt and wake who waits for that."""
        for name, value in changes.items():
            setattr(prompt, name, value)
        self._changed(prompt.phone)
        self.news.wake()

    def clear(self) -> None:
        """Forget everything."""
        for prompt in self._by_id.values():
            prompt.screen = CLOSED
        self._by_id.clear()
        self._of_phone.clear()
