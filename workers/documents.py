"""Queue `documents`: receipts and closings in writing, and the tax authority's signatures."""

from core.jobs import MAKE_DOCUMENTS, SIGN_INVOICES
from core.services import documents, fiscal
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
