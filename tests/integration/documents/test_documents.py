"""A document is made once and brought once, whoever asks how often and whoever dies meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from core.domain.documents import DocumentKind, DocumentState
from core.jobs import MAKE_DOCUMENTS
from core.services.customers import find_guest
from core.services.documents import MOST_TRIES, claim_document, keep_document, make
from core.services.documents_wanted import want_document
from core.services.receipt_requests import send_receipt
from core.store.sql.tables import Document, DocumentDelivery, DocumentLink, Workspace
from core.store.sql.tables.documents import LARGEST_BYTES
from tests import pdf
from tests.integration import shelf
from tests.integration.documents.office import Office
from tests.integration.sql.bar import all_at_once
from tests.unit.documents.papers import closed


def test_who_asks_gets_it_as_soon_as_it_is_made(office: Office) -> None:
    order_id = office.sold(Dawa=2, Tusker=1)
    assert office.asks() == {"result": "receipt_coming", "order_id": order_id, "number": 1}
    assert office.owed() == []
    office.makes()
    [told] = office.owed()
    [link] = office.links()
    named = {"order_id": order_id, "number": 1, "practice": False}
    assert told == named | {"link": str(link.id), "file": "receipt-1.pdf"}
    said = pdf.text(office.content())
    assert all(word in said for word in ("Test bar", "Receipt 1", "Dawa", "1,400.00", "Tusker", "KES 1,750", "241.38"))
    assert "M-Pesa" in said


def test_asking_sends_a_doorbell(office: Office) -> None:
    office.sold()
    with office.bar.sessions.begin() as db:
        _, followup = send_receipt(db, find_guest(db, office.bar.guest()))
    assert [job.task for job in followup.jobs] == [MAKE_DOCUMENTS]


def test_who_asked_before_the_house_practised_gets_the_real_receipt_all_the_same(office: Office) -> None:
    office.sold()
    office.asks()
    office.bar.change(Workspace, office.bar.workspace_id, dev_mode=True)
    office.makes()
    [told] = office.owed()
    assert told["practice"] is False, "news of a real order leaves the house"


def test_who_asks_twice_gets_it_once(office: Office) -> None:
    office.sold()
    office.asks()
    office.asks()
    office.makes()
    office.makes()
    assert len(office.owed()) == len(office.documents()) == 1


def test_who_asks_again_gets_the_same_document_at_once(office: Office) -> None:
    order_id = office.sold()
    office.asks()
    office.makes()
    made = office.content()
    link = office.owed()[0]["link"]
    assert office.asks() == {
        "result": "receipt", "order_id": order_id, "number": 1, "practice": False, "link": link,
        "file": "receipt-1.pdf",
    }  # fmt: skip
    assert office.content() == made and len(office.documents()) == 1 and len(office.owed()) == 1


def test_the_same_turn_again_asks_once(office: Office) -> None:
    office.sold()
    assert office.asks(event="a turn") == office.asks(event="a turn")
    assert len(office.rows(DocumentDelivery.__table__.select())) == 1


def test_the_newest_paid_order_is_meant(office: Office) -> None:
    office.sold()
    newer = office.sold()
    office.bar.order(office.bar.guest(), False, Tusker=1)
    assert office.asks()["order_id"] == newer


def test_who_has_paid_nothing_is_told_so(office: Office) -> None:
    office.sold(2)
    assert office.asks() == {"result": "no_receipt"}
    assert office.documents() == []


def test_a_venue_may_send_it_to_everybody(office: Office) -> None:
    office.invoicing(send=True)
    orders = [office.sold(), office.sold(2)]
    office.makes()
    assert [told["order_id"] for told in office.owed()] == orders


def test_who_dies_after_the_claim_is_taken_over(office: Office) -> None:
    office.sold()
    office.asks()
    assert claim_document(office.program) is not None
    [claimed] = office.documents()
    assert claimed.next_try_at is not None and claimed.next_try_at > claimed.updated_at, "somebody is at it"
    office.a_while_passes()
    office.makes()
    assert len(office.owed()) == 1


def test_two_who_made_it_bring_it_once(office: Office) -> None:
    office.sold()
    office.asks()
    work = claim_document(office.program)
    assert work is not None
    content = make(office.program, work)
    kept = all_at_once(4, lambda _: keep_document(office.program, work.document_id, content))
    assert sum(bool(followup.conversations) for followup in kept) == 1
    assert len(office.owed()) == 1 and office.content() == content


def test_who_asks_while_it_is_being_kept_is_not_forgotten(office: Office) -> None:
    """Both lock the document: either it is made already, or the maker sees who waits."""
    office.sold()
    office.asks()
    work = claim_document(office.program)
    assert work is not None
    content = make(office.program, work)
    answers = all_at_once(
        8, lambda n: keep_document(office.program, work.document_id, content) if n == 0 else office.asks()
    )
    at_once = sum(isinstance(one, dict) and one["result"] == "receipt" for one in answers)
    waiting = DocumentDelivery.__table__.select().where(DocumentDelivery.done_at.is_(None))
    assert len(office.owed()) == 1 and at_once <= 7
    assert office.rows(waiting) == []


def test_many_makers_make_each_once(office: Office) -> None:
    office.invoicing(send=True)
    for guest in range(1, 9):
        office.sold(guest)
    all_at_once(4, lambda _: office.makes())
    assert [one.state for one in office.documents()] == [DocumentState.MADE] * 8
    assert len(office.owed()) == 8


def test_one_that_cannot_be_made_stops_no_other_and_ends(office: Office) -> None:
    broken = office.close(None)
    office.write(lambda db: want_document(db, office.bar.workspace_id, DocumentKind.CLOSING_PDF, closing_id=broken))
    office.sold()
    office.asks()
    for _ in range(MOST_TRIES + 1):
        office.makes()
        office.a_while_passes()
    states = {one.kind: (one.state, one.tries) for one in office.documents()}
    assert states[DocumentKind.CLOSING_PDF] == (DocumentState.FAILED, MOST_TRIES)
    assert states[DocumentKind.RECEIPT] == (DocumentState.MADE, 1)


def test_a_receipt_that_cannot_be_made_is_said_to_be(office: Office) -> None:
    office.sold()
    office.asks()
    office.bar.change(Document, office.documents()[0].id, state=DocumentState.FAILED, next_try_at=None)
    assert office.asks()["result"] == "receipt_failed"


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        (DocumentKind.CLOSING_PDF, b"%PDF-"),
        (DocumentKind.CLOSING_CSV, b"\xef\xbb\xbf"),
        (DocumentKind.CLOSING_XLSX, b"PK"),
    ],
)
def test_a_closing_is_made_in_every_form(office: Office, kind: DocumentKind, begins: bytes) -> None:
    closing_id = office.close(closed())
    office.write(lambda db: want_document(db, office.bar.workspace_id, kind, closing_id=closing_id))
    office.makes()
    assert office.content().startswith(begins) and office.owed() == []


def test_a_link_that_lasts_is_given_out_again_and_an_old_one_is_not(office: Office) -> None:
    office.sold()
    office.asks()
    office.makes()
    first = office.asks()["link"]
    assert office.asks()["link"] == first
    office.bar.change(DocumentLink, first, expires_at=datetime.now(UTC) + timedelta(days=5))
    assert office.asks()["link"] != first
    office.bar.change(DocumentLink, office.links()[1].id, revoked_at=datetime.now(UTC))
    assert len({office.asks()["link"], *(str(one.id) for one in office.links()[:2])}) == 3


def test_an_empty_or_enormous_document_is_refused_by_the_database(office: Office) -> None:
    office.sold()
    office.asks()
    [document] = office.documents()
    for content in (b"", bytes(LARGEST_BYTES + 1)):
        with pytest.raises(IntegrityError):
            keep_document(office.program, document.id, content)


def test_an_order_of_two_hundred_lines_is_written_whole(office: Office) -> None:
    bar, dawa = office.bar, office.bar.products["Dawa"]
    office.write(lambda db: shelf.receive(db, bar.workspace_id, dawa, 200))
    cart = bar.place(Dawa=1)
    line = cart["lines"][0]
    cart["lines"] = [line | {"name": f"Dawa <b>{number}</b> 🍹 שלום"} for number in range(1, 201)]
    order_id = bar.perform(bar.guest(), cart)[0]["order_id"]
    assert bar.settle(order_id)
    office.asks()
    office.makes()
    drawn = pdf.pages(office.content())
    assert len(drawn) > 5 and all(f"Dawa <b>{number}</b>" in "".join(drawn) for number in range(1, 201))
