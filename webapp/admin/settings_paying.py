"""The pages of the settings about money and about paper."""

from decimal import Decimal

from core.domain.paying import LONGEST_HOLD, MOST_TIPS, Way
from core.domain.pricing import read_tip
from core.domain.printing import PORT, PORTS
from core.domain.statuses import Station
from core.domain.typed import line, maybe, number, one_of, several, shillings, whole
from webapp.admin.settings_fields import Field, Group, Rules, Section, tick
from webapp.admin.settings_sections import DIGITS, FRACTION, amount, made, plain

NOT_OFFERED = "not offered"
PLACES = {"": NOT_OFFERED} | {str(place): name for place, name in enumerate(("first", "second", "third", "fourth"), 1)}
NAMES = {
    Way.MPESA: "M-Pesa: a prompt on the phone",
    Way.PESAPAL: "Pesapal: a page for cards and mobile money",
    Way.PAYSTACK: "Paystack: a page for cards and mobile money",
    Way.CASH: "Cash at the bar",
}
AT_REST = "placed"


def tips(typed: str) -> list[str]:
    """`5%, 10%, 100`."""
    found: list[str] = several(MOST_TIPS, 10)(typed)
    try:
        return [read_tip(one.replace(" ", "")) for one in found]
    except ValueError as error:
        raise ValueError("Write shares like 10% and amounts like 100.") from error


def placed(rules: Rules) -> Rules:
    """The ways of the house, each with its place."""
    places = {way: place for place, way in enumerate(rules["payment_methods"], 1)}
    return rules | {AT_REST: {way.value: places.get(way.value, "") for way in Way}}


def in_order(rules: Rules) -> Rules:
    """Inverse of `placed`. Raises ValueError where no way is left."""
    places = rules.pop(AT_REST)
    ways = sorted((name for name, place in places.items() if place), key=lambda name: str(places[name]))
    if not ways:
        raise ValueError("ways: guests need at least one way to pay")
    return rules | {"payment_methods": ways}


def _limit(way: Way, name: str, label: str) -> Field:
    return Field(f"paying.limits.{way.value}.{name}", label, made(maybe(shillings), str), plain, shape=DIGITS)


def _way(way: Way) -> Group:
    place = Field(
        f"{AT_REST}.{way.value}", "Its place", one_of({place: place for place in PLACES}), kind="choice", choices=PLACES
    )
    return Group(NAMES[way], (place, _limit(way, "least", "From"), _limit(way, "most", "Up to")))


def _minutes(path: str, label: str, hint: str = "Minutes.") -> Field:
    return Field(path, label, whole(1, LONGEST_HOLD), hint=hint, shape=DIGITS)


PAYMENTS = Section(
    "payments",
    "Payments",
    "credit-card",
    (
        *(_way(way) for way in Way),
        Group(
            "Tips",
            (
                Field(
                    "paying.tips",
                    "Offered before the review",
                    tips,
                    ", ".join,
                    "Like 5%, 10%, 100. Empty: no such step.",
                    shape={"maxlength": 80},
                ),
            ),
        ),
        Group(
            "Time",
            (
                Field(
                    "hold_seconds",
                    "Minutes to pay",
                    made(number(1, LONGEST_HOLD), lambda minutes: int(minutes * 60)),
                    lambda seconds: plain(Decimal(seconds) / 60),
                    "So long the stock of an order is held.",
                    shape=FRACTION,
                ),
                _minutes("paying.cash_minutes", "Minutes to pay at the bar"),
                Field(
                    "paying.link_minutes",
                    "Minutes for a provider's page",
                    maybe(whole(1, LONGEST_HOLD)),
                    hint="Empty: as long as the stock is held.",
                    shape=DIGITS,
                ),
            ),
        ),
        Group("Our own page", (tick("paying.page", "Guests may confirm and pay on a web page, too"),)),
        Group(
            "Refunds",
            (
                amount(
                    "refund_limit",
                    "Back without asking, up to",
                    "A second payment for one order. Above it staff approve; 0: always.",
                ),
            ),
        ),
    ),
    "The first way is the review's first button. A page without an account of its provider is not offered.",
    placed,
    in_order,
)


def with_hosts(rules: Rules) -> Rules:
    """The stations that have a printer; a port without an address is none."""
    printers = rules["printers"]
    return {"printers": {name: one for name, one in printers.items() if one.get("host")}}


def _station(station: Station) -> Group:
    host = Field(
        f"printers.{station.value}.host",
        "Address in the network",
        made(line(0, 200), lambda host: host or None),
        hint="192.168.1.50. Empty: it prints nothing.",
        shape={"maxlength": 200, "autocomplete": "off"},
    )
    port = Field(
        f"printers.{station.value}.port",
        "Port",
        maybe(whole(1, 65535)),
        hint=f"Empty: {PORT}; {PORTS[0]} to {PORTS[-1]} are for printers.",
        shape=DIGITS,
    )
    return Group(station.value.capitalize(), (host, port))


PRINTERS = Section(
    "printers",
    "Printers",
    "printer",
    tuple(map(_station, Station)),
    "Network printers that understand ESC/POS. Each ticket is printed once, within seconds of the money.",
    gather=with_hosts,
)
