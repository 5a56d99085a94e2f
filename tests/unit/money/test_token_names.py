"""Under what a provider's token is shared between workers."""

from typing import Any, cast

import pytest

from core.providers.kopokopo import token as kopokopo
from core.providers.pesapal import api as pesapal

NOBODY: Any = cast(Any, None)


@pytest.mark.parametrize(
    ("ours", "typed"),
    [
        tuple(
            kopokopo.TokenService(NOBODY, kopokopo.Credentials("https://k", "https://k", "our-id", secret, "K1"))
            for secret in ("ours", "guessed")
        ),
        tuple(
            pesapal.TokenService(NOBODY, pesapal.Credentials("https://p", "our-key", secret))
            for secret in ("ours", "guessed")
        ),
    ],
)
def test_who_types_our_id_without_our_secret_does_not_get_our_token(ours: Any, typed: Any) -> None:
    assert ours.name != typed.name
