"""Opens a Paystack account."""

from core.errors import Rejected
from core.providers.desk import Desk, Package
from core.providers.paystack.client import Credentials, Paystack
from core.providers.paystack.webhook import PaystackWebhook


def connect(desk: Desk) -> Paystack | None:
    """The account, ready to be asked; None where staff have not filled everything in yet."""
    values = desk.values("api_url", "api_key")
    if not all(values.values()):
        return None
    return Paystack(desk.http, Credentials(values["api_url"], values["api_key"]), desk.live)


def check(desk: Desk) -> None:
    """The newest payment, which nobody but the owner of the key may see."""
    account = connect(desk)
    if account is None:
        raise Rejected("missing")
    account.known()


PACKAGE = Package(connect, PaystackWebhook(), "paystack", check)
