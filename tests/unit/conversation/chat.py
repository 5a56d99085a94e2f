"""A guest and a bar in a few lines of memory: plays step and conclude as the real shell does, and checks every turn."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.conversation import events, flow, states
from core.conversation.events import Event
from core.conversation.profile import Profile
from core.conversation.replies import Button, Reply, Row
from core.conversation.session import Session, State
from core.conversation.turn import Turn
from core.domain.menu import Menu
from tests.demo_menu import demo_menu
from tests.unit.conversation.spoken import check_language
from tests.unit.conversation.world import World

LIMITS = {"text": 4096, "body": 1024, "button": 20, "row": 24, "detail": 72, "label": 20}


class Chat:
    """One conversation. `guest` writes and taps, `bar` tells the news; each turn is checked as it happens."""

    def __init__(self, menu: Menu | None = None, *, phone: str = "254712345678", name: str = "Jane") -> None:
        self.menu = menu or demo_menu()
        self.world = World()
        self.session: Session | None = None
        self.now = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
        self.phone, self.name = phone, name
        self.profile = Profile()
        self.down: tuple[str, ...] = ()
        self.turns: list[Turn] = []
        self.seen: list[str] = []
        self.before: Session | None = None
        self.reviewed: set[str] = set()
        self.events = 0
        self.guest, self.bar = Guest(self), Bar(self)

    def play(self, kind: str, data: dict[str, Any], late: timedelta = timedelta(0)) -> Turn:
        """One event, through the plan where there is one, as from and to JSON."""
        self.events += 1
        who = (self.name, self.phone, self.profile, self.down)
        event = Event(f"wamid.{self.events}", kind, self.now - late, data, *who)
        before = self.before = self.session
        turn = flow.step(self.session, event, self.menu, self.now)
        if turn.effects:
            turn = self._conclude(turn, late)
        self.session = _through_json(turn.session)
        self.turns.append(turn)
        check_replies(turn)
        check_language(turn)
        legal = before is None or before.state == turn.session.state or _may_lead(before.state, turn.session.state)
        assert legal, f"{before} → {turn.session.state}"
        self._remember(turn.replies)
        return turn

    def _conclude(self, turn: Turn, late: timedelta) -> Turn:
        plan = Turn.from_plan(json.loads(json.dumps(turn.to_plan())))
        assert not turn.replies, "a plan says nothing before its effects"
        for effect in plan.effects:
            if effect["kind"] == "place_order":
                assert late <= flow.TOO_LATE
                assert plan.session.reviewed == plan.session.cart_version, "no order without its review"
                assert f"{effect['cart_id']}:{plan.session.cart_version}" in self.reviewed
        final = flow.conclude(plan, self.world.perform(plan.effects), self.menu, self.now)
        assert not final.effects
        return final

    def _remember(self, replies: tuple[Reply, ...]) -> None:
        for reply in replies:
            ids = [tap.id for tap in taps(reply)]
            self.seen += ids
            pays = any(i.startswith(("pay:", "way:")) for i in ids)
            if pays and self.session and self.session.state is State.REVIEWING_ORDER:
                self.reviewed.add(f"{self.session.cart_id}:{self.session.cart_version}")

    @property
    def order(self) -> dict[str, Any]:
        """What the chat knows of its order."""
        return self.session.order if self.session else {}

    def confirms_on_the_web(self) -> None:
        """The page shows the cart as it is now."""
        if self.session:
            self.reviewed.add(f"{self.session.cart_id}:{self.session.cart_version}")

    @property
    def state(self) -> State:
        """Where the conversation stands."""
        assert self.session is not None
        return self.session.state

    @property
    def last(self) -> Turn:
        """The latest turn."""
        return self.turns[-1]

    def menu_becomes(self, **changes: Any) -> None:
        """Staff edit the menu."""
        self.menu = demo_menu(f"{self.menu.version}+", **changes)

    def sleeps(self) -> None:
        """Two hours later the session is gone."""
        self.session = None
        self.now += timedelta(hours=3)


@dataclass
class Guest:
    """Writes, taps, and reads what comes back."""

    chat: Chat

    def says(self, text: str, *, late: timedelta = timedelta(0)) -> "Guest":
        """A text message."""
        return self._did(self.chat.play(events.TEXT, {"text": text}, late))

    def taps(self, title: str, *, late: timedelta = timedelta(0)) -> "Guest":
        """The newest button or row whose title contains this."""
        for turn in reversed(self.chat.turns):
            for reply in turn.replies:
                for tap in taps(reply):
                    if title in tap.title:
                        return self.taps_id(tap.id, late=late)
        raise AssertionError(f"no tap with “{title}”; there were {self.titles}")

    def taps_id(self, tap: str, *, late: timedelta = timedelta(0)) -> "Guest":
        """A button by its id, however old or invented."""
        return self._did(self.chat.play(events.TAP, {"id": tap, "title": ""}, late))

    def sends(self, kind: str) -> "Guest":
        """Something that is no text."""
        return self._did(self.chat.play(events.UNREADABLE, {"type": kind}))

    def shares(self, kind: str, **data: Any) -> "Guest":
        """Cards, a catalogue's cart, or a form."""
        return self._did(self.chat.play(kind, data))

    def shares_location(self, latitude: float, longitude: float) -> "Guest":
        """A pin on the map."""
        return self._did(self.chat.play(events.LOCATION, {"latitude": latitude, "longitude": longitude}))

    def reads(self, *texts: str) -> "Guest":
        """The last message contains all of these."""
        missing = [text for text in texts if text not in self.text]
        assert not missing, f"{missing} not in {self.text!r}"
        return self

    def tap_id(self, title: str) -> str:
        """The id behind a title of the last message."""
        reply = self.chat.last.replies[-1]
        return next(tap.id for tap in taps(reply) if title in tap.title)

    @property
    def text(self) -> str:
        """The last message, with what can be tapped."""
        return "\n".join(
            "\n".join([r.body, *(b.title for b in r.buttons), *(f"{x.title} {x.description}" for x in r.rows)])
            for r in self.chat.last.replies
        )

    @property
    def titles(self) -> list[str]:
        """What can be tapped now."""
        return [tap.title for r in self.chat.last.replies for tap in taps(r)]

    def _did(self, turn: Turn) -> "Guest":
        if turn.replies or not may_be_silent(self.chat):
            assert len(turn.replies) == 1, "every message is answered, with one message"
        return self


