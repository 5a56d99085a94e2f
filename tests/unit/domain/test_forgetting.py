"""A webhook of the journal without one guest."""

import json
from typing import Any

from core.providers.contract import payer_hash
from core.services.forgetting import NOBODYS_PHONE, Forgotten

AMINA = Forgotten(("254712345678",), frozenset({"KE.123456789"}))


def put_over(value: Any) -> Any:
    return json.loads(AMINA.put_over(json.dumps(value).encode()))


def webhook(**lists: Any) -> dict[str, Any]:
    value = {"metadata": {"phone_number_id": "1"}} | lists
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "", "changes": [{"value": value, "field": "messages"}]}],
    }


def test_what_others_sent_in_the_same_webhook_stays() -> None:
    theirs = {"from": "254712345678", "id": "wamid.1", "type": "text", "text": {"body": "two dawa"}}
    hidden = {"from_user_id": "KE.123456789", "id": "wamid.3", "type": "text", "text": {"body": "psst"}}
    other = {"from": "254700000001", "id": "wamid.2", "type": "text", "text": {"body": "a tusker"}}
    contact = {"profile": {"name": "Amina"}, "wa_id": "254712345678"}
    status = {"id": "wamid.9", "status": "read", "recipient_id": "254712345678"}
    came = webhook(messages=[theirs, other, hidden], contacts=[contact], statuses=[status])
    assert put_over(came) == webhook(messages=[other], contacts=[], statuses=[])


def test_money_stays_and_its_payer_goes() -> None:
    payer = {"sender_phone_number": "+254712345678", "sender_first_name": "Amina", "amount": "700", "reference": "SKL"}
    assert put_over({"event": {"resource": payer}})["event"]["resource"] == {
        "sender_phone_number": f"+{NOBODYS_PHONE}", "sender_first_name": "–", "amount": "700", "reference": "SKL",
    }  # fmt: skip
    hashed = {"hashed_sender_phone": payer_hash("254712345678"), "sender_last_name": "Otieno", "amount": "5"}
    assert put_over(hashed) == {"hashed_sender_phone": "–", "sender_last_name": "–", "amount": "5"}


def test_what_is_not_about_them_stays_byte_by_byte() -> None:
    for body in (b'{ "from":"254700000001" }', b"\xff nonsense", b""):
        assert AMINA.put_over(body) == body
    assert AMINA.put_over(b"broken 254712345678") == b"{}"
    assert Forgotten().put_over(b'{"user_id":""}') == b'{"user_id":""}'
