"""The payment webhook: proven, kept, acknowledged; whatever else comes is answered calmly."""

import hashlib
import hmac
import json
import socket
from collections import Counter
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.serving import make_server

from core import metrics
from core.domain.statuses import OrderStatus
from core.providers.kopokopo.webhook import SIGNATURE
from core.services.doorbells import settle_payments
from core.store.redis.arrivals import read
from core.store.redis.store import Store
from core.store.sql.tables import ProviderAccount
from sandbox.simulators.guest import PATIENCE
from tests.integration.money.house import House, open_account
from tests.integration.money.kopokopo import API_KEY, SAMPLES, event, money, sample
from tests.integration.sql.bar import open_bar
from webapp.webhooks import money as webhooks
from webapp.webhooks.body import LARGEST

URL = "/api/webhooks/payment"


@pytest.fixture
def app(house: House) -> Flask:
    app = Flask(__name__)
    app.extensions["program"] = house.program
    for blueprint in webhooks.blueprints:
        app.register_blueprint(blueprint)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def signed(raw: bytes, key: str = API_KEY) -> dict[str, str]:
    return {SIGNATURE: hmac.new(key.encode(), raw, hashlib.sha256).hexdigest()}


def post(client: FlaskClient, body: Any, **headers: str) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(URL, data=raw, headers=headers or signed(raw)).status_code


def waiting(house: House) -> int:
    return int(house.program.store.report()["payments"]["events"])


def journal(house: House) -> list[str]:
    """What became of the signed ones."""
    arrivals = [one for entry in house.program.store.arrivals.read("test") for one in read(entry)]
    return [one.outcome for one in arrivals if one.signature == "good"]


def serve(house: House) -> None:
    """The doorbell that was rung."""
    settle_payments(house.program, house.rung[-1].args[0])


def test_a_callback_is_kept_acknowledged_and_settled(house: House, client: FlaskClient) -> None:
    order_id, _, prompt = house.prompt()
    assert post(client, house.kopokopo.pay(prompt)) == 200
    assert (waiting(house), house.order_status(order_id)) == (1, OrderStatus.PENDING)
    serve(house)
    assert (waiting(house), house.order_status(order_id)) == (0, OrderStatus.PAID)


def test_what_was_confirmed_when_the_account_was_switched_off_still_arrives(house: House, client: FlaskClient) -> None:
    order_id, _, prompt = house.prompt()
    with house.bar.sessions.begin() as db:
        db.execute(update(ProviderAccount).values(active=False))
    assert post(client, house.kopokopo.pay(prompt)) == 200
    serve(house)
    assert house.order_status(order_id) == OrderStatus.PAID


def test_a_callback_told_again_is_kept_once(house: House, client: FlaskClient) -> None:
    _, _, prompt = house.prompt()
    paid = house.kopokopo.pay(prompt)
    assert [post(client, paid) for _ in range(5)] == [200] * 5
    assert waiting(house) == 1
    assert len(house.rung) == 1


def test_a_till_event_told_again_under_another_id_is_kept_once(house: House, client: FlaskClient) -> None:
    resource = money("UC65K2T9QX", "+254712345678", 850)
    assert [post(client, event(resource)) for _ in range(3)] == [200] * 3
    assert waiting(house) == 1


@pytest.mark.parametrize("signature", ["", "0" * 64, "sha256=" + "0" * 64, "not hex", "\u00e9" * 64, "A" * 100_000])
def test_a_bad_signature_is_401_and_nothing_is_kept(house: House, client: FlaskClient, signature: str) -> None:
    assert post(client, sample("stk_success"), **{SIGNATURE: signature}) == 401
    assert (waiting(house), journal(house), house.rung) == (0, [], [])


def test_a_missing_signature_is_401(house: House, client: FlaskClient) -> None:
    assert client.post(URL, data=b"{}").status_code == 401
    assert client.post(URL).status_code == 401


def test_either_account_may_sign_and_is_named(house: House, client: FlaskClient) -> None:
    other = open_bar(house.bar.sessions)
    open_account(other, house.kopokopo.server.url, api_key="another key", till="K777777")
    raw = json.dumps(event(money("OTHERMONEY", "+254711222333", 350, "K777777"))).encode()
    assert post(client, raw, **signed(raw, "another key")) == 200
    serve(house)
    assert [receipt.workspace_id for receipt in house.receipts()] == [other.workspace_id]


