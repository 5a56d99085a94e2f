"""The pages of the settings, field by field."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import available_timezones

from core.conversation.profile import DETAILS
from core.domain.hours import LONGEST_NOTICE
from core.domain.invoicing import LONGEST, read_invoicing
from core.domain.lateness import LONGEST as LATEST
from core.domain.lateness import Lateness
from core.domain.timetables import PARTS
from core.domain.typed import Reader, line, maybe, number, one_of, several, shillings, whole
from core.domain.typed_hours import WEEK, read_dates, read_spans, written_dates, written_spans
from core.services.rules import LONGEST_NAME, OLDEST
from webapp.admin.settings_fields import Field, Group, Section, tick

DIGITS = {"inputmode": "numeric", "maxlength": 12}
FRACTION = {"inputmode": "decimal", "maxlength": 16}
ZONES = {zone.lower(): zone for zone in sorted(available_timezones()) if "/" in zone and not zone.startswith("Etc/")}
MINUTES = {"inputmode": "decimal", "maxlength": 6}


def plain(value: Any) -> str:
    """A number as people write it: `16`, `2.5`."""
    return f"{Decimal(str(value)).normalize():f}"


def amount(path: str, label: str, hint: str = "In whole shillings.") -> Field:
    return Field(path, label, lambda typed: str(shillings(typed)), plain, hint, shape=DIGITS)


def made(reader: Reader, make: Callable[[Any], Any]) -> Reader:
    return lambda typed: None if (value := reader(typed)) is None else make(value)


def _printed(name: str) -> Reader:
    """One line of what stands on invoices."""

    def reader(typed: str) -> str:
        text: str = line(0, LONGEST)(typed)
        try:
            read_invoicing({name: text})
        except ValueError as error:
            raise ValueError(worded(error)) from error
        return text

    return reader


def worded(error: ValueError) -> str:
    """What the rules say of a mistake, without the name that the document has for it."""
    words = str(error).partition(": ")[2] or str(error)
    return f"{words[:1].upper()}{words[1:]}."


def _zone(typed: str) -> str:
    try:
        return str(one_of(ZONES)(typed))
    except ValueError:
        raise ValueError("Write a time zone like Africa/Nairobi.") from None


VENUE = Section(
    "venue",
    "Venue",
    "store",
    (
        Group(
            "The house",
            (
                Field("name", "Name", line(1, LONGEST_NAME), shape={"maxlength": LONGEST_NAME}),
                Field("timezone", "Time zone", _zone, shape={"maxlength": 40, "list": "zones"}),
            ),
        ),
        Group(
            "What guests may order",
            (
                tick("accepts_orders", "Guests can order", "Off: the bot answers, and takes no order."),
                tick("serves_alcohol", "Alcohol is on the menu"),
                tick("age_gate", "Guests are asked for their age before alcohol"),
                Field("minimum_age", "Minimum age", whole(0, OLDEST), shape=DIGITS),
                amount("minimum_order", "Minimum order", "In whole shillings; 0 for none."),
            ),
        ),
        Group(
            "What guests are asked for",
            (
                Field(
                    "asks",
                    "Once each, with a way past it",
                    several(len(DETAILS), 20),
                    ",".join,
                    kind="checks",
                    choices={name: name.capitalize() for name in DETAILS},
                ),
            ),
        ),
        Group(
            "What the bot does",
            (
                tick("features.payments", "Takes payments", "Off: Pay calls staff."),
                tick("features.recognition", "Knows guests by name and remembers what they had"),
                tick("features.tracking", "Tells guests how their order stands", "Off: only that it is ready."),
                tick("features.languages", "Talks in the guest's language", "Off: English."),
            ),
        ),
        Group(
            "When an order is late",
            (
                Field(
                    "lateness.amber", "Amber after", whole(1, LATEST), hint="Minutes since it was paid.", shape=DIGITS
                ),
                Field("lateness.red", "Red after", whole(1, LATEST), hint="Minutes.", shape=DIGITS),
            ),
            f"A new venue has {Lateness.amber} and {Lateness.red} minutes.",
        ),
    ),
)

TITLES = {"house": "The house", "bar": "The bar", "kitchen": "The kitchen", "alcohol": "Alcohol"}


def _hours(part: str) -> Group:
    days = tuple(
        Field(
            f"hours.{part}.week.{day}",
            name,
            made(partial(read_spans, day), lambda spans: spans or None),
            written_spans,
            shape={"maxlength": 100, "autocomplete": "off"},
        )
        for day, name in WEEK.items()
    )
    dates = Field(
        f"hours.{part}.dates",
        "Holidays and other exceptions",
        made(read_dates, lambda dates: dates or None),
        written_dates,
        "A line for each: 2026-12-25 closed, or 2026-12-31 12:00-06:00.",
        "area",
    )
    last = Field(
        f"hours.{part}.last_orders",
        "Last orders",
        made(maybe(whole(0, LONGEST_NOTICE)), lambda minutes: minutes or None),
        hint="Minutes before the end.",
        shape=DIGITS,
    )
    return Group(TITLES[part], (*days, dates, last), folded=part != "house")


HOURS = Section(
    "hours",
    "Hours",
    "clock",
    (
        *(_hours(part) for part in PARTS),
        Group(
            "Tonight",
            (tick("hours.food_only", "Food only", "The kitchen sells, the bar does not, whatever the clock says."),),
        ),
    ),
    "Like 12:00-15:00, 18:00-03:00; past midnight counts to the day it began on. All days empty: round the clock. "
    "Otherwise an empty day is closed.",
)

DELIVERY = Section(
    "delivery",
    "Delivery",
    "map-pin",
    (
        Group(
            "To the guest",
            (
                tick("delivers", "The house delivers"),
                amount("delivery.fee", "Fee"),
                amount("delivery.minimum", "Minimum order for delivery"),
            ),
        ),
        Group(
            "How far",
            (
                Field(
                    "delivery.latitude",
                    "Latitude of the house",
                    made(maybe(number(-90, 90)), float),
                    plain,
                    shape=FRACTION,
                ),
                Field("delivery.longitude", "Longitude", made(maybe(number(-180, 180)), float), plain, shape=FRACTION),
                Field(
                    "delivery.radius_km",
                    "As far as",
                    made(maybe(number(0.1, 100)), float),
                    plain,
                    "Kilometres, as the crow flies; 10 where nothing is said.",
                    shape=FRACTION,
                ),
            ),
            "Without a place of its own, staff judge how far it is.",
        ),
        Group("At the bar", (tick("delivery.pickup", "Guests may fetch it themselves"),)),
    ),
)

INVOICES = Section(
    "invoices",
    "Taxes",
    "receipt",
    (
        Group(
            "VAT",
            (
                Field(
                    "vat_percent",
                    "Percent",
                    made(number(0, 100), str),
                    plain,
                    "It is in the prices. Orders taken before keep theirs.",
                    shape=FRACTION,
                ),
            ),
        ),
        Group(
            "On invoices",
            (
                Field(
                    "invoicing.seller",
                    "Seller",
                    _printed("seller"),
                    hint="Empty: the venue's name.",
                    shape={"maxlength": LONGEST},
                ),
                Field("invoicing.address", "Address", _printed("address"), shape={"maxlength": LONGEST}),
                Field(
                    "invoicing.pin",
                    "PIN of the KRA",
                    _printed("pin"),
                    hint="Such as P051234567X.",
                    shape={"maxlength": 11},
                ),
                Field("invoicing.vat_number", "VAT number", _printed("vat_number"), shape={"maxlength": LONGEST}),
            ),
            "As they are when an order is paid; what was printed before stays.",
        ),
        Group(
            "After paying",
            (
                tick("invoicing.send", "Every guest gets the PDF", "Off: who writes “receipt” does."),
                tick("invoicing.fiscal", "The tax authority signs every invoice", "A receipt waits for its number."),
            ),
        ),
    ),
)
