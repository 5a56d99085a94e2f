"""Opens a Pesapal account."""

from core.errors import Rejected
from core.providers.desk import Desk, Package
from core.providers.pesapal.api import Api, Credentials, TokenService
from core.providers.pesapal.client import Pesapal
from core.providers.tokens import Tokens

IPN_PATH = "/api/webhooks/pesapal"


def open_api(desk: Desk) -> Api | None:
    """The merchant's way to Pesapal; None where staff have not filled the keys in yet."""
    credentials = _credentials(desk)
    if credentials is None:
        return None
    return Api(desk.http, Tokens(TokenService(desk.http, credentials), desk.shelf), credentials)


def connect(desk: Desk) -> Pesapal | None:
    """The account, ready to be asked; without a registered address for notifications no page can be made."""
    api = open_api(desk)
    return Pesapal(api, desk.reference_of) if api and api.credentials.ipn_id else None


def check(desk: Desk) -> None:
    """A token of its own, past the shelf: the one in use may be from before the keys were changed."""
    credentials = _credentials(desk)
    if credentials is None:
        raise Rejected("missing")
    TokenService(desk.http, credentials).fetch()


def _credentials(desk: Desk) -> Credentials | None:
    values = desk.values("api_url", "consumer_key", "consumer_secret")
    return Credentials(**values, **desk.values("ipn_id")) if all(values.values()) else None


PACKAGE = Package(connect, check=check)
