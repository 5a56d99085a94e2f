"""Destination Cocktails as guests see it, for tests without a database."""

from collections.abc import Collection
from decimal import Decimal

from core.domain.menu import Category, Menu, Product, Venue

CATEGORIES = ("Beer", "Cocktail", "Whisky", "Wine", "Soft drinks", "Food")
ALCOHOLIC = frozenset(CATEGORIES[:4])

PRICES = {
    "Beer": "Tusker Lager 350, White Cap 350, Guinness 400, Pilsner Lager 350, Tusker Cider 400",
    "Cocktail": "Dawa 700, Mojito 800, Margarita 850, Long Island Iced Tea 950, Cosmopolitan 850, Whiskey Sour 800,"
    " Negroni 850, Pina Colada 850, Daiquiri 800, Old Fashioned 900, Espresso Martini 900, Aperol Spritz 900,"
    " Bloody Mary 800",
    "Whisky": "Jameson 500, Johnnie Walker Black 600, Glenfiddich 900, Jack Daniels 550",
    "Wine": "House Red Wine 600, House White Wine 600, Prosecco 900",
    "Soft drinks": "Coca-Cola 150, Sprite 150, Tonic Water 150, Mineral Water 100, Passion Juice 250, Ginger Ale 200",
    "Food": "Chicken Wings 900, Nyama Choma 1200, Fish and Chips 1100, Beef Samosa 300, Masala Fries 400",
}
NICKNAMES = {
    "Tusker Lager": ("tusker",),
    "Coca-Cola": ("coke", "coca", "soda"),
    "Nyama Choma": ("nyama", "choma"),
    "Mineral Water": ("maji",),
}


def demo_menu(
    version: str = "1", *, sold_out: frozenset[str] = frozenset(), gone: frozenset[str] = frozenset()
) -> Menu:
    """The demo venue's menu; a change of anything needs another version."""
    venue = Venue(id="demo", name="Destination Cocktails", tables=tuple(range(1, 21)), serves_alcohol=True)
    products = tuple(p for c in CATEGORIES for p in _products(c, sold_out) if p.name not in gone)
    return Menu(version, venue, tuple(Category(_id(c), c) for c in CATEGORIES), products)


def _products(category: str, sold_out: Collection[str]) -> list[Product]:
    rows = (row.strip().rpartition(" ") for row in PRICES[category].split(","))
    return [
        Product(
            id=_id(name),
            name=name,
            price=Decimal(price),
            category_id=_id(category),
            alcoholic=category in ALCOHOLIC,
            available=name not in sold_out,
            nicknames=NICKNAMES.get(name, ()),
        )
        for name, _, price in rows
    ]


def _id(name: str) -> str:
    return name.lower().replace(" ", "-")
