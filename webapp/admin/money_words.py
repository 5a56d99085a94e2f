"""What staff read about money: why something was refused, and each line of an attempt's diary, in plain words."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from core.domain.payments import Reason
from core.domain.receipts import Source

PROBLEMS = {
    "unreadable": "Say what it is for: an order's number, or an amount in whole shillings.",
    "decided_before": "Somebody has decided this already. The page shows how it stands now.",
    "no_such_order": "There is no order with this number.",
    "order_closed": "This order is paid or called off already: its money cannot go there.",
    "other_currency": "This money is in another currency: give it back.",
    "stock_gone": "Something in this order is sold out by now. Give the money back.",
    "on_its_way": "This money may be on its way back already. Wait until the provider says so, then look again.",
    "not_paid": "This order is not paid: there is nothing to give back.",
    "more_than_was_paid": "That is more than was paid for this order and not yet given back.",
    "refunded_before": "All of it was given back before, or this form was sent twice.",
    "money_is_here": "The money of this attempt is here, among the unmatched: decide about it there.",
}

KINDS = {
    "start_accepted": "The provider took the request.",
    "start_refused": "The provider refused the request.",
    "start_unknown": "The provider gave no answer; money may move.",
    "guest_told_we_check": "The guest was told that we are checking.",
    "paid": "Paid: the order is bought.",
    "revived": "Paid late: the order was taken up again.",
    "part_paid": "A part was paid.",
    "overpaid": "More than due was paid; the rest is to go back.",
    "paid_twice": "Paid a second time; this money is to go back.",
    "order_cancelled": "Paid after the order was called off; the money is to go back.",
    "stock_gone": "Paid too late: something was sold out; the money is to go back.",
    "too_little_too_late": "Too little, too late; the money is to go back.",
    "mismatch": "Money in another currency or till than asked: for staff.",
    "unmatched": "Money nobody asked for.",
    "known": "Told again; nothing new.",
    "decided_before": "Told again after staff had decided; only written down.",
    "failed": "The guest did not pay.",
    "failed_late": "The provider's final no, after we had stopped waiting.",
    "failure_confirmed": "The provider confirmed that it failed.",
    "too_late_to_fail": "Told once more that it failed; nothing changes.",
    "reversed": "The provider took the money back.",
    "refund_sent": "The provider was asked to send it back.",
    "refund_accepted": "The provider took the refund.",
    "refund_refused": "The provider refused the refund.",
    "refund_unanswered": "No answer about the refund; it is asked about, never sent again.",
    "refund_done": "The money went back.",
    "sent_after_all": "The provider sent it back after all, though it had been given another way.",
    "refund_done_told": "The provider says that the money went back.",
    "refund_failed_told": "The provider says that the refund failed.",
    "refund_approved": "Approved for refund.",
    "refund_confirmed": "Seen on the provider's page: it went back.",
    "refund_denied": "Seen on the provider's page: it did not go back.",
    "assigned": "Assigned to an order.",
    "taken_as_sales": "Taken as sales.",
    "given_back": "To be given back.",
    "no_money_came": "Looked up at the provider: no money came.",
}
WHY: Mapping[str, str] = {
    Reason.INSUFFICIENT_FUNDS: "the balance is too low",
    Reason.WRONG_PIN: "the PIN was wrong",
    Reason.CANCELLED: "the guest cancelled it",
    Reason.UNREACHABLE: "the phone did not answer",
    Reason.EXPIRED: "it was answered too late",
    Reason.BUSY: "another payment was open on that phone",
    Reason.PUSH_FAILED: "the request did not reach the phone",
    Reason.NETWORK_BUSY: "the network was busy",
    Reason.NETWORK_ERROR: "the network failed",
    Reason.BAD_NUMBER: "this number cannot pay",
    Reason.LIMIT: "it is over the limit of the account",
    Reason.DECLINED: "the bank declined it",
    Reason.ABANDONED: "the page was left",
    Reason.OTHER: "the provider gave no reason",
}
HOW: Mapping[str, str] = {
    Source.CALLBACK: "the provider told us",
    Source.POLL: "we asked the provider",
    Source.STAFF: "by staff",
    Source.GUEST: "by the guest",
}


def told(kind: str, detail: Mapping[str, str], names: Mapping[str, str], currency: str) -> str:
    """One line of the diary: what, the figures that matter, and who."""
    what = KINDS.get(kind, kind.replace("_", " ").capitalize() + ".")
    figures = {"amount": lambda text: amount(currency, text), **SAID}
    said = [say(str(detail[name])) for name, say in figures.items() if detail.get(name, "0") not in ("", "0")]
    who = names.get(detail.get("by", ""), "")
    return " · ".join([what, *said, *([who] if who else [])])


def amount(currency: str, text: str) -> str:
    """`2300.0` → `KES 2,300`; what is no figure stays as it is."""
    try:
        return f"{currency} {Decimal(text):,.0f}"
    except InvalidOperation:
        return text


SAID: Mapping[str, Callable[[str], str]] = {
    "receipt": lambda code: f"receipt {code}",
    "reason": lambda why: WHY.get(why, why.replace("_", " ")),
    "reference": lambda code: f"reference {code}",
    "source": lambda how: HOW.get(how, how),
    "why": lambda words: f"“{words}”",
}
