"""Access tokens of providers, shared between workers; sealed, for the store keeps its values on disk."""

import redis

from core.cipher import Cipher, installed
from core.errors import StoreUnavailable
from core.store.redis.connection import Client

RENEWAL_SECONDS = 10


class SharedTokens:
    """Each token lives as long as its provider says; one worker at a time renews it."""

    def __init__(self, client: Client, cipher: Cipher | None = None) -> None:
        self._client = client
        self._cipher = cipher or installed()

    def read(self, name: str) -> str | None:
        """The token in use, if any."""
        sealed = self._do("get", f"token:{name}")
        return self._cipher.decrypt(sealed) if sealed else None

    def write(self, name: str, token: str, seconds: int) -> None:
        """Put a new one there."""
        self._do("set", f"token:{name}", self._cipher.encrypt(token), ex=seconds)

    def reserve(self, name: str) -> bool:
        """True for the one worker that is to renew it; a dead one's turn passes on by itself."""
        return bool(self._do("set", f"token:{name}:renewal", "1", nx=True, ex=RENEWAL_SECONDS))

    def free(self, name: str) -> None:
        """It is renewed, or could not be."""
        self._do("delete", f"token:{name}:renewal")

    def _do(self, command: str, *arguments: str, **options: object) -> str | None:
        try:
            answer: str | None = getattr(self._client, command)(*arguments, **options)
        except redis.RedisError as error:
            raise StoreUnavailable(type(error).__name__) from error
        return answer
