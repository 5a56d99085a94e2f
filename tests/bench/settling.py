"""Settling: how many payments a second two workers settle, a burst of callbacks, and a whole night with its troubles.

Each settlement is the transaction of production on a durable PostgreSQL: order, attempt, receipt, stock, tickets,
invoice, ledger, diary, and what guest and board are owed. Beside it, on the same server: bare `UPDATE … COMMIT`.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from alembic import command
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from core import log
from core.cipher import Cipher, install
from core.domain.receipts import Notice, Outcome, Source
from core.domain.statuses import PaymentStatus, Provider, ReceiptState, RefundStatus
from core.services.audit import audit
from core.services.holds import expire_holds
from core.services.refund_calls import lock_refund, went_back
from core.services.refund_desk import Decision
from core.services.settle import settle_notice
from core.services.unmatched import give_back, take_as_sales
from core.store.sql.engine import make_engine, make_sessions, transaction
from core.store.sql.tables import LedgerLine, Order, Outbox, Payment, Product, Receipt, Refund, User
from sandbox.servers import PostgresServer
from tests.bench import table
from tests.integration.sql.bar import Bar, open_bar
from tests.integration.sql.conftest import migrations

WORKERS, WARM = 2, 20
AT_LEAST = 150.0
TROUBLES = (
    "told by poll", "told twice", "failed, then paid", "after its time", "paid twice", "too little", "too much",
    "other currency", "called off, then paid", "money taken back", "never paid", "nobody's money",
)  # fmt: skip


def run(folder: Path, short: bool) -> bool:
    """Measure and print; answers whether every order was paid once and the books explain every shilling."""
    _prepare()
    with PostgresServer(folder / "postgres") as server:
        command.upgrade(migrations(server.url), "head")
        rate = _rates(server.url, 200 if short else 2000)
        burst = _burst(server.url, 100 if short else 1000)
        night = _night(server.url, 300 if short else 5000)
    return burst and night and (short or rate >= AT_LEAST)


def _prepare() -> None:
    log.configure("ERROR")
    install(Cipher(["a key for this benchmark"]))


@cache
def _sessions(url: str) -> sessionmaker[Session]:
    """One engine for the life of a worker."""
    _prepare()
    return make_sessions(make_engine(url))


def _rates(url: str, count: int) -> float:
    bar, notices = _orders(url, count)
    seconds = _settle(url, bar.workspace_id, notices)
    fresh = count - WORKERS * WARM
    settled, bare = fresh / seconds, _bare(url, bar.workspace_id, count)
    table.say(f"  settlements a second, {WORKERS} workers: {settled:.0f}")
    table.say(f"  bare UPDATE … COMMIT a second, {WORKERS} workers: {bare:.0f} (ratio 1 : {bare / settled:.1f})")
    return settled


def _burst(url: str, count: int) -> bool:
    """Each callback twice and shuffled, all at once."""
    bar, notices = _orders(url, count)
    both = [*notices, *notices]
    random.Random(4).shuffle(both)
    seconds = _settle(url, bar.workspace_id, both)
    with bar.sessions.begin() as db:
        paid = db.scalar(select(func.count()).where(Order.workspace_id == bar.workspace_id, Order.paid_at.is_not(None)))
        thanked = (Outbox.workspace_id == bar.workspace_id, Outbox.kind == "payment_settled")
        thanks = db.scalar(select(func.count()).where(*thanked))
    table.say(
        f"  {2 * count} callbacks for {count} orders: {paid} paid, {thanks} thanks, the last after {seconds:.1f} s"
    )
    return paid == thanks == count


def _orders(url: str, count: int) -> tuple[Bar, list[Notice]]:
    """So many guests with an open prompt, and what the provider will say of each."""
    sessions = make_sessions(make_engine(url))
    bar = open_bar(sessions)
    with sessions.begin() as db:
        db.execute(text("update products set on_hand = on_hand + 100000"))
        added = select(Product.workspace_id, Product.id, text("100000"), text("'RECEIVED'::movement_reason"))
        columns = ["workspace_id", "product_id", "quantity", "reason"]
        movements = Product.metadata.tables["stock_movements"]
        db.execute(insert(movements).from_select(columns, added, include_defaults=False))
    return bar, [_prompted(bar, number) for number in range(count)]


def _prompted(bar: Bar, number: int) -> Notice:
    placed, asked = bar.order(bar.guest(number), True, Tusker=1, Dawa=1)
    sent = {"status": PaymentStatus.PENDING, "posted_at": datetime.now(UTC), "handle": uuid4().hex}
    bar.change(Payment, asked["payment_id"], **sent, handle_id=sent["handle"], requested_at=sent["posted_at"])
    return Notice(
        Provider.KOPOKOPO, Source.CALLBACK, Outcome.PAID, asked["payment_id"], str(sent["handle"]),
        receipt=uuid4().hex[:10].upper(), amount=Decimal(placed["total"]), currency="KES", at=datetime.now(UTC),
    )  # fmt: skip


def _settle(url: str, workspace_id: UUID, notices: list[Notice]) -> float:
    """Seconds until the last of them is settled by two processes."""
    warm = [one.to_dict() for one in notices[: WORKERS * WARM]]
    shares = [[one.to_dict() for one in notices[number::WORKERS]] for number in range(WORKERS)]
    same = ([url] * WORKERS, [str(workspace_id)] * WORKERS)
    with ProcessPoolExecutor(WORKERS) as pool:
        # What is told a second time costs next to nothing: the workers only get to know their statements here.
        list(pool.map(_settle_all, *same, [warm[number::WORKERS] for number in range(WORKERS)]))
        began = time.monotonic()
        list(pool.map(_settle_all, *same, shares))
        return time.monotonic() - began


def _settle_all(url: str, workspace_id: str, notices: list[dict[str, str]]) -> None:
    sessions = _sessions(url)
    for one in notices:
        settle_notice(sessions, {"data": one, "workspaces": [workspace_id]})


def _bare(url: str, workspace_id: UUID, count: int) -> float:
    with ProcessPoolExecutor(WORKERS) as pool:
        same = ([url] * WORKERS, [str(workspace_id)] * WORKERS)
        list(pool.map(_update, *same, range(WORKERS), [WARM] * WORKERS))
        began = time.monotonic()
        list(pool.map(_update, *same, range(WORKERS), [count // WORKERS] * WORKERS))
        return count / (time.monotonic() - began)


def _update(url: str, workspace_id: str, worker: int, count: int) -> None:
    sessions = _sessions(url)
    with sessions.begin() as db:
        mine = select(Order.id).where(Order.workspace_id == UUID(workspace_id)).order_by(Order.number)
        ids = db.scalars(mine.offset(worker * count).limit(count)).all()
    for order_id in ids:
        with sessions.begin() as db:
            db.execute(update(Order).where(Order.id == order_id).values(note="updated"))


# ── a night ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _night(url: str, count: int) -> bool:
    """A fifth of the orders meet some trouble; in the end staff decide what is left."""
    bar, notices = _orders(url, count)
    dice, kinds = random.Random(5), Counter[str]()
    tell = _Teller(bar)
    for notice in notices:
        kind = dice.choice(TROUBLES) if dice.random() < 0.2 else "no trouble"
        kinds[kind] += 1
        tell(kind, notice)
    with bar.sessions.begin() as db:
        user = User(email=f"{uuid4().hex}@example.co.ke", name="Wanjiru", password_hash="none")
        db.add(user)
        db.flush()
        by = Decision(user.id, "the end of the night", uuid4().hex)
    _staff_decide(bar, by)
    return _told(bar, kinds)


class _Teller:
    """The provider, and what guests and time do about one order."""

    def __init__(self, bar: Bar) -> None:
        self.bar = bar

    def __call__(self, kind: str, notice: Notice) -> None:
        no = _failed(notice)
        steps: dict[str, tuple[Notice | Callable[[Notice], None], ...]] = {
            "told by poll": (replace(notice, source=Source.POLL),),
            "told twice": (notice, notice),
            "failed, then paid": (no, notice),
            "after its time": (no, self._lapse, notice),
            "paid twice": (notice, self._again),
            "too little": (replace(notice, amount=notice.amount - 100), self._lapse),
            "too much": (replace(notice, amount=notice.amount + 200),),
            "other currency": (replace(notice, currency="USD"),),
            "called off, then paid": (no, self._cancel, notice),
            "money taken back": (notice, replace(notice, outcome=Outcome.REVERSED)),
            "never paid": (no, self._lapse),
            "nobody's money": (notice, replace(notice, payment_id="", handle_id="", receipt=uuid4().hex[:10])),
        }
        for step in steps.get(kind, (notice,)):
            self._say(step) if isinstance(step, Notice) else step(notice)

    def _say(self, notice: Notice) -> None:
        settle_notice(self.bar.sessions, {"data": notice.to_dict(), "workspaces": [str(self.bar.workspace_id)]})

    def _order_id(self, notice: Notice) -> UUID:
        with self.bar.sessions.begin() as db:
            return db.get_one(Payment, UUID(notice.payment_id)).order_id

    def _again(self, notice: Notice) -> None:
        """A second attempt that was open, too."""
        with self.bar.sessions.begin() as db:
            first = db.get_one(Payment, UUID(notice.payment_id))
            second = Payment(
                workspace_id=first.workspace_id, order_id=first.order_id, conversation_id=first.conversation_id,
                provider=first.provider, method=first.method, phone=first.phone, phone_index=first.phone_index,
                amount=first.amount, currency="KES", status=PaymentStatus.EXPIRED, posted_at=first.posted_at,
            )  # fmt: skip
            db.add(second)
            db.flush()
            other = replace(notice, payment_id=str(second.id), handle_id="", receipt=uuid4().hex[:10])
        self._say(other)

    def _lapse(self, notice: Notice) -> None:
        self.bar.change(Order, self._order_id(notice), expires_at=datetime.now(UTC) - timedelta(seconds=1))
        expire_holds(self.bar.sessions)

    def _cancel(self, notice: Notice) -> None:
        with self.bar.sessions.begin() as db:
            number = db.get_one(Order, self._order_id(notice)).number
        cancel = {"kind": "cancel_order", "order_id": str(self._order_id(notice))}
        self.bar.perform(self.bar.guest(number - 1), cancel)


def _failed(notice: Notice) -> Notice:
    return replace(notice, outcome=Outcome.FAILED, receipt="", amount=Decimal(0), reason="cancelled")


def _staff_decide(bar: Bar, by: Decision) -> None:
    """What is owed goes back; what nobody knows is taken as sales, and given back where it is foreign money."""
    with bar.sessions.begin() as db:
        waiting = Refund.status.in_((RefundStatus.PROPOSED, RefundStatus.APPROVED))
        refunds = db.scalars(select(Refund.id).where(Refund.workspace_id == bar.workspace_id, waiting)).all()
        lost = (Receipt.workspace_id == bar.workspace_id, Receipt.state == ReceiptState.UNMATCHED)
        receipts = db.scalars(select(Receipt).where(*lost)).all()
    for refund_id in refunds:
        with transaction(bar.sessions) as db:
            went_back(db, *lock_refund(db, refund_id), "", by.user_id)
    for receipt in receipts:
        with transaction(bar.sessions) as db:
            if receipt.currency == "KES":
                take_as_sales(db, bar.workspace_id, receipt.id, by)
            else:
                give_back(db, bar.workspace_id, receipt.id, by, cash=True)


def _told(bar: Bar, kinds: Counter[str]) -> bool:
    """The table of the night: what there was, where the money lies, and what nobody can explain."""
    with bar.sessions.begin() as db:
        ledger = _balances(db, bar)
        states = _states(db, bar)
        breaches = [breach for verdict in audit(db, {}).values() for breach in verdict["breaches"]]
    table.say("  a night: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    table.say("  orders: " + ", ".join(f"{count} {status}" for status, count in sorted(states.items())))
    for (account, currency), amount in sorted(ledger.items()):
        table.say(f"  {account:<10} {currency} {amount:>14,.2f}")
    unexplained = [one for one in breaches if not one["breach"].startswith(("owed_", "unpaid_", "payment_never"))]
    table.say(f"  sum of the ledger: {sum(ledger.values()):,.2f}; unexplained: {len(unexplained)}")
    return sum(ledger.values()) == 0 and not unexplained


def _balances(db: Session, bar: Bar) -> dict[tuple[str, str], Decimal]:
    columns = (LedgerLine.account, LedgerLine.currency)
    query = select(*columns, func.sum(LedgerLine.amount)).where(LedgerLine.workspace_id == bar.workspace_id)
    return {(account.value, currency): amount for account, currency, amount in db.execute(query.group_by(*columns))}


def _states(db: Session, bar: Bar) -> dict[str, int]:
    query = select(Order.status, func.count()).where(Order.workspace_id == bar.workspace_id).group_by(Order.status)
    return {status.value: count for status, count in db.execute(query)}
