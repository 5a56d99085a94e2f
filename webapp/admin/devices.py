"""Which browsers have signed in before, and to which accounts: those are counted for themselves when somebody guesses,
and a PIN counts on one of them alone."""

import hashlib
import secrets

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

_A_YEAR = 365 * 24 * 3600
MOST_ACCOUNTS = 30


def guesser(what: str, email: str) -> tuple[str, str, str]:
    """Address, what is guessed, and which known device of this account it is, if it is one: what `Throttle` counts."""
    device, accounts = _known()
    return request.remote_addr or "", what, device if _account(email) in accounts else ""


def this_device() -> str:
    """What this browser is known by; empty where nobody has signed in with it."""
    return _known()[0]


def remember_device(response: Response, email: str) -> None:
    """This browser proved all that was asked of it for this account."""
    device, accounts = _known()
    others = [one for one in accounts if one != _account(email)][: MOST_ACCOUNTS - 1]
    response.set_cookie(
        current_app.config["DEVICE_COOKIE_NAME"],
        _signer().dumps([device or secrets.token_hex(16), [_account(email), *others]]),
        max_age=_A_YEAR, httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip


def _known() -> tuple[str, list[str]]:
    try:
        device, accounts = _signer().loads(request.cookies.get(current_app.config["DEVICE_COOKIE_NAME"], ""))
    except (BadSignature, ValueError):
        return "", []
    return device, accounts


def _account(email: str) -> str:
    return hashlib.sha256(email.lower().encode()).hexdigest()[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="device")
