"""Paying on a page: asked for at once, told, paid, left, expired, overtaken by another way, and paid all the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from core import metrics
from core.domain.statuses import OrderStatus, PaymentStatus, ReceiptState, Start
from core.errors import TryAgain
from core.jobs import CHECK_PAYMENT, REQUEST_PAYMENT
from core.services.check_payments import check_payment
from core.services.doorbells import settle_payments
from core.services.journal import REFUSED_A_MINUTE, REFUSED_BYTES, Refusals, save_journal
from core.services.notices import unseen
from core.services.payment_accounts import reference_of
from core.store.redis.arrivals import Arrival, read
from core.store.redis.streams import Entry
from core.store.sql.tables import Payment, Workspace
from sandbox.simulators.control import CardSwitches, Simulators
from sandbox.simulators.guest import PATIENCE
from tests.integration.money.house import House
from tests.integration.money.simulated import simulated, simulators, web_port
from tests.waiting import eventually
from webapp.webhooks import pesapal

__all__ = ["simulated", "simulators", "web_port"]
S = PaymentStatus
CARDS = ("pesapal", "paystack")


def order(house: House) -> str:
    """A guest has ordered a Dawa and not paid yet."""
    placed, *_ = house.bar.order(house.bar.guest(), False, Dawa=1)
    return str(placed["order_id"])


def asks(house: House, order_id: str, provider: str, method: str = "CARD", **more: str) -> dict[str, Any]:
    """The guest taps a way to pay; what its turn came to, and the jobs it left are done."""
    ref = house.bar.guest()
    effect = {"kind": "request_payment", "order_id": order_id, "method": method, "provider": provider, "phone": ""}
    outcomes, followup = house.bar.perform_all(ref, [effect | more])
    for job in followup.jobs:
        assert job.task == REQUEST_PAYMENT
        house.request(job.args[0])
    return outcomes[0]


def switches(simulators: Simulators, provider: str) -> CardSwitches:
    return simulators.pesapal if provider == "pesapal" else simulators.paystack


def page(house: House, simulators: Simulators, payment_id: str) -> dict[str, Any]:
    """The page that was made for a payment."""
    for provider, name in (("pesapal", reference_of(house.program, payment_id)), ("paystack", payment_id)):
        if found := switches(simulators, provider).pages(reference=name):
            return found[0]
    raise AssertionError("no page")


def pays(house: House, simulators: Simulators, payment_id: str, what: str = "pay") -> None:
    """On the page, in the guest's browser."""
    found = page(house, simulators, payment_id)
    assert switches(simulators, found["provider"]).decide(found["id"], what)


def serve(house: House) -> None:
    """Everything that was rung for since, done."""
    settle_payments(house.program, "a bell of the test")
    while house.rung:
        job = house.rung.pop(0)
        if job.task == CHECK_PAYMENT:
            check_payment(house.program, *job.args)


def stands(house: House, payment_id: str, status: PaymentStatus) -> None:
    def look() -> bool:
        serve(house)
        return house.status(payment_id) is status

    eventually(look)


def kinds(house: House) -> list[str]:
    return [event["kind"] for event in house.owed()]


@pytest.mark.parametrize("provider", CARDS)
def test_a_guest_who_asks_for_card_gets_a_link_at_once_and_paying_buys_the_order(
    house: House, simulators: Simulators, provider: str
) -> None:
    order_id = order(house)
    asked = asks(house, order_id, provider)
    assert (asked["result"], asked["start"], asked["provider"]) == ("requested", "LINK", provider)
    (told,) = house.owed("payment_link")
    assert (told["payment_id"], told["provider"], told["amount"]) == (asked["payment_id"], provider, "700")
    assert requests.get(told["link"].replace(told["link"].split("/sandbox")[0], base(simulators)), timeout=PATIENCE).ok
    pays(house, simulators, asked["payment_id"])
    stands(house, asked["payment_id"], S.SUCCEEDED)
    assert house.order_status(order_id) is OrderStatus.PAID
    assert [(one.provider, one.state) for one in house.receipts()] == [(provider, ReceiptState.MATCHED)]


