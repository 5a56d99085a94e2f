"""The simulators from a test's side: guests who write, tap, read and pay, and switches for what goes wrong.

    simulators = Simulators("http://127.0.0.1:9000")
    guest = simulators.guest("254712345678", name="Achieng")
    guest.says("2 dawa and 1 tusker to table 7")
    guest.taps("Confirm")
    guest.pays()
    assert guest.reads("receipt")

Whoever reads waits for the next message by long polling; nothing sleeps.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter

from sandbox.simulators.guest import PATIENCE, Guest

POOL = 256
T = TypeVar("T")


class Simulators:
    """One running simulator process."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.mount("http://", HTTPAdapter(pool_maxsize=POOL))
        self.graph = GraphSwitches(self)
        self.kopokopo = KopoKopoSwitches(self)
        self.pesapal = CardSwitches(self, "pesapal")
        self.paystack = CardSwitches(self, "paystack")

    def get(self, path: str, **options: Any) -> dict[str, Any]:
        """GET below the simulators' address."""
        answer = self._http.get(f"{self._base_url}/{path}", params=options, timeout=PATIENCE)
        answer.raise_for_status()
        return dict(answer.json())

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST below the simulators' address."""
        answer = self._http.post(f"{self._base_url}/{path}", json=body, timeout=PATIENCE)
        answer.raise_for_status()
        return dict(answer.json())

    def guest(self, who: str = "254712345678", name: str = "Achieng", hide_phone: bool = False) -> Guest:
        """A guest by phone or business-scoped id; `hide_phone` leaves only the id in what Meta posts."""
        return Guest(self, who.lstrip("+"), name, hide_phone)

    def reset(self) -> None:
        """Forget everything, all switches back."""
        self.post("control/reset", {})

    def etims(self, **switches: Any) -> None:
        """The tax authority: down, refuse."""
        self.post("control", {"etims": switches})

    def state(self) -> dict[str, Any]:
        """Counts of what happened so far."""
        return self.get("control/state")


class GraphSwitches:
    """Switches of the Graph API and a look at what it received."""

    def __init__(self, simulators: Simulators) -> None:
        self._simulators = simulators

    def set(self, **switches: Any) -> None:
        """delay, statuses, status_delay, drop_answer, repeat, pair_rate, templates_needed, fail_next, fail_later."""
        self._simulators.post("control", {"graph": switches})

    def fail_next(self, code: int, status: int = 0, times: int = 1, guest: str = "") -> None:
        """Refuse the next messages."""
        self.set(fail_next={"code": code, "status": status, "times": times, "guest": guest})

    def fail_later(self, code: int, times: int = 1, guest: str = "") -> None:
        """Accept the next messages, then report them as failed."""
        self.set(fail_later={"code": code, "times": times, "guest": guest})

    def messages(self, after: int = 0, since: float = 0) -> list[dict[str, Any]]:
        """Every message received, oldest first, each with `at`, `guest`, `id` and `body`."""
        return list(self._simulators.get("graph/_messages", after=after, since=since)["messages"])

    def wait_for(self, count: int, timeout: float = PATIENCE) -> int:
        """Wait until so many messages were received since the last reset; how many there are."""
        return waited(timeout, lambda left: self._received(count, left), lambda received: received >= count)

    def _received(self, count: int, left: float) -> int:
        return int(self._simulators.get("graph/_messages", count=count, timeout=left, limit=0)["received"])


