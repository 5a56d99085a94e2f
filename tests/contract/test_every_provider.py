"""What every provider must do for us, whatever it is called and however it spells it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from core.domain.payments import Reason
from core.domain.receipts import Notice, Outcome
from core.domain.statuses import Provider, Start
from core.errors import TryAgain
from core.providers.contract import (
    Accepted,
    Asked,
    Refunding,
    RefundOutcome,
    Refused,
    StartResult,
    Unknown,
    Unsupported,
    handle_id,
)
from tests.contract.conftest import WAYS, name, only
from tests.contract.tills import PHONE, Till
from tests.integration.money.standin import stand_in
from tests.waiting import eventually

LINKS = (Provider.PESAPAL, Provider.PAYSTACK)
FAILING = [way for way in WAYS if way != (Provider.KOPOKOPO, Start.LINK)]  # its page has no way to fail


def stands(till: Till, asked: Asked, outcome: Outcome) -> Notice:
    """Ask until it stands so."""

    def look() -> Notice | None:
        notice = till.account.query_status(asked)
        return notice if notice.outcome is outcome else None

    return eventually(look)


def refunding(till: Till, asked: Asked, paid: Notice, amount: int = 850, refund_id: str = "") -> Refunding:
    return Refunding(
        refund_id or str(uuid4()), asked.payment_id, asked.handle, paid.receipt, Decimal(amount), "KES",
        whole=amount == 850, reason="Out of stock", phone=PHONE,
    )  # fmt: skip


def test_a_payment_begins_with_a_handle_and_where_there_is_a_page_with_its_address(till: Till) -> None:
    asked, accepted = till.begin()
    assert handle_id(accepted.handle)
    assert bool(accepted.link) is (till.start is Start.LINK)
    assert till.account.query_status(asked).outcome is Outcome.PENDING


def test_a_payment_that_came_off_names_money_receipt_and_our_own_id(till: Till) -> None:
    asked, accepted = till.begin()
    till.decide(asked, "pay")
    paid = stands(till, asked, Outcome.PAID)
    assert (paid.amount, paid.currency, bool(paid.receipt)) == (Decimal(850), "KES", True)
    assert (paid.payment_id, paid.handle_id) == (asked.payment_id, handle_id(accepted.handle))
    assert paid.at is None or abs(datetime.now(UTC) - paid.at) < timedelta(minutes=1)


@only(Provider.PESAPAL)
def test_the_status_of_another_payment_is_not_believed(till: Till) -> None:
    (asked, _), (other, _) = till.begin(), till.begin()
    till.decide(other, "pay")
    stands(till, other, Outcome.PAID)
    with pytest.raises(TryAgain, match="another payment"):
        till.account.query_status(Asked(asked.payment_id, other.handle, till.start))


@only(Provider.PAYSTACK)
def test_an_answer_under_another_reference_is_not_believed(till: Till) -> None:
    asked, _ = till.begin()
    paid = {"reference": str(uuid4()), "status": "success", "id": 7, "amount": 85_000, "currency": "KES"}
    with stand_in() as server:
        server.routes[f"GET /transaction/verify/{asked.payment_id}"] = lambda call: call.answer(
            200, {"status": True, "data": paid}
        )
        account = till.open(till.known | {"api_url": server.url})
        with pytest.raises(TryAgain, match="another payment"):
            account.query_status(asked)


@pytest.mark.parametrize("till", FAILING, indirect=True, ids=name)
def test_a_failure_has_a_reason_of_ours(till: Till) -> None:
    asked, _ = till.begin()
    till.decide(asked, "fail")
    assert stands(till, asked, Outcome.FAILED).reason in set(Reason)


@only(*LINKS)
def test_after_a_failure_the_page_may_still_be_paid(till: Till) -> None:
    asked, _ = till.begin()
    till.decide(asked, "fail")
    till.decide(asked, "pay")
    assert stands(till, asked, Outcome.PAID).receipt


@only(*LINKS)
def test_who_leaves_the_page_has_not_refused(till: Till) -> None:
    asked, _ = till.begin()
    till.decide(asked, "leave")
    assert till.account.query_status(asked).outcome is Outcome.PENDING


@pytest.mark.parametrize("answer", ["500", "garbage", "half", "html", "silence"])
def test_no_clear_answer_to_a_start_means_nobody_knows(
    till: Till, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("kopokopo.api", "pesapal.client", "paystack.client"):
        monkeypatch.setattr(f"core.providers.{module}.START_SECONDS", 0.5)
    till.account.ready()
    till.breaks("start", answer)
    assert till.account.start(till.ask()) == Unknown()


@pytest.mark.parametrize("answer", ["429", "401"])
def test_a_refused_start_surely_did_nothing(till: Till, answer: str) -> None:
    till.account.ready()
    till.breaks("start", answer, times=2)
    answered = till.account.start(till.ask())
    assert isinstance(answered, Refused) and answered.reason in set(Reason)


def test_a_provider_that_cannot_be_reached_did_nothing_and_may_be_asked_again(till: Till) -> None:
    till.account.ready()
    known = till.known
    known |= {where: "http://127.0.0.1:1" for where in ("api_url", "oauth_url") if where in known}
    answered = till.open(known).start(till.ask())
    assert isinstance(answered, Refused) and answered.retryable


@pytest.mark.parametrize("till", FAILING, indirect=True, ids=name)
@pytest.mark.parametrize("answer", ["500", "429", "garbage", "half", "html"])
def test_an_unclear_status_is_asked_for_again_and_changes_nothing(till: Till, answer: str) -> None:
    asked, _ = till.begin()
    till.breaks("status", answer)
    with pytest.raises(TryAgain):
        till.account.query_status(asked)
    assert till.account.query_status(asked).outcome is Outcome.PENDING


@only(Provider.KOPOKOPO, Provider.PAYSTACK)
def test_too_much_or_too_little_is_refused_before_it_is_asked(till: Till) -> None:
    amount = {Provider.KOPOKOPO: 250_001, Provider.PAYSTACK: 2}[till.provider]
    assert till.account.start(till.ask(amount)) == Refused(Reason.LIMIT)


@only(Provider.KOPOKOPO, Provider.PESAPAL)
def test_a_token_that_is_refused_is_renewed_once_and_the_question_answered(till: Till) -> None:
    asked, _ = till.begin()
    switches = till.simulators.kopokopo if till.provider is Provider.KOPOKOPO else till.simulators.pesapal
    switches.set(revoke_tokens=True)
    assert till.account.query_status(asked).outcome is Outcome.PENDING


@only(*LINKS)
def test_a_reference_is_used_once(till: Till) -> None:
    ask = till.ask()
    assert isinstance(till.account.start(ask), Accepted)
    assert isinstance(till.account.start(ask), Refused)


@only(Provider.KOPOKOPO, Provider.PAYSTACK)
def test_what_is_posted_is_signed_and_says_what_a_question_would(till: Till) -> None:
    asked, _ = till.begin()
    till.decide(asked, "pay")
    paid = stands(till, asked, Outcome.PAID)
    key = "k2-key" if till.provider is Provider.KOPOKOPO else "sk_test_0123456789"

    def told(raw: bytes) -> list[Notice]:
        events = till.webhook.parse(raw, live=False)
        return [one for one in events if isinstance(one, Notice) and one.payment_id == asked.payment_id]

    (post,) = till.sink.wait(lambda post: bool(told(post.raw)))[:1]
    (notice,) = told(post.raw)
    assert till.webhook.authenticate(post.raw, post.headers, ("another", key)) == (key,)
    assert till.webhook.authenticate(post.raw + b" ", post.headers, (key,)) == ()
    assert till.webhook.authenticate(post.raw, {}, (key,)) == ()
    facts = ("outcome", "payment_id", "handle_id", "receipt", "amount", "currency", "payer_hash", "at")
    assert [getattr(notice, fact) for fact in facts] == [getattr(paid, fact) for fact in facts]


def test_all_of_a_payment_goes_back_once(till: Till) -> None:
    asked, _ = till.begin()
    till.decide(asked, "pay")
    paid = stands(till, asked, Outcome.PAID)
    first = refunding(till, asked, paid)
    answered = till.account.refund(first)
    assert isinstance(answered, Accepted)
    eventually(lambda: till.account.query_refund(first, answered.handle).outcome is RefundOutcome.DONE)
    done = till.account.query_refund(first, answered.handle)
    assert (done.refund_id, done.payment_id) == (first.refund_id, asked.payment_id)
    assert isinstance(till.account.refund(refunding(till, asked, paid)), Refused)


def test_a_part_of_a_payment_goes_back_where_the_provider_can(till: Till) -> None:
    asked, _ = till.begin()
    till.decide(asked, "pay")
    part = refunding(till, asked, stands(till, asked, Outcome.PAID), 200)
    answered = till.account.refund(part)
    assert isinstance(answered, Accepted)
    eventually(lambda: till.account.query_refund(part, answered.handle).outcome is RefundOutcome.DONE)


@pytest.mark.parametrize("answer", ["500", "garbage", "silence"])
def test_a_refund_without_a_clear_answer_is_unknown_and_never_repeated_by_itself(
    till: Till, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("kopokopo.api", "pesapal.api", "paystack.client"):
        for limit in ("START_SECONDS", "ASK_SECONDS"):
            monkeypatch.setattr(f"core.providers.{module}.{limit}", 1.0, raising=False)
    asked, _ = till.begin()
    till.decide(asked, "pay")
    paid = stands(till, asked, Outcome.PAID)
    till.breaks("refund", answer)
    answered: StartResult = till.account.refund(refunding(till, asked, paid))
    assert answered == Unknown()


def test_a_link_can_be_cancelled_where_the_provider_can(till: Till) -> None:
    asked, _ = till.begin()
    cancelled = till.account.cancel(asked)
    assert cancelled is (till.start is Start.LINK and till.provider is not Provider.PAYSTACK)
    if cancelled and till.provider is Provider.PESAPAL:
        assert not till.cards.decide(till.page(asked)["id"], "pay")


def test_what_came_in_is_listed_where_the_provider_lists(till: Till) -> None:
    asked, _ = till.begin()
    till.decide(asked, "pay")
    paid = stands(till, asked, Outcome.PAID)
    now = datetime.now(UTC)
    if not till.account.traits.lists:
        with pytest.raises(Unsupported):
            till.account.list_transactions(now - timedelta(hours=1), now)
        return
    listed = till.account.list_transactions(now - timedelta(hours=1), now + timedelta(minutes=1))
    assert [(one.receipt, one.amount, one.currency) for one in listed] == [(paid.receipt, Decimal(850), "KES")]
    assert till.account.list_transactions(now - timedelta(hours=2), now - timedelta(hours=1)) == ()
