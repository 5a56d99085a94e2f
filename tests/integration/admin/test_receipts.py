"""Receipts and closings in writing, as staff fetch them."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.services.document_links import link_to, url
from core.services.documents import make_documents
from core.store.sql.tables import Closing, Document, Order, Shift
from tests import pdf
from tests.integration.admin.venue import Venue, open_venue
from tests.unit.documents.papers import closed


def paid(venue: Venue) -> UUID:
    """A paid order of this venue."""
    order_id = venue.order()
    with venue.program.sessions.begin() as db:
        assert db.get_one(Order, order_id).paid_at is not None
    return order_id


def a_closing(venue: Venue) -> UUID:
    shift = Shift(id=uuid4(), workspace_id=venue.workspace_id, number=7, closed_at=datetime.now(UTC))
    about = {"shift_id": shift.id, "number": 1, "report": closed().to_dict(), "closed_by": venue.user_id}
    closing = Closing(id=uuid4(), workspace_id=venue.workspace_id, **about)
    venue.write(shift, closing)
    return closing.id


def test_a_receipt_is_made_while_staff_wait_and_then_shown(venue: Venue) -> None:
    browser, order_id = venue.signed_in(), paid(venue)
    waiting = browser.get(f"/admin/receipts/{order_id}.pdf")
    assert waiting.status_code == 202 and waiting.headers["Refresh"] == "2" and "being made" in waiting.text
    make_documents(venue.program)
    shown = browser.get(f"/admin/receipts/{order_id}.pdf")
    assert shown.status_code == 200 and "Dawa" in pdf.text(shown.data)
    assert shown.headers["Content-Disposition"] == 'inline; filename="receipt-1.pdf"'
    assert "Receipt 1" in browser.get("/admin/receipts").text


def test_links_are_taken_back_with_a_token_and_only_by_their_own_venue(venue: Venue) -> None:
    browser, order_id = venue.signed_in(), paid(venue)
    browser.get(f"/admin/receipts/{order_id}.pdf")
    make_documents(venue.program)
    with venue.program.sessions.begin() as db:
        document = db.scalars(select(Document).where(Document.workspace_id == venue.workspace_id)).one()
        link, document_id = url(venue.program.settings, link_to(db, document).id), document.id
    path = link.removeprefix(venue.program.settings.public_base_url)
    assert "Take back" in browser.get("/admin/receipts").text
    revoke = f"/admin/documents/{document_id}/revoke"
    assert browser.post(revoke, token="forged").status_code in (400, 403)
    assert open_venue(venue.app).signed_in().post(revoke).status_code == 404
    assert browser.get(path).status_code == 200
    assert browser.post(revoke).status_code == 302
    assert browser.get(path).status_code == 410
    assert "Take back</button>" not in browser.get("/admin/receipts").text


def test_what_is_not_paid_and_what_is_anothers_has_no_receipt(venue: Venue) -> None:
    browser, other = venue.signed_in(), open_venue(venue.app)
    assert browser.get(f"/admin/receipts/{paid(other)}.pdf").status_code == 404
    assert browser.get(f"/admin/receipts/{uuid4()}.pdf").status_code == 404


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF-"), ("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_a_closing_is_fetched_in_the_form_that_is_wanted(venue: Venue, form: str, begins: bytes) -> None:
    browser, closing_id = venue.signed_in(), a_closing(venue)
    assert browser.get(f"/admin/closings/{closing_id}/closing.{form}").status_code == 202
    make_documents(venue.program)
    file = browser.get(f"/admin/closings/{closing_id}/closing.{form}")
    assert file.status_code == 200 and file.data.startswith(begins)
    assert f'filename="closing-1.{form}"' in file.headers["Content-Disposition"]
    assert file.headers["Content-Disposition"].startswith("inline" if form == "pdf" else "attachment")


def test_a_form_there_is_none_of_is_not_found(venue: Venue) -> None:
    browser, closing_id = venue.signed_in(), a_closing(venue)
    assert browser.get(f"/admin/closings/{closing_id}/closing.exe").status_code == 404
    assert browser.get(f"/admin/closings/{uuid4()}/closing.pdf").status_code == 404
