"""The lists of the office: each opens, searches, sorts and goes out as a file, over rows a real evening leaves."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from core.cipher import installed
from core.domain.statuses import Method, OrderStatus, PaymentStatus, Provider, Role, Start
from core.services.listing.declared import Listing
from core.store.sql.tables import Customer, Order, Payment, Receipt
from tests.integration.admin.venue import Browser, Venue, open_venue
from webapp.admin.records import LISTS

PHONE = "254712345678"
ALL = pytest.mark.parametrize("listing", [one.listing for one in LISTS], ids=lambda listing: listing.name)


@pytest.fixture
def office(venue: Venue) -> Browser:
    venue.hears("hello", PHONE, "Amina")
    order_id = venue.order(OrderStatus.SERVED, "Amina")
    with venue.program.sessions.begin() as db:
        customer = Customer(
            id=uuid4(), workspace_id=venue.workspace_id, name="Amina", phone=PHONE, phone_index=installed().index(PHONE)
        )
        db.add(customer)
        db.flush()
        db.get_one(Order, order_id).customer_id = customer.id
        db.add(payment := paid(venue, order_id))
        db.flush()
        db.add(receipt(venue, payment))
    venue.role(Role.MANAGER)
    return venue.signed_in()


def paid(venue: Venue, order_id: Any) -> Payment:
    return Payment(
        id=uuid4(), workspace_id=venue.workspace_id, order_id=order_id, provider=Provider.KOPOKOPO, method=Method.MPESA,
        start=Start.PROMPT, status=PaymentStatus.SUCCEEDED, amount=Decimal(1400), currency="KES", phone=PHONE,
        phone_index=installed().index(PHONE),
    )  # fmt: skip


def receipt(venue: Venue, payment: Payment) -> Receipt:
    return Receipt(
        workspace_id=venue.workspace_id, provider=payment.provider, reference="SKL4ABCDEF", amount=payment.amount,
        currency="KES", payment_id=payment.id, order_id=payment.order_id, received_at=payment.created_at,
    )  # fmt: skip


def rows(browser: Browser, name: str, query: str = "") -> list[dict[str, Any]]:
    answer = browser.get(f"/admin/{name}/rows{query}", headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return list(answer.json["data"])


@ALL
def test_every_list_opens_and_goes_out_as_every_file(office: Browser, listing: Listing) -> None:
    assert office.get(f"/admin/{listing.name}").status_code == 200
    assert isinstance(rows(office, listing.name), list)
    for form in ("csv", "xlsx", "pdf"):
        columns = ",".join(listing.columns)
        assert office.get(f"/admin/{listing.name}/file.{form}?cols={columns}").status_code == 200


@ALL
def test_every_column_is_sorted_and_filtered_as_it_says(office: Browser, listing: Listing) -> None:
    fitting = {"number": "1", "money": "1.50", "moment": "2026-11-20", "phone": PHONE, "text": "a_%"}
    fitting |= {"relation": "x", "tags": "x", "progress": "1", "code": "x"}
    for column in listing.columns.values():
        if column.sortable:
            rows(office, listing.name, f"?sort=-{column.name}")
        for operator in column.operators:
            value = next(iter(column.words)) if column.words else fitting[column.kind]
            rows(office, listing.name, f"?where={column.name}.{operator}.{value}&or1={column.name}.{operator}.{value}")


@ALL
def test_another_house_has_none_of_it(office: Browser, venue: Venue, listing: Listing) -> None:
    next_door = open_venue(venue.app)
    next_door.role(Role.MANAGER)
    theirs = next_door.signed_in()
    mine = {row["id"] for row in rows(office, listing.name)}
    assert mine.isdisjoint(row["id"] for row in rows(theirs, listing.name))
    assert rows(theirs, listing.name, f"?q={PHONE}") == []


@pytest.mark.parametrize("word", [PHONE, "0712 345 678", "skl4abcdef"])
def test_a_payment_is_found_by_phone_and_by_reference(office: Browser, word: str) -> None:
    (row,) = rows(office, "payments", f"?q={word}")
    assert row["amount"] == "KES 1,400" and row["status"] == "SUCCEEDED"
    assert rows(office, "payments", f"?q={row['number']}") == [row]


@pytest.mark.parametrize(
    "query", ["?q=amina", "?q=0712345678", "?where=phone.is.0712345678", "?where=name.contains.min"]
)
def test_a_client_is_found_with_what_they_spent(office: Browser, query: str) -> None:
    (row,) = rows(office, "customers", query)
    assert (row["name"], row["orders"], row["spent"]) == ("Amina", 1, "KES 1,400")


@ALL
def test_no_list_and_no_file_has_a_whole_phone_number(office: Browser, listing: Listing) -> None:
    assert PHONE not in str(rows(office, listing.name))
    file = office.get(f"/admin/{listing.name}/file.csv?cols={','.join(listing.columns)}")
    assert PHONE not in file.text and PHONE[3:] not in file.text


def test_what_was_said_is_found_and_leads_to_its_conversation(office: Browser, venue: Venue) -> None:
    said = rows(office, "messages", "?q=hello")
    assert [row["body"] for row in said] == ["hello"] and said[0]["direction"] == "in"
    assert said[0]["mailbox"] == venue.box(PHONE)


@pytest.mark.parametrize("version", ["", "x", "9" * 5000, "٣"])
def test_a_version_that_no_row_has_writes_nothing(office: Browser, version: str) -> None:
    client = rows(office, "customers")[0]["id"]
    form = {"language": "sw", "discount_percent": "10", "version": version}
    assert office.post(f"/admin/customers/{client}", data=form).status_code == 409
    assert rows(office, "customers")[0]["language"] != "sw"