def base(simulators: Simulators) -> str:
    return simulators._base_url


@pytest.mark.parametrize("provider", CARDS)
def test_money_nobody_told_of_is_found_by_asking(house: House, simulators: Simulators, provider: str) -> None:
    switches(simulators, provider).set(notice="never")
    order_id = order(house)
    payment_id = asks(house, order_id, provider)["payment_id"]
    pays(house, simulators, payment_id)
    house.check(payment_id)
    assert house.order_status(order_id) is OrderStatus.PAID


@pytest.mark.parametrize("provider", CARDS)
def test_notices_twice_and_a_question_thank_once(house: House, simulators: Simulators, provider: str) -> None:
    switches(simulators, provider).set(notice="twice")
    payment_id = asks(house, order(house), provider)["payment_id"]
    pays(house, simulators, payment_id)
    house.check(payment_id)
    stands(house, payment_id, S.SUCCEEDED)
    serve(house)
    assert kinds(house).count("payment_settled") == 1
    assert len(house.receipts()) == 1


def test_asked_for_again_the_link_is_the_same(house: House, simulators: Simulators) -> None:
    order_id = order(house)
    first = asks(house, order_id, "pesapal")
    again = asks(house, order_id, "pesapal")
    assert (again["result"], again["payment_id"]) == ("live_attempt", first["payment_id"])
    assert again["link"] == house.owed("payment_link")[0]["link"]


def test_a_venue_says_how_long_a_link_is_good(house: House, simulators: Simulators) -> None:
    first = house.payment(asks(house, order(house), "paystack")["payment_id"])
    house.bar.change(Workspace, house.bar.workspace_id, paying={"link_minutes": 120})
    second = house.payment(asks(house, order(house), "paystack")["payment_id"])
    assert first.expires_at and first.expires_at - first.created_at < timedelta(minutes=11)
    assert second.expires_at and second.expires_at - second.created_at > timedelta(minutes=119)


def test_another_provider_s_link_takes_the_place_of_the_first_which_is_cancelled(
    house: House, simulators: Simulators
) -> None:
    order_id = order(house)
    first = asks(house, order_id, "pesapal")["payment_id"]
    second = asks(house, order_id, "paystack")["payment_id"]
    assert (house.status(first), house.status(second)) == (S.EXPIRED, S.PENDING)
    house.check(first)
    assert page(house, simulators, first)["status"] == "cancelled"
    assert house.payment(first).closed_at is not None
    assert "link_cancelled" in house.diary()
    house.check(first)
    assert house.diary().count("link_cancelled") == 1


def test_a_link_stands_beside_a_prompt_only_when_the_dialog_should_have_answered(
    house: House, simulators: Simulators
) -> None:
    simulators.kopokopo.set(dialog_life=300)
    simulators.kopokopo.rule("ask")
    order_id, prompt_id = house.order()
    house.request(prompt_id)
    assert asks(house, order_id, "pesapal")["result"] == "live_attempt"
    house.ago(prompt_id, 81)
    asked = asks(house, order_id, "pesapal")
    assert asked["result"] == "requested"
    assert house.status(prompt_id) is S.PENDING
    pays(house, simulators, asked["payment_id"])
    stands(house, asked["payment_id"], S.SUCCEEDED)
    assert house.order_status(order_id) is OrderStatus.PAID
    house.check(prompt_id)


def test_pitfall_9_the_prompt_is_paid_so_the_link_is_cancelled(house: House, simulators: Simulators) -> None:
    simulators.kopokopo.set(dialog_life=300)
    simulators.kopokopo.rule("ask")
    order_id, prompt_id = house.order()
    house.request(prompt_id)
    house.ago(prompt_id, 81)
    link_id = asks(house, order_id, "pesapal")["payment_id"]
    prompt = simulators.kopokopo.wait_for(screen="open")
    assert simulators.kopokopo.decide(prompt["id"], "success")
    stands(house, prompt_id, S.SUCCEEDED)
    assert house.status(link_id) is S.EXPIRED
    house.check(link_id)
    assert page(house, simulators, link_id)["status"] == "cancelled"


