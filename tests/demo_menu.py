"""The demo venue's menu as guests see it, for tests without a database."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from core.domain.hours import Schedule
from core.domain.menu import Category, Menu, Product, Venue
from core.domain.options import Option, OptionGroup
from core.domain.pricing import PriceList
from core.domain.statuses import Station
from core.services import demo_swahili
from core.services.demo import DESCRIPTIONS, HEADINGS, NAME, QUESTIONS, TABLES


def demo_menu(
    version: str = "1",
    *,
    sold_out: Collection[str] = (),
    gone: Collection[str] = (),
    prices: dict[str, int] | None = None,
    popularity: dict[str, int] | None = None,
    photos: Mapping[str, str] = MappingProxyType({}),
    out: Collection[str] = (),
    served: Mapping[str, tuple[Schedule, ...]] = MappingProxyType({}),
    lists: tuple[PriceList, ...] = (),
    **venue: Any,
) -> Menu:
    """The demo venue; whatever is changed of it needs another version, as when staff edit the menu."""
    place = Venue(id="demo", name=NAME, tables=tuple(range(1, TABLES + 1)), serves_alcohol=True)
    rows = [
        Product(
            _id(name),
            name,
            Decimal((prices or {}).get(name, price)),
            _id(heading),
            alcoholic,
            name not in sold_out,
            DESCRIPTIONS.get(name, ""),
            nicknames,
            kitchen=station is Station.KITCHEN,
            photo=photos.get(name, ""),
            popularity=(popularity or {}).get(name, 0),
            groups=groups_of(name, out),
            hours=served.get(name, ()),
            **demo_swahili.words(name),
        )
        for heading, alcoholic, station, entries in HEADINGS
        for name, price, nicknames in entries
        if name not in gone
    ]
    headings = tuple(Category(_id(h[0]), h[0], **demo_swahili.names(h[0])) for h in HEADINGS)
    return Menu(version, replace(place, **venue), headings, tuple(rows), lists)


def groups_of(name: str, out: Collection[str] = ()) -> tuple[OptionGroup, ...]:
    """What a product of the demo venue asks, without the options that are out."""
    return tuple(
        OptionGroup(
            _id(f"{name} {question}"),
            question,
            tuple(
                Option(_id(f"{name} {option}"), option, Decimal(price), **demo_swahili.names(option))
                for option, price in options
                if option not in out
            ),
            least,
            most,
            **demo_swahili.names(question),
        )
        for question, least, most, options in QUESTIONS.get(name, ())
    )


def _id(name: str) -> str:
    return name.lower().replace(" ", "-")
