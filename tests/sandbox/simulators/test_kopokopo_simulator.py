"""The simulated Kopo Kopo answers, charges and calls back as the real one."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE
from sandbox.simulators.kopokopo.rules import FAILURES
from sandbox.simulators.kopokopo.shapes import signature

PHONE = "254712345678"
RECEIPT = re.compile(r"[A-Z0-9]{10}")


def results(webhook: Any, count: int = 1) -> list[dict[str, Any]]:
    """Result callbacks, their signatures checked."""
    posts = webhook.wait(lambda post: post.path == "/callback", count)
    assert all(post.headers["X-KopoKopo-Signature"] == signature("k2-test-api-key", post.raw) for post in posts)
    return [json.loads(post.raw)["data"]["attributes"] for post in posts]


def till_events(webhook: Any, count: int = 1) -> list[dict[str, Any]]:
    """Subscribed events."""
    posts = webhook.wait(lambda post: post.path == "/api/webhooks/payment", count)
    assert all(post.headers["X-KopoKopo-Signature"] == signature("k2-test-api-key", post.raw) for post in posts)
    return [json.loads(post.raw) for post in posts]


def test_the_signature_is_the_one_of_the_reference() -> None:
    raw = b'{"data":{"id":"11111111-2222-3333-4444-555555555555","type":"incoming_payment"}}'
    expected = "3282af3093e84fef2c17cd5fdafd4f03671c291a73fc3e7bb09a778d7b65464e"
    assert signature("k2-test-api-key", raw) == expected


def test_a_token_lasts_an_hour_and_wrong_secrets_get_none(money: Any) -> None:
    answer = money.log_in().json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    wrong = requests.post(f"{money.base}/oauth/token", data={"client_id": "x"}, headers=money.headers, timeout=PATIENCE)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


def test_without_a_user_agent_the_edge_answers_403(money: Any) -> None:
    money.headers["User-Agent"] = ""
    answer = money.ask()
    assert (answer.status_code, answer.content) == (403, b"")


def test_a_revoked_token_is_401(money: Any, simulators: Simulators) -> None:
    simulators.kopokopo.set(revoke_tokens=True)
    assert money.ask().status_code == 401
    money.log_in()
    assert money.ask().status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"subscriber": {"phone_number": "+25471"}}, {"subscriber": {}}, {"subscriber": None},
        {"amount": {"currency": "KES", "value": 8.5}}, {"amount": {"currency": "KES", "value": 0}},
        {"amount": {"currency": "USD", "value": 8}}, {"amount": {"currency": "KES", "value": 250001}},
        {"till_number": "123456"}, {"payment_channel": None}, {"_links": {}},
        {"metadata": {str(n): "x" for n in range(6)}},
    ],
)  # fmt: skip
def test_a_bad_request_is_400_with_a_reason(money: Any, wrong: dict[str, Any]) -> None:
    answer = money.ask(**wrong)
    assert answer.status_code == 400
    assert answer.json()["error_code"] == 400 and answer.json()["error_message"]


@pytest.mark.parametrize("phone", ["+254712345678", "254112345678", "0712345678"])
def test_a_paid_prompt_calls_back_and_tells_the_till(money: Any, webhook: Any, phone: str) -> None:
    answer = money.ask(phone)
    assert (answer.status_code, answer.content) == (201, b"")
    (result,) = results(webhook)
    resource = result["event"]["resource"]
    assert (result["status"], result["metadata"], resource["amount"]) == ("Success", {"payment_id": "p-1"}, "850.0")
    assert RECEIPT.fullmatch(resource["reference"])
    (event,) = till_events(webhook)
    assert (event["topic"], event["event"]["resource"]) == ("buygoods_transaction_received", resource)
    assert money.show(answer.headers["Location"])["attributes"] == result


def test_the_hash_of_the_phone_is_the_one_of_the_reference(money: Any, webhook: Any) -> None:
    money.ask()
    (result,) = results(webhook)
    hashed = "7132104d6aae9c3fac82095a42c2817952bca48e09d98d5bf4ac08218982fb90"
    assert result["event"]["resource"]["hashed_sender_phone"] == hashed


@pytest.mark.parametrize(("outcome", "words"), FAILURES.items())
def test_each_failure_comes_in_mpesas_words(
    money: Any, webhook: Any, simulators: Simulators, outcome: str, words: str
) -> None:
    simulators.kopokopo.set(dialog_life=0.1)
    simulators.kopokopo.rule(outcome)
    location = money.ask().headers["Location"]
    (result,) = results(webhook)
    assert (result["status"], result["event"]) == (
        "Failed",
        {"type": "Incoming Payment Request", "resource": None, "errors": words},
    )
    assert money.show(location)["attributes"] == result


def test_one_prompt_at_a_time_on_a_phone(money: Any, simulators: Simulators) -> None:
    simulators.kopokopo.rule("ask")
    assert money.ask().status_code == 201
    busy = money.ask()
    assert busy.status_code == 429
    assert busy.json() == {"error_code": 429, "error_message": "There is a pending request for the phone number"}
    assert money.ask("+254733333333").status_code == 201
    simulators.guest(PHONE).pays("cancelled")
    assert money.ask().status_code == 201


def test_a_prompt_is_pending_until_the_guest_decides(money: Any, webhook: Any, simulators: Simulators) -> None:
    guest = simulators.guest(PHONE)
    guest.holds_the_phone()
    location = money.ask().headers["Location"]
    assert money.show(location)["attributes"]["status"] == "Pending"
    prompt = guest.pays()
    assert (prompt["amount"], prompt["metadata"]) == ("850", {"payment_id": "p-1"})
    assert results(webhook)[0]["status"] == "Success"


def test_twice_is_the_same_result_twice(money: Any, webhook: Any, simulators: Simulators) -> None:
    simulators.kopokopo.rule("twice")
    money.ask()
    one, two = results(webhook, count=2)
    assert one == two


def test_late_is_pending_first_and_paid_in_the_end(money: Any, webhook: Any, simulators: Simulators) -> None:
    simulators.kopokopo.rule("late")
    location = money.ask().headers["Location"]
    simulators.kopokopo.wait_for(phone=PHONE, screen="closed")
    assert money.show(location)["attributes"]["status"] == "Pending"
    assert results(webhook)[0]["status"] == "Success"


def test_a_callback_that_never_comes_leaves_the_status_to_ask_for(
    money: Any, webhook: Any, simulators: Simulators
) -> None:
    simulators.kopokopo.set(buygoods="never")
    simulators.kopokopo.rule(callback="never", times=1)
    location = money.ask().headers["Location"]
    simulators.kopokopo.wait_for(phone=PHONE, status="Success")
    assert money.show(location)["attributes"]["status"] == "Success"
    money.ask("+254733333333")
    assert results(webhook)[0]["event"]["resource"]["sender_phone_number"] == "+254733333333"


def test_the_callback_may_come_before_the_answer(money: Any, webhook: Any, simulators: Simulators) -> None:
    simulators.kopokopo.rule(callback="before_answer")
    answer = money.ask()
    assert [post.path for post in webhook.posts][:1] == ["/callback"]
    assert answer.status_code == 201


def test_a_failure_may_turn_into_a_payment(money: Any, webhook: Any, simulators: Simulators) -> None:
    simulators.kopokopo.rule("fails_then_pays")
    money.ask()
    assert [result["status"] for result in results(webhook, count=2)] == ["Failed", "Success"]


def test_a_reversal_names_the_same_receipt(money: Any, webhook: Any, simulators: Simulators) -> None:
    simulators.kopokopo.rule("reversed")
    money.ask()
    received, reversed_ = till_events(webhook, count=2)
    assert (received["topic"], reversed_["topic"]) == ("buygoods_transaction_received", "buygoods_transaction_reversed")
    assert received["event"]["resource"]["reference"] == reversed_["event"]["resource"]["reference"]


def test_a_timeout_after_charging_still_charges(money: Any, webhook: Any, simulators: Simulators) -> None:
    simulators.kopokopo.rule("timeout_after_charging")
    with pytest.raises(requests.ReadTimeout):
        money.ask(timeout=0.3)
    assert results(webhook)[0]["status"] == "Success"


@pytest.mark.parametrize(("answer", "status"), [("500", 500), ("garbage", 200), ("html", 502), ("empty", 201)])
def test_an_odd_answer_leaves_the_prompt_on_the_phone(
    money: Any, webhook: Any, simulators: Simulators, answer: str, status: int
) -> None:
    simulators.kopokopo.rule(answer=answer)
    got = money.ask()
    assert got.status_code == status and "Location" not in got.headers
    assert results(webhook)[0]["status"] == "Success"


def test_a_refusal_sends_no_prompt(money: Any, simulators: Simulators) -> None:
    simulators.kopokopo.rule(answer="429", times=1)
    assert money.ask().status_code == 429
    assert simulators.kopokopo.prompts() == []
    assert money.ask().status_code == 201


def test_calls_can_be_made_to_fail(money: Any, simulators: Simulators) -> None:
    simulators.kopokopo.fails("token", "500")
    assert [money.log_in().status_code for _ in range(2)] == [500, 200]
    location = money.ask().headers["Location"]
    simulators.kopokopo.fails("poll", "404")
    codes = [requests.get(location, headers=money.headers, timeout=PATIENCE).status_code for _ in range(2)]
    assert codes == [404, 200]


def test_the_list_has_every_receipt_of_its_window(money: Any, webhook: Any, simulators: Simulators) -> None:
    by_hand = simulators.kopokopo.pays_till(PHONE, 300)
    money.ask()
    prompted = results(webhook)[0]["event"]["resource"]["reference"]
    now = datetime.now(UTC)
    window = {
        "from_time": (now - timedelta(minutes=5)).isoformat(),
        "to_time": (now + timedelta(minutes=5)).isoformat(),
    }
    asked = {"scope": "till", "scope_reference": "123456", "_links": {"callback_url": money.callback}} | window
    location = money.post("polling", asked).headers["Location"]
    listed = money.show(location)["attributes"]["transactions"]
    assert [line["resource"]["reference"] for line in listed] == [by_hand, prompted]


def test_another_subscriber_hears_of_the_till_too(money: Any, webhook: Any, simulators: Simulators) -> None:
    wanted = {"event_type": "buygoods_transaction_received", "url": f"{webhook.url}/events", "scope": "till"}
    location = money.post("webhook_subscriptions", wanted | {"scope_reference": "123456"}).headers["Location"]
    assert money.show(location)["attributes"]["status"] == "Active"
    simulators.kopokopo.pays_till(PHONE, 300)
    assert webhook.wait(lambda post: post.path == "/events")


def test_the_guest_may_pay_another_amount(money: Any, webhook: Any, simulators: Simulators) -> None:
    simulators.kopokopo.rule(amount=100)
    money.ask()
    assert results(webhook)[0]["event"]["resource"]["amount"] == "100.0"


def test_a_callback_not_accepted_comes_again(money: Any, webhook: Any, simulators: Simulators) -> None:
    simulators.kopokopo.set(buygoods="never")
    webhook.answers[:] = [503]
    money.ask()
    assert len(results(webhook, count=2)) == 2


def test_a_phone_on_the_screen_waits_for_its_guest_until_it_is_put_away(
    money: Any, simulators: Simulators, base_url: str
) -> None:
    look = f"{base_url}/sandbox/api/updates?guest={PHONE}&screen=1&timeout="
    requests.get(f"{look}0", timeout=PATIENCE)
    money.ask()
    assert simulators.kopokopo.wait_for(phone=PHONE, screen="open")["status"] == "Pending"
    simulators.guest(PHONE).pays()
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{look}20&after=999999999", timeout=0.2)
    money.ask()
    prompts = simulators.kopokopo.prompts(PHONE)
    assert simulators.kopokopo.wait_for(id=prompts[-1]["id"], status="Success")["decision"] == "success"
