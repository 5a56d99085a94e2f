"""The phone in the browser, shown under our own address. Exists only where something simulated may be switched on."""

from collections.abc import Iterator
from typing import Any

import requests
from flask import Blueprint, Flask, Response, abort, redirect, request

METHODS = ["GET", "POST", "PUT", "DELETE"]
_CONNECT, _READ = 2.0, 60.0
_PASSED_ON = ("Accept", "Content-Type", "Last-Event-ID")
_PASSED_BACK = ("Content-Type", "Cache-Control", "Location", "ETag")


def register(app: Flask, sandbox_url: str) -> None:
    """Pass everything under `/sandbox/` on."""
    sandbox = Blueprint("sandbox", __name__, url_prefix="/sandbox")

    @sandbox.get("")
    def phone() -> Any:
        return redirect("/sandbox/")

    @sandbox.route("/", defaults={"path": ""}, methods=METHODS)
    @sandbox.route("/<path:path>", methods=METHODS)
    def proxy(path: str) -> Response:
        return _ask(f"{sandbox_url}/sandbox/{path}")

    app.register_blueprint(sandbox)


def _ask(url: str) -> Response:
    headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
    try:
        upstream = requests.request(
            request.method, url, params=request.query_string, data=request.get_data(), headers=headers,
            stream=True, allow_redirects=False, timeout=(_CONNECT, _READ),
        )  # fmt: skip
    except requests.RequestException:
        return abort(503)
    passed = {name: upstream.headers[name] for name in _PASSED_BACK if name in upstream.headers}
    answer = Response(_pieces(upstream), upstream.status_code, passed)
    answer.call_on_close(upstream.close)
    return answer


def _pieces(upstream: requests.Response) -> Iterator[bytes]:
    """As they come, so that a live stream stays live."""
    while piece := upstream.raw.read1(65536, decode_content=True):
        yield piece