class KopoKopoSwitches:
    """Switches of Kopo Kopo, prompts, and money that comes without one."""

    def __init__(self, simulators: Simulators) -> None:
        self._simulators = simulators

    def set(self, **switches: Any) -> None:
        """Times, buygoods, revoke_tokens, fault."""
        self._simulators.post("control", {"kopokopo": switches})

    def rule(self, outcome: str = "success", **more: Any) -> None:
        """What becomes of prompts to come: phone, times, delay, callback, answer, amount, charges."""
        self.set(outcome=outcome, **more)

    def fails(self, where: str, answer: str = "500", times: int = 1) -> None:
        """The next calls of token, start, poll or list get this answer and do nothing."""
        self.set(fault={"where": where, "answer": answer, "times": times})

    def prompts(self, phone: str = "") -> list[dict[str, Any]]:
        """All prompts, or those of one phone, oldest first."""
        return self._prompts(phone=phone)

    def wait_for(self, timeout: float = PATIENCE, **wanted: Any) -> dict[str, Any]:
        """The latest prompt with these: phone, id, since, screen ("open,closed"), status ("Success,Failed")."""
        found = waited(timeout, lambda left: self._prompts(timeout=left, **wanted), bool)
        assert found, f"no prompt like {wanted}"
        return dict(found[-1])

    def decide(self, prompt_id: str, outcome: str) -> bool:
        """Decide an open prompt; False when it was decided already."""
        return bool(self._simulators.post(f"sandbox/api/prompts/{prompt_id}", {"do": outcome})["decided"])

    def pays_till(self, phone: str, amount: int) -> str:
        """Money arrives without a prompt; its receipt."""
        return str(self._simulators.post("control/till", {"phone": phone, "amount": amount})["receipt"])

    def reverses(self, receipt: str) -> bool:
        """M-Pesa takes a payment back."""
        return bool(self._simulators.post("control/reversal", {"receipt": receipt})["reversed"])

    def pays_link(self, identity: str, phone: str) -> bool:
        """A guest pays one of Kopo Kopo's links."""
        return bool(self._simulators.post("control/links", {"id": identity, "phone": phone})["done"])

    def _prompts(self, **wanted: Any) -> list[dict[str, Any]]:
        return list(self._simulators.get("control/prompts", **wanted)["prompts"])


class CardSwitches:
    """Switches of Pesapal or Paystack, and the pages on which guests pay."""

    def __init__(self, simulators: Simulators, provider: str) -> None:
        self._simulators = simulators
        self._provider = provider

    def set(self, **switches: Any) -> None:
        """outcome, delay, notice, late_by, amount, currency, refund, refund_after, fault, revoke_tokens."""
        self._simulators.post("control", {self._provider: switches})

    def fails(self, where: str, answer: str = "500", times: int = 1, after: bool = False) -> None:
        """The next calls of token, start, status, list, refund, refund_status or cancel get this answer."""
        self.set(fault={"where": where, "answer": answer, "times": times, "after": after})

    def pages(self, **wanted: Any) -> list[dict[str, Any]]:
        """All pages, or those with this reference, id or status, oldest first."""
        return list(self._simulators.get("control/pages", provider=self._provider, **wanted)["pages"])

    def wait_for(self, timeout: float = PATIENCE, **wanted: Any) -> dict[str, Any]:
        """The latest page with this reference, id or status ("open,paid")."""
        found = waited(timeout, lambda left: self.pages(timeout=left, **wanted), bool)
        assert found, f"no page like {wanted}"
        return dict(found[-1])

    def decide(self, page_id: str, what: str) -> bool:
        """pay, mpesa, fail or leave; False where the page is over."""
        return bool(self._simulators.post("control/pages", {"id": page_id, "do": what})["done"])

    def disputes(self, reference: str, what: str = "create") -> bool:
        """A payer's bank claims the money of a Paystack payment."""
        return bool(self._simulators.post("control/pages", {"dispute": reference, "what": what})["done"])

    def posts(self, event: str, data: dict[str, Any]) -> None:
        """Any event, signed by Paystack."""
        self._simulators.post("control/pages", {"event": event, "data": data})


def waited(timeout: float, ask: Callable[[float], T], good: Callable[[T], bool]) -> T:
    """Ask, each call waiting at the other end, until the answer is good or the time is over; the last answer."""
    deadline = time.monotonic() + timeout
    while True:
        left = deadline - time.monotonic()
        answer = ask(max(min(left, 20.0), 0.0))
        if good(answer) or left <= 0:
            return answer
