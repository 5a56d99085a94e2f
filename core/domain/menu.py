"""The menu as a guest sees it: an immutable snapshot, small enough for process memory."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Product:
    """One thing on the menu. `price` in whole units of the venue's currency, VAT included."""

    id: str
    name: str
    price: Decimal
    category_id: str
    alcoholic: bool = False
    available: bool = True
    description: str = ""
    nicknames: tuple[str, ...] = ()


@dataclass(frozen=True)
class Category:
    """A heading of the menu, in the venue's own order."""

    id: str
    name: str


@dataclass(frozen=True)
class Venue:
    """What the conversation must know of the workspace. `vat_percent` is contained in prices."""

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


@dataclass(frozen=True)
class Menu:
    """Venue, categories and products, in display order. `version` changes with every edit by staff."""

    version: str
    venue: Venue
    categories: tuple[Category, ...]
    products: tuple[Product, ...]

    def product(self, product_id: str) -> Product | None:
        """The product with this id, if it is still on the menu."""
        return next((p for p in self.products if p.id == product_id), None)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` reads it back."""
        venue = vars(self.venue) | {"vat_percent": str(self.venue.vat_percent)}
        return {
            "version": self.version,
            "venue": venue,
            "categories": [vars(c) for c in self.categories],
            "products": [vars(p) | {"price": str(p.price)} for p in self.products],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Menu":
        """Inverse of `to_dict`."""
        return cls(
            version=data["version"],
            venue=_venue(data["venue"]),
            categories=tuple(Category(**c) for c in data["categories"]),
            products=tuple(_product(p) for p in data["products"]),
        )


def _venue(data: dict[str, Any]) -> Venue:
    lists = {"tables": tuple(data["tables"]), "payment_methods": tuple(data["payment_methods"])}
    return Venue(**data | lists | {"vat_percent": Decimal(data["vat_percent"])})


def _product(data: dict[str, Any]) -> Product:
    return Product(**data | {"price": Decimal(data["price"]), "nicknames": tuple(data["nicknames"])})
