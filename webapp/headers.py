"""Security headers, on every response."""

from flask import Flask, Response, request

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
ALONE = f"{_POLICY}; frame-ancestors 'none'"
# Only outside production: the sandbox shows the phone beside the board.
FRAMED = f"{_POLICY}; frame-ancestors 'self'"
PHONE = f"{_POLICY}; frame-src 'self'; frame-ancestors 'self'"

_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
_A_YEAR = "max-age=31536000; includeSubDomains"


def register(app: Flask, *, production: bool) -> None:
    """Add the headers after every request, errors included."""
    always = (*_ALWAYS, ("X-Frame-Options", "DENY" if production else "SAMEORIGIN"))

    @app.after_request
    def secure(response: Response) -> Response:
        headers = response.headers
        headers.extend(always)
        headers.setdefault("Content-Security-Policy", _content_policy(production))
        if production or request.is_secure:
            headers["Strict-Transport-Security"] = _A_YEAR
        if request.path.startswith("/admin"):
            headers["Cache-Control"] = "no-store"
        return response


def _content_policy(production: bool) -> str:
    if production:
        return ALONE
    return PHONE if request.path.startswith("/sandbox/") else FRAMED
