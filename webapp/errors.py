"""What a visitor sees when something goes wrong: a plain sentence and an id, never a stack trace."""

import secrets

from flask import Flask, Response, jsonify, make_response, render_template, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException

from core.errors import TryAgain
from core.log import get_logger

logger = get_logger(__name__)

_SENTENCES = {
    400: "That request could not be read. Please go back, reload the page and try again.",
    401: "Please sign in first.",
    403: "You may not do that.",
    404: "There is nothing at this address.",
    405: "That cannot be done here.",
    410: "This link has expired or was taken back. Write “receipt” in the chat, and you get a new one.",
    413: "That is too large.",
    429: "Too many tries. Please wait a little.",
    503: "We cannot do that right now. Please try again in a moment.",
}
_OTHERWISE = "Something went wrong on our side. Please try again."
_WAIT = 5


def register(app: Flask) -> None:
    """Answer every failure of a view in the caller's own language: JSON or a page."""
    app.register_error_handler(HTTPException, _refused)
    for passing in (TryAgain, OperationalError, InterfaceError, PoolExhausted):
        app.register_error_handler(passing, _unavailable)
    app.register_error_handler(Exception, _failed)


def _refused(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:  # a redirect travels as an exception, too
        return make_response(error.get_response())
    answer = failure(error.code)
    for name, value in error.get_response().headers:
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _unavailable(error: Exception) -> Response:
    error_id = _new_id()
    logger.warning("request not possible now", error_id=error_id, endpoint=request.endpoint, error=type(error).__name__)
    answer = failure(503, error_id)
    answer.headers["Retry-After"] = str(_WAIT)
    return answer


def _failed(error: Exception) -> Response:
    error_id = _new_id()
    logger.error("request failed", error_id=error_id, endpoint=request.endpoint, exc_info=error)
    return failure(500, error_id)


def failure(code: int, error_id: str = "", sentence: str = "") -> Response:
    """One refusal, as JSON for programs and as a page for people."""
    error_id = error_id or _new_id()
    sentence = sentence or _SENTENCES.get(code, _OTHERWISE)
    if wants_json():
        return make_response(jsonify(error=sentence, id=error_id), code)
    page = "admin/error.html" if request.path.startswith("/admin") else "error.html"
    return make_response(render_template(page, sentence=sentence, error_id=error_id), code)


def wants_json() -> bool:
    """Whether a program is asking."""
    if request.path.startswith("/api/") or request.is_json:
        return True
    return not request.accept_mimetypes.accept_html or request.accept_mimetypes.best == "application/json"


def _new_id() -> str:
    return secrets.token_hex(6)