def test_one_venue_cannot_use_up_the_callback_of_another(house: House, client: FlaskClient) -> None:
    order_id, _, prompt = house.prompt()
    other = open_bar(house.bar.sessions)
    open_account(other, house.kopokopo.server.url, api_key="another key", till="K777777")
    raw = json.dumps(house.kopokopo.pay(prompt)).encode()
    assert post(client, raw, **signed(raw, "another key")) == 200
    assert post(client, raw) == 200
    assert waiting(house) == 2
    serve(house)
    assert house.order_status(order_id) is OrderStatus.PAID


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"{}", b"<html>", b'{"a":NaN}', b'{"a":1,"a":2}', b"\xff", b"[" * 99_999]
)
def test_signed_nonsense_is_200_and_journalled(house: House, client: FlaskClient, raw: bytes) -> None:
    assert post(client, raw) == 200
    assert (waiting(house), journal(house)) == (0, ["malformed"])


@pytest.mark.parametrize("name", ["customer_created", "settlement_completed"])
def test_what_is_not_about_a_payment_is_journalled(house: House, client: FlaskClient, name: str) -> None:
    assert post(client, (SAMPLES / f"{name}.json").read_bytes()) == 200
    assert (waiting(house), journal(house)) == (0, ["not about a payment"])


def test_a_list_of_payments_is_kept_line_by_line(house: House, client: FlaskClient) -> None:
    body = sample("polling_result")
    line = body["data"]["attributes"]["transactions"][0]["resource"]
    lines = [{"type": "Buygoods Transaction", "resource": line | {"reference": f"LINE{n:06d}"}} for n in range(5)]
    body["data"]["attributes"]["transactions"] = lines
    assert post(client, body) == 200
    assert waiting(house) == 5


def test_no_phone_and_no_name_is_kept(house: House, client: FlaskClient) -> None:
    _, _, prompt = house.prompt()
    post(client, house.kopokopo.pay(prompt))
    store = house.program.store.client
    kept = [store.hgetall(key) for key in store.keys("*") if store.type(key) == "hash"]
    assert "254700000001" not in str(kept) + str(store.keys("*"))
    assert "Achieng" not in str(kept)


def test_a_body_over_the_limit_is_413(house: House, client: FlaskClient) -> None:
    assert post(client, b"x" * (LARGEST + 1)) == 413
    assert (waiting(house), journal(house)) == (0, [])


def test_a_store_that_does_not_answer_is_503_with_a_date(house: House, app: Flask) -> None:
    gone = Store("redis://127.0.0.1:1/0", seconds=0.3)
    object.__setattr__(house.program, "store", gone)
    raw = json.dumps(sample("stk_success")).encode()
    answer = app.test_client().post(URL, data=raw, headers=signed(raw))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    with pytest.raises(redis.ConnectionError):
        gone.client.ping()


def test_a_doorbell_that_cannot_be_rung_is_still_200(house: House, client: FlaskClient) -> None:
    house.program.ring._publish = broken
    assert post(client, sample("stk_success")) == 200
    assert waiting(house) == 1


def broken(_: object) -> None:
    raise OSError("no broker")


@pytest.fixture
def address(app: Flask) -> Iterator[tuple[str, int]]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield "127.0.0.1", server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def chunked(address: tuple[str, int], chunks: list[bytes], headers: dict[str, str]) -> bytes:
    """Send a body in chunks over a raw socket; the status line of the answer."""
    with socket.create_connection(address, timeout=PATIENCE) as sock:
        lines = [f"POST {URL} HTTP/1.1", "Host: bar", "Transfer-Encoding: chunked", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        try:
            for chunk in [*chunks, b""]:
                sock.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        except OSError:
            pass  # the answer came before the end of the body
        return sock.recv(4096).split(b"\r\n")[0]


def test_a_chunked_body_is_read_whole_and_never_cut(house: House, address: tuple[str, int]) -> None:
    raw = json.dumps(sample("buygoods_received")).encode()
    assert b" 200 " in chunked(address, [raw[:100], raw[100:]], signed(raw))
    assert waiting(house) == 1
    whole = raw + b" " * LARGEST
    assert b" 413 " in chunked(address, [whole], signed(whole[:LARGEST]))
    assert waiting(house) == 1


def test_every_answer_is_counted_also_what_never_came_to_be_read(client: FlaskClient, house: House) -> None:
    before = answers()
    post(client, b"{}", **{SIGNATURE: "0" * 64})
    post(client, b"x" * (LARGEST + 1))
    object.__setattr__(house.program, "directory", None)
    post(client, b"{}")
    assert answers() - before == Counter({"401": 1, "413": 1, "500": 1})


def answers() -> Counter[str]:
    samples = [sample for family in metrics.webhooks.collect() for sample in family.samples]
    counted = [one for one in samples if one.name.endswith("_total") and one.labels["source"] == "payment"]
    return Counter({one.labels["answer"]: int(one.value) for one in counted})
