"""What Meta and Kopo Kopo may post, and what anybody else may try."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE, Guest
from sandbox.simulators.inbound import (
    Sender,
    envelope,
    inbound_text,
    message_value,
    meta_bytes,
    new_wamid,
    sign,
    status_value,
    text_message,
)
from tests.functional.conftest import Newcomer
from tests.functional.outside import PAYMENT, WHATSAPP, Outside
from tests.product import PROJECT, Product
from tests.waiting import eventually

LIMIT = 4 * 1024 * 1024


def sender(guest: Guest) -> Sender:
    return Sender(guest.bsuid, guest.phone, guest.name)


def hello(outside: Outside, guest: Guest, wamid: str = "") -> bytes:
    return inbound_text(outside.number, sender(guest), "hi", wamid)


# --- is it ours? ---


def verification(product: Product, **changed: str) -> requests.Response:
    query = {"hub.mode": "subscribe", "hub.verify_token": product.settings["WHATSAPP_VERIFY_TOKEN"]}
    return requests.get(product.url + WHATSAPP, query | {"hub.challenge": "1158201444"} | changed, timeout=PATIENCE)


def test_meta_finds_out_that_the_address_is_ours(product: Product) -> None:
    answer = verification(product)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.verify_token": "guessed"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "ключ"},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": "<script>alert(1)</script>"},
        {"hub.challenge": ""},
    ],
)
def test_nobody_else_gets_an_answer_and_nothing_is_reflected(product: Product, changed: dict[str, str]) -> None:
    answer = verification(product, **changed)
    assert answer.status_code == 403
    assert "alert" not in answer.text


# --- who is speaking? ---

FORGERIES: dict[str, Callable[[str], str | bytes | None]] = {
    "empty": lambda good: "",
    "no scheme": lambda good: good.removeprefix("sha256="),
    "another scheme": lambda good: good.replace("sha256", "sha1"),
    "upper case": lambda good: good.upper(),
    "upper case digits": lambda good: "sha256=" + good[7:].upper(),
    "too short": lambda good: good[:-1],
    "too long": lambda good: good + "0",
    "one bit": lambda good: good[:-1] + ("0" if good[-1] != "0" else "1"),
    "not ASCII": lambda good: "sha256=" + "é" * 64,
    "bytes that are no text": lambda good: b"sha256=" + b"\xff\xfe" * 32,
    "spaces": lambda good: "sha256=" + " " * 64,
    "another key": lambda good: "sha256=" + "ab" * 32,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_signature_is_refused(outside: Outside, guest: Guest, forgery: str) -> None:
    raw = hello(outside, guest)
    given = FORGERIES[forgery](outside.signed(raw))
    header = given.encode() if isinstance(given, str) else given
    assert outside.meta_posts(raw, header).status_code == 401


@pytest.mark.parametrize("path", [WHATSAPP, PAYMENT])
def test_without_a_signature_nothing_is_kept(
    product: Product, outside: Outside, guest: Guest, newcomer: Newcomer, path: str
) -> None:
    raw = hello(outside, guest)
    assert requests.post(product.url + path, data=raw, timeout=PATIENCE).status_code == 401
    other = newcomer()
    other.says("hi")
    other.reads("Karibu")  # whoever came later was answered
    assert guest.messages == []


def test_the_signature_is_over_the_bytes_as_they_came(outside: Outside, guest: Guest) -> None:
    raw = inbound_text(outside.number, sender(guest), "a/b ü")
    again = json.dumps(json.loads(raw), ensure_ascii=False).encode()
    assert again != raw
    assert outside.meta_posts(again, outside.signed(raw)).status_code == 401
    assert outside.meta_posts(raw, outside.signed(raw)).status_code == 200


def test_during_a_change_of_the_app_secret_both_are_good(product: Product, outside: Outside, guest: Guest) -> None:
    old = product.settings["WHATSAPP_APP_SECRET"]
    seed(product, WHATSAPP_APP_SECRET=f"the new secret, {old}")
    try:
        raw = hello(outside, guest)
        outside.meta_posts(raw)  # the first answer of each process still stands on what it knew
        eventually(lambda: outside.meta_posts(raw, sign("the new secret", raw)).status_code == 200, 90, every=0.5)
        assert outside.meta_posts(raw).status_code == 200
        assert outside.meta_posts(raw, sign("a third", raw)).status_code == 401
    finally:
        seed(product)


def seed(product: Product, **settings: str) -> None:
    environ = product.environ | product.settings | settings
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "seed"]
    subprocess.run(command, cwd=PROJECT, env=environ, check=True, capture_output=True)


@pytest.mark.parametrize("signature", [b"", b"\xff" * 64, b"ab" * 32, b"AB" * 32])
def test_kopo_kopos_signature_is_checked_too(outside: Outside, signature: bytes) -> None:
    assert outside.kopokopo_posts(b'{"topic": "buygoods_transaction_received"}', signature).status_code == 401


# --- how much is it? ---


@pytest.mark.parametrize("path", [WHATSAPP, PAYMENT])
def test_a_body_over_the_limit_is_refused_by_its_length(product: Product, path: str) -> None:
    answer = requests.post(product.url + path, data=b" " * (LIMIT + 1), timeout=PATIENCE)
    assert answer.status_code == 413


def speak(product: Product, request: bytes) -> bytes:
    """Bytes as they are; the first line of the answer."""
    parts = urlsplit(product.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=PATIENCE) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before we had said everything
            connection.sendall(request)
        return connection.makefile("rb").readline()


def chunked(product: Product, raw: bytes, signature: str) -> bytes:
    head = (
        f"POST {WHATSAPP} HTTP/1.1\r\nHost: bar\r\nX-Hub-Signature-256: {signature}\r\n"
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in pieces(raw))
    return speak(product, head.encode() + chunks + b"0\r\n\r\n")


def pieces(raw: bytes, size: int = 256 * 1024) -> list[bytes]:
    return [raw[start : start + size] for start in range(0, len(raw), size)]


def test_a_chunked_body_is_never_cut_at_the_limit_and_taken(product: Product, outside: Outside) -> None:
    kept = b"{}".ljust(LIMIT)
    answer = chunked(product, kept + b"and more", outside.signed(kept))
    assert b" 413 " in answer or b" 401 " in answer


def test_a_chunked_body_within_the_limit_is_read_whole_or_refused(
    product: Product, outside: Outside, guest: Guest
) -> None:
    raw = hello(outside, guest)
    answer = chunked(product, raw, outside.signed(raw))
    assert re.match(rb"HTTP/1\.1 (200|411) ", answer)
    if b" 200 " in answer:
        guest.reads("Karibu")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST %b HTTP/1.1\r\nHost: bar\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST %b HTTP/1.1\r\nHost: bar\r\nContent-Length: minus one\r\n\r\n",
        b"POST %b HTTP/1.1\r\nHost: bar\r\nContent-Length: -1\r\n\r\n",
        b"POST %b HTTP/1.1\r\nHost: a\r\nX-Hub-Signature-256: a\r\nX-Hub-Signature-256: b\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_odd_http_is_refused(product: Product, request_bytes: bytes) -> None:
    assert re.match(rb"HTTP/1\.[01] 4\d\d ", speak(product, request_bytes % WHATSAPP.encode()))


def test_those_who_speak_slowly_keep_nobody_waiting(product: Product, guest: Guest) -> None:
    parts = urlsplit(product.url)
    with ExitStack() as stack:
        for _ in range(40):
            slow = stack.enter_context(socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE))
            slow.sendall(f"POST {WHATSAPP} HTTP/1.1\r\nHost: bar\r\nContent-Length: 100\r\n\r\n{{".encode())
        assert guest.says("hi").status == 200
        guest.reads("Karibu")


# --- what is in it? ---

NONSENSE = [
    b"not json",
    b"",
    b"\xff\xfe\x00",
    b"[]",
    b"17",
    b"NaN",
    b"null",
    b"[" * 100_000,
    b'{"object": "page", "entry": []}',
    b'{"object": "whatsapp_business_account", "entry": "no list"}',
    b'{"object": "whatsapp_business_account", "entry": [{"changes": 1}]}',
    b'{"object": "whatsapp_business_account", "entry": [{"changes": [{"value": []}]}]}',
    b'{"object": "whatsapp_business_account", "entry": [{"changes": [{"value": {"messages": 1}}]}]}',
    rb'{"object": "\ud800"}',
]


def test_signed_nonsense_is_taken_and_journalled(outside: Outside) -> None:
    since = outside.now()
    for nonsense in NONSENSE:
        assert outside.meta_posts(nonsense).status_code == 200, nonsense[:60]
    eventually(
        lambda: len(outside.journalled("malformed", since)) == len(NONSENSE), what="as many lines in the journal"
    )


def test_a_message_for_a_number_of_somebody_else_is_journalled(outside: Outside, guest: Guest) -> None:
    since = outside.now()
    assert outside.meta_posts(inbound_text("999999999999999", sender(guest), "hi")).status_code == 200
    eventually(lambda: outside.journalled("unknown number", since))
    assert guest.messages == []


UNREADABLE_MONEY = [
    b"not json",
    b'{"topic": "buygoods_transaction_received", "event": 1}',
    b'{"data": {"type": "incoming_payment", "id": 1}}',
    b'{"topic": "buygoods_transaction_received", "event": {"resource": {"amount": 1, "amount": 1000}}}',
    b'{"topic": "buygoods_transaction_received", "event": {"resource": {"amount": NaN}}}',
    b'{"topic": "buygoods_transaction_received", "event": {"resource": {"amount": "1e400", "reference": "X"}}}',
    b"[" * 100_000,
]


def test_money_that_cannot_be_read_is_taken_and_journalled(outside: Outside) -> None:
    since = outside.now()
    for raw in UNREADABLE_MONEY:
        assert outside.kopokopo_posts(raw).status_code == 200, raw[:60]
    wanted = len(UNREADABLE_MONEY)
    eventually(lambda: len(outside.journalled("malformed", since)) == wanted, what="as many lines in the journal")


def test_one_bad_message_sinks_no_other(outside: Outside, newcomer: Newcomer) -> None:
    first, second = newcomer(), newcomer()
    values: list[dict[str, Any]] = [
        message_value(sender(first), text_message("hi")),
        {"messages": [{"id": 17, "from": None}, "not a message", {"type": "text"}]},
        status_value(sender(first), new_wamid(), "delivered", "nobody:nothing", None),
        message_value(sender(second), {"type": "text", "text": "not an object"}),
        message_value(sender(second), text_message("hi")),
    ]
    body = envelope(outside.number, *values)
    body["entry"] += [None, {"changes": [None, {"field": "messages", "value": None}]}]
    since = outside.now()
    assert outside.meta_posts(meta_bytes(body)).status_code == 200
    first.reads("Karibu")
    second.reads("Karibu")
    eventually(lambda: outside.journalled("kept, malformed", since))


def test_several_messages_of_one_guest_in_one_post_are_answered_in_order(outside: Outside, guest: Guest) -> None:
    first = message_value(sender(guest), text_message("hi"))
    second = message_value(sender(guest), text_message("2 coke"))
    assert outside.meta_posts(meta_bytes(envelope(outside.number, first, second))).status_code == 200
    eventually(lambda: any("Coca-Cola" in message.text for message in guest.messages))
    assert "Karibu" in guest.messages[0].text


def test_a_guest_without_a_phone_number_is_answered_by_id(simulators: Simulators) -> None:
    guest = simulators.guest("KE.98765432109876543210", name="Shy")
    guest.says("hi")
    answer = guest.reads("Karibu")
    assert answer.body["recipient"] == guest.who and "to" not in answer.body


def test_a_guest_who_hides_the_phone_later_stays_the_same_guest(newcomer: Newcomer, simulators: Simulators) -> None:
    guest = newcomer()
    guest.says("2 coke")
    guest.reads("Coca-Cola")
    shy = simulators.guest(guest.who, name=guest.name, hide_phone=True)
    shy.says("cart")
    assert "Coca-Cola" in eventually(lambda: [m for m in shy.messages if "Your order" in m.text])[-1].text


def test_twenty_deliveries_of_one_message_are_answered_once(outside: Outside, guest: Guest) -> None:
    raw = hello(outside, guest)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: outside.meta_posts(raw).status_code, range(20)))
    assert set(answers) == {200}
    guest.says("cart")
    guest.reads("empty")
    assert sum("Karibu" in message.text for message in guest.messages) == 1


def test_a_reaction_needs_no_answer_and_everything_else_gets_one(guest: Guest) -> None:
    guest.sends("reaction", message_id="wamid.X", emoji="🍹")
    for kind in ("image", "audio", "sticker", "video", "document"):
        guest.sends(kind)
        guest.reads()
    guest.sends("order", catalog_id="1", product_items=[])
    guest.reads()
    guest.sends("something_new", whatever=1)
    guest.reads()
    assert len(guest.messages) == 7
