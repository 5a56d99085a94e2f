"""The life of an order: every legal move in one table, the odd and late ones with their reason."""

from core.domain.statuses import OrderStatus
from core.errors import IllegalTransition

_S = OrderStatus

MOVES: tuple[tuple[OrderStatus, OrderStatus, str], ...] = (
    # from                to                   why
    (_S.PENDING, _S.PAID, "the money is here"),
    (_S.PAID, _S.PREPARING, "bar or kitchen began"),
    (_S.PREPARING, _S.READY, "it stands on the counter"),
    (_S.READY, _S.SERVED, "it is on the table"),
    (_S.READY, _S.OUT_FOR_DELIVERY, "it left the house"),
    (_S.OUT_FOR_DELIVERY, _S.DELIVERED, "it arrived"),
    (_S.PENDING, _S.FAILED, "nobody paid in time: the stock goes back"),
    (_S.PENDING, _S.CANCELLED, "the guest or staff called it off"),
    (_S.PAID, _S.READY, "odd: a bottle from the fridge needs no preparing"),
    (_S.PAID, _S.SERVED, "odd: handed over the bar at once"),
    (_S.PREPARING, _S.SERVED, "odd: carried straight to the table"),
    (_S.FAILED, _S.PAID, "late: the money came after the time was up, and the stock is still there"),
    (_S.FAILED, _S.CANCELLED, "odd: the guest calls off what had lapsed; late money must not revive it"),
    *(
        (before, _S.REFUNDED, "all of its money went back")
        for before in (_S.PAID, _S.PREPARING, _S.READY, _S.SERVED, _S.OUT_FOR_DELIVERY, _S.DELIVERED)
    ),
)
LEGAL = frozenset((before, after) for before, after, _ in MOVES)

OPEN = (_S.PAID, _S.PREPARING, _S.READY, _S.OUT_FOR_DELIVERY)  # what the board shows
BOUGHT = frozenset({*OPEN, _S.SERVED, _S.DELIVERED})  # the guest has paid and is getting it
BY_STAFF = frozenset({_S.PREPARING, _S.READY, _S.SERVED, _S.OUT_FOR_DELIVERY, _S.DELIVERED})  # a tap on the board

UNDO_SECONDS = 10


def may_be_undone(before: OrderStatus, after: OrderStatus) -> bool:
    """Whether this move was a tap on the board, which may be taken back for `UNDO_SECONDS`."""
    return before in OPEN and after in BY_STAFF


def check_move(before: OrderStatus, after: OrderStatus) -> None:
    """Raise IllegalTransition unless the table has this move."""
    if (before, after) not in LEGAL:
        raise IllegalTransition(f"order: {before} to {after}")
