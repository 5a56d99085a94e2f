"""Opens a Kopo Kopo account."""

from core.providers.desk import Desk, Package
from core.providers.kopokopo.api import Api
from core.providers.kopokopo.client import KopoKopo
from core.providers.kopokopo.token import Credentials, TokenService
from core.providers.kopokopo.webhook import KopoKopoWebhook
from core.providers.tokens import Tokens, prove

PATH = "payment"


def open_api(desk: Desk) -> Api | None:
    """The account's way to Kopo Kopo; None where staff have not filled everything in yet."""
    tokens = _tokens(desk)
    if tokens is None:
        return None
    shared = Tokens(tokens, desk.shelf)
    return Api(desk.http, shared, tokens.credentials, desk.address(f"/api/webhooks/{PATH}"))


def connect(desk: Desk) -> KopoKopo | None:
    """The account, ready to be asked."""
    api = open_api(desk)
    return KopoKopo(api) if api else None


def check(desk: Desk) -> None:
    """Whether it knows the keys."""
    prove(_tokens(desk))


def _tokens(desk: Desk) -> TokenService | None:
    values = desk.values("api_url", "oauth_url", "client_id", "client_secret", "till_number")
    return TokenService(desk.http, Credentials(**values)) if all(values.values()) else None


PACKAGE = Package(connect, KopoKopoWebhook(), PATH, check)
