"""The door before Flask: what Meta posts and is plainly good is kept at once.

Flask's own work for a request costs more than checking, reading and keeping a message together
(`docs/decisions/0006-good-webhooks-are-taken-before-flask.md`). What is not plainly good goes on to the view, which has
the words for every refusal.
"""

import time
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from core import metrics
from core.errors import StoreUnavailable
from core.log import bind
from core.services.program import Program
from webapp.webhooks.answers import RETRY_SECONDS
from webapp.webhooks.body import LARGEST
from webapp.webhooks.whatsapp import keep_signed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/api/webhooks/whatsapp"
NAME = "whatsapp"


class Door:
    """WSGI in front of the application."""

    def __init__(self, inside: "WSGIApplication", program: Program) -> None:
        self._inside = inside
        self._program = program
        self._seconds = metrics.webhook_seconds.labels(NAME)
        self._kept = metrics.webhooks.labels(NAME, "200")

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """One request, answered here or inside."""
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return self._inside(environ, start_response)
        length = environ.get("CONTENT_LENGTH", "")
        if not length.isdecimal() or int(length) > LARGEST:
            return self._inside(environ, start_response)
        raw = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = BytesIO(raw)
        return self._answer(environ, start_response, raw)

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse", raw: bytes) -> Iterable[bytes]:
        began = time.perf_counter()
        bind()
        try:
            keep_signed(self._program, raw, environ.get("HTTP_X_HUB_SIGNATURE_256", ""))
        except StoreUnavailable:
            metrics.webhooks.labels(NAME, "503").inc()
            answer = _empty(start_response, "503 Service Unavailable", ("Retry-After", RETRY_SECONDS))
        except Exception:  # noqa: BLE001 - the view meets it again, answers and logs it
            return self._inside(environ, start_response)
        else:
            self._kept.inc()
            answer = _empty(start_response, "200 OK")
        self._seconds.observe(time.perf_counter() - began)
        return answer


def _empty(start_response: "StartResponse", status: str, *more: tuple[str, str]) -> Iterable[bytes]:
    start_response(status, [("Content-Length", "0"), ("X-Content-Type-Options", "nosniff"), *more])
    return [b""]
