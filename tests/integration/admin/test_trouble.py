"""The trouble list: every kind is shown to those whom it concerns, as text, and says what to do."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.domain.statuses import (
    DeadLetterState,
    Direction,
    MessageStatus,
    Method,
    PaymentStatus,
    Provider,
    ReceiptState,
    RefundStatus,
)
from core.store.sql.journal_packing import pack
from core.store.sql.tables import Conversation, DeadLetter, JournalEntry, Message, Order, Payment, Receipt, Refund
from tests.integration.admin.venue import Venue, open_venue
from webapp.admin.trouble import KINDS

CALM = "Nothing needs you."
SEEN_TO = re.compile(r'action="(/admin/notices/[^"]+)"')
NASTY = "<script>alert(1)</script>"
HEADINGS = {name: kind.heading for name, kind in KINDS.items()}


def now(hours_ago: float = 0) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours_ago)


def dead_letter(venue: Venue, **more: Any) -> DeadLetter:
    row = {"lane": "payments", "mailbox": "box", "event_id": uuid4().hex, "attempts": 3, "at": now()}
    return DeadLetter(workspace_id=venue.workspace_id, body='{"text": "call me on 254700000009"}', **row | more)


def message(venue: Venue, **more: Any) -> Message:
    row: dict[str, Any] = {"mailbox": "box-254700000001", "status": MessageStatus.FAILED, "error_code": "131026"}
    about = {"direction": Direction.OUT, "kind": "reply", "body": "a private word", "at": now()}
    return Message(workspace_id=venue.workspace_id, **about | row | more)


def receipt(venue: Venue, **more: Any) -> Receipt:
    row: dict[str, Any] = {"id": uuid4(), "reference": uuid4().hex, "amount": Decimal(1250), "currency": "KES"}
    about = {"provider": Provider.KOPOKOPO, "received_at": now(), "state": ReceiptState.UNMATCHED}
    return Receipt(workspace_id=venue.workspace_id, **about | row | more)


def payment(venue: Venue, order_id: UUID, **more: Any) -> Payment:
    row: dict[str, Any] = {"method": Method.CARD, "status": PaymentStatus.NEEDS_REVIEW, "amount": Decimal("1400.50")}
    about = {"provider": Provider.PESAPAL, "currency": "KES", "order_id": order_id, "reason": "mismatch"}
    return Payment(workspace_id=venue.workspace_id, **about | row | more)


def refund(venue: Venue, order_id: UUID, receipt_id: UUID, **more: Any) -> Refund:
    row = {"amount": Decimal(333), "currency": "KES", "status": RefundStatus.PROPOSED, "reason": "paid_twice"}
    row |= {"dedupe_key": uuid4().hex, "provider": Provider.KOPOKOPO}
    return Refund(workspace_id=venue.workspace_id, order_id=order_id, receipt_id=receipt_id, **row | more)


def page(venue: Venue) -> str:
    answer = venue.signed_in().get("/admin/queues")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def lists(text: str) -> set[str]:
    """The kinds of which a list is shown."""
    return {name for name, heading in HEADINGS.items() if f'aria-label="{heading}: list"' in text}


def test_a_quiet_night_needs_nobody(venue: Venue) -> None:
    text = page(venue)
    assert CALM in text and lists(text) == set()
    for heading in HEADINGS.values():
        assert f"<dt>{heading}</dt><dd>0</dd>" in text


def test_dead_letters_show_lane_and_tries_but_not_what_was_said(venue: Venue) -> None:
    venue.write(dead_letter(venue), dead_letter(venue, state=DeadLetterState.DROPPED, decided_at=now(), reason="old"))
    text = page(venue)
    assert CALM not in text and lists(text) == {"dead_letters"}
    assert "<td>payments</td><td>3</td>" in text and "<dt>Dead letters</dt><dd>1</dd>" in text
    assert "call me" not in text and "2547" not in text


@pytest.mark.parametrize("status", [MessageStatus.FAILED, MessageStatus.UNKNOWN])
def test_undelivered_messages_name_the_order_of_their_guest(venue: Venue, status: MessageStatus) -> None:
    venue.call(phone="254700000001")  # which makes the conversation
    order_id = venue.order()
    with venue.program.sessions.begin() as db:
        order = db.get_one(Order, order_id)
        mine = select(Conversation.id).where(Conversation.workspace_id == venue.workspace_id)
        order.conversation_id = db.scalars(mine).one()
        number = order.number
    venue.write(message(venue, status=status), message(venue, mailbox="somebody else", error_code=None))
    text = page(venue)
    assert lists(text) == {"messages"}
    assert f"<td>#{number}</td><td>131026</td>" in text and "<td>–</td><td>–</td>" in text
    assert "private" not in text and "Amina" not in text


def test_messages_that_arrived_or_are_of_another_day_need_nobody(venue: Venue) -> None:
    venue.write(message(venue, status=MessageStatus.DELIVERED), message(venue, at=now(25)))
    assert CALM in page(venue)


def test_unmatched_money_shows_amount_currency_and_provider(venue: Venue) -> None:
    venue.write(receipt(venue), receipt(venue, state=ReceiptState.TAKINGS))
    text = page(venue)
    assert lists(text) == {"receipts"} and "<td>KES 1,250</td><td>Kopo Kopo (M-Pesa)</td>" in text


def test_payments_to_check_and_refunds_to_decide_name_order_amount_and_reason(venue: Venue) -> None:
    order_id = venue.order()
    number = venue.shown(order_id)["number"]
    arrived = receipt(venue, state=ReceiptState.REFUND_DUE)
    venue.write(payment(venue, order_id), arrived, refund(venue, order_id, arrived.id))
    text = page(venue)
    assert lists(text) == {"payments", "refunds"}
    assert f"<td>#{number}</td><td>KES 1,400.50</td><td>mismatch</td>" in text
    assert f"<td>#{number}</td><td>KES 333</td><td>paid twice</td>" in text


def test_a_refund_that_failed_still_needs_somebody_and_the_list_leads_to_the_money(venue: Venue) -> None:
    order_id = venue.order()
    arrived = receipt(venue, state=ReceiptState.REFUND_DUE)
    venue.write(arrived, refund(venue, order_id, arrived.id, status=RefundStatus.FAILED))
    text = page(venue)
    assert lists(text) == {"refunds"} and '<a href="/admin/money">Open them</a>' in text


def test_times_are_those_of_the_venue(venue: Venue) -> None:
    at = now(1)
    venue.write(receipt(venue, received_at=at))
    assert (at + timedelta(hours=3)).strftime("%d %b %H:%M") in page(venue), "Nairobi is three hours ahead"


def test_of_many_the_newest_twenty_are_listed_and_all_are_counted(venue: Venue) -> None:
    venue.write(*(receipt(venue, amount=Decimal(1000 + number), received_at=now(number)) for number in range(23)))
    text = page(venue)
    assert text.count("<td>Kopo Kopo (M-Pesa)</td>") == 20 and "The newest 20 of 23." in text
    assert "KES 1,019" in text and "KES 1,020" not in text


def test_what_comes_from_outside_is_only_text(venue: Venue) -> None:
    order_id = venue.order()
    arrived = receipt(venue, currency=NASTY)
    venue.write(
        dead_letter(venue, lane=NASTY), message(venue, error_code=NASTY), payment(venue, order_id, reason=NASTY),
        arrived, refund(venue, order_id, arrived.id, reason=NASTY, currency=NASTY),
    )  # fmt: skip
    text = page(venue)
    assert lists(text) == set(KINDS)
    main = text[text.index("<main") :]
    assert "<script" not in main and main.count("&lt;script&gt;") == text.count("&lt;script&gt;") == 6


def test_another_venues_trouble_is_not_shown(venue: Venue) -> None:
    other = open_venue(venue.app)
    order_id = other.order()
    arrived = receipt(other)
    venue.write(dead_letter(other), message(other), payment(other, order_id), arrived)
    venue.write(refund(other, order_id, arrived.id))
    assert CALM in page(venue)
    assert lists(page(other)) == set(KINDS)


def test_notices_that_could_not_be_used_are_counted_for_a_day(venue: Venue) -> None:
    other = open_venue(venue.app)
    odd = {"source": "whatsapp", "signature": "good", "outcome": "malformed", "size": 2, "body": pack(b"{}")}
    venue.write(
        JournalEntry(workspaces=[venue.workspace_id], arrived_at=now(), position=1, **odd),
        JournalEntry(workspaces=[other.workspace_id], arrived_at=now(), position=2, **odd),
        JournalEntry(workspaces=[venue.workspace_id], arrived_at=now(), position=3, **odd | {"outcome": "kept"}),
    )
    text = page(venue)
    assert "<dt>Unusable notices, 24 h</dt><dd>1</dd>" in text and CALM in text


def test_what_whatsapp_says_is_shown_until_seen_to_and_is_no_unusable_notice(venue: Venue) -> None:
    browser, other = venue.signed_in(), open_venue(venue.app).signed_in()
    venue.account_notice()
    text = browser.get("/admin/queues").text
    assert "Account update: Account violation" in text and "<dt>Unusable notices, 24 h</dt><dd>0</dd>" in text
    found = SEEN_TO.search(text)
    assert found and found.group(1) not in other.get("/admin/queues").text
    assert other.post(found.group(1)).status_code == 404
    assert browser.post(found.group(1)).status_code == 302
    assert "Account violation" not in browser.get("/admin/queues").text


def test_only_what_is_urgent_is_on_the_board_too(venue: Venue) -> None:
    venue.account_notice()
    venue.account_notice("VERIFIED_ACCOUNT", loud=False)
    assert venue.signed_in().board()["urgent"] == ["Account update: Account violation"]
    assert open_venue(venue.app).signed_in().board()["urgent"] == []
