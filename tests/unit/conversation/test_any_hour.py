"""Whatever hours, stock, prices and fees do underneath: nothing is ordered that the house would not sell."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.delivery import Delivery
from core.domain.features import Features
from core.domain.hours import Hours, Schedule, Shut, served
from core.domain.options import choices, open_group
from core.domain.pricing import PriceList, with_choices
from core.domain.timetables import DAYS, read_hours, read_schedule
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat
from tests.unit.conversation.test_any_sequence import STEP, Anything, Steps

NAIROBI = "Africa/Nairobi"


def daily(*spans: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"week": {day: [list(span) for span in spans] for day in DAYS}} | more


HOURS = [
    Hours(),
    read_hours({"house": daily(("12:00", "03:00"), last_orders=30), "alcohol": daily(("17:00", "23:00"))}, NAIROBI),
    read_hours({"kitchen": daily(("12:00", "15:00"), ("18:00", "22:00")), "bar": daily(("14:00", "04:00"))}, NAIROBI),
    read_hours({"alcohol": {"dates": {"2026-11-20": [], "2026-11-21": [["00:00", "24:00"]]}}}, NAIROBI),
    read_hours({"food_only": True}, NAIROBI),
    read_hours({"house": {"week": {}}}, NAIROBI),
]
EVENING = read_schedule("hours", daily(("20:00", "22:00")), NAIROBI)
LATE = read_schedule("hours", daily(("21:30", "02:00"), last_orders=30), NAIROBI)
HAPPY = PriceList("Happy hour", EVENING, {"sprite": Decimal(100), "highball": Decimal(450)})
KITCHEN = Delivery(Decimal(200), Decimal(1000), -1.29, 36.8, 8, pickup=True)
RULES = st.fixed_dictionaries(
    {
        "hours": st.sampled_from(HOURS),
        "sold_out": st.sampled_from([(), ("Sprite",), ("Dawa", "Chicken Wings")]),
        "gone": st.sampled_from([(), ("Tusker Lager",)]),
        "out": st.sampled_from([(), ("Tonic",), ("Tonic", "Double")]),
        "served": st.sampled_from([{}, {"Sprite": (EVENING,)}, {"Highball": (EVENING, LATE)}]),
        "lists": st.sampled_from([(), (HAPPY,), (HAPPY, PriceList("All night", Schedule(), {"sprite": Decimal(120)}))]),
        "prices": st.sampled_from([{}, {"Sprite": 170}, {"Dawa": 750, "Chicken Wings": 1}]),
        "minimum_order": st.sampled_from([Decimal(0), Decimal(500)]),
        "delivery": st.sampled_from([Delivery(), KITCHEN, Delivery(Decimal(350), pickup=True)]),
        "delivers": st.booleans(),
        "features": st.sampled_from([Features(), Features(payments=False), Features(tracking=False)]),
        "tables": st.sampled_from([tuple(range(1, 21)), (), (7, 9)]),
    }
)
PLACES = [(-1.29, 36.78), (-1.04, 37.08), (-4.3, 41.5), (0.0, 0.0), (90.0, 180.0)]
WRITTEN = [
    *("Table 7 BCDFG", "table 9", "note: gate 4", "no ice", "i pick it up", "deliver", "show tables", "Ngong Road 5"),
    *(
        "3 sprite and 1 dawa to table 7",
        "2 wings",
        "same again",
        "my order",
        "checkout",
        "pay",
        "yes",
        "2 fanta no ice",
        "1 double highball with tonic to table 7",
        "2 highball",
        "cola",
    ),
]
RULED = st.one_of(
    st.tuples(st.just("onward"), st.none()),
    st.tuples(st.just("onward"), st.none()),
    st.tuples(st.just("rules"), RULES),
    st.tuples(st.just("hours_pass"), st.sampled_from((1, 10, 30, 31, 60, 240, 1441))),
    st.tuples(st.just("says"), st.sampled_from(WRITTEN)),
    st.tuples(st.just("invented"), st.sampled_from(("deliver", "pickup", "tables", "tables:9", "table:7", "table:0"))),
    st.tuples(st.just("pin"), st.sampled_from(PLACES)),
    st.tuples(st.just("house_clock"), st.sampled_from((*Shut, None))),
    STEP,
)


class Ruled(Anything):
    """Anything, in a house whose rules change; after every step the new orders are looked at."""

    looked_at = 0

    def rules(self, rules: dict[str, Any]) -> None:
        self.chat.menu = demo_menu(f"rules-{len(self.chat.turns)}-{id(rules)}", **rules)

    def hours_pass(self, minutes: int) -> None:
        self.chat.now += timedelta(minutes=minutes)

    def pin(self, place: tuple[float, float]) -> None:
        self.chat.guest.shares_location(*place)

    def house_clock(self, why: Shut | None) -> None:
        self.chat.world.shut = {"dawa": why, "sprite": why} if why else {}

    def does(self, what: str, how: Any) -> None:
        super().does(what, how)
        done = self.chat.world.done
        for effect in done[self.looked_at :]:
            if effect["kind"] == "place_order":
                self.look_at(effect)
        self.looked_at = len(done)

    def look_at(self, order: dict[str, Any]) -> None:
        """What the guest confirmed is what the house sells at this very moment, at this price."""
        venue = self.chat.menu.venue
        for line in order["lines"]:
            product = self.chat.menu.product(line["product_id"])
            assert product is not None and product.available
            chosen = choices(product.groups, [one["id"] for one in line.get("options", ())])
            assert [one.name for one in chosen] == [one["name"] for one in line.get("options", ())]
            assert open_group(product.groups, [one.id for one in chosen]) is None
            price = self.chat.menu.price(product, self.chat.now)
            assert Decimal(line["unit_price"]) == with_choices(price, chosen)
            assert venue.hours.shut(product.kitchen, product.alcoholic, self.chat.now) is None
            assert served(product.hours, self.chat.now)
        amount = sum(line["quantity"] * Decimal(line["unit_price"]) for line in order["lines"])
        assert amount >= venue.minimum_order and venue.features.payments
        assert Decimal(order["delivery_fee"]) == (venue.delivery.fee if order["address"] else 0)
        assert not order["address"] or amount >= venue.delivery.minimum
        assert sum((order["table"] is not None, bool(order["address"]), order["pickup"])) <= 1


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(RULED, min_size=1, max_size=30))
def test_nothing_is_ordered_that_the_house_would_not_sell(steps: Steps) -> None:
    ruled = Ruled(Chat())
    for what, how in steps:
        ruled.does(what, how)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(RULES, st.lists(RULED, max_size=12))
def test_a_guest_on_the_way_to_pay_is_never_stuck(rules: dict[str, Any], steps: Steps) -> None:
    ruled = Ruled(Chat())
    for what, how in [("rules", rules), ("says", "3 sprite and 2 wings to table 7"), ("onward", None), *steps]:
        ruled.does(what, how)
    ruled.rules({})
    ruled.house_clock(None)
    ruled.world("plenty")
    ruled.chat.guest.says("menu").says("english").says("menu").reads("Beer")
    ruled.chat.guest.says("1 fanta to table 3").reads("Fanta Orange")
