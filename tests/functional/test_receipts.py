"""The receipt in writing, through the running product: asked for in the chat, fetched by link, proven, taken back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE, Guest, Message
from tests import pdf
from tests.functional.outside import Outside
from tests.functional.test_main_job import asks_to_pay, receipt_of, thanks
from tests.waiting import eventually


def pays(simulators: Simulators, guest: Guest, order: str = "2 coke and 1 chicken wings to table 5") -> str:
    """The guest orders and is thanked: the M-Pesa code."""
    asks_to_pay(guest, order)
    code = receipt_of(simulators, guest)
    eventually(lambda: thanks(guest, code), what="the thank-you")
    return code


def documents(guest: Guest) -> list[Message]:
    """Every file the guest was sent."""
    return [message for message in guest.messages if message.type == "document"]


def brought(guest: Guest, count: int = 1) -> Message:
    """Wait for the guest's latest file."""
    return eventually(lambda: documents(guest)[count - 1 :], 90, what="the document")[-1]


def gets(link: str) -> requests.Response:
    """What anybody gets there."""
    return requests.get(link, headers={"Accept": "text/html"}, timeout=PATIENCE)


@contextmanager
def signed_by_the_tax_authority(outside: Outside) -> Iterator[None]:
    """The venue wants its invoices signed, for a while."""
    wanted = json.dumps({"fiscal": True, "pin": "P051234567X"})
    outside.change("update workspaces set invoicing = %s::jsonb", wanted)
    yield
    outside.change("update workspaces set invoicing = '{}'")


def test_a_guest_writes_receipt_and_gets_it_as_a_document(
    outside: Outside, simulators: Simulators, guest: Guest
) -> None:
    code = pays(simulators, guest)
    guest.says("receipt")
    sent = brought(guest)
    file = sent.body["document"]
    answer = gets(file["link"])
    assert answer.status_code == 200 and file["filename"].endswith(".pdf")
    said = pdf.text(answer.content)
    for word in ("Destination Cocktails", "Coca-Cola", "Chicken Wings", "KES 1,200", f"M-Pesa {code}", "165.52"):
        assert word in said, word
    assert len(thanks(guest, code)) == 1, "the code stands in one message only"
    eventually(lambda: status_of(outside, sent) in ("delivered", "read"), what="Meta to fetch it")

    guest.says("risiti tafadhali")
    again = brought(guest, 2)
    assert again.body["document"] == file and gets(file["link"]).content == answer.content
    proof = outside.rows("select verify_token from invoices where order_id = %s", order_id(outside, guest))[0]
    page = gets(f"{outside.product.url}/receipts/verify/{proof['verify_token']}")
    assert page.status_code == 200 and "genuine" in page.text and "1,200.00" in page.text
    outside.clean()


def status_of(outside: Outside, sent: Message) -> str:
    """How far it got, as the books say."""
    message = outside.message(sent.text)
    return str(message["status"]) if message else ""


def order_id(outside: Outside, guest: Guest) -> str:
    order = outside.order_of(guest.name)
    assert order is not None
    return str(order["id"])


def test_staff_fetch_it_too_and_take_links_back(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    pays(simulators, guest)
    guest.says("receipt")
    link = brought(guest).body["document"]["link"]
    staff = outside.staff()
    answer = staff.opens(f"/admin/receipts/{order_id(outside, guest)}.pdf")
    assert answer.content == gets(link).content
    page = staff.opens("/admin/receipts").text
    document = outside.rows(
        "select d.id from documents d join invoices i on i.id = d.invoice_id where i.order_id = %s",
        order_id(outside, guest),
    )[0]["id"]
    assert str(document) in page
    assert staff.posts(f"/admin/documents/{document}/revoke").status_code == 200
    gone = gets(link)
    assert gone.status_code == 410 and "taken back" in gone.text
    assert gets(f"{outside.product.url}/receipts/{'A' * 43}.pdf").status_code == 404


def test_the_maker_dies_and_the_receipt_comes_once(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    pays(simulators, guest)
    assert outside.product.kill_workers("documents")
    guest.says("receipt")
    guest.reads("being written")
    brought(guest)
    guest.says("status")
    guest.reads("paid")
    assert len(documents(guest)) == 1


def test_while_the_tax_authority_is_away_the_receipt_waits_for_its_number(
    outside: Outside, simulators: Simulators, guest: Guest
) -> None:
    simulators.etims(down=True)
    with signed_by_the_tax_authority(outside):
        pays(simulators, guest)
    guest.says("receipt")
    guest.reads("being written")
    eventually(lambda: simulators.state()["invoices_asked"], what="the authority to be asked")
    assert documents(guest) == []
    simulators.etims(down=False)
    outside.change("update fiscal_entries set next_try_at = now() where state = 'WAITING'")
    said = pdf.text(gets(brought(guest).body["document"]["link"]).content)
    assert "Signed by the tax authority" in said and "KRASIM" in said and "PIN P051234567X" in said


def test_where_meta_cannot_fetch_it_the_guest_gets_the_link(simulators: Simulators, guest: Guest) -> None:
    pays(simulators, guest)
    guest.says("receipt")
    brought(guest)
    simulators.graph.fail_next(131053, guest=guest.phone)
    guest.says("receipt")
    said = guest.reads("/receipts/")
    assert said.type == "text"
    assert gets(said.text.split()[-1]).content.startswith(b"%PDF-")


def test_where_meta_says_later_that_it_could_not_fetch_it_the_link_follows(
    simulators: Simulators, guest: Guest
) -> None:
    pays(simulators, guest)
    simulators.graph.set(statuses=False)
    guest.says("receipt")
    brought(guest)
    for asked in range(2):
        simulators.graph.fail_later(131053, guest=guest.phone)
        guest.says("receipt")
        said = guest.reads("/receipts/")
        assert said.type == "text" and gets(said.text.split()[-1]).content.startswith(b"%PDF-"), asked
