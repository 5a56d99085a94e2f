"""How every webhook answers: in time, counted, and so that its sender knows whether to come again."""

from collections.abc import Callable

from flask import Blueprint, Response

from core import metrics
from core.errors import BadSignature, StoreUnavailable
from core.services.journal import Refusals
from core.services.program import Program
from webapp.held import current_program
from webapp.webhooks.body import read_body

RETRY_SECONDS = "5"
_refusals = Refusals()


def webhook(name: str) -> Blueprint:
    """The routes of one webhook. Whatever goes out in its name is counted, also a 413 and a 500."""
    blueprint = Blueprint(name, __name__, url_prefix=f"/api/webhooks/{name}")

    @blueprint.after_request
    def count(answer: Response) -> Response:
        metrics.webhooks.labels(name, str(answer.status_code)).inc()
        return answer

    return blueprint


def acknowledge(source: str, keep: Callable[[Program, bytes], None]) -> Response:
    """200 means kept, 401 signed by nobody of ours, 503 not kept: come again."""
    with metrics.webhook_seconds.labels(source).time():
        try:
            raw = read_body()
            keep(current_program(), raw)
        except BadSignature:
            _refusals.note(current_program(), source, raw)
            return Response(status=401)
        except StoreUnavailable:
            return Response(status=503, headers={"Retry-After": RETRY_SECONDS})
        return Response(status=200)
