"""Queue `documents`: receipts, closings and tickets in writing, and the tax authority's signatures."""

from functools import partial

from core.jobs import MAKE_DOCUMENTS, PRINT_TICKETS, SIGN_INVOICES
from core.providers.printer.client import dial
from core.services import documents, fiscal, tickets
from workers.app import app, program


@app.task(name=MAKE_DOCUMENTS)
def make_documents() -> None:
    """Make the documents that are wanted."""
    documents.make_documents(program())


@app.task(name=SIGN_INVOICES)
def sign_invoices() -> None:
    """Have the tax authority sign the invoices that wait for it, and make what waited for that."""
    fiscal.sign_invoices(program())
    documents.make_documents(program())


@app.task(name=PRINT_TICKETS)
def print_tickets() -> None:
    """Print the tickets that are due, each at its station."""
    tickets.print_due(program(), partial(dial, guarded=program().settings.production))