@dataclass
class Bar:
    """The rest of the house: M-Pesa, the clock and the staff."""

    chat: Chat

    def pays(self, amount: str | None = None, **changes: Any) -> None:
        """The money of the last prompt arrives."""
        prompt = self.chat.world.prompts[-1]
        prompt["live"] = False
        order = self.chat.world.order(prompt["order_id"])
        paid = Decimal(amount or order["due"])
        order["due"] = str(Decimal(order["due"]) - paid)
        order["status"] = "PENDING" if Decimal(order["due"]) > 0 else "PAID"
        data = {k: order[k] for k in ("order_id", "number", "total", "due", "status")}
        more = {
            "payment_id": prompt["payment_id"],
            "provider": prompt["provider"],
            "receipt": f"QK{len(self.chat.turns)}XY",
            "amount": str(paid),
        }
        self.chat.play(events.PAYMENT_SETTLED, data | more | {"currency": "KES", "refund": False} | changes)

    def pays_cash(self, entry: str) -> None:
        """Staff took the money for the last order."""
        order = self.chat.world.orders[-1]
        order["status"], order["due"] = "PAID", "0"
        data = {k: order[k] for k in ("order_id", "number", "total", "due", "status")} | {"amount": order["total"]}
        more = {"payment_id": "pay-cash", "provider": "cash", "receipt": entry, "currency": "KES", "refund": False}
        self.chat.play(events.PAYMENT_SETTLED, data | more)

    def links(self, **changes: Any) -> None:
        """The page of the last attempt is there."""
        attempt = self.chat.world.prompts[-1]
        names = ("order_id", "number", "payment_id", "amount", "provider")
        link = {"currency": "KES", "link": f"https://pay.example.co.ke/{attempt['payment_id']}"}
        self.chat.play(events.PAYMENT_LINK, {k: attempt[k] for k in names} | link | changes)

    def fails(self, reason: str = "cancelled", kind: str = events.PAYMENT_FAILED) -> None:
        """The last prompt brings no money."""
        self.chat.world.prompts[-1]["live"] = False
        self._about_payment(kind, reason=reason)

    def expires(self) -> None:
        """Nobody answered the prompt."""
        self.fails(kind=events.PAYMENT_EXPIRED)

    def checks(self) -> None:
        """M-Pesa says nothing yet."""
        self._about_payment(events.PAYMENT_CHECKING)

    def reviews(self) -> None:
        """Staff must look at it."""
        self._about_payment(events.PAYMENT_REVIEW)

    def order_is(self, status: str, number: int = -1) -> None:
        """Staff move an order on."""
        order = self.chat.world.orders[number]
        order["status"] = status
        self.chat.play(
            events.ORDER_STATUS, {"order_id": order["order_id"], "number": order["number"], "status": status}
        )

    def gives_up(self) -> None:
        """The hold of the last order ran out."""
        order = self.chat.world.orders[-1]
        order["status"] = "FAILED"
        self.chat.play(events.ORDER_FAILED, {"order_id": order["order_id"], "number": order["number"]})

    def sends_back(self, amount: str) -> None:
        """A refund goes out."""
        order = self.chat.world.orders[-1]
        data = {"order_id": order["order_id"], "number": order["number"], "amount": amount, "currency": "KES"}
        self.chat.play(events.MONEY_RETURNED, data)

    def writes_the_receipt(self) -> None:
        """It is made, and who waits gets it."""
        order = self.chat.world.orders[-1]
        named = {"order_id": order["order_id"], "number": order["number"]}
        self.chat.play(events.DOCUMENT_READY, named | {"link": "link-1", "file": "receipt-1.pdf"})

    def _about_payment(self, kind: str, **more: Any) -> None:
        prompt = self.chat.world.prompts[-1]
        self.chat.play(kind, {k: prompt[k] for k in ("order_id", "number", "payment_id", "provider")} | more)


