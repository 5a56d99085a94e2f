"""What the simulators read from the environment; never to be started in production."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class RefusedError(Exception):
    """The simulators cannot start here; the message says why."""


@dataclass(frozen=True)
class SimulatorSettings:
    """The same names and secrets the program itself is set up with. `printer_port` and `mail_port`: 0 for a free
    one."""

    port: int
    printer_port: int
    mail_port: int
    public_base_url: str
    phone_number_id: str
    client_id: str
    till_number: str
    pesapal_key: str
    pesapal_ipn_id: str
    access_token: str = field(repr=False)
    app_secret: str = field(repr=False)
    client_secret: str = field(repr=False)
    api_key: str = field(repr=False)
    pesapal_secret: str = field(repr=False)
    paystack_key: str = field(repr=False)

    @property
    def whatsapp_webhook(self) -> str:
        """Where Meta would deliver messages and statuses."""
        return f"{self.public_base_url}/api/webhooks/whatsapp"

    @property
    def payment_webhook(self) -> str:
        """Where the owner would have subscribed Kopo Kopo's till events."""
        return f"{self.public_base_url}/api/webhooks/payment"


def load(environ: Mapping[str, str]) -> SimulatorSettings:
    """Read the environment. Raises RefusedError in production or naming what is missing."""
    if environ.get("ENVIRONMENT", "production") == "production":
        raise RefusedError("simulators never run in production: set ENVIRONMENT to development or test")
    return SimulatorSettings(
        port=int(_need(environ, "SANDBOX_PORT")),
        printer_port=int(environ.get("SANDBOX_PRINTER_PORT", "0")),
        mail_port=int(environ.get("SANDBOX_MAIL_PORT", "0")),
        public_base_url=_need(environ, "PUBLIC_BASE_URL").rstrip("/"),
        phone_number_id=_need(environ, "WHATSAPP_PHONE_NUMBER_ID"),
        client_id=_need(environ, "KOPOKOPO_CLIENT_ID"),
        till_number=_need(environ, "KOPOKOPO_TILL_NUMBER"),
        access_token=_need(environ, "WHATSAPP_ACCESS_TOKEN"),
        app_secret=_need(environ, "WHATSAPP_APP_SECRET").split(",")[0].strip(),
        client_secret=_need(environ, "KOPOKOPO_CLIENT_SECRET"),
        api_key=_need(environ, "KOPOKOPO_API_KEY"),
        pesapal_key=environ.get("PESAPAL_CONSUMER_KEY", ""),
        pesapal_secret=environ.get("PESAPAL_CONSUMER_SECRET", ""),
        pesapal_ipn_id=environ.get("PESAPAL_IPN_ID", ""),
        paystack_key=environ.get("PAYSTACK_SECRET_KEY", ""),
    )


def _need(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise RefusedError(f"{name} is missing")
    return value
