"""Everything below /sandbox: the page, its files and its calls."""

from pathlib import Path
from typing import Any

from sandbox.simulators.checkout.pages import CheckoutPages
from sandbox.simulators.mail.endpoint import Post
from sandbox.simulators.phone.api import PhoneApi
from sandbox.simulators.printer.endpoint import SlipPrinter
from sandbox.simulators.server import NOT_FOUND, Request, Response

TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (("Content-Security-Policy", POLICY), ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-cache"))
BOARD = b"<!doctype html><title>Board</title><p>Open the phone through the web server to see the live board here."


class Pages:
    """Serves the phone out of memory."""

    def __init__(self, api: PhoneApi, checkout: CheckoutPages, printer: SlipPrinter, post: Post) -> None:
        self._api = api
        self._checkout = checkout
        self._printer = printer
        self._post = post
        files = (path for path in (Path(__file__).parent / "static").iterdir() if path.suffix in TYPES)
        self._files = {path.name: _file(path) for path in files}

    def handle(self, request: Request) -> Any:
        """Route one request."""
        parts = request.path.split("/")[2:]
        if not parts:
            return Response(308, headers=(("Location", "/sandbox/"),))
        if parts[0] == "api":
            return self._api.handle(request, parts[1:])
        if parts[0] == "pay":
            return self._checkout.handle(request, parts[1:])
        if parts == ["printer"]:
            return self._printer.page(request)
        if parts == ["mail"]:
            return self._post.page(request)
        return self._files.get("/".join(parts) or "index.html", NOT_FOUND)


def board(request: Request) -> Response:
    """Stands where the real board is when the phone is opened on the simulators' own port."""
    return Response(200, BOARD, "text/html; charset=utf-8")


def _file(path: Path) -> Response:
    return Response(200, path.read_bytes(), f"{TYPES[path.suffix]}; charset=utf-8", HEADERS)
