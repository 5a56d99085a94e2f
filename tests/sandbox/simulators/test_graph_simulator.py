"""The simulated Graph API accepts and refuses as Meta does, and posts what Meta would post."""

import json
from typing import Any

import pytest
import requests

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE
from sandbox.simulators.inbound import inbound_text, sign
from sandbox.simulators.settings import RefusedError, load

TO = "+254712345678"


def message(kind: str, inside: Any, **more: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": TO, "type": kind, kind: inside} | more


def buttons(count: int = 1, **more: Any) -> dict[str, Any]:
    replies = [{"type": "reply", "reply": {"id": f"b{n}", "title": f"Button {n}"} | more} for n in range(count)]
    return message("interactive", {"type": "button", "body": {"text": "Well?"}, "action": {"buttons": replies}})


def rows(count: int, **more: Any) -> dict[str, Any]:
    lines = [{"id": f"r{n}", "title": f"Row {n}"} | more for n in range(count)]
    action = {"button": "See dishes", "sections": [{"title": "Snacks", "rows": lines}]}
    return message("interactive", {"type": "list", "body": {"text": "Pick one"}, "action": action})


def link(label: str = "Pay") -> dict[str, Any]:
    action = {"name": "cta_url", "parameters": {"display_text": label, "url": "https://pay.example.com/o"}}
    return message("interactive", {"type": "cta_url", "body": {"text": "Pay here"}, "action": action})


def changed(body: dict[str, Any], /, **inside: Any) -> dict[str, Any]:
    return body | {"interactive": body["interactive"] | inside}


ACCEPTED = {
    "text": message("text", {"body": "x" * 4096, "preview_url": False}),
    "emoji counted in UTF-16 units": message("text", {"body": "🍸" * 2048}),
    "photo above buttons": changed(
        buttons(2), header={"type": "image", "image": {"link": "https://example.com/i.png"}}
    ),
    "three buttons": changed(buttons(3), footer={"text": "f" * 60}, header={"type": "text", "text": "h" * 60}),
    "ten rows": changed(rows(10, description="d" * 72), body={"text": "b" * 4096}),
    "link": link("p" * 20),
    "template": message("template", {"name": "order_ready", "language": {"code": "en_US"}}),
    "reaction": message("reaction", {"message_id": "wamid.X", "emoji": "✅"}),
    "quote": message("text", {"body": "x"}, context={"message_id": "wamid.X"}, biz_opaque_callback_data="o" * 512),
    "image": message("image", {"link": "https://example.com/i.png", "caption": "c"}),
}

REFUSED = {
    "text too long": (message("text", {"body": "x" * 4097}), 131009),
    "emoji too long": (message("text", {"body": "🍸" * 2049}), 131009),
    "blank text": (message("text", {"body": " "}), 131009),
    "no text": (message("text", {}), 131008),
    "misspelt field": (message("text", {"body": "x", "preview": True}), 100),
    "unknown field": (message("text", {"body": "x"}, priority=1), 100),
    "no product": (message("text", {"body": "x"}) | {"messaging_product": ""}, 100),
    "four buttons": (buttons(4), 131009),
    "no button": (buttons(0), 131009),
    "button title": (buttons(1, title="t" * 21), 131009),
    "button id": (buttons(1, id="i" * 257), 131009),
    "same titles": (buttons(2, title="Same"), 131009),
    "same ids": (buttons(2, id="same"), 131009),
    "button body": (changed(buttons(), body={"text": "b" * 1025}), 131009),
    "no body": (changed(buttons(), body=None), 131008),
    "footer": (changed(buttons(), footer={"text": "f" * 61}), 131009),
    "header": (changed(buttons(), header={"type": "text", "text": "h" * 61}), 131009),
    "header image without https": (
        changed(buttons(), header={"type": "image", "image": {"link": "http://example.com/i.png"}}),
        131009,
    ),
    "header image without link": (changed(buttons(), header={"type": "image", "image": {}}), 131008),
    "list header image": (changed(rows(1), header={"type": "image", "image": {"id": "1"}}), 131009),
    "eleven rows": (rows(11), 131009),
    "row title": (rows(1, title="t" * 25), 131009),
    "row description": (rows(1, description="d" * 73), 131009),
    "row id": (rows(1, id="i" * 201), 131009),
    "list body": (changed(rows(1), body={"text": "b" * 4097}), 131009),
    "list label": (changed(rows(1), action={"button": "l" * 21, "sections": []}), 131009),
    "no section title": (changed(rows(1), action={"button": "l", "sections": [{"rows": []}]}), 131008),
    "link label": (link("p" * 21), 131009),
    "opaque": (message("text", {"body": "x"}, biz_opaque_callback_data="o" * 513), 131009),
    "bad quote": (message("text", {"body": "x"}, context={"message_id": "7"}), 131009),
    "bad number": (message("text", {"body": "x"}, to="0712 345"), 131009),
    "own number": (message("text", {"body": "x"}, to="+254700000100"), 131021),
    "unknown type": (message("poll", {"name": "x"}), 131051),
    "template name": (message("template", {"name": "Order Ready", "language": {"code": "en"}}), 131009),
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_meta_accepts_is_accepted(graph: Any, body: dict[str, Any]) -> None:
    answer = graph.send(body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["contacts"] == [{"input": TO, "wa_id": "254712345678"}]
    assert answer.json()["messages"][0]["id"].startswith("wamid.")


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_meta_refuses_is_refused_with_its_code(graph: Any, body: dict[str, Any], code: int) -> None:
    answer = graph.send(body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["type"]) == (code, "OAuthException")
    assert error["error_data"]["details"] and error["fbtrace_id"] and error["message"].startswith(f"(#{code})")


def test_a_wrong_token_is_401_and_a_wrong_number_400(graph: Any) -> None:
    assert graph.send(message("text", {"body": "x"}), token="other").json()["error"]["code"] == 190
    graph.url = graph.url.replace("109876543210987", "1")
    assert graph.text("x").json()["error"]["code"] == 33


def test_a_number_tells_who_it_is_to_whom_has_its_token(graph: Any) -> None:
    number = graph.url.removesuffix("/messages")
    known = requests.get(number, headers={"Authorization": "Bearer graph-token"}, timeout=PATIENCE)
    assert known.status_code == 200 and known.json()["display_phone_number"].startswith("+254")
    unknown = requests.get(f"{number}1", headers={"Authorization": "Bearer graph-token"}, timeout=PATIENCE)
    assert unknown.json()["error"]["code"] == 100
    assert requests.get(number, timeout=PATIENCE).json()["error"]["code"] == 190


def test_a_guest_without_a_phone_is_reached_by_recipient(graph: Any, simulators: Simulators) -> None:
    answer = graph.send({"messaging_product": "whatsapp", "recipient": "KE.42", "type": "text", "text": {"body": "Hi"}})
    assert answer.json()["contacts"] == [{"input": "KE.42", "user_id": "KE.42"}]
    assert simulators.guest("KE.42").reads().text == "Hi"


def test_neither_to_nor_recipient_is_a_missing_parameter(graph: Any) -> None:
    answer = graph.send({"messaging_product": "whatsapp", "type": "text", "text": {"body": "Hi"}})
    assert answer.json()["error"]["code"] == 131008


def test_statuses_come_signed_with_our_own_id_in_them(graph: Any, webhook: Any) -> None:
    wamid = graph.text("Karibu ☕", biz_opaque_callback_data="outbox/1").json()["messages"][0]["id"]
    posts = webhook.wait(lambda post: b"statuses" in post.raw, count=3)
    seen = []
    for post in posts:
        assert post.path == "/api/webhooks/whatsapp"
        assert post.headers["X-Hub-Signature-256"] == sign("app-secret", post.raw)
        value = json.loads(post.raw)["entry"][0]["changes"][0]["value"]
        status = value["statuses"][0]
        assert (status["id"], status["biz_opaque_callback_data"]) == (wamid, "outbox/1")
        assert value["metadata"]["phone_number_id"] == "109876543210987"
        seen.append(status["status"])
    assert seen == ["sent", "delivered", "read"]


def test_statuses_can_be_switched_off(graph: Any, simulators: Simulators, webhook: Any) -> None:
    simulators.graph.set(statuses=False)
    graph.text("quiet")
    simulators.graph.set(statuses=True)
    loud = graph.text("loud").json()["messages"][0]["id"]
    posts = webhook.wait(lambda post: b"statuses" in post.raw, count=3)
    assert all(loud.encode() in post.raw for post in posts)


def test_a_webhook_that_is_not_accepted_comes_again(simulators: Simulators, webhook: Any) -> None:
    webhook.answers[:] = [503, 500]
    assert simulators.guest().says("Zoë says hi/hello").status == 503
    first, second, third = webhook.wait(count=3)
    assert first.raw == second.raw == third.raw
    assert b"\\u00eb" in first.raw and b"hi\\/hello" in first.raw
    assert first.headers["X-Hub-Signature-256"] == sign("app-secret", first.raw)


def test_told_failures_come_as_often_as_told(graph: Any, simulators: Simulators) -> None:
    simulators.graph.fail_next(131056, times=2, guest="254712345678")
    assert graph.text("other guest", to="+254711111111").status_code == 200
    assert [graph.text("x").status_code for _ in range(3)] == [400, 400, 200]
    simulators.graph.fail_next(131000)
    assert graph.text("x").status_code == 500


def test_too_many_messages_to_one_guest_hit_the_pair_rate(graph: Any, simulators: Simulators) -> None:
    simulators.graph.set(pair_rate=2)
    codes = [graph.text("x").json().get("error", {}).get("code") for _ in range(3)]
    assert codes == [None, None, 131056]
    assert graph.text("other guest", to="+254711111111").status_code == 200


def test_a_dropped_answer_leaves_the_message_delivered(graph: Any, simulators: Simulators) -> None:
    simulators.graph.set(drop_answer=1)
    with pytest.raises(requests.ConnectionError):
        graph.text("Did you get this?")
    assert simulators.graph.wait_for(1) == 1
    assert graph.text("Again").status_code == 200


def test_a_message_may_fail_after_it_was_accepted(graph: Any, simulators: Simulators, webhook: Any) -> None:
    simulators.graph.fail_later(131047)
    graph.text("Ready!")
    (post,) = webhook.wait(lambda post: b"failed" in post.raw)
    status = json.loads(post.raw)["entry"][0]["changes"][0]["value"]["statuses"][0]
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131047)


def test_marking_read_succeeds_and_a_bad_id_does_not(graph: Any, simulators: Simulators) -> None:
    sent = simulators.guest().says("hi")
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": sent.id}
    assert graph.send(mark | {"typing_indicator": {"type": "text"}}).json() == {"success": True}
    assert graph.send(mark | {"message_id": "7"}).json()["error"]["code"] == 131009


def test_a_guest_reads_taps_and_hides_the_phone(graph: Any, simulators: Simulators, webhook: Any) -> None:
    guest = simulators.guest("254733000111", name="Wanjiru", hide_phone=True)
    guest.says("hi")
    graph.send(buttons(2) | {"to": "+254733000111"})
    assert guest.reads("well").choices[1].title == "Button 1"
    guest.taps("button 1")
    value = json.loads(webhook.wait(lambda post: b"button_reply" in post.raw)[0].raw)["entry"][0]["changes"][0]["value"]
    tapped = value["messages"][0]
    assert tapped["interactive"]["button_reply"] == {"id": "b1", "title": "Button 1"}
    assert tapped["context"]["id"] == guest.messages[0].id
    assert "from" not in tapped and "wa_id" not in value["contacts"][0]
    assert tapped["from_user_id"] == value["contacts"][0]["user_id"] == guest.bsuid


def test_a_repeat_has_the_same_id_and_time_as_told(simulators: Simulators, webhook: Any) -> None:
    guest = simulators.guest()
    first = guest.says("hi", at=1790000000)
    guest.says("hi", id=first.id, at=1790000000)
    one, two = webhook.wait(count=2)
    assert one.raw == two.raw and b'"timestamp":"1790000000"' in one.raw


def test_load_makes_the_same_bytes_without_the_simulator() -> None:
    raw = inbound_text("109876543210987", "254712345678", "2 dawa", wamid="wamid.A", at=1790000000)
    found = json.loads(raw)["entry"][0]["changes"][0]["value"]["messages"][0]
    assert found["text"] == {"body": "2 dawa"} and found["from"] == "254712345678" and found["id"] == "wamid.A"


def test_a_simulator_refuses_to_start_in_production() -> None:
    for environ in ({"ENVIRONMENT": "production"}, {}):
        with pytest.raises(RefusedError, match="production"):
            load(environ)


def test_an_unknown_switch_is_refused(base_url: str) -> None:
    answer = requests.post(f"{base_url}/control", json={"graph": {"explode": True}}, timeout=PATIENCE)
    assert answer.status_code == 400 and "explode" in answer.text
