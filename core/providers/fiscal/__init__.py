"""The place for a tax authority that signs invoices, such as Kenya's eTIMS.

What is here is the contract and one client that speaks a small JSON protocol of our own; `sandbox/simulators/etims`
answers it. The authority's real protocol (device registration, item codes, sales and stock uploads) is NOT implemented:
a client for it is one more module here that offers the same `sign`, chosen in `core/services/fiscal.py`.

The contract: `sign` is asked again whenever its answer was lost, and answers the same number for the same seller and
invoice number however often it is asked.
"""

from dataclasses import dataclass
from typing import Protocol

from core.domain.invoices import Invoice


@dataclass(frozen=True)
class Signature:
    """The authority's number of an invoice, and the text of the QR code that leads to its own copy."""

    number: str
    qr: str


class FiscalProvider(Protocol):
    """Whoever signs invoices in the name of a tax authority."""

    def sign(self, invoice: Invoice) -> Signature:
        """Have one invoice signed. Raises TryAgain (no answer, or not now), or Rejected where it never will be."""
        ...
