"""Any sequence of inputs: never stuck, always answered, only legal moves, no order without its review."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.conversation import carts, events, states
from core.conversation.session import Session, State
from core.domain.hours import Schedule
from core.domain.paying import Paying
from core.domain.pricing import PriceList
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat, may_be_silent, taps

WORDS = [
    *(
        "hi",
        "menu",
        "cart",
        "pay",
        "lipa",
        "checkout",
        "yes",
        "no",
        "ndio",
        "hapana",
        "staff",
        "status",
        "cancel",
        "help",
    ),
    *("stop", "again", "more", "change", "clear cart", "try again", "other number", "this number", "skip", "thanks"),
    *(
        "dawa",
        "2 dawa",
        "tusker mbili",
        "2 dawa and 1 tusker to table 7",
        "1 wings",
        "3 sprite to table 4",
        "2 martini",
    ),
    *(
        "remove sprite",
        "remove 1 dawa",
        "change dawa to 3",
        "beer",
        "1",
        "2",
        "3",
        "7",
        "0",
        "100",
        "-1",
        "18",
        "table 5",
    ),
    *("kiswahili", "english", "habari", "naomba dawa mbili tafadhali", "what would you like to have"),
    *("card", "cash", "link", "web", "other ways", "nimelipa", "UC65K2T9QX", "10%", "50", "kadi", "taslimu", "m-pesa"),
    *(
        "2 highball",
        "1 double highball with tonic",
        "burger",
        "cola",
        "well done and cheese",
        "without",
        "make it double",
    ),
    *("table 77", "0712345678", "+447700900123", "2 unicorns", "1 wings no salt", "5 coke na 2 fries"),
]
TAPS = [
    *("menu", "cart", "checkout", "change", "again", "status", "staff", "cancel", "keep", "help", "age:yes", "age:no"),
    *("table:0", "table:7", "deliver", "pay:x:1", "pay", "this:x:1", "other:x:1", "retry:order-101", "retry:x", ":"),
    *("cancel:order-101", "cat:beer:0", "cat:x:9", "prod:dawa", "prod:x", "qty:dawa:2:x:1", "line:0:x:1", "out:0:x:1"),
    *(
        "way:CASH:x:1",
        "way:CARD:order-101",
        "way:PESAPAL:order-101",
        "ways:order-101",
        "web:x",
        "code",
        "tip:10%",
        "tip:x",
    ),
    *(
        "option:highball-tonic:0:x:1",
        "option:x",
        "options:1:0:x:1",
        "leave:0:x:1",
        "leave",
        "prod:highball",
        "clear:x:1",
    ),
    "nonsense",
]
ONWARD = ("Confirm", "Checkout", "Continue", "Pay", "This number", "I am 18", "Skip", "Yes", "Try again")
UNREADABLE = ("image", "audio", "reaction", "location", "order", "button", "request_welcome", "something new")
MENUS: tuple[dict[str, Any], ...] = (
    {},
    {"sold_out": ("Dawa",)},
    {"gone": ("Sprite", "Tusker Lager")},
    {"prices": {"Dawa": 750, "Chicken Wings": 1}},
    {"serves_alcohol": False},
    {"out": ("Tonic", "Medium", "Cheese")},
    {"lists": (PriceList("Happy hour", Schedule(), {"highball": Decimal(450), "dawa": Decimal(1)}),)},
    {"delivers": True, "tables": ()},
    {"asks": ("name", "email", "birthday")},
    {"payment_methods": ("MPESA", "PESAPAL", "PAYSTACK", "CASH"), "paying": Paying(tips=("10%", "100"))},
    {"payment_methods": ("CASH",), "paying": Paying(tips=("5%", "10%", "50"), page=False)},
    {"payment_methods": ("PAYSTACK", "MPESA"), "paying": Paying({"MPESA": (Decimal(500), Decimal(900))})},
)

PHONES = ("254712345678", "254712345678", "254712345678", "", "447700900123", "nonsense")
Steps = list[tuple[str, Any]]
ORDER: Steps = [("says", "3 sprite and 1 dawa to table 7"), ("onward", None)]
BEGINNINGS: list[Steps] = [
    [],
    [("says", "2 sprite")],
    [("says", "2 highball"), ("onward", None), ("says", "tonic")],
    ORDER,
    [*ORDER, ("onward", None)],
    [*ORDER, ("onward", None), ("news", events.PAYMENT_FAILED)],
    [*ORDER, ("onward", None), ("news", events.PAYMENT_CHECKING)],
    [*ORDER, ("onward", None), ("news", events.PAYMENT_SETTLED)],
    [*ORDER, ("onward", None), ("part", None)],
]
SKUS = st.sampled_from(["sprite", "dawa", "chicken-wings", "unicorn", ""]) | st.text(max_size=10)
LINE = st.fixed_dictionaries({"sku": SKUS, "quantity": st.integers(-1, 120)})
NUMBERS = st.sampled_from(["0722000111", "+254 733 445566", "+44 7700 900123", "", "nonsense"])
STAMPS = st.sampled_from(["order-101", "now", "x:1", ""])
WAYS = st.sampled_from(["MPESA", "PESAPAL", "PAYSTACK", "CASH", "nonsense"])
ANSWERS = st.sampled_from(["table", "name", "email", "birthday", "note"])
FIELDS = st.dictionaries(ANSWERS, st.text(max_size=12), max_size=4)
CARD = st.fixed_dictionaries({"phones": st.lists(NUMBERS, max_size=4), "own": st.booleans()})
CART = st.fixed_dictionaries({"lines": st.lists(LINE, max_size=4), "text": st.sampled_from(("", "table 7", "hm"))})
BESIDES = st.one_of(
    st.tuples(st.just(events.CARDS), CARD),
    st.tuples(st.just(events.CATALOGUE), CART),
    st.tuples(st.just(events.FORM), st.fixed_dictionaries({"fields": FIELDS})),
    st.tuples(st.just(events.WEB), st.fixed_dictionaries({"stamp": STAMPS, "way": WAYS, "phone": NUMBERS})),
    st.tuples(st.just(events.IDENTITY), st.just({"phone": "254733445566", "bsuid": "KE.2"})),
    st.tuples(st.just(events.PREFERENCE), st.fixed_dictionaries({"stop": st.booleans()})),
)
STEP = st.one_of(
    st.tuples(st.just("onward"), st.none()),
    st.tuples(st.just("onward"), st.none()),
    st.tuples(st.just("says"), st.sampled_from(WORDS)),
    st.tuples(st.just("says"), st.sampled_from(WORDS)),
    st.tuples(st.just("says"), st.text(max_size=60)),
    st.tuples(st.just("newest"), st.integers(0, 12)),
    st.tuples(st.just("newest"), st.integers(0, 2)),
    st.tuples(st.just("newest"), st.integers(0, 2)),
    st.tuples(st.just("any"), st.integers(0, 400)),
    st.tuples(st.just("invented"), st.one_of(st.sampled_from(TAPS), st.text(max_size=30))),
    st.tuples(
        st.just("forged"),
        st.sampled_from(
            (
                "pay",
                "this",
                "other",
                "again",
                "way:CASH",
                "way:PESAPAL",
                "ways",
                "web",
                "clear",
                "qty:dawa:2",
                "line:0",
                "out:0",
            )
        ),
    ),
    st.tuples(st.just("sends"), st.sampled_from(UNREADABLE)),
    st.tuples(st.just("besides"), BESIDES),
    st.tuples(st.just("news"), st.sampled_from(sorted(states.NEWS))),
    st.tuples(st.just("news"), st.sampled_from(sorted(states.NEWS))),
    st.tuples(st.just("menu"), st.sampled_from(range(len(MENUS)))),
    st.tuples(st.just("world"), st.sampled_from(("closed", "busy_phone", "short", "plenty"))),
    st.tuples(st.just("late"), st.sampled_from(WORDS)),
    st.tuples(st.just("sleeps"), st.none()),
)


class Anything:
    """Plays one drawn step at a time; the chat itself checks every turn."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat

    def does(self, what: str, how: Any) -> None:
        """One step."""
        getattr(self, what)(how)

    def says(self, text: str) -> None:
        self.answered(self.chat.play(events.TEXT, {"text": text}))

    def late(self, text: str) -> None:
        self.answered(self.chat.play(events.TEXT, {"text": text}, timedelta(hours=2)))

    def newest(self, index: int) -> None:
        ids = [t.id for r in (self.chat.turns[-1].replies if self.chat.turns else ()) for t in taps(r)]
        if ids:
            self.invented(ids[index % len(ids)])

    def onward(self, _: None) -> None:
        """The tap that leads to the prompt, as the chat contract names it."""
        offered = [t for r in (self.chat.turns[-1].replies if self.chat.turns else ()) for t in taps(r)]
        tap = next((t.id for t in offered if any(word in t.title for word in ONWARD)), None)
        if tap:
            self.invented(tap)

    def part(self, _: None) -> None:
        if self.chat.world.prompts:
            self.chat.bar.pays("100")

    def any(self, index: int) -> None:
        if self.chat.seen:
            self.invented(self.chat.seen[index % len(self.chat.seen)])

    def invented(self, tap: str) -> None:
        self.answered(self.chat.play(events.TAP, {"id": tap, "title": "x"}))

    def forged(self, action: str) -> None:
        """A tap with the right stamp that was never shown."""
        self.invented(f"{action}:{carts.stamp(self.chat.session or Session())}")

    def sends(self, kind: str) -> None:
        turn = self.chat.play(events.UNREADABLE, {"type": kind})
        assert bool(turn.replies) == (kind != "reaction") or may_be_silent(self.chat)

    def besides(self, what: tuple[str, dict[str, Any]]) -> None:
        kind, data = what
        if data.get("stamp") == "now":
            data = data | {"stamp": carts.stamp(self.chat.session or Session())}
            self.chat.confirms_on_the_web()
        turn = self.chat.play(kind, data)
        assert bool(turn.replies) == (what[0] in events.FROM_GUESTS) or may_be_silent(self.chat)

    def menu(self, which: int) -> None:
        self.chat.menu = demo_menu(f"any-{which}", **MENUS[which])

    def world(self, what: str) -> None:
        world = self.chat.world
        world.closed, world.busy_phone = what == "closed", what == "busy_phone"
        world.left = {"dawa": 1, "sprite": 0} if what == "short" else {}

    def sleeps(self, _: None) -> None:
        self.chat.sleeps()

    def news(self, kind: str) -> None:
        orders, bar = self.chat.world.orders, self.chat.bar
        if not orders:
            self.chat.play(kind, {"order_id": "order-0", "number": "7", "payment_id": "pay-0", "receipt": "Q"})
        elif kind == events.PAYMENT_SETTLED and self.chat.world.prompts:
            bar.pays()
        elif kind == events.PAYMENT_LINK and self.chat.world.prompts:
            bar.links()
        elif kind == events.ORDER_STATUS:
            bar.order_is("READY")
        elif kind == events.ORDER_FAILED and orders[-1]["status"] == "PENDING":
            bar.gives_up()
        elif kind == events.MONEY_RETURNED:
            bar.sends_back("100")
        elif self.chat.world.prompts:
            bar.fails("other", kind)

    def answered(self, turn: Any) -> None:
        assert len(turn.replies) == 1 or may_be_silent(self.chat)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(BEGINNINGS), st.lists(STEP, min_size=1, max_size=25), st.sampled_from(PHONES))
