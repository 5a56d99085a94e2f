"""Pesapal's notification. Anybody could send one: it proves and brings nothing. It makes us ask, and only about a
payment whose reference we made; the journal has those, and of the others a few a minute. No SQL."""

import time

from flask import Response, jsonify, request

from core import metrics
from core.errors import StoreUnavailable
from core.jobs import check_payment
from core.providers.pesapal.ipn import Hint, read_hint
from core.providers.strict_json import strict_json
from core.services.journal import Refusals, hinted
from core.services.payment_accounts import payment_named
from core.services.program import Program
from webapp.held import current_program
from webapp.webhooks.answers import webhook
from webapp.webhooks.body import read_body

LARGEST = 16 * 1024
AGAIN_SECONDS = 2  # of four identical notices at once, one makes us ask
WRITTEN_SECONDS = 60  # the guest's browser knows the reference, too: nobody fills the books with it

blueprint = webhook("pesapal")
_strangers = Refusals()


@blueprint.get("")
def receive_get() -> Response:
    """The kind with everything in the address."""
    return _answer(read_hint(request.args), request.query_string)


@blueprint.post("")
def receive_post() -> Response:
    """The kind with a JSON body."""
    raw = read_body(LARGEST)
    try:
        body = strict_json(raw)
    except ValueError:
        body = None
    return _answer(read_hint(body if isinstance(body, dict) else request.args), raw or request.query_string)


def _answer(hint: Hint, raw: bytes) -> Response:
    """200 where it was heard; 500 in the JSON asks Pesapal to say it again. Nobody else is told what we know."""
    program = current_program()
    with metrics.webhook_seconds.labels(blueprint.name).time():
        status = _hear(program, hint, raw)
    return jsonify(hint.answer(status))


def _hear(program: Program, hint: Hint, raw: bytes) -> int:
    payment_id = payment_named(program, hint.reference)
    if not payment_id or not hint.tracking_id:
        metrics.hints.labels(blueprint.name, "unknown").inc()
        _strangers.note(program, blueprint.name, raw)
        return 200
    try:
        fresh = program.store.first_in(f"ipn:{payment_id}", AGAIN_SECONDS)
        if fresh and program.store.first_in(f"ipn-written:{payment_id}", WRITTEN_SECONDS):
            program.store.payments.push([], arrivals=[hinted(blueprint.name, raw, time.time())])
    except StoreUnavailable:
        return 500
    metrics.hints.labels(blueprint.name, "heard" if fresh else "repeated").inc()
    if fresh and not program.ring(check_payment(payment_id, hint.tracking_id)):
        return 500
    return 200