def test_pitfall_9_a_second_success_goes_back(house: House, simulators: Simulators) -> None:
    order_id = order(house)
    first = asks(house, order_id, "pesapal")["payment_id"]
    second = asks(house, order_id, "paystack")["payment_id"]
    pays(house, simulators, second)
    stands(house, second, S.SUCCEEDED)
    pays(house, simulators, first)
    stands(house, first, S.SUCCEEDED)
    assert house.order_status(order_id) is OrderStatus.PAID
    states = {one.provider.value: one.state for one in house.receipts()}
    assert states == {"paystack": ReceiptState.MATCHED, "pesapal": ReceiptState.REFUND_DUE}


@pytest.mark.parametrize("provider", CARDS)
def test_pitfall_4_a_link_whose_time_is_over_is_told_and_money_that_still_comes_counts(
    house: House, simulators: Simulators, provider: str
) -> None:
    order_id = order(house)
    payment_id = asks(house, order_id, provider)["payment_id"]
    switches(simulators, provider).fails("cancel")
    expire(house, payment_id)
    house.check(payment_id)
    assert house.status(payment_id) is S.EXPIRED
    assert kinds(house)[-1] == "payment_expired"
    pays(house, simulators, payment_id)
    stands(house, payment_id, S.SUCCEEDED)
    assert house.order_status(order_id) is OrderStatus.PAID


def expire(house: House, payment_id: str, seconds: float = 1) -> None:
    """The link's time was over so long ago."""
    house.bar.change(Payment, payment_id, expires_at=datetime.now(UTC) - timedelta(seconds=seconds))


@pytest.mark.parametrize("provider", CARDS)
def test_a_card_that_is_declined_is_told_and_the_page_may_still_be_paid(
    house: House, simulators: Simulators, provider: str
) -> None:
    order_id = order(house)
    payment_id = asks(house, order_id, provider)["payment_id"]
    pays(house, simulators, payment_id, "fail")
    house.check(payment_id)
    assert house.owed("payment_failed")[0]["reason"] == "declined"
    assert house.payment(payment_id).next_check_at is not None, "its page lets the guest try again"
    pays(house, simulators, payment_id)
    stands(house, payment_id, S.SUCCEEDED)
    assert house.order_status(order_id) is OrderStatus.PAID


@pytest.mark.parametrize("provider", CARDS)
def test_pitfall_3_a_page_whose_address_got_lost_is_given_up_and_a_new_one_made(
    house: House, simulators: Simulators, provider: str
) -> None:
    order_id = order(house)
    switches(simulators, provider).fails("start", "garbage", after=True)
    lost = asks(house, order_id, provider)["payment_id"]
    assert house.owed("payment_failed")[0]["reason"] == "network_error"
    again = asks(house, order_id, provider)
    assert (again["result"], house.status(lost)) == ("requested", S.FAILED)
    pays(house, simulators, lost)
    stands(house, lost, S.SUCCEEDED)
    assert house.order_status(order_id) is OrderStatus.PAID, "dead, but watched"


def test_mpesa_by_link_is_there_for_who_gets_no_prompt(house: House, simulators: Simulators) -> None:
    order_id = order(house)
    asked = asks(house, order_id, "kopokopo", "MPESA", start=Start.LINK)
    payment = house.payment(asked["payment_id"])
    assert (payment.start, payment.status, bool(payment.link)) == (Start.LINK, S.PENDING, True)
    assert simulators.kopokopo.pays_link(str(payment.handle_id), "254712345678")
    stands(house, asked["payment_id"], S.SUCCEEDED)
    assert house.order_status(order_id) is OrderStatus.PAID


