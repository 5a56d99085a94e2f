"""Ringing doorbells from a test, as the web does."""

from core.services.ring import Ring
from publishing import publisher


def ring_for(broker_url: str) -> Ring:
    """A bounded publisher to this broker."""
    return Ring(publisher(broker_url))
