"""The guest's page: the same order as in the chat, confirmed from a browser; no link opens another guest's order."""

import re
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.conversation import carts
from core.conversation.session import Session
from core.domain.receipts import Notice, Outcome, Source
from core.domain.statuses import OrderStatus, PaymentStatus, Start
from core.services.activity import Actor
from core.services.conversations import take_turns
from core.services.erasing import erase
from core.services.relay import follow_up
from core.services.settle import settle_in
from core.services.web_links import Gone, Page, WebLinks, installed
from core.store.redis.circuits import FAILURES, Circuit
from core.store.redis.mailbox import Item
from core.store.redis.reads import look_at
from core.store.sql.engine import transaction
from core.store.sql.tables import Channel, Conversation, Order, Payment, Workspace
from tests.integration import shelf
from tests.integration.admin.venue import Venue
from tests.waiting import eventually

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
HIDDEN = re.compile(r'name="(entry|stamp)" value="([^"]+)"')
ADDRESS = re.compile(r"https?://[^/]+(/pay/.+)")


@dataclass
class Guest:
    """A guest with a chat and a browser."""

    venue: Venue
    phone: str = field(default_factory=lambda: f"2547{uuid4().int % 10**8:08d}")

    def __post_init__(self) -> None:
        self.box = uuid4().hex
        self.client: FlaskClient = self.venue.app.test_client()

    def says(self, text: str) -> "Guest":
        self.hears("text", {"text": text})
        return self

    def hears(self, kind: str, data: dict[str, Any]) -> None:
        known = {"workspace": str(self.venue.workspace_id), "channel": str(self.venue.channel_id)}
        guest = known | {"phone": self.phone, "bsuid": "", "name": "Amina"}
        body = {"kind": kind, "at": time.time(), "data": data, "external": uuid4().hex}
        item = Item(uuid4().hex, (self.box,), time.time(), body, guest, fixed=True)
        self.venue.program.store.conversations.push([item])
        self.serve()

    def serve(self) -> None:
        """The workers come round."""
        mailboxes = self.venue.program.store.conversations
        while claims := mailboxes.claim("bell"):
            take_turns(self.venue.program, claims)

    @property
    def session(self) -> Session:
        return Session.from_dict(look_at(self.venue.program.store.client, self.box).session or {})

    def link(self) -> str:
        """What the chat sends for the page."""
        self.says("pay on the web")
        replies: list[dict[str, Any]] = []
        while letter := self.venue.program.store.outbox.claim("sender"):
            replies += [item["reply"] for item in letter.items]
            self.venue.program.store.outbox.sent(letter, {"type": "sent", "id": letter.id})
        return next(found[1] for reply in replies if (found := ADDRESS.match(reply.get("link", ""))))

    def opens(self, link: str) -> Any:
        return self.client.get(link, follow_redirects=True)

    def confirms(self, link: str, way: str = "MPESA", phone: str = "", **changes: str) -> Any:
        page = self.opens(link).text
        token, hidden = TOKEN.search(page), dict(HIDDEN.findall(page))
        assert token, page
        form = {"csrf_token": token[1], "way": way, "phone": phone} | hidden | changes
        answer = self.client.post(link, data=form)
        self.serve()
        return answer

    def state(self, link: str) -> str:
        return str(self.client.get(f"{link}/state").get_json()["token"])

    def orders(self) -> list[Order]:
        with transaction(self.venue.program.sessions) as db:
            return list(db.scalars(select(Order).where(Order.workspace_id == self.venue.workspace_id)))

    def payments(self) -> list[Payment]:
        with transaction(self.venue.program.sessions) as db:
            mine = select(Payment).where(Payment.workspace_id == self.venue.workspace_id)
            return list(db.scalars(mine.order_by(Payment.created_at)))

    def pays(self, receipt: str = "UC65K2T9QX") -> None:
        """The PIN was entered."""
        payment = self.payments()[-1]
        notice = Notice(
            payment.provider, Source.CALLBACK, Outcome.PAID, str(payment.id), receipt=receipt, amount=payment.amount,
            currency="KES",
        )  # fmt: skip
        with transaction(self.venue.program.sessions) as db:
            followup = settle_in(db, notice, (self.venue.workspace_id,))
        follow_up(self.venue.program, followup)
        self.serve()


