"""Opens a Pesapal account."""

from core.providers.desk import Desk, Package
from core.providers.pesapal.api import Api, Credentials, TokenService
from core.providers.pesapal.client import Pesapal
from core.providers.tokens import Tokens, prove

IPN_PATH = "/api/webhooks/pesapal"


def open_api(desk: Desk) -> Api | None:
    """The merchant's way to Pesapal; None where staff have not filled the keys in yet."""
    tokens = _tokens(desk)
    if tokens is None:
        return None
    return Api(desk.http, Tokens(tokens, desk.shelf), tokens.credentials)


def connect(desk: Desk) -> Pesapal | None:
    """The account, ready to be asked; without a registered address for notifications no page can be made."""
    api = open_api(desk)
    return Pesapal(api, desk.reference_of) if api and api.credentials.ipn_id else None


def check(desk: Desk) -> None:
    """Whether it knows the keys."""
    prove(_tokens(desk))


def _tokens(desk: Desk) -> TokenService | None:
    values = desk.values("api_url", "consumer_key", "consumer_secret")
    if not all(values.values()):
        return None
    return TokenService(desk.http, Credentials(**values, **desk.values("ipn_id")))


PACKAGE = Package(connect, check=check)
