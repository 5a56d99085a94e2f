"""Paystack's webhook: charges that succeeded, refunds, disputes. A failed charge is never told."""

from flask import Response

from webapp.webhooks.answers import webhook
from webapp.webhooks.money import receive_signed

blueprint = webhook("paystack")


@blueprint.post("")
def receive() -> Response:
    """Something about money from Paystack. 200 means kept."""
    return receive_signed(blueprint.name)
