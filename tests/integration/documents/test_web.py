"""Receipts by link, the page that proves one, and what staff see."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from core.domain.documents import DocumentKind
from core.errors import Rejected
from core.services.document_links import read_token, token, url
from core.services.receipt_list import closing_of, listed, receipt_of, take_back
from core.store.sql.tables import Activity, DocumentLink, User
from tests import pdf
from tests.integration.documents.office import Office
from tests.integration.sql.bar import open_bar
from tests.unit.documents.papers import closed


def page(office: Office, path: str) -> Any:
    """What somebody without any login gets there."""
    return office.app.test_client().get(path, headers={"Accept": "text/html"})


def given_out(office: Office) -> str:
    """A receipt that was brought to its guest: the path of its link."""
    office.sold()
    office.asks()
    office.makes()
    return url(office.program.settings, UUID(office.owed()[-1]["link"])).removeprefix("https://bar.example.co.ke")


def user(office: Office) -> UUID:
    """Somebody who works here."""
    with office.bar.sessions.begin() as db:
        member = User(email=f"{uuid4().hex}@bar.example", name="Wanjiru", password_hash="-")
        db.add(member)
        db.flush()
        return member.id


def test_whoever_has_the_link_gets_the_file_and_nobody_keeps_it(office: Office) -> None:
    answer = page(office, given_out(office))
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    assert "Dawa" in pdf.text(answer.data)
    assert answer.headers["Content-Disposition"] == 'inline; filename="receipt-1.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-store" and answer.headers["X-Robots-Tag"] == "noindex"


def test_a_link_that_has_expired_is_gone_with_a_plain_page(office: Office) -> None:
    path = given_out(office)
    office.bar.change(DocumentLink, office.links()[0].id, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    answer = page(office, path)
    assert answer.status_code == 410 and "expired or was taken back" in answer.text


def test_a_link_that_was_taken_back_is_gone_and_it_is_noted_who_did_it(office: Office) -> None:
    path, who = given_out(office), user(office)
    [document] = office.documents()
    office.write(lambda db: take_back(db, office.bar.workspace_id, document.id, who))
    assert page(office, path).status_code == 410
    assert [(one.revoked_by, one.revoked_at is not None) for one in office.links()] == [(who, True)]
    [noted] = office.rows(select(Activity.action).where(Activity.subject_kind != "product"))  # its shelf was filled
    assert noted == "links_taken_back"
    assert office.asks()["result"] == "receipt", "the guest may have a new one"
    assert page(office, path).status_code == 410


@pytest.mark.parametrize("guess", ["", "x", "A" * 43, "../verify", "%00", "é" * 20, "=" * 43])
def test_a_link_we_never_made_is_not_found(office: Office, guess: str) -> None:
    answer = page(office, f"/receipts/{guess}.pdf")
    assert answer.status_code == 404 and "Traceback" not in answer.text


def test_one_letter_wrong_is_not_found_and_another_key_makes_another_token(office: Office) -> None:
    path = given_out(office)
    good = path.removeprefix("/receipts/").removesuffix(".pdf")
    for place in (0, 20, 30, 41):
        other = "A" if good[place] != "A" else "B"
        assert page(office, f"/receipts/{good[:place]}{other}{good[place + 1 :]}.pdf").status_code == 404
    link_id = office.links()[0].id
    secret = office.program.settings.secret_key
    assert read_token(secret, token(secret, link_id)) == link_id
    assert read_token("another secret of sixteen", token(secret, link_id)) is None


def test_the_code_on_a_receipt_proves_it(office: Office) -> None:
    office.invoicing(seller="Bar <script>alert(1)</script> & Sons")
    office.sold()
    [invoice] = office.invoices()
    answer = page(office, f"/receipts/verify/{invoice.verify_token}")
    assert answer.status_code == 200 and "genuine" in answer.text and "KES 700.00" in answer.text
    assert "<script>alert" not in answer.text and "&lt;script&gt;" in answer.text


def test_a_code_we_never_printed_proves_nothing(office: Office) -> None:
    office.sold()
    answer = page(office, "/receipts/verify/abcdefghijklmnopqrstuv")
    assert answer.status_code == 404 and "not ours" in answer.text


def test_staff_see_the_newest_first_and_only_their_own(office: Office) -> None:
    other = open_bar(office.bar.sessions)
    other.settle(other.order(other.guest(), True, Dawa=1)[0]["order_id"])
    orders = [UUID(office.sold()), UUID(office.sold(2))]
    given_out(office)
    rows = office.write(lambda db: listed(db, office.bar.workspace_id))
    assert [row.number for row in rows] == [3, 2, 1] and [row.order_id for row in rows[1:]] == orders[::-1]
    assert [row.shared for row in rows] == [True, False, False]


def test_staff_get_a_receipt_nobody_asked_for_as_soon_as_it_is_made(office: Office) -> None:
    order_id = UUID(office.sold())
    assert office.write(lambda db: receipt_of(db, office.bar.workspace_id, order_id)) is None
    office.makes()
    file = office.write(lambda db: receipt_of(db, office.bar.workspace_id, order_id))
    assert file.name == "receipt-1.pdf" and "Dawa" in pdf.text(file.content)
    assert office.owed() == [], "nobody is sent what staff look at"


def test_another_venues_receipts_and_closings_are_not_found(office: Office) -> None:
    order_id, closing_id = UUID(office.sold()), office.close(closed())
    office.asks()
    other = open_bar(office.bar.sessions).workspace_id
    for find in (
        lambda db: receipt_of(db, other, order_id),
        lambda db: closing_of(db, other, closing_id, DocumentKind.CLOSING_PDF),
        lambda db: take_back(db, other, office.documents()[0].id, user(office)),
    ):
        with pytest.raises(Rejected):
            office.write(find)


def test_a_closing_in_excel_has_its_number_in_its_name(office: Office) -> None:
    closing_id = office.close(closed())
    workspace_id = office.bar.workspace_id
    assert office.write(lambda db: closing_of(db, workspace_id, closing_id, DocumentKind.CLOSING_XLSX)) is None
    office.makes()
    file = office.write(lambda db: closing_of(db, workspace_id, closing_id, DocumentKind.CLOSING_XLSX))
    assert file.name == "closing-1.xlsx"
    assert load_workbook(io.BytesIO(file.content)).active["B1"].value == "Destination Cocktails"


@pytest.mark.parametrize(
    "path", ["/admin/receipts", f"/admin/receipts/{UUID(int=1)}.pdf", f"/admin/closings/{UUID(int=2)}/closing.pdf"]
)
def test_staff_pages_need_a_login(office: Office, path: str) -> None:
    answer = page(office, path)
    assert answer.status_code == 302 and "/admin/login" in answer.headers["Location"]
