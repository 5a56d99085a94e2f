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


# A status line and headers; there is never a body.
Answer = tuple[str, tuple[tuple[str, str], ...]]

_ALWAYS = (("Content-Length", "0"), ("X-Content-Type-Options", "nosniff"))
KEPT: Answer = ("200 OK", _ALWAYS)
COME_AGAIN: Answer = ("503 Service Unavailable", (*_ALWAYS, ("Retry-After", RETRY_SECONDS)))


class Door:
    """WSGI in front of the application; a server that knows of it may ask `answer` without WSGI (`webapp/http`)."""

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
        answer = self.answer(raw, environ.get("HTTP_X_HUB_SIGNATURE_256", ""))
        if not answer:
            return self._inside(environ, start_response)
        status, headers = answer
        start_response(status, list(headers))
        return [b""]

    def answer(self, raw: bytes, signature: str) -> Answer | None:
        """Keep what is plainly good; None for whatever the view must answer."""
        began = time.perf_counter()
        bind()
        try:
            keep_signed(self._program, raw, signature)
        except StoreUnavailable:
            metrics.webhooks.labels(NAME, "503").inc()
            answer = COME_AGAIN
        except Exception:  # noqa: BLE001 - the view meets it again, answers and logs it
            return None
        else:
            self._kept.inc()
            answer = KEPT
        self._seconds.observe(time.perf_counter() - began)
        return answer
