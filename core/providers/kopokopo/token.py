"""Kopo Kopo's access token: an hour, by client credentials."""

from dataclasses import dataclass, field

from core.domain.payments import Reason
from core.errors import Rejected
from core.providers.guarded import Guarded
from core.providers.tokens import shelf_name, token_in

MARGIN_SECONDS = 60
SHORTEST_SECONDS = 5
TOKEN_SECONDS = 8.0


@dataclass(frozen=True)
class Credentials:
    """One Kopo Kopo application and its till."""

    api_url: str
    oauth_url: str
    client_id: str
    client_secret: str = field(repr=False)
    till_number: str

    @property
    def scope(self) -> str:
        """The till as lists and subscriptions name it: without the K of an online account."""
        return self.till_number.upper().removeprefix("K")


@dataclass(frozen=True)
class TokenService:
    """Gives tokens for one application."""

    http: Guarded
    credentials: Credentials

    @property
    def name(self) -> str:
        """What its token is kept under: by the secret too, or another house would get it by typing our client id."""
        return shelf_name(self.credentials.oauth_url, self.credentials.client_id, self.credentials.client_secret)

    def fetch(self) -> tuple[str, int]:
        """A new token and the seconds for which it may be used. Raises TryAgain or Rejected."""
        form = {
            "client_id": self.credentials.client_id,
            "client_secret": self.credentials.client_secret,
            "grant_type": "client_credentials",
        }
        url = f"{self.credentials.oauth_url}/oauth/token"
        # Not in the queue of the prompts: on a busy Friday whoever is first in it needs the token now.
        answer = self.http.ask("token", "POST", url, form=form, seconds=TOKEN_SECONDS, in_turn=True)
        if 400 <= answer.status < 500:
            raise Rejected(Reason.NETWORK_ERROR, f"token refused with {answer.status}")
        return token_in(answer.fields(), "access_token"), _lasts(answer.fields().get("expires_in"))


def _lasts(life: object) -> int:
    seconds = int(life) if isinstance(life, int | float) else 0
    return max(seconds - MARGIN_SECONDS, SHORTEST_SECONDS)
