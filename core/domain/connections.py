"""What a house keeps of each service it is connected to: what is sealed, and what may be seen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.phone import normalise
from core.domain.statuses import Provider
from core.domain.typed import Reader, line, maybe, whole

LONGEST_SECRET = 4096


@dataclass(frozen=True)
class Kind:
    """One service. `sealed`: names of secrets. `plain`: what may be seen, with its reader. `several`: secrets of which
    there may be more than one, by commas. `arranged`: the setting that tells that the service knows where to tell us
    of money; it counts for one account, which the values named in `account` are."""

    name: str
    provider: Provider | None
    sealed: tuple[str, ...]
    plain: Mapping[str, Reader]
    several: frozenset[str] = frozenset()
    arranged: str = ""
    account: frozenset[str] = frozenset()


def secret(typed: str) -> str:
    """A key as it was pasted. Raises ValueError where it cannot be one."""
    text = typed.strip()
    if len(text) > LONGEST_SECRET or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("A key is one word of plain letters and digits. Copy it once more, whole.")
    return text


def digits(typed: str) -> str:
    """An id that is a number. Raises ValueError where it is none."""
    text = typed.strip()
    if not re.fullmatch(r"[0-9]{1,32}", text, re.ASCII):
        raise ValueError("Write its digits, without blanks.")
    return text


def phone(typed: str) -> str:
    """A number with its country. Raises ValueError where it is none."""
    found = normalise(typed)
    if found is None:
        raise ValueError("Write a phone number with its country, like +254 712 345678.")
    return found


def _or_nothing(reader: Reader) -> Reader:
    return lambda typed: maybe(reader)(typed) or ""


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "whatsapp",
            None,
            ("access_token", "app_secrets", "verify_token"),
            {
                "phone_number_id": digits,
                "display_number": _or_nothing(phone),
                "business_account_id": _or_nothing(digits),
                "throughput": whole(1, 10_000),
            },
            frozenset({"app_secrets"}),
        ),
        Kind(
            "kopokopo",
            Provider.KOPOKOPO,
            ("client_id", "client_secret", "api_key"),
            {"till_number": line(1, 20), "calls_per_second": whole(1, 1000)},
            arranged="subscriptions",
            account=frozenset({"client_id", "till_number"}),
        ),
        Kind(
            "pesapal",
            Provider.PESAPAL,
            ("consumer_key", "consumer_secret"),
            {},
            arranged="ipn_id",
            account=frozenset({"consumer_key"}),
        ),
        Kind("paystack", Provider.PAYSTACK, ("api_key",), {}),
    )
}
