"""Everything below /paystack: transactions, refunds, and the events that are posted about them."""

import asyncio
import hashlib
import hmac
import itertools
import json
import re
from datetime import UTC, datetime
from typing import Any

from sandbox.simulators.checkout.book import FAILED, LEFT, PAID, REVERSED, Book, Page, times_told
from sandbox.simulators.poster import Delivery
from sandbox.simulators.server import Request, Response, answer_json
from sandbox.simulators.settings import SimulatorSettings

REFERENCE = re.compile(r"[A-Za-z0-9.=-]{1,100}")
STATUSES = {PAID: "success", FAILED: "failed", LEFT: "abandoned", REVERSED: "reversed"}
SMALLEST = 300
NOTICE_TRIES = 4
FIRST_ID = 5_120_034_411  # more than 32 bits


class Paystack:
    """Answers as Paystack does: the top-level status is the call's, `data.status` the money's."""

    def __init__(self, book: Book, settings: SimulatorSettings) -> None:
        self._book = book
        self._settings = settings
        self._faults = book.faults["paystack"]
        self._numbers = itertools.count(FIRST_ID)
        self._ids: dict[str, int] = {}
        self._refunds: dict[str, dict[str, Any]] = {}
        self.domain = "live" if settings.paystack_key.startswith("sk_live_") else "test"
        book.tell["paystack"] = self._charged

    def handle(self, request: Request) -> Any:
        """Route one request."""
        if request.headers.get("authorization") != f"Bearer {self._settings.paystack_key}":
            return _no("Invalid key", 401)
        parts = request.path.split("/")[2:]
        if request.method == "POST":
            return self._post(parts, request.fields())
        if parts[:2] == ["transaction", "verify"] and len(parts) == 3:
            return self._faults.around("status", lambda: self._verify(parts[2]))
        if parts == ["transaction"]:
            return self._faults.around("list", lambda: self._list(request))
        if parts[:1] == ["refund"] and len(parts) == 2:
            found = self._refunds.get(parts[1])
            return self._faults.around(
                "refund_status", lambda: _yes("Refund", found) if found else _no("No refund", 404)
            )
        return _no("Not found", 404)

    def dispute(self, reference: str, what: str = "create") -> bool:
        """A payer's bank claims the money of a payment."""
        page = self._book.find("paystack", reference)
        if page is None or page.status != PAID:
            return False
        data = {
            "id": 2_867, "refund_amount": int(page.amount), "currency": page.currency, "domain": self.domain,
            "status": "awaiting-merchant-feedback", "transaction": self._data(page), "category": "chargeback",
            "dueAt": "2026-12-01T12:00:00.000Z",
        }  # fmt: skip
        self._send(f"charge.dispute.{what}", data)
        return True

    def event(self, event: str, data: dict[str, Any]) -> None:
        """Post whatever a test wants, signed."""
        self._send(event, data)

    def forget(self) -> None:
        """Start anew."""
        self._refunds.clear()

    def _post(self, parts: list[str], fields: dict[str, Any]) -> Any:
        if parts == ["transaction", "initialize"]:
            return self._faults.around("start", lambda: self._initialize(fields))
        if parts == ["refund"]:
            return self._faults.around("refund", lambda: self._refund(fields))
        return _no("Not found", 404)

    def _initialize(self, fields: dict[str, Any]) -> Response:
        amount, reference = fields.get("amount"), str(fields.get("reference", ""))
        if "@" not in str(fields.get("email", "")):
            return _no("Email Address is required")
        if not isinstance(amount, int) or amount < SMALLEST:
            return _no("Invalid Amount Sent")
        if not REFERENCE.fullmatch(reference):
            return _no("Invalid character in transaction reference")
        if self._book.find("paystack", reference):
            return _no("Duplicate Transaction Reference")
        page = Page(
            "paystack",
            reference,
            str(amount),
            str(fields.get("currency")),
            "In cents",
            str(fields.get("callback_url")),
            fields,
        )
        link = self._book.add(page)
        self._ids[page.id] = next(self._numbers)
        made = {"authorization_url": link, "access_code": page.id[:12], "reference": reference}
        return _yes("Authorization URL created", made)

    def _verify(self, reference: str) -> Response:
        page = self._book.find("paystack", reference)
        if page is None:
            return _no("Transaction reference not found", 404)
        return _yes("Verification successful", self._data(page))

    def _list(self, request: Request) -> Response:
        since, until = (datetime.fromisoformat(request.option(name)).timestamp() for name in ("from", "to"))
        wanted = request.option("status")
        mine = [page for page in self._book.all() if page.provider == "paystack" and since <= page.paid_at <= until]
        rows = [data for data in map(self._data, mine) if not wanted or data["status"] == wanted]
        size, page = int(request.option("perPage", "50")), int(request.option("page", "1"))
        return _yes("Transactions retrieved", rows[(page - 1) * size : page * size])

    def _data(self, page: Page) -> dict[str, Any]:
        paid = page.status in (PAID, REVERSED)
        moment = datetime.fromtimestamp(page.paid_at, UTC).isoformat(timespec="milliseconds") if paid else None
        return {
            "id": self._ids[page.id], "domain": self.domain, "status": STATUSES.get(page.status, "ongoing"),
            "reference": page.reference, "receipt_number": page.receipt or None, "amount": int(page.amount),
            "message": None, "gateway_response": "Approved" if paid else "Declined", "paid_at": moment,
            "channel": "mobile_money" if page.method == "mpesa" else "card", "currency": page.currency,
            "metadata": page.given.get("metadata") or "", "fees": 1275,
            "customer": {"id": 7, "email": page.given.get("email"), "customer_code": "CUS_x", "phone": None},
        }  # fmt: skip

    def _refund(self, fields: dict[str, Any]) -> Response:
        named = str(fields.get("transaction", ""))
        page = self._book.find("paystack", named)
        amount = int(fields.get("amount") or (page.amount if page else 0))
        if page is None or page.status not in (PAID, REVERSED):
            return _no("Transaction not found", 404)
        if not 0 < amount <= int(page.amount) - page.refunded:
            return _no("Refund amount cannot be more than the transaction amount")
        page.refunded += amount
        refund = {
            "id": next(self._numbers), "transaction": {"reference": page.reference}, "amount": amount,
            "currency": page.currency, "status": "pending", "merchant_note": fields.get("merchant_note"),
            "domain": self.domain,
        }  # fmt: skip
        self._refunds[str(refund["id"])] = refund
        self._book.poster.background(self._carry_out(page, refund))
        return _yes("Refund has been queued for processing", refund)

    async def _carry_out(self, page: Page, refund: dict[str, Any]) -> None:
        await asyncio.sleep(self._faults.refund_after)
        refund["status"] = {"done": "processed", "failed": "failed"}.get(self._faults.refund, "needs-attention")
        told = {name: refund[name] for name in ("id", "status", "currency", "merchant_note", "domain")}
        told |= {"transaction_reference": page.reference, "amount": str(refund["amount"]), "refund_reference": "132013"}
        for _ in range(times_told(self._faults.notice)):
            self._send(f"refund.{refund['status']}", told)

    def _charged(self, page: Page) -> None:
        """A charge that failed is never told."""
        if page.status == PAID:
            self._book.poster.background(self._tell(page))

    async def _tell(self, page: Page) -> None:
        await asyncio.sleep(self._faults.late_by if self._faults.notice == "late" else 0)
        for _ in range(times_told(self._faults.notice)):
            self._send("charge.success", self._data(page))

    def _send(self, event: str, data: dict[str, Any]) -> None:
        raw = json.dumps({"event": event, "data": data}, separators=(",", ":")).encode()
        signature = hmac.new(self._settings.paystack_key.encode(), raw, hashlib.sha512).hexdigest()
        url = f"{self._settings.public_base_url}/api/webhooks/paystack"
        self._book.poster.send(Delivery(url, raw, (("x-paystack-signature", signature),), tries=NOTICE_TRIES))


def _yes(message: str, data: Any) -> Response:
    return answer_json({"status": True, "message": message, "data": data})


def _no(message: str, status: int = 400) -> Response:
    kind = {"type": "validation_error", "code": "invalid_params"}
    return answer_json(
        {"status": False, "message": message, "meta": {"nextStep": "Look at the request"}} | kind, status
    )
