"""The menu as a guest sees it: an immutable snapshot, small enough for process memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.domain.delivery import Delivery, read_delivery, written_delivery
from core.domain.features import Features, read_features, written_features
from core.domain.hours import Hours, Schedule
from core.domain.options import OptionGroup, read_groups, written_groups
from core.domain.paying import Paying, read_paying, written_paying
from core.domain.pricing import PriceList, price_at, read_list, written_list
from core.domain.timetables import read_hours, read_schedule, written_hours, written_schedule


@dataclass(frozen=True)
class Product:
    """One thing on the menu. `price` in whole units of the venue's currency, VAT included.

    The bar makes it, or the kitchen.
    `popularity` is its rank among what sells most, from 1; 0 where that is not known.
    `groups` are the questions it asks; `hours` what it and its heading keep, none where it is served at any hour.
    """

    id: str
    name: str
    price: Decimal
    category_id: str
    alcoholic: bool = False
    available: bool = True
    description: str = ""
    nicknames: tuple[str, ...] = ()
    code: str = ""
    popularity: int = 0
    kitchen: bool = False
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    photo: str = ""
    allergens: tuple[str, ...] = ()
    groups: tuple[OptionGroup, ...] = ()
    hours: tuple[Schedule, ...] = ()

    def called(self, language: str) -> str:
        """Its name in this language."""
        return self.names.get(language) or self.name

    def described(self, language: str) -> str:
        """What it is, in this language."""
        return self.descriptions.get(language) or self.description

    @property
    def calls(self) -> tuple[str, ...]:
        """All that guests may call it."""
        return (self.name, *self.names.values(), *self.nicknames)


@dataclass(frozen=True)
class Category:
    """A heading of the menu, in the venue's own order."""

    id: str
    name: str
    names: dict[str, str] = field(default_factory=dict)

    def called(self, language: str) -> str:
        """Its name in this language."""
        return self.names.get(language) or self.name


@dataclass(frozen=True)
class Venue:
    """What the conversation must know of the workspace. `vat_percent` is contained in prices; codes go with tables."""

    id: str
    name: str
    currency: str = "KES"
    vat_percent: Decimal = Decimal(16)
    timezone: str = "Africa/Nairobi"
    tables: tuple[int, ...] = ()
    serves_alcohol: bool = False
    age_gate: bool = True
    minimum_age: int = 18
    delivers: bool = False
    payment_methods: tuple[str, ...] = ("MPESA",)
    asks: tuple[str, ...] = ()
    minimum_order: Decimal = Decimal(0)
    hours: Hours = field(default_factory=Hours)
    delivery: Delivery = field(default_factory=Delivery)
    features: Features = field(default_factory=Features)
    paying: Paying = field(default_factory=Paying)
    table_codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Menu:
    """Venue, categories and products, in display order. `version` changes with every edit by staff."""

    version: str
    venue: Venue
    categories: tuple[Category, ...]
    products: tuple[Product, ...]
    price_lists: tuple[PriceList, ...] = ()
    # The venue's own words in place of ours: by language, then by the English text; a pair is singular and plural.
    wordings: Mapping[str, Mapping[str, str | tuple[str, str]]] = field(default_factory=dict)
    # While the house is tried out: the one number that is answered, as digits with country.
    debug: str = ""

    def product(self, product_id: str) -> Product | None:
        """The product with this id, if it is still on the menu."""
        return next((p for p in self.products if p.id == product_id), None)

    def price(self, product: Product, moment: datetime) -> Decimal:
        """What it costs at this moment, without options."""
        return price_at(product.id, product.price, self.price_lists, moment)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` reads it back."""
        lists = {"price_lists": [written_list(one) for one in self.price_lists]} if self.price_lists else {}
        own = ({"wordings": self.wordings} if self.wordings else {}) | ({"debug": self.debug} if self.debug else {})
        said = {
            "version": self.version,
            "venue": _written_venue(self.venue),
            "categories": [vars(c) for c in self.categories],
            "products": [_written_product(p) for p in self.products],
        }
        return lists | own | said

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Menu":
        """Inverse of `to_dict`."""
        venue = _venue(data["venue"])
        return cls(
            version=data["version"],
            venue=venue,
            categories=tuple(Category(**c) for c in data["categories"]),
            products=tuple(_product(p, venue.timezone) for p in data["products"]),
            price_lists=tuple(read_list(one, venue.timezone) for one in data.get("price_lists", ())),
            wordings=read_wordings(data.get("wordings", {})),
            debug=data.get("debug", ""),
        )


def read_wordings(data: Mapping[str, Any]) -> dict[str, dict[str, str | tuple[str, str]]]:
    """The venue's own words as its row and the snapshot keep them."""
    return {
        language: {id: one if isinstance(one, str) else (one[0], one[1]) for id, one in said.items()}
        for language, said in data.items()
    }


def _written_venue(venue: Venue) -> dict[str, Any]:
    return vars(venue) | {
        "vat_percent": str(venue.vat_percent),
        "minimum_order": str(venue.minimum_order),
        "hours": written_hours(venue.hours),
        "delivery": written_delivery(venue.delivery),
        "features": written_features(venue.features),
        "paying": written_paying(venue.paying),
    }


def _venue(data: dict[str, Any]) -> Venue:
    rules = {
        "vat_percent": Decimal(data["vat_percent"]),
        "minimum_order": Decimal(data["minimum_order"]),
        "hours": read_hours(data["hours"], data["timezone"]),
        "delivery": read_delivery(data["delivery"]),
        "features": read_features(data["features"]),
        "paying": read_paying(data.get("paying", {})),
    }
    lists = {name: tuple(data[name]) for name in ("tables", "payment_methods", "asks", "table_codes")}
    return Venue(**data | lists | rules)


def _written_product(product: Product) -> dict[str, Any]:
    """What goes without saying is left out: a process of the release before reads this, too."""
    said = {name: value for name, value in vars(product).items() if name not in ("groups", "hours")}
    groups = {"groups": written_groups(product.groups)} if product.groups else {}
    hours = {"hours": [written_schedule(one) for one in product.hours]} if product.hours else {}
    return said | groups | hours | {"price": str(product.price)}


def _product(data: dict[str, Any], zone: str) -> Product:
    hours = tuple(read_schedule("hours", one, zone) for one in data.get("hours", ()))
    read = {"price": Decimal(data["price"]), "nicknames": tuple(data["nicknames"])}
    read["allergens"] = tuple(data.get("allergens", ()))
    return Product(**data | read | {"groups": read_groups(data.get("groups", ())), "hours": hours})