def test_any_sequence_is_answered_with_legal_moves_and_no_unseen_order(begun: Steps, steps: Steps, phone: str) -> None:
    chat = Chat(phone=phone)
    anything = Anything(chat)
    for what, how in [*begun, *steps]:
        anything.does(what, how)
    live = [p["order_id"] for p in chat.world.prompts if p["live"]]
    assert len(live) == len(set(live))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(BEGINNINGS), st.lists(STEP, min_size=1, max_size=20))
def test_from_anywhere_the_menu_and_an_order_are_reached(begun: Steps, steps: Steps) -> None:
    chat = Chat()
    anything = Anything(chat)
    for what, how in [*begun, *steps]:
        anything.does(what, how)
    chat.menu = demo_menu()
    anything.world("plenty")
    chat.guest.taps_id("english").says("menu")
    assert chat.state == State.BROWSING_CATEGORIES
    chat.guest.says("1 wings to table 3")
    if "I am 18 or over" in chat.guest.titles:
        chat.guest.taps("I am 18")
    chat.guest.reads("Chicken Wings", "Table 3")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=40), st.text(max_size=40))
def test_any_text_name_and_number_is_answered(text: str, name: str, phone: str) -> None:
    chat = Chat(name=name, phone=phone)
    chat.guest.says(text).says("1 wings to table 3").says(text).says("other number").says(text)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(("order_id", "number", "payment_id", "amount", "due", "status", "reason", "receipt")),
        st.text(max_size=36),
    )
)
def test_news_with_anything_in_it_never_raises(data: dict[str, str]) -> None:
    chat = Chat()
    for kind in states.NEWS:
        chat.play(kind, dict(data))
