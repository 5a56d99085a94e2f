"""Opens a Pesapal account."""

from core.providers.desk import Desk, Package
from core.providers.pesapal.api import Api, Credentials, TokenService
from core.providers.pesapal.client import Pesapal
from core.providers.tokens import Tokens

IPN_PATH = "/api/webhooks/pesapal"


def open_api(desk: Desk) -> Api | None:
    """The merchant's way to Pesapal; None where staff have not filled the keys in yet."""
    values = desk.values("api_url", "consumer_key", "consumer_secret")
    if not all(values.values()):
        return None
    credentials = Credentials(**values, **desk.values("ipn_id"))
    return Api(desk.http, Tokens(TokenService(desk.http, credentials), desk.shelf), credentials)


def connect(desk: Desk) -> Pesapal | None:
    """The account, ready to be asked; without a registered address for notifications no page can be made."""
    api = open_api(desk)
    return Pesapal(api, desk.reference_of) if api and api.credentials.ipn_id else None


PACKAGE = Package(connect)
