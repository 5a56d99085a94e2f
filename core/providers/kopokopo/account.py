"""Opens a Kopo Kopo account."""

from core.errors import Rejected
from core.providers.desk import Desk, Package
from core.providers.kopokopo.api import Api
from core.providers.kopokopo.client import KopoKopo
from core.providers.kopokopo.token import Credentials, TokenService
from core.providers.kopokopo.webhook import KopoKopoWebhook
from core.providers.tokens import Tokens

PATH = "payment"


def open_api(desk: Desk) -> Api | None:
    """The account's way to Kopo Kopo; None where staff have not filled everything in yet."""
    credentials = _credentials(desk)
    if credentials is None:
        return None
    tokens = Tokens(TokenService(desk.http, credentials), desk.shelf)
    return Api(desk.http, tokens, credentials, desk.address(f"/api/webhooks/{PATH}"))


def connect(desk: Desk) -> KopoKopo | None:
    """The account, ready to be asked."""
    api = open_api(desk)
    return KopoKopo(api) if api else None


def check(desk: Desk) -> None:
    """A token of its own, past the shelf: the one in use may be from before the keys were changed."""
    credentials = _credentials(desk)
    if credentials is None:
        raise Rejected("missing")
    TokenService(desk.http, credentials).fetch()


def _credentials(desk: Desk) -> Credentials | None:
    values = desk.values("api_url", "oauth_url", "client_id", "client_secret", "till_number")
    return Credentials(**values) if all(values.values()) else None


PACKAGE = Package(connect, KopoKopoWebhook(), PATH, check)
