"""Pesapal's notification: two ids and no proof. It says only "go and ask", and only about what we made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import TryAgain
from core.providers.pesapal.answers import error_of
from core.providers.pesapal.api import Api

TYPE, TRACKING, REFERENCE = "OrderNotificationType", "OrderTrackingId", "OrderMerchantReference"


@dataclass(frozen=True)
class Hint:
    """What it named, as it was written."""

    kind: str
    tracking_id: str
    reference: str

    def answer(self, status: int) -> dict[str, Any]:
        """The answer Pesapal waits for: 200, or 500 for "send it again"."""
        return {
            "orderNotificationType": self.kind,
            "orderTrackingId": self.tracking_id,
            "orderMerchantReference": self.reference,
            "status": status,
        }


def read_hint(given: Mapping[str, Any]) -> Hint:
    """From a query string or a JSON body, in either spelling; what is missing is empty."""
    return Hint(*(_text(given, name) for name in (TYPE, TRACKING, REFERENCE)))


def register(api: Api, url: str) -> str:
    """Register the address that Pesapal posts to; answers its id. Raises TryAgain."""
    payload = {"url": url, "ipn_notification_type": "POST"}
    made = api.ask("register_ipn", "POST", "URLSetup/RegisterIPN", payload)
    ipn_id = made.get("ipn_id") if isinstance(made, Mapping) and not error_of(made) else None
    if not isinstance(ipn_id, str) or not ipn_id:
        raise TryAgain("no id in the answer")
    return ipn_id


def registered(api: Api) -> tuple[dict[str, Any], ...]:
    """All addresses that Pesapal knows of this merchant. Raises TryAgain."""
    found = api.ask("list_ipns", "GET", "URLSetup/GetIpnList")
    if not isinstance(found, list):
        raise TryAgain("not a list")
    return tuple(one for one in found if isinstance(one, dict))


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name) or given.get(name[0].lower() + name[1:]) or ""
    return value[:64] if isinstance(value, str) else ""