@pytest.fixture
def guest(venue: Venue) -> Guest:
    """Amina, with two Dawa before her, at a venue that takes cash, too."""
    with transaction(venue.program.sessions) as db:
        db.get_one(Workspace, venue.workspace_id).payment_methods = ["MPESA", "CASH"]
        shelf.receive(db, venue.workspace_id, venue.product_id, 50)
    venue.program.store.menus.changed(str(venue.workspace_id))
    return Guest(venue).says("2 dawa to table 7")


def test_the_page_shows_what_the_review_shows(guest: Guest) -> None:
    link = guest.link()
    answer = guest.opens(link)
    assert answer.status_code == 200
    for words in ("2 × Dawa", "KES 1,400", "Table 7", "Pay with M-Pesa", "Cash at the bar", "Confirm and pay"):
        assert words in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_page_leads_back_to_the_chat_where_the_number_is_known(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = guest.link()
    assert "wa.me" not in guest.opens(link).text
    program = guest.venue.program
    with transaction(program.sessions) as db:
        db.get_one(Channel, guest.venue.channel_id).display_number = "254700000000"
    program.directory.saw_version(uuid4().hex)
    eventually(lambda: 'href="https://wa.me/254700000000"' in guest.opens(link).text)
    monkeypatch.setattr(installed(), "_lifetime", -1)
    old = guest.opens(link)
    assert old.status_code == 410 and 'href="https://wa.me/254700000000"' in old.text and "too old" in old.text


def test_nothing_personal_is_in_the_address_and_no_whole_number_on_the_page(guest: Guest) -> None:
    link = guest.link()
    local = f"0{guest.phone[3:]}"
    page = guest.opens(link).text
    for secret in (guest.phone, local, "Amina"):
        assert secret not in link and secret not in page
    assert f"{local[:4]} ••• {local[-3:]}" in page


def test_a_confirmed_page_is_the_order_of_the_chat(guest: Guest) -> None:
    link = guest.link()
    before = guest.state(link)
    answer = guest.confirms(link)
    assert answer.status_code == 303
    (order,), (payment,) = guest.orders(), guest.payments()
    assert (order.total, order.table_number, payment.status) == (1400, 7, PaymentStatus.CREATED)
    assert payment.phone == guest.phone
    assert guest.state(link) != before and "Check your phone" in guest.opens(link).text
    guest.pays()
    page = guest.opens(link).text
    assert "Paid, thank you" in page and "UC65K2T9QX" in page and "Confirm" not in page
    assert guest.session.order["status"] == OrderStatus.PAID


def test_a_page_confirmed_twice_orders_once(guest: Guest) -> None:
    link = guest.link()
    entry = str(uuid4())
    guest.confirms(link, entry=entry)
    token = TOKEN.search(guest.venue.browser().get("/admin/login").text)
    assert token
    guest.client.post(link, data={"way": "MPESA", "entry": entry, "stamp": "x", "csrf_token": "x"})
    guest.serve()
    assert len(guest.orders()) == len(guest.payments()) == 1


def test_another_number_pays_from_the_page(guest: Guest) -> None:
    guest.confirms(guest.link(), phone="0722 000 111")
    assert guest.payments()[0].phone == "254722000111"


def test_cash_shows_its_code_on_the_page(guest: Guest) -> None:
    link = guest.link()
    guest.confirms(link, way="CASH")
    assert guest.session.order["code"] in guest.opens(link).text
    guest.confirms(link, way="MPESA")
    assert guest.payments()[0].start is Start.PROMPT


def test_a_failed_payment_is_tried_again_on_the_page(guest: Guest) -> None:
    link = guest.link()
    guest.confirms(link)
    payment = guest.payments()[0]
    with transaction(guest.venue.program.sessions) as db:
        row = db.get_one(Payment, payment.id)
        row.status, row.next_check_at = PaymentStatus.FAILED, None
    known = {"order_id": str(payment.order_id), "number": 1, "payment_id": str(payment.id), "reason": "cancelled"}
    guest.hears("payment_failed", known)
    assert "not paid yet" in guest.opens(link).text
    guest.confirms(link)
    assert len(guest.payments()) == 2 and len(guest.orders()) == 1


def test_a_page_of_an_older_cart_shows_and_does_nothing(guest: Guest) -> None:
    link = guest.link()
    page = guest.opens(link).text
    guest.says("1 more dawa")
    assert "has changed" in guest.opens(link).text and "Dawa" not in guest.opens(link).text
    form = {"csrf_token": (TOKEN.search(page) or [""])[1], "way": "MPESA"} | dict(HIDDEN.findall(page))
    assert guest.client.post(link, data=form).status_code == 409
    guest.serve()
    assert guest.orders() == []


def test_links_that_are_old_or_made_up_open_nothing(guest: Guest) -> None:
    link = guest.link()
    assert guest.opens(link[:-2] + "xx").status_code == 404
    assert guest.opens("/pay/nonsense").status_code == 404
    secret = guest.venue.program.settings.secret_key
    page = Page(guest.venue.workspace_id, guest.box, carts.stamp(guest.session))
    made = WebLinks(secret, "http://localhost", lifetime=-1)
    with pytest.raises(Gone):
        made.read(made.url(page).rpartition("/")[2])
    other = WebLinks("another secret", "http://localhost").url(page)
    assert guest.opens("/pay/" + other.rpartition("/")[2]).status_code == 404


def test_without_a_token_nothing_is_confirmed(guest: Guest) -> None:
    link = guest.link()
    assert guest.client.post(link, data={"way": "MPESA", "entry": str(uuid4()), "stamp": "x"}).status_code == 400
    foreign = guest.client.post(link, data={"way": "MPESA"}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert guest.orders() == []


@pytest.mark.parametrize("changes", [{"way": "PESAPAL"}, {"way": "nonsense"}, {"entry": "x"}, {"stamp": "x:1"}])
def test_what_the_page_did_not_offer_is_not_taken(guest: Guest, changes: dict[str, str]) -> None:
    answer = guest.confirms(guest.link(), **changes)
    assert answer.status_code in (400, 409) and guest.orders() == []


def test_who_asks_too_often_is_told_to_wait(guest: Guest) -> None:
    link = guest.link()
    answers = {guest.client.get(f"{link}/state").status_code for _ in range(70)}
    assert answers == {200, 429}


def test_the_number_being_blocked_stops_nothing(guest: Guest) -> None:
    """Nothing was sent since the link: the order is placed and asked for all the same."""
    link = guest.link()
    guest.confirms(link)
    with transaction(guest.venue.program.sessions) as db:
        payment = db.scalars(select(Payment).where(Payment.id == UUID(str(guest.payments()[0].id)))).one()
        assert payment.next_check_at is not None


def test_while_m_pesa_does_not_answer_the_page_offers_what_works(guest: Guest) -> None:
    store, link = guest.venue.program.store, guest.link()
    circuit = Circuit(store.scripts, "kopokopo")
    try:
        for _ in range(FAILURES):
            circuit.leave(healthy=False)
        eventually(lambda: "Pay with M-Pesa" not in guest.opens(link).text, what="the page without M-Pesa")
        assert "Cash at the bar" in guest.opens(link).text
    finally:
        store.client.delete("circuit:kopokopo")
        eventually(lambda: "Pay with M-Pesa" in guest.opens(link).text, what="the page with M-Pesa again")


def test_the_page_of_a_guest_who_was_erased_knows_nobody(venue: Venue, guest: Guest) -> None:
    link = guest.link()
    assert "Dawa" in guest.opens(link).text
    guest.says("hi")
    program = venue.program
    while letter := program.store.outbox.claim("sender"):
        program.store.outbox.sent(letter, {"type": "sent", "id": letter.id})
    with transaction(program.sessions) as db:
        mine = (Conversation.workspace_id == venue.workspace_id, Conversation.mailbox == guest.box)
        customer_id = db.scalars(select(Conversation.customer_id).where(*mine)).one()
        erase(program, db, Actor(venue.workspace_id, venue.user_id), customer_id)
    answer = guest.opens(link)
    assert answer.status_code < 500 and "Dawa" not in answer.text and "Amina" not in answer.text
    assert guest.client.post(link, data={"way": "MPESA"}).status_code < 500
