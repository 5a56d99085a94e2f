"""What the bot remembers of one guest between two messages."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.conversation import copies
from core.domain.options import Choice, read_choices, written_choices


class State(StrEnum):
    """Where the conversation stands."""

    GREETING = "GREETING"
    BROWSING_CATEGORIES = "BROWSING_CATEGORIES"
    BROWSING_PRODUCTS = "BROWSING_PRODUCTS"
    COLLECTING_QUANTITY = "COLLECTING_QUANTITY"
    ADDING_TO_CART = "ADDING_TO_CART"
    REVIEWING_ORDER = "REVIEWING_ORDER"
    COLLECTING_TABLE = "COLLECTING_TABLE"
    COLLECTING_ADDRESS = "COLLECTING_ADDRESS"
    CHOOSING_PAYMENT = "CHOOSING_PAYMENT"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PAYMENT_CONFIRMATION = "PAYMENT_CONFIRMATION"
    ORDER_COMPLETE = "ORDER_COMPLETE"
    TALKING_TO_STAFF = "TALKING_TO_STAFF"
    COLLECTING_DETAILS = "COLLECTING_DETAILS"
    COLLECTING_TIP = "COLLECTING_TIP"
    CHOOSING_OPTIONS = "CHOOSING_OPTIONS"


@dataclass(frozen=True)
class Line:
    """One line of the cart. `unit_price`, with its options, as shown to the guest when it was added."""

    product_id: str
    name: str
    quantity: int
    unit_price: Decimal
    note: str = ""
    options: tuple[Choice, ...] = ()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ids of its options."""
        return tuple(one.id for one in self.options)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` reads it back. What has no options is written as before there were any."""
        options = {"options": written_choices(self.options)} if self.options else {}
        said = {name: value for name, value in vars(self).items() if name != "options"}
        return said | {"unit_price": str(self.unit_price)} | options

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Line":
        """Inverse of `to_dict`."""
        read = {"unit_price": Decimal(data["unit_price"]), "options": read_choices(data.get("options", ()))}
        return cls(**data | read)


@dataclass(frozen=True)
class Session:
    """State and cart. `cart_id` is the id of the event that began the cart (rule 7): it never repeats.

    `order` is the last order as far as the guest was told: {order_id, number, status, total, due, payment_id, cart (the
    cart it was placed from), prompt ("open", "checking", "review", "closed"; "link" and "cash" where nothing asks
    the guest by itself), phone, way, link (of the hosted page), code (for the bar)}.
    `shown` are the ids behind the numbers of the last list, so that "2" means what the guest saw.
    `table` 0 is the bar itself. `fee` is what bringing it to the `address` costs; `note` is about the whole order.
    `tip` is as `core.domain.pricing` reads it, empty where none was asked for; `way` the one the guest
    prefers, `discount` the percent that the review showed.
    `reviewed` is the cart's version that was last shown whole, with its total.
    `aside` is what the next answer needs to know, and is forgotten after it.
    `hinted`: when the guest was last told that such a thing cannot be read. `told`: the details given or refused.
    `language` is guessed from what the guest writes, unless it was `language_chosen`: by word or tap.
    """

    state: State = State.GREETING
    cart_id: str = ""
    cart_version: int = 0
    reviewed: int = 0
    lines: tuple[Line, ...] = ()
    table: int | None = None
    address: str = ""
    pickup: bool = False
    fee: Decimal = Decimal(0)
    note: str = ""
    tip: str = ""
    way: str = ""
    discount: str = ""
    phone: str = ""
    age_confirmed: bool = False
    product_id: str = ""
    category_id: str = ""
    page: int = 0
    shown: tuple[str, ...] = ()
    order: dict[str, Any] = field(default_factory=dict)
    last_lines: tuple[Line, ...] = ()
    aside: dict[str, Any] = field(default_factory=dict)
    language: str = "en"
    language_chosen: bool = False
    hinted: dict[str, float] = field(default_factory=dict)
    told: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, defaults left out; `from_dict` reads it back."""
        data = {name: value for name, value in vars(self).items() if value != getattr(NEW, name)}
        for name in ("lines", "last_lines"):
            if name in data:
                data[name] = [line.to_dict() for line in data[name]]
        return data | ({"fee": str(self.fee)} if self.fee else {})

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Session":
        """Inverse of `to_dict`."""
        # A session may have been written by the release before or after this one.
        read: dict[str, Any] = {name: value for name, value in data.items() if name in _FIELDS}
        for name in ("lines", "last_lines"):
            read[name] = tuple(Line.from_dict(line) for line in data.get(name, ()))
        read["shown"] = tuple(data.get("shown", ()))
        read["fee"] = Decimal(data.get("fee", 0))
        read["told"] = tuple(data.get("told", ()))
        read["state"] = State(data.get("state", State.GREETING))
        return cls(**read)

    def but(self, **changes: Any) -> "Session":
        """A copy with changes."""
        return copies.but(self, **changes)


NEW = Session()
_FIELDS = frozenset(vars(NEW))
