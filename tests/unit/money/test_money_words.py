"""The diary of a payment in plain words."""

from core.domain.payments import Reason
from core.domain.receipts import Source
from webapp.admin.money_words import HOW, WHY, told


def test_a_line_says_what_came_by_which_receipt_and_how_we_know() -> None:
    line = told("paid", {"amount": "2300.0", "receipt": "UB2F", "source": "callback"}, {}, "KES")
    assert line == "Paid: the order is bought. · KES 2,300 · receipt UB2F · the provider told us"


def test_a_line_says_why_nothing_came_and_who_decided() -> None:
    detail = {"amount": "0", "reason": "insufficient_funds", "why": "asked at the bar", "by": "u1"}
    line = told("failed", detail, {"u1": "Wanjiru"}, "KES")
    assert line == "The guest did not pay. · the balance is too low · “asked at the bar” · Wanjiru"


def test_every_reason_and_every_way_to_know_has_words() -> None:
    assert set(WHY) == set(Reason) and set(HOW) == set(Source)
