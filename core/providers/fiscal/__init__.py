"""The place for a tax authority that signs invoices, such as Kenya's eTIMS.

What is here is the contract and one client that speaks a small JSON protocol of our own; `sandbox/simulators/etims`
answers it. The authority's real protocol (device registration, item codes, sales and stock uploads) is NOT implemented:
a client for it is one more module here that offers the same `sign`, chosen in `core/services/fiscal.py`.

The contract: `sign` is asked again whenever its answer was lost, and answers the same number for the same seller and
invoice number however often it is asked.
"""

from typing import Protocol

from core.domain.invoices import Fiscal, Invoice


class FiscalProvider(Protocol):
    """Whoever signs invoices in the name of a tax authority."""

    def sign(self, invoice: Invoice) -> Fiscal:
        """Have one invoice signed. Raises TryAgain (no answer, or not now), or Rejected where it never will be."""
        ...
