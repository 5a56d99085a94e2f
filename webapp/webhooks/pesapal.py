"""Pesapal's notification. Anybody could send one: it proves and brings nothing. It makes us ask, and only about a
payment whose reference we made. No SQL."""

from flask import Response, jsonify, request

from core import metrics
from core.errors import StoreUnavailable
from core.jobs import check_payment
from core.providers.pesapal.ipn import Hint, read_hint
from core.providers.strict_json import strict_json
from core.services.payment_accounts import payment_named
from core.services.program import Program
from webapp.held import current_program
from webapp.webhooks.answers import webhook
from webapp.webhooks.body import read_body

LARGEST = 16 * 1024
AGAIN_SECONDS = 2  # of four identical notices at once, one makes us ask

blueprint = webhook("pesapal")


@blueprint.get("")
def receive_get() -> Response:
    """The kind with everything in the address."""
    return _answer(read_hint(request.args))


@blueprint.post("")
def receive_post() -> Response:
    """The kind with a JSON body."""
    try:
        body = strict_json(read_body(LARGEST))
    except ValueError:
        body = None
    return _answer(read_hint(body if isinstance(body, dict) else request.args))


def _answer(hint: Hint) -> Response:
    """200 where it was heard; 500 in the JSON asks Pesapal to say it again. Nobody else is told what we know."""
    program = current_program()
    with metrics.webhook_seconds.labels(blueprint.name).time():
        status = _hear(program, hint)
    return jsonify(hint.answer(status))


def _hear(program: Program, hint: Hint) -> int:
    payment_id = payment_named(program, hint.reference)
    if not payment_id or not hint.tracking_id:
        metrics.hints.labels(blueprint.name, "unknown").inc()
        return 200
    try:
        fresh = program.store.first_in(f"ipn:{payment_id}", AGAIN_SECONDS)
    except StoreUnavailable:
        return 500
    metrics.hints.labels(blueprint.name, "heard" if fresh else "repeated").inc()
    if fresh and not program.ring(check_payment(payment_id, hint.tracking_id)):
        return 500
    return 200
