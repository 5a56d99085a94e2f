"""Which browsers have signed in to an account before: they are counted for themselves when somebody guesses."""

import hashlib
import secrets

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

_A_YEAR = 365 * 24 * 3600


def guesser(what: str, email: str) -> tuple[str, str, str]:
    """Address, what is guessed, and which known device of this account it is, if it is one: what `Throttle` counts."""
    account, device = _known()
    return request.remote_addr or "", what, device if account == _account(email) else ""


def remember_device(response: Response, email: str) -> None:
    """This browser proved all that was asked of it for this account."""
    response.set_cookie(
        current_app.config["DEVICE_COOKIE_NAME"], _signer().dumps([_account(email), secrets.token_hex(16)]),
        max_age=_A_YEAR, httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip


def _known() -> tuple[str, str]:
    try:
        account, device = _signer().loads(request.cookies.get(current_app.config["DEVICE_COOKIE_NAME"], ""))
    except (BadSignature, ValueError):
        return "", ""
    return account, device


def _account(email: str) -> str:
    return hashlib.sha256(email.lower().encode()).hexdigest()[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="known device")
