"""A night with every kind of money runs again: prompts, pages, money that went back, a receipt in writing."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from core.domain.statuses import Provider
from core.providers.paystack.webhook import signature
from core.services import journal_replay
from core.services.journal_export import export, furnish, read_night, until
from core.services.journal_night import ERRANDS, PAGE
from core.services.payment_accounts import providers_down
from core.services.program import Program
from core.services.relay import follow_up
from core.store.sql.journal import Span
from core.store.sql.tables import ProviderAccount, Workspace
from tests.integration.journal.evening import Evening
from tests.integration.journal.test_export import elsewhere, sums
from tests.integration.journal.test_replay import ANN, BEN, evening, nothing_is_said, open_as_open, recorded
from tests.integration.money.standin import Call

__all__ = ["elsewhere", "evening"]

KEY = "sk_test_of_a_night"
MONEY = {
    "refunds": "select id, provider::text, status::text, amount, reference from refunds order by 1",
    "ledger": "select account::text, sum(amount) from ledger_lines group by 1 order by 1",
    "invoices": "select number, total from invoices order by 1",
    "documents": "select kind::text, state::text, count(*) from documents group by 1, 2",
}


@pytest.fixture
def cards(evening: Evening) -> Evening:
    """The venue takes cards, too."""
    server, bar = evening.kopokopo.server, evening.house.bar
    page = {"status": True, "data": {"authorization_url": PAGE}}
    server.routes["POST /transaction/initialize"] = lambda call: call.answer(200, page)
    server.routes["POST /refund"] = lambda call: call.answer(200, {"status": True, "data": {"id": 77}})
    bar.change(Workspace, bar.workspace_id, payment_methods=["MPESA", "PAYSTACK"])
    with bar.sessions.begin() as db:
        account = {"provider": Provider.PAYSTACK, "secrets": {"api_key": KEY}, "settings": {"api_url": server.url}}
        db.add(ProviderAccount(workspace_id=bar.workspace_id, **account))
    return evening


def works(evening: Evening) -> None:
    """The workers do what they were sent."""
    while evening.rung:
        job = evening.rung.pop(0)
        if job.task in ERRANDS:
            follow_up(evening.house.program, ERRANDS[job.task](evening.house.program, *job.args))
            evening.serve()


def asks_for_a_page(evening: Evening, phone: str, order: str) -> str:
    """A guest orders and gets a page to pay on; what Paystack calls the payment."""
    evening.says(phone, order)
    evening.says(phone, "card")
    works(evening)
    asked: list[Call] = [one for one in evening.kopokopo.server.calls if one.path == "/transaction/initialize"]
    return str(asked[-1].json()["reference"])


def tells(evening: Evening, event: str, data: dict[str, Any]) -> None:
    """Paystack posts."""
    raw = json.dumps({"event": event, "data": data | {"currency": "KES", "domain": "test"}}).encode()
    headers = {"X-Paystack-Signature": signature(KEY, raw).decode()}
    assert evening.house.client.post("/api/webhooks/paystack", data=raw, headers=headers).status_code == 200
    evening.serve()
    works(evening)


def charged(reference: str, number: int, shillings: int) -> dict[str, Any]:
    payer = {"email": "achieng@example.org", "first_name": "Achieng", "phone": "+254712345678"}
    card = {"last4": "4081", "bin": "408408", "authorization_code": "AUTH_of_one_card"}
    money = {"id": number, "status": "success", "amount": shillings * 100, "paid_at": "2026-11-20T18:21:02.000Z"}
    return money | {"reference": reference, "customer": payer, "authorization": card, "ip_address": "41.90.0.1"}


def spend(evening: Evening) -> None:
    """One pays on a page and wants it in writing; the other pays twice, and the second money goes back."""
    tells(evening, "charge.success", charged(asks_for_a_page(evening, ANN, "2 dawa to table 7"), 5001, 1400))
    evening.says(ANN, "receipt")
    works(evening)
    reference = asks_for_a_page(evening, BEN, "1 dawa to table 3")
    evening.says(BEN, "m-pesa")
    evening.pays()
    tells(evening, "charge.success", charged(reference, 5002, 700))
    tells(evening, "refund.processed", {
        "status": "processed", "transaction_reference": reference, "refund_reference": "r1", "amount": "70000",
    })  # fmt: skip
    evening.written_down()


def money(program: Program) -> dict[str, list[tuple[Any, ...]]]:
    """What became of it."""
    with program.sessions.begin() as db:
        return {name: [tuple(row) for row in db.execute(text(query))] for name, query in MONEY.items()}


def test_pages_refunds_and_receipts_end_as_they_ended(cards: Evening) -> None:
    spend(cards)
    before, books, night = cards.books(), money(cards.house.program), recorded(cards)
    assert [str(status) for _, status, *_ in before["payments"]].count("SUCCEEDED") == 3
    assert [row[2] for row in books["refunds"]] == ["DONE"]
    assert books["documents"] == [("receipt", "MADE", 1)]
    calls = len(cards.kopokopo.server.calls)
    for _ in range(2):
        cards.forget_everything()
        journal_replay.replay_night(cards.house.program, night, datetime.now(UTC))
        assert open_as_open(cards.books()) == open_as_open(before)
        assert money(cards.house.program) == books
    assert len(cards.kopokopo.server.calls) == calls, "nobody was asked for anything again"


def test_a_file_with_pages_and_refunds_names_nobody_and_runs_as_the_night_ran(
    cards: Evening, elsewhere: Program
) -> None:
    spend(cards)
    cards.books()
    now = datetime.now(UTC)
    lines = list(export(cards.house.program, Span(now.replace(hour=0, minute=0), now)))
    for told in ("achieng", "712345678", "4081", "408408", "AUTH_of_one_card", "41.90.0.1", KEY):
        assert told not in "".join(lines), told
    house, arrivals = read_night(lines)
    with elsewhere.sessions.begin() as db:
        furnish(db, house)
    journal_replay.replay_night(elsewhere, arrivals, until(house))
    assert sums(elsewhere) == sums(cards.house.program)
    there, here = money(elsewhere), money(cards.house.program)
    assert [row[1:] for row in there.pop("refunds")] == [row[1:] for row in here.pop("refunds")]
    assert there == here


def test_into_living_books_no_money_moves_twice(cards: Evening) -> None:
    spend(cards)
    before, books, night = cards.books(), money(cards.house.program), recorded(cards)
    cards.house.program.store.client.flushall()
    with nothing_is_said(cards):
        assert journal_replay.replay_missing(cards.house.program, night).events == 0
    assert cards.books() | {"chats": None} == before | {"chats": None}
    assert money(cards.house.program) == books


def test_however_many_prompts_a_night_had_no_provider_counts_as_down(evening: Evening) -> None:
    for number in range(7):
        evening.says(f"25471200000{number}", f"1 tusker to table {number + 1}")
        evening.taps(f"25471200000{number}", "M-Pesa")
        evening.pays()
    evening.written_down()
    before, night = evening.books(), recorded(evening)
    evening.forget_everything()
    journal_replay.replay_night(evening.house.program, night, datetime.now(UTC))
    assert evening.books() == before
    assert providers_down(evening.house.program.store) == frozenset()
