"""The page a guest pays on, in the browser of the sandbox's phone: pay, fail, or leave."""

from html import escape
from urllib.parse import urlencode

from sandbox.simulators.checkout.book import LEFT, OPEN, Book, Page
from sandbox.simulators.server import NOT_FOUND, Request, Response

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = (("Content-Security-Policy", POLICY), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))
CHOICES = (
    ("pay", "Pay by card"),
    ("mpesa", "Pay with mobile money"),
    ("fail", "Card is declined"),
    ("leave", "Leave without paying"),
)


class CheckoutPages:
    """Everything below /sandbox/pay."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def handle(self, request: Request, parts: list[str]) -> Response:
        """Route one request: the page, or what was tapped on it."""
        page = self._book.get(parts[0]) if parts else None
        if page is None or len(parts) > 2:
            return NOT_FOUND
        if request.method == "GET" and len(parts) == 1:
            return _html(page)
        if request.method == "POST" and len(parts) == 2:
            self._book.decide(page, parts[1])
            return Response(303, headers=(("Location", back(page)), *HEADERS))
        return NOT_FOUND


def back(page: Page) -> str:
    """Where the browser goes afterwards, with what each provider adds."""
    added = {"trxref": page.reference, "reference": page.reference}
    if page.provider == "pesapal":
        names = ("OrderTrackingId", "OrderMerchantReference", "OrderNotificationType")
        added = dict(zip(names, (page.id, page.reference, "CALLBACKURL"), strict=True))
    return f"{page.returns_to}{'&' if '?' in page.returns_to else '?'}{urlencode(added)}"


def _html(page: Page) -> Response:
    amount = f"{escape(page.currency)} {escape(page.amount)}"
    body = f"<p><strong>{amount}</strong></p><p>{escape(page.description)}</p>"
    if page.decidable:
        again = "" if page.status in (OPEN, LEFT) else "<p>That did not work. Try again.</p>"
        forms = "".join(_form(page.id, name, label) for name, label in CHOICES)
        body += again + forms
    else:
        body += f"<p>This page is over: {escape(page.status)}.</p>"
    title = f"{page.provider.capitalize()} (simulated)"
    head = f"<meta name=viewport content='width=device-width,initial-scale=1'><title>{title}</title>"
    style = "<link rel=icon href='/sandbox/icon.svg'><link rel=stylesheet href='/sandbox/checkout.css'>"
    html = f"<!doctype html><html lang=en><meta charset=utf-8>{head}{style}<h1>{title}</h1>{body}"
    return Response(200, html.encode(), "text/html; charset=utf-8", HEADERS)


def _form(identity: str, name: str, label: str) -> str:
    return f"<form method=post action='/sandbox/pay/{identity}/{name}'><button>{label}</button></form>"
