"""The provider's server may do what it likes: a call ends in time, in bounds, and says what may have happened."""

import socket
from collections.abc import Iterator
from threading import Thread
from time import monotonic

import pytest

from core.errors import OutcomeUnknown, TryAgain
from core.providers.http import BODY_LIMIT, Http
from tests.integration.money.standin import Call, StandIn, drip, stand_in


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http()
    yield client
    client.close()


def test_a_good_answer_comes_back_whole(standin: StandIn, http: Http) -> None:
    standin.routes["POST /pay"] = lambda call: call.answer(201, headers={"Location": "/there"})
    answer = http.send("POST", f"{standin.url}/pay", payload={"amount": 850})
    assert (answer.status, answer.headers["location"], answer.whole) == (201, "/there", True)
    assert standin.calls[0].json() == {"amount": 850}
    assert standin.calls[0].headers["user-agent"]


def test_connections_are_kept_open(standin: StandIn, http: Http) -> None:
    ports = []

    def reply(call: Call) -> None:
        ports.append(call.handler.client_address[1])
        call.answer(200, b"ok")

    standin.routes["GET /"] = reply
    for _ in range(3):
        http.send("GET", f"{standin.url}/")
    assert len(set(ports)) == 1


def test_a_refused_connection_means_nothing_was_sent(http: Http) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening
        with pytest.raises(TryAgain):
            http.send("POST", f"http://127.0.0.1:{taken.getsockname()[1]}/pay", payload={})


def test_an_unknown_host_means_nothing_was_sent(http: Http) -> None:
    with pytest.raises(TryAgain):
        http.send("POST", "http://no-such-host.invalid/pay", payload={})


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://127.0.0.1/", "http://", "http://[::1", "http://a b/"])
def test_an_impossible_address_means_nothing_was_sent(http: Http, url: str) -> None:
    with pytest.raises(TryAgain):
        http.send("POST", url, payload={})


def test_a_connection_lost_after_the_request_means_the_outcome_is_unknown(standin: StandIn, http: Http) -> None:
    standin.routes["POST /pay"] = Call.hang_up
    with pytest.raises(OutcomeUnknown):
        http.send("POST", f"{standin.url}/pay", payload={})
    assert standin.count("POST /pay") == 1


def test_a_server_that_never_answers_means_the_outcome_is_unknown(standin: StandIn, http: Http) -> None:
    standin.routes["POST /pay"] = lambda call: standin.closing.wait()
    assert _seconds(lambda: http.send("POST", f"{standin.url}/pay", payload={}, seconds=0.4), OutcomeUnknown) < 2


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX-Long: "], ids=["from the first byte", "inside a header"])
def test_headers_that_drip_in_do_not_hold_us(standin: StandIn, http: Http, start: bytes) -> None:
    def reply(call: Call) -> None:
        call.write(start)
        drip(call, standin, b"HTTP/1.1 200 OK and then some more" * 100)

    standin.routes["POST /pay"] = reply
    assert _seconds(lambda: http.send("POST", f"{standin.url}/pay", payload={}, seconds=0.5), OutcomeUnknown) < 2


def test_a_body_that_drips_in_does_not_hold_us_and_the_headers_hold(standin: StandIn, http: Http) -> None:
    def reply(call: Call) -> None:
        call.write(b"HTTP/1.1 201 Created\r\nLocation: /there\r\nContent-Length: 5000\r\n\r\n")
        drip(call, standin, b"x" * 5000)

    standin.routes["POST /pay"] = reply
    start = monotonic()
    answer = http.send("POST", f"{standin.url}/pay", payload={}, seconds=0.5)
    assert monotonic() - start < 2
    assert (answer.status, answer.headers["Location"], answer.whole, answer.json()) == (201, "/there", False, None)


def test_ten_megabytes_are_not_read(standin: StandIn, http: Http) -> None:
    standin.routes["GET /"] = lambda call: call.answer(200, b"[" + b"1," * 5_000_000 + b"1]")
    answer = http.send("GET", f"{standin.url}/")
    assert (answer.whole, answer.body) == (False, b"")


def test_a_body_up_to_the_limit_is_read(standin: StandIn, http: Http) -> None:
    standin.routes["GET /"] = lambda call: call.answer(200, b"x" * BODY_LIMIT)
    assert len(http.send("GET", f"{standin.url}/").body) == BODY_LIMIT


def test_a_truncated_body_is_known_to_be_truncated(standin: StandIn, http: Http) -> None:
    def reply(call: Call) -> None:
        call.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"data": {')
        call.hang_up()

    standin.routes["GET /"] = reply
    assert not http.send("GET", f"{standin.url}/").whole


@pytest.mark.parametrize("raw", [b"", b"<html>", b'{"a":', b'{"a": NaN}', b'{"a":1,"a":2}', b"\xff", b"[" * 100_000])
def test_what_is_not_json_reads_as_nothing(standin: StandIn, http: Http, raw: bytes) -> None:
    standin.routes["GET /"] = lambda call: call.answer(200, raw)
    assert http.send("GET", f"{standin.url}/").json() is None


def test_bytes_that_are_not_http_mean_the_outcome_is_unknown(standin: StandIn, http: Http) -> None:
    def reply(call: Call) -> None:
        call.write(b"\x00\x01\x02 nonsense\r\n\r\n")
        call.hang_up()

    standin.routes["POST /pay"] = reply
    with pytest.raises(OutcomeUnknown):
        http.send("POST", f"{standin.url}/pay", payload={})


def test_redirects_are_not_followed(standin: StandIn, http: Http) -> None:
    standin.routes["POST /pay"] = lambda call: call.answer(307, headers={"Location": f"{standin.url}/elsewhere"})
    assert http.send("POST", f"{standin.url}/pay", payload={}).status == 307
    assert len(standin.calls) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_question_that_found_no_answer_may_be_asked_again(standin: StandIn, http: Http, status: int) -> None:
    standin.routes["GET /"] = lambda call: call.answer(status)
    with pytest.raises(TryAgain):
        http.ask("GET", f"{standin.url}/")


def test_errors_carry_neither_address_nor_content(standin: StandIn, http: Http) -> None:
    standin.routes["POST /pay/secret"] = Call.hang_up
    with pytest.raises(OutcomeUnknown) as caught:
        http.send("POST", f"{standin.url}/pay/secret", payload={"phone": "254712345678"})
    assert caught.value.__cause__ is None
    assert "secret" not in str(caught.value)
    assert "2547" not in str(caught.value)


def test_many_threads_share_one_client(standin: StandIn, http: Http) -> None:
    standin.routes["GET /"] = lambda call: call.answer(200, b'{"ok":true}')
    seen: list[int] = []
    threads = [Thread(target=lambda: seen.append(http.send("GET", f"{standin.url}/").status)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [200] * 20


def _seconds(call: object, error: type[Exception]) -> float:
    start = monotonic()
    with pytest.raises(error):
        call()  # type: ignore[operator]
    return monotonic() - start