def test_a_link_nobody_used_for_a_day_is_over_without_a_word(house: House, simulators: Simulators) -> None:
    payment_id = asks(house, order(house), "paystack")["payment_id"]
    expire(house, payment_id)
    house.check(payment_id)
    house.ago(payment_id, 86_401)
    expire(house, payment_id, 90_000)
    said = kinds(house)
    house.check(payment_id)
    assert (house.status(payment_id), house.payment(payment_id).reason) == (S.FAILED, "abandoned")
    assert kinds(house) == said


# --- Pesapal's notification ---


@pytest.fixture
def ipn(house: House, simulators: Simulators) -> Callable[..., Any]:
    """Post or get a notification, as anybody could."""

    def send(how: str = "POST", **fields: str) -> Any:
        url = f"{house.program.settings.public_base_url}/api/webhooks/pesapal"
        if how == "GET":
            return requests.get(url, params=fields, timeout=PATIENCE)
        return requests.post(url, json=fields, timeout=PATIENCE)

    return send


def heard(result: str) -> float:
    return float(metrics.hints.labels("pesapal", result)._value.get())


@pytest.mark.parametrize("how", ["POST", "GET"])
@pytest.mark.parametrize("spelt", ["Order", "order"])
def test_a_notification_makes_us_ask_and_is_answered_as_pesapal_wants(
    house: House, simulators: Simulators, ipn: Callable[..., Any], how: str, spelt: str
) -> None:
    simulators.pesapal.set(notice="never")
    payment_id = asks(house, order(house), "pesapal")["payment_id"]
    pays(house, simulators, payment_id)
    reference, handle = reference_of(house.program, payment_id), house.payment(payment_id).handle
    named = {"TrackingId": handle, "MerchantReference": reference, "NotificationType": "IPNCHANGE"}
    answer = ipn(how, **{f"{spelt}{name}": value for name, value in named.items()})
    assert answer.json() == {
        "orderNotificationType": "IPNCHANGE", "orderTrackingId": handle, "orderMerchantReference": reference,
        "status": 200,
    }  # fmt: skip
    serve(house)
    assert house.status(payment_id) is S.SUCCEEDED


@pytest.mark.parametrize(
    "reference", ["", "x", "5b0f6a0e-0000-4000-8000-000000000009", "5b0f6a0e-0000-4000-8000-000000000009.0123456789ab"]
)
def test_a_notification_for_an_id_we_never_made_is_ignored_and_counted(
    house: House, ipn: Callable[..., Any], reference: str
) -> None:
    before = heard("unknown")
    answer = ipn(OrderTrackingId="4e8d21c7", OrderMerchantReference=reference, OrderNotificationType="IPNCHANGE")
    assert (answer.status_code, answer.json()["status"]) == (200, 200)
    assert (house.rung, heard("unknown")) == ([], before + 1)


def test_the_journal_has_what_pesapal_said_of_our_payments_and_a_few_strange_ones(
    house: House, simulators: Simulators, ipn: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pesapal, "_strangers", Refusals())
    payment_id = asks(house, order(house), "pesapal")["payment_id"]
    reference = reference_of(house.program, payment_id)
    for _ in range(3):
        ipn(OrderTrackingId="4e8d21c7", OrderMerchantReference=reference, OrderNotificationType="x" * 9_999)
    ours = [one for one in arrivals(house) if one.source == "pesapal"]
    assert [(one.signature, one.outcome, len(one.body)) for one in ours] == [("none", "heard", REFUSED_BYTES)]
    assert not ours[0].signed and reference.encode() in ours[0].body
    for _ in range(30):
        ipn(OrderTrackingId="4e8d21c7", OrderMerchantReference="somebody's")
    strange = [one for one in arrivals(house) if one.source == "pesapal"][1:]
    assert {one.outcome for one in strange} == {"refused"} and len(strange) <= 2 * REFUSED_A_MINUTE
    save_journal(house.program)


