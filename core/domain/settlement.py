"""What our books make of a notice about money. Pure: the caller read the books under lock and writes the decision."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from core.domain.receipts import Notice, Outcome, Source, same_till
from core.domain.statuses import LIVE_PAYMENTS, FailedBy, OrderStatus, PaymentStatus, ReceiptState

NOTHING = Decimal(0)
UNSOLD = frozenset({OrderStatus.PENDING, OrderStatus.FAILED})  # money may still buy these
OVER = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.REVERSED})
UNSERVED = frozenset({OrderStatus.PAID, OrderStatus.PREPARING, OrderStatus.READY})
GONE = frozenset({ReceiptState.REFUNDED, ReceiptState.REVERSED, ReceiptState.TAKINGS})


class Tell(StrEnum):
    """What the guest hears of it."""

    NOTHING = ""
    SETTLED = "settled"
    FAILED = "failed"
    REVIEW = "review"
    RETURNED = "returned"


@dataclass(frozen=True)
class Books:
    """What we have written down about the payment, order and receipt a notice names.

    `credited` is what the order has already been paid by other receipts, `bound` whether the receipt belongs to a
    payment, `decided` whether staff said what it is for, `from_drawer` whether some of it was given back in cash,
    `stock_gone` whether the order can no longer be made.
    """

    payment: PaymentStatus | None = None
    failed_by: FailedBy | None = None
    currency: str = ""
    till: str = ""
    order: OrderStatus | None = None
    total: Decimal = NOTHING
    credited: Decimal = NOTHING
    receipt: ReceiptState | None = None
    bound: bool = False
    decided: bool = False
    from_drawer: bool = False
    stock_gone: bool = False


@dataclass(frozen=True)
class Settlement:
    """What to write. None and zero mean: leave as it is. `refund` is proposed.

    `stops`: nothing more of the order is served; `alarms`: staff must know at once.
    """

    note: str
    payment: PaymentStatus | None = None
    receipt: ReceiptState | None = None
    buys: bool = False
    refund: Decimal = NOTHING
    tell: Tell = Tell.NOTHING
    due: Decimal = NOTHING
    stops: bool = False
    alarms: bool = False


def settle(notice: Notice, books: Books) -> Settlement:
    """The one decision about money that arrived, did not arrive, or went back."""
    if notice.outcome is Outcome.PAID:
        return _paid(notice, books)
    if notice.outcome is Outcome.FAILED:
        return _failed(notice, books)
    if notice.outcome is Outcome.REVERSED:
        return _reversed(books)
    return Settlement("still_open")


def _paid(notice: Notice, books: Books) -> Settlement:
    if books.receipt in GONE or books.decided:
        return Settlement("decided_before", payment=_recorded(books))
    if books.bound:
        return Settlement("known")
    if books.payment is None:
        return Settlement("known") if books.receipt else Settlement("unmatched", receipt=ReceiptState.UNMATCHED)
    if notice.currency != books.currency or not same_till(notice.till, books.till):
        return _not_what_was_asked(books)
    if books.payment in OVER or books.order not in UNSOLD:
        return _give_back(notice, books, "order_cancelled" if books.order is OrderStatus.CANCELLED else "paid_twice")
    return _for_the_order(notice, books)


def _for_the_order(notice: Notice, books: Books) -> Settlement:
    due = books.total - books.credited
    if notice.amount < due and books.order is OrderStatus.FAILED:
        return _give_back(notice, books, "too_little_too_late")
    if notice.amount < due:
        return Settlement(
            "part_paid", PaymentStatus.SUCCEEDED, ReceiptState.MATCHED, tell=Tell.SETTLED, due=due - notice.amount
        )
    if books.stock_gone:
        return _give_back(notice, books, "stock_gone")
    return _buy(notice.amount - due, books)


def _buy(extra: Decimal, books: Books) -> Settlement:
    late = "revived" if books.order is OrderStatus.FAILED else "paid"
    note = "overpaid" if extra else late
    return Settlement(note, PaymentStatus.SUCCEEDED, ReceiptState.MATCHED, buys=True, refund=extra, tell=Tell.SETTLED)


def _give_back(notice: Notice, books: Books, note: str) -> Settlement:
    return Settlement(note, _unless_over(books), ReceiptState.REFUND_DUE, refund=notice.amount, tell=Tell.SETTLED)


def _not_what_was_asked(books: Books) -> Settlement:
    if books.payment in OVER or books.payment is PaymentStatus.NEEDS_REVIEW:
        return Settlement("mismatch", receipt=ReceiptState.UNMATCHED)
    return Settlement("mismatch", PaymentStatus.NEEDS_REVIEW, ReceiptState.UNMATCHED, tell=Tell.REVIEW)


def _recorded(books: Books) -> PaymentStatus | None:
    """Staff were faster: the attempt did succeed, its money is no longer ours to place."""
    if books.receipt is ReceiptState.REVERSED and books.payment not in (None, PaymentStatus.REVERSED):
        return PaymentStatus.REVERSED
    return _unless_over(books)


def _unless_over(books: Books) -> PaymentStatus | None:
    return None if books.payment is None or books.payment in OVER else PaymentStatus.SUCCEEDED


def _failed(notice: Notice, books: Books) -> Settlement:
    if books.payment in LIVE_PAYMENTS:
        told = Tell.FAILED if books.order is OrderStatus.PENDING else Tell.NOTHING
        return Settlement("failed", PaymentStatus.FAILED, tell=told)
    if books.payment is PaymentStatus.EXPIRED:
        return Settlement("failed_late", PaymentStatus.FAILED)
    if books.payment is PaymentStatus.FAILED and notice.source is Source.CALLBACK:
        return Settlement("failure_confirmed", PaymentStatus.FAILED)
    return Settlement("too_late_to_fail")


def _reversed(books: Books) -> Settlement:
    # What was given back in cash still lay with the provider: taken back there, it is gone twice.
    twice = books.receipt is ReceiptState.REFUNDED and books.from_drawer
    if books.receipt in (ReceiptState.REVERSED, ReceiptState.REFUNDED) and not twice:
        return Settlement("known")
    # Where the whole order was given back before, the provider only says that our own refund went.
    lost = books.receipt is ReceiptState.MATCHED and books.order is not OrderStatus.REFUNDED
    stops = lost and _unserved(books)
    decision = Settlement("reversed", receipt=ReceiptState.REVERSED, alarms=lost or twice, stops=stops)
    if not books.bound or books.payment in (None, PaymentStatus.REVERSED):
        return decision
    return replace(decision, payment=PaymentStatus.REVERSED, tell=Tell.RETURNED)


def _unserved(books: Books) -> bool:
    return books.order in UNSERVED
