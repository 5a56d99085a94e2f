"""What a workspace prints on its invoices, and what it does with them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 120
# Of the Kenya Revenue Authority: A for a person, P for anybody else.
PIN = re.compile(r"[AP]\d{9}[A-Z]")
SWITCHES = ("send", "fiscal")


@dataclass(frozen=True)
class Invoicing:
    """`seller` stands on invoices in place of the venue's name. `send`: every guest gets the PDF, not only who asks.
    `fiscal`: the tax authority signs every invoice from now on."""

    seller: str = ""
    address: str = ""
    pin: str = ""
    vat_number: str = ""
    send: bool = False
    fiscal: bool = False


def read_invoicing(data: Mapping[str, Any]) -> Invoicing:
    """The settings as the workspace keeps them. Raises ValueError naming what cannot be meant."""
    if not isinstance(data, Mapping):
        raise ValueError("invoicing: must name its settings")
    for name, value in data.items():
        _check(name, value)
    return Invoicing(**data)


def written_invoicing(invoicing: Invoicing) -> dict[str, Any]:
    """Inverse of `read_invoicing`: what differs from a new venue's."""
    return {name: value for name, value in vars(invoicing).items() if value}


def _check(name: str, value: Any) -> None:
    if name not in Invoicing.__dataclass_fields__:
        raise ValueError(f"invoicing: {name!r} is not one of {', '.join(Invoicing.__dataclass_fields__)}")
    if name in SWITCHES:
        if not isinstance(value, bool):
            raise ValueError(f"invoicing: {name} must be true or false")
    elif not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        raise ValueError(f"invoicing: {name} must be one line of at most {LONGEST} letters")
    elif name == "pin" and value and not PIN.fullmatch(value):
        raise ValueError("invoicing: pin must be a PIN of the KRA, such as P051234567X")
