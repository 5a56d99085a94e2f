"""Everything below /pesapal: token, addresses for notifications, orders, status, refund, cancel."""

import asyncio
import json
import re
import secrets
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.simulators.checkout.book import CANCELLED, FAILED, PAID, REVERSED, Book, Page, times_told
from sandbox.simulators.poster import Delivery
from sandbox.simulators.server import NOT_FOUND, Request, Response, answer_json
from sandbox.simulators.settings import SimulatorSettings

REFERENCE = re.compile(r"[A-Za-z0-9._:-]{1,50}")
CODES = {PAID: 1, FAILED: 2, REVERSED: 3}
NO_ERROR = {"error_type": None, "code": None, "message": None}
TOKEN_LIFE = 300.0
NOTICE_TRIES = 4
Call = Callable[[dict[str, Any]], Any]


class Pesapal:
    """Answers as Pesapal does: mistakes come with HTTP 200."""

    def __init__(self, book: Book, settings: SimulatorSettings) -> None:
        self._book = book
        self._settings = settings
        self._faults = book.faults["pesapal"]
        self._tokens: dict[str, float] = {}
        self.ipns = {settings.pesapal_ipn_id: f"{settings.public_base_url}/api/webhooks/pesapal"}
        self.notices: list[dict[str, str]] = []
        book.tell["pesapal"] = self._notify
        self._posts: dict[str, tuple[str, Call]] = {
            "URLSetup/RegisterIPN": ("register", self._register),
            "Transactions/SubmitOrderRequest": ("start", self._submit),
            "Transactions/RefundRequest": ("refund", self._refund),
            "Transactions/CancelOrder": ("cancel", self._cancel),
        }

    def handle(self, request: Request) -> Any:
        """Route one request."""
        path = request.path.partition("/pesapal/api/")[2]
        if request.method == "POST" and path == "Auth/RequestToken":
            return self._faults.around("token", lambda: self._token(request.fields()))
        if not self._known(request):
            return Response(401)
        if request.method == "POST" and path in self._posts:
            where, call = self._posts[path]
            return self._faults.around(where, lambda: call(request.fields()))
        if request.method == "GET" and path == "URLSetup/GetIpnList":
            return answer_json([self._ipn(identity) for identity in self.ipns])
        if request.method == "GET" and path == "Transactions/GetTransactionStatus":
            return self._faults.around("status", lambda: self._status(request.option("orderTrackingId")))
        return NOT_FOUND

    def revoke(self) -> None:
        """Every token given so far is worth nothing from now on."""
        self._tokens.clear()

    def forget(self) -> None:
        """Start anew."""
        self.notices.clear()

    def _token(self, fields: dict[str, Any]) -> Response:
        wanted = (self._settings.pesapal_key, self._settings.pesapal_secret)
        if (fields.get("consumer_key"), fields.get("consumer_secret")) != wanted:
            return _error("invalid_consumer_key_or_secret_provided")
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.time() + TOKEN_LIFE
        expires = (datetime.now(UTC) + timedelta(seconds=TOKEN_LIFE)).strftime("%Y-%m-%dT%H:%M:%S.1234567Z")
        return _good({"token": token, "expiryDate": expires, "error": None})

    def _known(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and self._tokens.get(token, 0) > time.time()

    def _register(self, fields: dict[str, Any]) -> Response:
        if not str(fields.get("url", "")).startswith("http"):
            return _error("invalid_url")
        identity = str(uuid.uuid4())
        self.ipns[identity] = fields["url"]
        return _good(self._ipn(identity) | {"error": None})

    def _ipn(self, identity: str) -> dict[str, Any]:
        return {
            "url": self.ipns[identity], "ipn_id": identity, "notification_type": 1, "ipn_status": 1,
            "ipn_notification_type_description": "POST", "ipn_status_decription": "Active",
        }  # fmt: skip

    def _submit(self, fields: dict[str, Any]) -> Response:
        billing = fields.get("billing_address") or {}
        if fields.get("notification_id") not in self.ipns:
            return _error("InvalidIpnId")
        if not REFERENCE.fullmatch(str(fields.get("id", ""))) or self._book.find("pesapal", fields["id"]):
            return _error("invalid_merchant_reference")
        if not billing.get("phone_number") and not billing.get("email_address"):
            return _error("invalid_billing_address")
        if not isinstance(fields.get("amount"), int | float) or fields["amount"] <= 0:
            return _error("invalid_amount")
        page = Page(
            "pesapal", fields["id"], f"{fields['amount']:.2f}", str(fields.get("currency")),
            str(fields.get("description", ""))[:100], str(fields.get("callback_url")), fields,
        )  # fmt: skip
        link = self._book.add(page)
        named = {"order_tracking_id": page.id, "merchant_reference": page.reference}
        return _good(named | {"redirect_url": link, "error": None})

    def _status(self, tracking_id: str) -> Response:
        page = self._book.get(tracking_id)
        if page is None or page.status not in CODES:
            error = {"error_type": "api_error", "code": "payment_details_not_found", "message": "Pending Payment"}
            return answer_json({"status_code": 0, "error": error, "status": "500", "message": "Pending Payment"})
        paid = page.status in (PAID, REVERSED)
        return _good({
            "payment_method": "Visa" if page.method == "pay" else "MpesaKE", "amount": float(page.amount),
            "created_date": datetime.fromtimestamp(page.at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3],
            "confirmation_code": page.receipt, "order_tracking_id": page.id, "currency": page.currency,
            "payment_status_description": page.status.capitalize(), "description": None,
            "message": "Request processed successfully", "payment_account": "2547xxx45678" if paid else "",
            "call_back_url": page.returns_to, "status_code": CODES[page.status],
            "merchant_reference": page.reference, "payment_status_code": "", "error": NO_ERROR,
        })  # fmt: skip

    def _refund(self, fields: dict[str, Any]) -> Response:
        code = fields.get("confirmation_code")
        page = next((one for one in self._book.all() if one.provider == "pesapal" and one.receipt == code), None)
        amount = float(fields.get("amount") or 0)
        if page is None or page.status != PAID or page.refunded or not 0 < amount <= float(page.amount):
            return answer_json({"status": "500", "message": "Refund request was rejected"})
        if page.method != "pay" and amount != float(page.amount):
            return answer_json({"status": "500", "message": "Partial refunds are not possible for mobile money"})
        page.refunded = int(amount)
        if self._faults.refund == "done":
            self._book.poster.background(self._approve(page))
        return answer_json({"status": "200", "message": "Refund request successfully"})

    async def _approve(self, page: Page) -> None:
        await asyncio.sleep(self._faults.refund_after)
        page.status = REVERSED
        self._book.changed(page)

    def _cancel(self, fields: dict[str, Any]) -> Response:
        page = self._book.get(str(fields.get("order_tracking_id", "")))
        if page is None or not page.decidable:
            return answer_json({"status": "500", "message": "Order cannot be cancelled"})
        page.status = CANCELLED
        self._book.news.wake()
        return answer_json({"status": "200", "message": "Order cancelled"})

    def _notify(self, page: Page) -> None:
        if page.status in CODES:
            self._book.poster.background(self._post(page))

    async def _post(self, page: Page) -> None:
        told = {"OrderTrackingId": page.id, "OrderMerchantReference": page.reference}
        body = json.dumps(told | {"OrderNotificationType": "IPNCHANGE"}).encode()
        url = self.ipns.get(page.given.get("notification_id", ""), "")
        await asyncio.sleep(self._faults.late_by if self._faults.notice == "late" else 0)
        for _ in range(times_told(self._faults.notice) if url else 0):
            self._book.poster.send(Delivery(url, body, (), tries=NOTICE_TRIES))


def _good(fields: dict[str, Any]) -> Response:
    return answer_json(fields | {"status": "200"})


def _error(code: str) -> Response:
    return answer_json({"error": {"error_type": "api_error", "code": code, "message": ""}, "status": "500"})
