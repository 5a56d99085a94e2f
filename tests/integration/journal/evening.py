"""An evening in process: guests post to the webhooks, one thread does all the work, Kopo Kopo prompts and tells."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text

from core.jobs import Job
from core.services import history, journal, payments
from core.services.conversations import take_turns
from core.services.relay import follow_up
from core.services.settling import take_notices
from core.store.sql.tables import Order, Payment, Product, Receipt
from sandbox.simulators.inbound import inbound, inbound_text, tap_message
from tests.integration import shelf
from tests.integration.journal.house import NUMBER, House
from tests.integration.money.kopokopo import KopoKopoStandIn

# What a night leaves behind; the house itself stays.
BOOKS = (
    "order_events, order_items, tickets, stock_holds, payment_events, refunds, receipts, payments, orders, "
    "staff_calls, messages, outbox, turn_effects, dead_letters, activity_log, conversations, customers, "
    "order_counters, ledger_lines, invoices, invoice_counters, cash_codes, payment_claims"
)
STOCK = 100


@dataclass
class Evening:
    """The house with its provider; `rung` is what the workers would be sent."""

    house: House
    kopokopo: KopoKopoStandIn
    rung: list[Job] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)

    def says(self, phone: str, words: str) -> list[str]:
        """A guest writes; what the bar answers."""
        return self._posts(inbound_text(NUMBER, phone, words))

    def taps(self, phone: str, title: str) -> list[str]:
        """A guest taps the newest button with this in its title."""
        buttons = [button for reply in self.replies for button in reply["reply"]["buttons"]]
        chosen = next(button for button in reversed(buttons) if title in button[1])
        reply = {"id": chosen[0], "title": chosen[1]}
        return self._posts(inbound(NUMBER, phone, tap_message("button_reply", reply, "wamid.of-ours")))

    def calls_back(self, body: dict[str, Any]) -> list[str]:
        """Kopo Kopo tells; what the guest is told."""
        assert self.house.kopokopo(json.dumps(body).encode()) == 200
        return self.serve()

    def pays(self) -> list[str]:
        """Whoever was prompted last enters the PIN."""
        return self.calls_back(self.kopokopo.pay(self.kopokopo.prompts[-1]))

    def _posts(self, raw: bytes) -> list[str]:
        assert self.house.meta(raw) == 200
        return self.serve()

    def serve(self) -> list[str]:
        """All workers at once, until nothing waits; what was said."""
        program, said = self.house.program, []
        while True:
            claims = program.store.conversations.claim("bell", 16)
            take_turns(program, claims)
            notices = program.store.payments.claim("bell", 16)
            take_notices(program, notices)
            letters = program.store.outbox.keep_silent()
            self.replies += letters
            said += [letter["reply"]["body"] for letter in letters]
            for payment_id in (letter["releases"] for letter in letters if letter["releases"]):
                follow_up(program, payments.request_payment(program, payment_id))
            if not (claims or notices or letters):
                return said

    def written_down(self) -> None:
        """History and journal are in the books."""
        history.save_messages(self.house.program)
        journal.save_journal(self.house.program)

    def books(self) -> dict[str, Any]:
        """Orders, money, stock and chats, with their ids."""
        history.save_messages(self.house.program)
        with self.house.program.sessions.begin() as db:
            return {
                "orders": _rows(db, select(Order.id, Order.status, Order.total, Order.table_number).order_by(Order.id)),
                "items": _rows(db, text("select order_id, name, quantity from order_items order by 1, 2")),
                "payments": _rows(
                    db, select(Payment.id, Payment.status, Payment.amount, Payment.reason).order_by(Payment.id)
                ),
                "receipts": _rows(db, select(Receipt.reference, Receipt.state, Receipt.amount).order_by(text("1"))),
                "stock": _rows(db, select(Product.slug, Product.on_hand, Product.held).order_by(Product.slug)),
                "messages": _rows(db, text("select id, mailbox, direction, body from messages where direction = 'in' "
                                           "or kind = 'reply' order by 1")),
                "heard": _rows(db, text("select mailbox, kind, count(*) from messages group by 1, 2 order by 1, 2")),
                "chats": self._chats(db),
            }  # fmt: skip

    def _chats(self, db: Any) -> list[Any]:
        boxes = db.scalars(text("select distinct mailbox from messages order by 1")).all()
        return [self.house.program.store.chat(box)[0] for box in boxes]

    def forget_everything(self) -> None:
        """As before the first guest: the house, its stock and the journal are all there is."""
        self.house.program.store.client.flushall()
        with self.house.program.sessions.begin() as db:
            db.execute(text(f"truncate {BOOKS} cascade"))
            db.execute(text("update products set held = 0, on_hand = 0"))
            for product in db.scalars(select(Product)):
                shelf.receive(db, product.workspace_id, product.id, STOCK)


def _rows(db: Any, query: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.execute(query)]


@contextmanager
def nothing_is_said(evening: Evening) -> Iterator[None]:
    """No reply, no prompt, no job for a worker comes of it."""
    prompts, replies = len(evening.kopokopo.prompts), len(evening.replies)
    yield
    assert evening.serve() == []
    assert (len(evening.kopokopo.prompts), len(evening.replies)) == (prompts, replies)