def may_be_silent(chat: Chat) -> bool:
    """Staff have the word, and the guest was told so."""
    before = chat.before
    return before is not None and before.state == State.TALKING_TO_STAFF and "told" in before.aside


def taps(reply: Reply) -> list[Button | Row]:
    """All that can be tapped in one message."""
    return [*reply.buttons, *reply.rows]


def check_replies(turn: Turn) -> None:
    """What Meta would take, whatever was said."""
    for reply in turn.replies:
        assert reply.body.strip()
        json.dumps(reply.to_dict()).encode()
        short = reply.buttons or reply.rows or reply.link
        assert _units(reply.body) <= (LIMITS["body"] if short else LIMITS["text"])
        assert bool(reply.link) == bool(reply.link_label) and _units(reply.link_label) <= LIMITS["button"]
        assert Reply.from_dict(json.loads(json.dumps(reply.to_dict()))) == reply
        _check_taps(reply)


def _check_taps(reply: Reply) -> None:
    titles = [b.title for b in reply.buttons]
    assert len(set(titles)) == len(titles)
    assert all(0 < _units(t) <= LIMITS["button"] for t in titles)
    ids = [tap.id for tap in taps(reply)]
    assert len(set(ids)) == len(ids)
    assert all(0 < len(i) <= 200 for i in ids)
    assert all(0 < _units(r.title) <= LIMITS["row"] and _units(r.description) <= LIMITS["detail"] for r in reply.rows)
    if reply.rows:
        assert 0 < _units(reply.list_label) <= LIMITS["label"]
        assert 0 < _units(reply.list_title) <= LIMITS["row"]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _through_json(session: Session) -> Session:
    """As the store keeps it."""
    kept = Session.from_dict(json.loads(json.dumps(session.to_dict())))
    assert kept == session
    return kept


def _may_lead(origin: State, to: State) -> bool:
    leads = [a.leads_to for a in states.ACTIONS.values()] + [c.leads_to for c in states.CONCLUSIONS.values()]
    leads += [n.leads_to for n in states.NEWS.values()]
    return to in states.STATES[origin].leads_to.union(*leads)