def test_four_notifications_at_once_make_us_ask_once(
    house: House, simulators: Simulators, ipn: Callable[..., Any]
) -> None:
    payment_id = asks(house, order(house), "pesapal")["payment_id"]
    named = {"OrderTrackingId": "4e8d21c7", "OrderMerchantReference": reference_of(house.program, payment_id)}
    assert [ipn(**named).json()["status"] for _ in range(4)] == [200] * 4
    assert len(house.rung) == 1


def test_a_notification_that_cannot_be_passed_on_is_asked_for_again(
    house: House, simulators: Simulators, ipn: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_job: object) -> None:
        raise TryAgain("no broker")

    payment_id = asks(house, order(house), "pesapal")["payment_id"]
    monkeypatch.setattr(house.program.ring, "_publish", down)
    named = {"OrderTrackingId": "4e8d21c7", "OrderMerchantReference": reference_of(house.program, payment_id)}
    answer = ipn(**named)
    assert (answer.status_code, answer.json()["status"]) == (200, 500)


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"\xff", b'"x"', b"{" * 9_999])
def test_nonsense_is_answered_calmly(house: House, simulators: Simulators, raw: bytes) -> None:
    url = f"{house.program.settings.public_base_url}/api/webhooks/pesapal"
    assert requests.post(url, data=raw, timeout=PATIENCE).json()["status"] == 200


# --- Paystack's events ---


def test_a_dispute_stands_before_staff_until_somebody_has_seen_to_it(house: House, simulators: Simulators) -> None:
    payment_id = asks(house, order(house), "paystack")["payment_id"]
    pays(house, simulators, payment_id)
    stands(house, payment_id, S.SUCCEEDED)
    assert simulators.paystack.disputes(payment_id)

    def said() -> list[Any]:
        serve(house)
        with house.bar.sessions.begin() as db:
            return unseen(db, house.bar.workspace_id)

    (notice,) = eventually(said)
    assert notice.loud and "Dispute: Opened" in notice.what and "KES 700" in notice.what
    assert "dispute_opened" in house.diary()


def test_pitfall_12_a_test_payment_is_no_money_where_money_is_real(house: House, simulators: Simulators) -> None:
    order_id = order(house)
    payment_id = asks(house, order_id, "paystack")["payment_id"]
    object.__setattr__(house.program.settings, "environment", "production")
    pays(house, simulators, payment_id)
    eventually(lambda: "another mode" in journal(house))
    serve(house)
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.PENDING, OrderStatus.PENDING)
    assert house.receipts() == []


def test_an_event_of_no_known_kind_is_kept_and_shown(house: House, simulators: Simulators) -> None:
    simulators.paystack.posts("customeridentification.success", {"domain": "test"})
    eventually(lambda: "not about a payment" in journal(house))
    simulators.paystack.posts("charge.success", {"domain": "test", "status": "success", "amount": "much"})
    eventually(lambda: "malformed" in journal(house))
    assert house.receipts() == []


def arrivals(house: House) -> list[Arrival]:
    entries = house.program.store.client.xrange("stream:journal")
    return [arrival for id, fields in entries for arrival in read(Entry(id, fields["body"]))]


def journal(house: House) -> list[str]:
    return [arrival.outcome for arrival in arrivals(house)]


@pytest.mark.parametrize(("change", "note"), [({"currency": "USD"}, "mismatch"), ({"amount": 35000}, "part_paid")])
def test_pitfall_7_other_money_than_was_asked(
    house: House, simulators: Simulators, change: dict[str, Any], note: str
) -> None:
    order_id = order(house)
    payment_id = asks(house, order_id, "paystack")["payment_id"]
    simulators.paystack.set(**change)
    pays(house, simulators, payment_id)

    def noted() -> bool:
        serve(house)
        return note in house.diary()

    eventually(noted)
    assert house.order_status(order_id) is OrderStatus.PENDING
