"""A guest is forgotten: nothing anywhere says who they were, and the money adds up as before."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.cipher import installed
from core.domain.documents import LISTS
from core.domain.statuses import Method, OrderStatus, PaymentStatus, Provider, Role, Start
from core.providers.contract import payer_hash
from core.services.customers import GuestRef, find_guest
from core.services.documents import Work, keep_document, make, make_documents
from core.services.effects import perform
from core.services.erasing_journal import finish_erasures
from core.services.journal_replay import replay_missing
from core.store.redis.arrivals import GOOD, Arrival
from core.store.redis.mailbox import Item
from core.store.sql import journal
from core.store.sql.tables import Activity, Base, Customer, DeadLetter, Message, Order, Payment, Receipt
from sandbox.simulators.inbound import inbound_text
from tests.integration.admin.venue import Browser, Venue
from webapp.admin import list_files

PHONE, NAME, WORDS = "254712345678", "Amina Odhiambo", "two dawa for my birthday"
SECRETS = (PHONE, PHONE[3:], NAME, WORDS, "likes the corner", "Riverside 12", "amina@example.com")


@pytest.fixture
def client_id(venue: Venue, manager: Browser) -> UUID:
    """A guest of whom everything is kept that can be."""
    with venue.program.sessions.begin() as db:
        ref = GuestRef(venue.workspace_id, venue.channel_id, venue.box(PHONE), "", PHONE, NAME)
        guest = find_guest(db, ref)
        guest.customer.email, guest.customer.birthday = "amina@example.com", "1990-01-01"
        client_id, chat_id = guest.customer.id, guest.conversation.id
    venue.hears(WORDS, PHONE, NAME)
    send_everything(venue)
    order_id = venue.order(OrderStatus.SERVED, NAME)
    with venue.program.sessions.begin() as db:
        order = db.get_one(Order, order_id)
        order.customer_id, order.conversation_id, order.address = client_id, chat_id, "Riverside 12"
        db.add(paid(venue, order_id, client_id))
        db.add(letter(venue))
    manager.post(f"/admin/customers/{client_id}/notes", data={"note": "likes the corner"})
    write(venue, arrival(venue))
    return client_id


def send_everything(venue: Venue) -> None:
    while sent := venue.program.store.outbox.claim("bell"):
        venue.program.store.outbox.sent(sent)


def paid(venue: Venue, order_id: UUID, client_id: UUID | None, phone: str = PHONE) -> Payment:
    return Payment(
        workspace_id=venue.workspace_id, order_id=order_id, customer_id=client_id, provider=Provider.KOPOKOPO,
        method=Method.MPESA, start=Start.PROMPT, status=PaymentStatus.SUCCEEDED, amount=Decimal(1400), currency="KES",
        phone=phone, phone_index=installed().index(phone),
    )  # fmt: skip


def letter(venue: Venue) -> DeadLetter:
    body = json.dumps({"kind": "text", "data": {"text": WORDS}, "guest": {"phone": PHONE, "name": NAME}})
    return DeadLetter(
        workspace_id=venue.workspace_id, lane="conversations", mailbox=venue.box(PHONE), event_id=uuid4().hex,
        body=body, attempts=3, at=datetime.now(UTC),
    )  # fmt: skip


def arrival(venue: Venue, **more: str) -> Arrival:
    raw = inbound_text(str(venue.channel_id), PHONE, WORDS)
    if more:
        body = json.loads(raw)
        body["entry"][0]["changes"][0]["value"]["messages"] = [
            {"id": "wamid.h", "type": "text", "text": {"body": WORDS}, **more}
        ]
        raw = json.dumps(body).encode()
    now = time.time()
    return Arrival(now, "whatsapp", GOOD, "kept", (str(venue.workspace_id),), raw, len(raw), position=int(now * 10**9))


def write(venue: Venue, *arrivals: Arrival) -> None:
    with venue.program.sessions.begin() as db:
        journal.save(db, arrivals)


def arrivals(venue: Venue) -> list[Arrival]:
    day, now = timedelta(days=1), datetime.now(UTC)
    return list(journal.read(venue.program.sessions, journal.Span(now - day, now + day, venue.workspace_id)))


def erase(manager: Browser, client_id: UUID, **form: str) -> Any:
    return manager.post(f"/admin/customers/{client_id}/erase", data=form)


def kept(venue: Venue) -> str:
    """Every row of the house in plain words, its journal, and everything in the store that is about this guest."""
    with venue.program.sessions.begin() as db:
        tables = [mapper.class_ for mapper in Base.registry.mappers if hasattr(mapper.class_, "workspace_id")]
        rows = [
            row for table in tables for row in db.scalars(select(table).where(table.workspace_id == venue.workspace_id))
        ]
        words = [
            f"{type(row).__name__}.{column.key}={getattr(row, column.key)}"
            for row in rows for column in row.__mapper__.column_attrs if column.key not in ("content", "phone_index")
        ]  # fmt: skip
    span = journal.Span(
        datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1), venue.workspace_id
    )
    words += [one.body.decode() for one in journal.read(venue.program.sessions, span)]
    store = venue.program.store.client
    mine = [key for key in store.scan_iter(f"*{venue.box(PHONE)}*") if store.type(key) == "string"]
    return "\n".join([*words, *(str(store.get(key)) for key in mine)])


def test_nothing_anywhere_says_who_they_were(venue: Venue, manager: Browser, client_id: UUID) -> None:
    before = kept(venue)
    assert all(secret in before for secret in SECRETS)
    page = manager.get(f"/admin/customers/{client_id}/erase").text
    assert "Erase for good" in page and "invoices" in page
    assert erase(manager, client_id).status_code == 422, "asked twice"
    assert erase(manager, client_id, sure="yes").status_code == 302
    finish_erasures(venue.program, settled=timedelta(0))
    after = kept(venue)
    assert [line for line in after.splitlines() for secret in SECRETS if secret in line] == []
    assert "customer_erased" in after
    assert manager.get(f"/admin/customers/{client_id}").status_code == 404
    with venue.program.sessions.begin() as db:
        order = db.scalars(select(Order).where(Order.customer_id == client_id)).one()
        assert (order.total, order.status) == (Decimal(1400), OrderStatus.SERVED)
        assert db.scalar(select(Payment.amount).where(Payment.customer_id == client_id)) == Decimal(1400)


def test_the_same_number_is_a_new_guest(venue: Venue, manager: Browser, client_id: UUID) -> None:
    assert erase(manager, client_id, sure="yes").status_code == 302
    venue.hears("hello", PHONE, "Somebody")
    with venue.program.sessions.begin() as db:
        ref = GuestRef(venue.workspace_id, venue.channel_id, venue.box(PHONE), "", PHONE, "Somebody")
        again = find_guest(db, ref).customer
        assert again.id != client_id and again.discount_percent == 0
    finish_erasures(venue.program, settled=timedelta(0))
    with venue.program.sessions.begin() as db:
        mine = (Message.workspace_id == venue.workspace_id, Message.mailbox == venue.box(PHONE))
        assert "hello" in db.scalars(select(Message.body).where(*mine)).all()
        old = db.get_one(Customer, client_id)
        assert old.name == "" and old.phone is None and old.deleted_at is not None


def test_a_replay_of_the_journal_brings_nothing_back(venue: Venue, manager: Browser, client_id: UUID) -> None:
    assert erase(manager, client_id, sure="yes").status_code == 302
    finish_erasures(venue.program, settled=timedelta(0))
    span = journal.Span(
        datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1), venue.workspace_id
    )
    assert replay_missing(venue.program, journal.read(venue.program.sessions, span), venue.workspace_id).events == 0


def test_what_is_still_open_is_ended_first(venue: Venue, manager: Browser, client_id: UUID) -> None:
    order_id = venue.order(OrderStatus.PREPARING)
    with venue.program.sessions.begin() as db:
        db.get_one(Order, order_id).customer_id = client_id
    answer = erase(manager, client_id, sure="yes")
    assert answer.status_code == 409 and "still open" in answer.text
    with venue.program.sessions.begin() as db:
        db.get_one(Order, order_id).status = OrderStatus.SERVED
    known = {"channel": str(venue.channel_id), "workspace": str(venue.workspace_id), "phone": PHONE}
    body = {"kind": "text", "at": time.time(), "data": {"text": "wait"}, "external": "wamid.w"}
    venue.program.store.conversations.push([Item(uuid4().hex, (venue.box(PHONE),), time.time(), body, known)])
    assert "on its way" in erase(manager, client_id, sure="yes").text
    venue.serve()
    send_everything(venue)
    assert erase(manager, client_id, sure="yes").status_code == 302


def test_who_had_another_number_and_id_before_is_forgotten_under_those_too(
    venue: Venue, manager: Browser, client_id: UUID
) -> None:
    moved = {"kind": "change_identity", "phone": "254799000111", "bsuid": "KE.20"}
    ref = GuestRef(venue.workspace_id, venue.channel_id, venue.box(PHONE), "KE.19", PHONE, NAME)
    with venue.program.sessions.begin() as db:
        find_guest(db, ref)
    with venue.program.sessions.begin() as db:
        perform(db, replace(ref, bsuid="KE.20", phone="254799000111"), uuid4().hex, [moved])
    write(venue, arrival(venue, from_user_id="KE.19"), arrival(venue))
    assert "KE.19" in kept(venue)
    assert erase(manager, client_id, sure="yes").status_code == 302
    finish_erasures(venue.program, settled=timedelta(0))
    names = ("KE.19", "KE.20", "254799000111", *SECRETS)
    assert [line for line in kept(venue).splitlines() for name in names if name in line] == []


def test_the_log_never_knows_metas_id_of_a_guest(venue: Venue, manager: Browser, client_id: UUID) -> None:
    ref = GuestRef(venue.workspace_id, venue.channel_id, venue.box(PHONE), "KE.19", PHONE, NAME)
    with venue.program.sessions.begin() as db:
        perform(db, ref, uuid4().hex, [{"kind": "change_identity", "phone": "", "bsuid": "KE.20"}])
        lines = db.scalars(select(Activity).where(Activity.subject_id == client_id)).all()
        assert lines and not any("KE." in str((line.before, line.after, line.detail)) for line in lines)


def test_a_friend_whose_phone_paid_is_not_forgotten_with_them(venue: Venue, manager: Browser, client_id: UUID) -> None:
    friend, words = "254733000222", "a tusker for me"
    with venue.program.sessions.begin() as db:
        find_guest(db, GuestRef(venue.workspace_id, venue.channel_id, venue.box(friend), "", friend, "Otieno"))
    order_id = venue.order(OrderStatus.SERVED, NAME)
    venue.write(paid(venue, order_id, client_id, friend))
    raw = inbound_text(str(venue.channel_id), friend, words)
    write(venue, replace(arrival(venue), body=raw, size=len(raw)))
    assert erase(manager, client_id, sure="yes").status_code == 302
    finish_erasures(venue.program, settled=timedelta(0))
    assert words in kept(venue)


def test_money_from_their_phone_that_is_on_no_order_does_not_tell_whose_it_was(
    venue: Venue, manager: Browser, client_id: UUID
) -> None:
    about = {"reference": uuid4().hex, "amount": Decimal(50), "currency": "KES", "received_at": datetime.now(UTC)}
    venue.write(
        Receipt(workspace_id=venue.workspace_id, provider=Provider.KOPOKOPO, payer_hash=payer_hash(PHONE), **about)
    )
    assert erase(manager, client_id, sure="yes").status_code == 302
    assert payer_hash(PHONE) not in kept(venue)


def test_lists_that_were_written_out_go_with_them(
    venue: Venue, manager: Browser, client_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(list_files.MOST_ROWS, "csv", 0)
    address = manager.get("/admin/customers/file.csv?cols=name").json["address"]
    make_documents(venue.program)
    assert NAME in manager.get(f"{address}/file").text
    assert erase(manager, client_id, sure="yes").status_code == 302
    assert manager.get(f"{address}/file").status_code == 404


def test_a_list_that_is_being_written_meanwhile_is_not_kept(
    venue: Venue, manager: Browser, client_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(list_files.MOST_ROWS, "csv", 0)
    address = manager.get("/admin/customers/file.csv?cols=name").json["address"]
    work = Work(UUID(address.rpartition("/")[2]), LISTS["csv"])
    content = make(venue.program, work)
    assert erase(manager, client_id, sure="yes").status_code == 302
    keep_document(venue.program, work.document_id, content)
    assert manager.get(f"{address}/file").status_code == 404


@pytest.mark.parametrize(
    ("status", "watched"),
    [(PaymentStatus.EXPIRED, True), (PaymentStatus.FAILED, True), (PaymentStatus.NEEDS_REVIEW, False)],
)
def test_while_money_may_still_come_or_somebody_must_look_at_it_they_are_not_forgotten(
    venue: Venue, manager: Browser, client_id: UUID, status: PaymentStatus, watched: bool
) -> None:
    late = paid(venue, venue.order(OrderStatus.FAILED, NAME), client_id)
    late.status, late.next_check_at = status, datetime.now(UTC) + timedelta(hours=20) if watched else None
    venue.write(late)
    with venue.program.sessions.begin() as db:
        db.get_one(Order, late.order_id).customer_id = client_id
    answer = erase(manager, client_id, sure="yes")
    assert answer.status_code == 409 and "still open" in answer.text


def test_a_long_journal_is_gone_through_in_pieces(
    venue: Venue, manager: Browser, client_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "BATCH", 1)
    write(venue, arrival(venue), arrival(venue))
    assert erase(manager, client_id, sure="yes").status_code == 302
    runs = [finish_erasures(venue.program, seconds=0.001, settled=timedelta(0)) for _ in range(20)]
    assert any(runs)
    assert WORDS not in kept(venue)


def test_who_may_not_change_guests_erases_none(venue: Venue, client_id: UUID) -> None:
    venue.role(Role.BAR)
    assert erase(venue.signed_in(), client_id, sure="yes").status_code == 403
