"""Kopo Kopo's webhook: results of our prompts and refunds, and what came into the till."""

from flask import Response

from core.providers.kopokopo.webhook import SIGNATURE
from webapp.webhooks.answers import webhook
from webapp.webhooks.money import receive_signed

__all__ = ["SIGNATURE", "blueprint"]

blueprint = webhook("payment")


@blueprint.post("")
def receive() -> Response:
    """Something about money from Kopo Kopo. 200 means kept."""
    return receive_signed(blueprint.name)
