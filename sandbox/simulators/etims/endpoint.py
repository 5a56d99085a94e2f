"""`POST /etims/invoices` signs an invoice; the same one again gets the same number. `GET /etims/<number>` shows it."""

import html
import itertools
import json
from typing import Any
from urllib.parse import quote

from sandbox.simulators.server import DROP, NOT_FOUND, Answer, Request, Response, answer_json
from sandbox.simulators.switches import switch

DEVICE = "KRASIM0100000001"
NEEDED = {"seller", "number", "issued_at", "currency", "lines", "total", "vat"}
MOST_KEPT = 20_000


class Etims:
    """Signs, unless it was told not to.

    Switches: `down` (true: 503; "drop": no answer; "garbage": a page instead of JSON), `refuse` (so many are refused).
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self.reset()

    def reset(self) -> None:
        """As new."""
        self.down: bool | str = False
        self.refuse = 0
        self.asked = 0
        self._numbers = itertools.count(1)
        self._signed: dict[tuple[str, int], dict[str, str]] = {}
        self._invoices: dict[str, dict[str, Any]] = {}

    def change(self, wanted: dict[str, Any]) -> None:
        """Take over what a control request asks for."""
        switch(self, "etims", ("down", "refuse"), wanted)

    def handle(self, request: Request) -> Any:
        """Everything below /etims."""
        parts = request.path.split("/")[2:]
        if request.method == "POST" and parts == ["invoices"]:
            return self._sign(request)
        if request.method == "GET" and len(parts) == 1 and parts[0] in self._invoices:
            return self._show(parts[0])
        return NOT_FOUND

    def _sign(self, request: Request) -> Answer:
        self.asked += 1
        if self.down:
            answers = {"drop": DROP, "garbage": Response(200, b"<h1>Maintenance</h1>", "text/html")}
            return answers.get(str(self.down), answer_json({"error": "closed for tonight"}, 503))
        invoice = request.fields()
        if missing := NEEDED - invoice.keys():
            return answer_json({"reason": f"missing: {', '.join(sorted(missing))}"}, 422)
        if self.refuse:
            self.refuse -= 1
            return answer_json({"reason": "the PIN is not registered"}, 422)
        key = (json.dumps(invoice["seller"], sort_keys=True), int(invoice["number"]))
        if key not in self._signed:
            self._signed[key] = self._signature(invoice)
        return answer_json(self._signed[key])

    def _signature(self, invoice: dict[str, Any]) -> dict[str, str]:
        number = f"{DEVICE}-{next(self._numbers)}"
        self._invoices[number] = invoice
        if len(self._invoices) > MOST_KEPT:
            self._invoices.pop(next(iter(self._invoices)))
            self._signed.pop(next(iter(self._signed)))
        return {"number": number, "qr": f"{self._base_url}/etims/{quote(number)}"}

    def _show(self, number: str) -> Response:
        invoice = self._invoices[number]
        said = f"{number}: invoice {invoice['number']}, {invoice['currency']} {invoice['total']}"
        page = f"<!doctype html><meta charset=utf-8><title>Signed</title><p>{html.escape(said)}"
        return Response(200, page.encode(), "text/html; charset=utf-8")
