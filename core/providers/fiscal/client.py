"""A signing service over HTTP, in JSON: `POST …/invoices` → `{"number", "qr"}`; a 4xx with `{"reason"}` is for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.invoices import Fiscal, Invoice, written_vat
from core.errors import Rejected, TryAgain
from core.providers.http import Http

SECONDS = 10.0
LONGEST_NUMBER, LONGEST_QR = 100, 500


@dataclass(frozen=True)
class SigningService:
    """One address; who the seller is stands on each invoice."""

    http: Http
    base_url: str

    def sign(self, invoice: Invoice) -> Fiscal:
        """As `FiscalProvider.sign`."""
        answer = self.http.ask("POST", f"{self.base_url}/invoices", payload=written(invoice), seconds=SECONDS)
        found = answer.fields()
        if answer.ok:
            return _signature(found)
        if 400 <= answer.status < 500 and isinstance(found.get("reason"), str):
            raise Rejected("not_signed", found["reason"][:LONGEST_NUMBER])
        raise TryAgain(f"the tax authority answered {answer.status}")


def written(invoice: Invoice) -> dict[str, Any]:
    """The invoice as the service reads it; amounts are decimal strings."""
    return {
        "seller": vars(invoice.seller),
        "number": invoice.number,
        "issued_at": invoice.issued_at.isoformat(),
        "currency": invoice.currency,
        "lines": [{"name": x.name, "quantity": x.quantity, "price": str(x.price)} for x in invoice.lines],
        "delivery_fee": str(invoice.delivery_fee),
        "discount": str(invoice.discount),
        "total": str(invoice.total),
        "vat": written_vat(invoice.vat_lines),
    }


def _signature(body: Mapping[str, Any]) -> Fiscal:
    number, qr = body.get("number"), body.get("qr")
    if not isinstance(number, str) or not 0 < len(number) <= LONGEST_NUMBER:
        raise TryAgain("the tax authority's answer has no number")
    if not isinstance(qr, str) or not 0 < len(qr) <= LONGEST_QR:
        raise TryAgain("the tax authority's answer has no QR code")
    return Fiscal(number, qr)
