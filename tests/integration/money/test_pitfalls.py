"""What goes wrong between any provider and any bar, each once, with a payment by card: the reference's own list.

More of it by the same number: test_links.py (3, 4, 7, 9, 12), tests/unit/money/test_card_answers.py (11, 17),
test_settling.py (5, 6, 8 for M-Pesa) and tests/integration/books (8, 15).
"""

import hashlib
import hmac
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.domain.receipts import Outcome, Source
from core.domain.statuses import OrderStatus, PaymentStatus
from core.providers.paystack.webhook import PaystackWebhook
from core.services import payments
from core.services.doorbells import settle_payments
from core.services.settle import settle_notice
from core.store.redis.store import Store
from sandbox.simulators.control import Simulators
from tests.integration.money.house import House
from tests.integration.money.simulated import CARD_KEY, simulated, simulators, web_port
from tests.integration.money.test_links import asks, kinds, order, pays, stands
from webapp.webhooks import money

__all__ = ["simulated", "simulators", "web_port"]
S = PaymentStatus
URL = "/api/webhooks/paystack"


@pytest.fixture
def client(house: House, simulators: Simulators) -> FlaskClient:
    app = Flask(__name__)
    app.extensions["program"] = house.program
    for blueprint in money.blueprints:
        app.register_blueprint(blueprint)
    return app.test_client()


def charge(payment_id: str, **changes: Any) -> dict[str, Any]:
    """What Paystack posts of a payment that came off."""
    data = {
        "id": 5_120_034_411, "domain": "test", "status": "success", "reference": payment_id, "amount": 70_000,
        "currency": "KES", "paid_at": "2026-03-06T18:21:02.000Z", "metadata": {"payment_id": payment_id},
    }  # fmt: skip
    return {"event": "charge.success", "data": data | changes}


def post(client: FlaskClient, body: dict[str, Any], key: str = CARD_KEY) -> int:
    raw = json.dumps(body).encode()
    signed = hmac.new(key.encode(), raw, hashlib.sha512).hexdigest()
    return client.post(URL, data=raw, headers={"x-paystack-signature": signed}).status_code


def serve(house: House) -> None:
    settle_payments(house.program, "a bell of the test")


def test_pitfall_1_one_notice_told_five_times_counts_once(house: House, client: FlaskClient) -> None:
    payment_id = asks(house, order(house), "paystack")["payment_id"]
    assert [post(client, charge(payment_id)) for _ in range(5)] == [200] * 5
    serve(house)
    assert post(client, charge(payment_id)) == 200
    serve(house)
    assert (len(house.receipts()), kinds(house).count("payment_settled")) == (1, 1)


def test_pitfall_2_a_notice_before_the_start_call_returns_is_not_undone(
    house: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = order(house)
    ref = house.bar.guest()
    effect = {"kind": "request_payment", "order_id": order_id, "method": "CARD", "provider": "paystack", "phone": ""}
    payment_id = house.bar.perform(ref, effect)[0]["payment_id"]
    keep = payments._write

    def paid_meanwhile(*given: Any) -> Any:
        post(client, charge(payment_id))
        return keep(*given)

    monkeypatch.setattr(payments, "_write", paid_meanwhile)
    house.request(payment_id)
    serve(house)
    payment = house.payment(payment_id)
    assert (payment.status, payment.handle) == (S.SUCCEEDED, payment_id)
    assert house.order_status(order_id) is OrderStatus.PAID


def test_pitfall_5_notice_and_question_about_one_receipt_are_one_receipt(
    house: House, simulators: Simulators, client: FlaskClient
) -> None:
    payment_id = asks(house, order(house), "paystack")["payment_id"]
    pays(house, simulators, payment_id, "mpesa")
    house.check(payment_id)
    stands(house, payment_id, S.SUCCEEDED)
    assert len(house.receipts()) == 1


def test_pitfall_6_money_that_names_nothing_of_ours_is_kept_as_unmatched(house: House, client: FlaskClient) -> None:
    assert post(client, charge("somebody-elses", metadata=0)) == 200
    serve(house)
    assert [(one.state, one.order_id) for one in house.receipts()] == [("UNMATCHED", None)]


def test_pitfall_8_money_taken_back_is_written_down_and_told(house: House, client: FlaskClient) -> None:
    order_id = order(house)
    payment_id = asks(house, order_id, "paystack")["payment_id"]
    post(client, charge(payment_id))
    serve(house)
    body = json.dumps(charge(payment_id, status="reversed")).encode()
    (back,) = PaystackWebhook().parse(body, live=False, source=Source.POLL)
    settle_notice(house.bar.sessions, {"data": back.to_dict(), "workspaces": [str(house.bar.workspace_id)]})
    assert house.status(payment_id) is S.REVERSED
    assert kinds(house)[-1] == "money_returned"


@pytest.mark.parametrize("late", ["pending", "failed", "abandoned"])
def test_pitfall_10_what_was_true_earlier_does_not_undo_a_success(house: House, client: FlaskClient, late: str) -> None:
    payment_id = asks(house, order(house), "paystack")["payment_id"]
    post(client, charge(payment_id))
    serve(house)
    body = json.dumps(charge(payment_id, status=late)).encode()
    (told,) = PaystackWebhook().parse(body, live=False, source=Source.POLL)
    assert told.outcome in (Outcome.PENDING, Outcome.FAILED)
    settle_notice(house.bar.sessions, {"data": told.to_dict(), "workspaces": [str(house.bar.workspace_id)]})
    assert house.status(payment_id) is S.SUCCEEDED


@pytest.mark.parametrize("key", ["another key", "", CARD_KEY.upper()])
def test_pitfall_12_a_bad_signature_is_401_and_nothing_is_kept(house: House, client: FlaskClient, key: str) -> None:
    payment_id = asks(house, order(house), "paystack")["payment_id"]
    assert post(client, charge(payment_id), key) == 401
    assert client.post(URL, data=b"{}").status_code == 401
    serve(house)
    assert house.receipts() == []


def test_pitfall_13_what_cannot_be_kept_is_asked_for_again(house: House, client: FlaskClient) -> None:
    payment_id = asks(house, order(house), "paystack")["payment_id"]
    gone = Store("redis://127.0.0.1:1/0", seconds=0.2)
    kept = house.program.store
    object.__setattr__(house.program, "store", gone)
    assert post(client, charge(payment_id)) == 503
    object.__setattr__(house.program, "store", kept)


def test_pitfall_14_every_payment_that_is_not_over_has_a_date_in_the_database(
    house: House, simulators: Simulators
) -> None:
    order_id = order(house)
    for provider in ("pesapal", "paystack"):
        payment_id = asks(house, order_id, provider)["payment_id"]
        assert house.payment(payment_id).next_check_at is not None
        pays(house, simulators, payment_id, "fail")
        house.check(payment_id)
        assert house.payment(payment_id).next_check_at is not None


def test_pitfall_16_no_provider_of_pages_learns_the_guests_number_and_no_log_says_it(
    house: House, simulators: Simulators, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = order(house)
    for provider in ("pesapal", "paystack"):
        payment_id = asks(house, order_id, provider)["payment_id"]
        given = str(getattr(simulators, provider).pages())
        assert payment_id in given and "254700000001" not in given and "0700000001" not in given
    assert "254700000001" not in capsys.readouterr().out
