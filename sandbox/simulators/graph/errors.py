"""Errors as the Graph API words them: the JSON of an answer, and the shorter one inside a status."""

import uuid
from typing import Any, NamedTuple

from sandbox.simulators.server import Response, answer_json

HELP = "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes"


class Refused(Exception):
    """The Graph API refuses a request with this code and explanation."""

    def __init__(self, code: int, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.details = details


class Known(NamedTuple):
    """The usual HTTP status and title of a code."""

    status: int
    title: str


CODES = {
    0: Known(401, "AuthException"),
    1: Known(400, "API Unknown"),
    2: Known(503, "API Service"),
    4: Known(400, "API Too Many Calls"),
    10: Known(403, "API Permission Denied"),
    33: Known(400, "Parameter value is not valid"),
    100: Known(400, "Invalid parameter"),
    190: Known(401, "Access token has expired"),
    368: Known(403, "Temporarily blocked for policies violations"),
    80007: Known(429, "Rate limit issues"),
    130429: Known(429, "Rate limit hit"),
    131000: Known(500, "Something went wrong"),
    131005: Known(403, "Access denied"),
    131008: Known(400, "Required parameter is missing"),
    131009: Known(400, "Parameter value is not valid"),
    131016: Known(500, "Service unavailable"),
    131021: Known(400, "Recipient cannot be sender"),
    131026: Known(400, "Message undeliverable"),
    131031: Known(403, "Business account has been locked"),
    131042: Known(400, "Business eligibility payment issue"),
    131047: Known(400, "Re-engagement message"),
    131048: Known(400, "Spam rate limit hit"),
    131051: Known(400, "Unsupported message type"),
    131053: Known(400, "Media upload error"),
    131056: Known(400, "Pair rate limit hit"),
    131057: Known(500, "Account in maintenance mode"),
    130497: Known(403, "Business account is restricted from messaging users in this country"),
    131050: Known(400, "User has stopped marketing messages"),
    132000: Known(400, "Number of parameters does not match"),
    132001: Known(404, "Template does not exist"),
    135000: Known(400, "Generic user error"),
}
UNKNOWN = Known(400, "Unknown error")


def refusal(code: int, details: str = "", status: int = 0) -> Response:
    """The answer that carries an error; `status` overrides the code's usual one."""
    known = CODES.get(code, UNKNOWN)
    error = {
        "message": f"(#{code}) {known.title}", "type": "OAuthException", "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": details or known.title},
        "fbtrace_id": "A" + uuid.uuid4().hex[:22],
    }  # fmt: skip
    return answer_json({"error": error}, status or known.status)


def status_error(code: int) -> dict[str, Any]:
    """The same error as it comes in a failed status."""
    title = CODES.get(code, UNKNOWN).title
    return {"code": code, "title": title, "message": title, "error_data": {"details": title}, "href": HELP}
