"""The page where a guest confirms and pays: the same cart, rules and payments as the chat, seen from a browser.

It reads what the chat would say now, and whatever is confirmed on it goes into the guest's own mailbox like a message.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from core import clock
from core.conversation import carts, figures, texts, ways
from core.conversation.catalogues import ENGLISH, wording
from core.conversation.events import WEB
from core.conversation.here import Here
from core.conversation.profile import Profile
from core.conversation.session import Session
from core.domain import pricing
from core.domain.money import vat_in
from core.domain.options import named
from core.domain.orders import BOUGHT
from core.domain.paying import LINKS, Way
from core.domain.phone import chat_address
from core.domain.statuses import OrderStatus
from core.errors import TryAgain
from core.services.ask_payment import receipt_of
from core.services.orders import paid_so_far
from core.services.program import Program
from core.services.resting import resting
from core.services.web_links import Page
from core.store.redis.mailbox import Item
from core.store.redis.reads import Seen, look_at
from core.store.sql.engine import transaction
from core.store.sql.tables import Conversation, Order, OrderItem

LATELY = 5
STATES = {"open": "asking", "checking": "checking", "review": "checking", "cash": "cash", "closed": "unpaid"}
CHOSEN = {"cash": (Way.CASH,), "link": tuple(LINKS)}
PAYABLE = ("review", "unpaid", "cash", "link")


@dataclass(frozen=True)
class Sheet:
    """What the page shows. `stamp` is what a confirmation names; `ways` are value, title and detail of each.

    In `waiting` states the guest has chosen a way already, and the others stand behind a word. `chat`: the address of
    the chat, where the bar's number is known.
    """

    state: str
    here: Here
    stamp: str = ""
    number: int | None = None
    place: str = ""
    lines: tuple[tuple[int, str, str], ...] = ()
    besides: tuple[str, ...] = ()
    total: str = ""
    vat: str = ""
    due: str = ""
    ways: tuple[tuple[str, str, str], ...] = ()
    link: str = ""
    code: str = ""
    receipt: str = ""
    chat: str = ""

    @property
    def waiting(self) -> bool:
        """Whether money is expected in a way that was chosen."""
        return self.state in ("cash", "link")

    @property
    def token(self) -> str:
        """Differs whenever the page should be read again."""
        return ":".join((self.state, str(self.number or ""), self.due, self.code, "link" if self.link else ""))


def sheet_of(program: Program, page: Page) -> Sheet:
    """The page as it stands now."""
    seen = look_at(program.store.client, page.box)
    return replace(_sheet(program, page, seen), chat=_chat(program, seen))


def _sheet(program: Program, page: Page, seen: Seen) -> Sheet:
    session = Session.from_dict(seen.session) if seen.session else Session()
    workspace = str(page.workspace_id)
    menu = program.menus.menu(workspace, program.store.menus.version(workspace))
    phone, name = seen.guest.get("phone", ""), seen.guest.get("name", "")
    known, down = Profile.of(seen.profile), resting(program.store)
    here = Here(session, menu, clock.now(), "", name, phone, known=known, down=down)
    if carts.fresh(session, tuple(page.subject.split(":"))) and not carts.placed(session):
        return _cart(here)
    with transaction(program.sessions) as db:
        order = _order(db, page)
        return _ordered(db, here, order) if order else Sheet("changed", here)


def confirm(program: Program, page: Page, entry: UUID, stamp: str, way: str, phone: str) -> None:
    """The guest tapped Confirm: an event of their conversation, once per form. Raises TryAgain."""
    seen, now = look_at(program.store.client, page.box), time.time()
    if not seen.guest:
        raise TryAgain("the store has forgotten whose conversation this is")
    data = {"stamp": stamp, "way": way, "phone": phone}
    body = {"kind": WEB, "at": now, "data": data, "trace": entry.hex[:16]}
    item = Item(f"web:{entry}", (page.box,), now, body, seen.guest, fixed=True)
    pushed = program.store.conversations.push([item])
    if pushed.bell:
        program.ring.conversations(pushed.bell)


def _cart(here: Here) -> Sheet:
    """What the review in the chat shows."""
    session = here.session
    bill = carts.bill(here, session)
    lines = tuple((x.quantity, here.described(x), here.money(x.quantity * x.unit_price)) for x in session.lines)
    return Sheet(
        "review" if session.reviewed == session.cart_version else "changed",
        here,
        stamp=carts.stamp(session),
        place=carts.place_name(here),
        lines=lines,
        besides=tuple(carts.besides(here, bill, session.note)),
        total=here.money(bill.total),
        vat=here.money(vat_in(bill.price, here.menu.venue.vat_percent)),
        due=here.money(bill.total),
        ways=_ways(here, session),
    )


def _ordered(db: Db, here: Here, order: Order) -> Sheet:
    due = order.total - paid_so_far(db, order.id)
    mine = here.session.order if here.session.order.get("order_id") == str(order.id) else {}
    state = _state(order, mine)
    items = db.scalars(select(OrderItem).where(OrderItem.order_id == order.id).order_by(OrderItem.position))
    bill = pricing.Bill(order.total, order.delivery_fee, order.discount, order.tip)
    asked = here.session.but(order=mine | {"due": str(due)}, lines=())
    return Sheet(
        state,
        here,
        stamp=str(order.id),
        number=order.number,
        place=_place(here, order),
        lines=tuple((x.quantity, _called(x), here.money(x.quantity * x.price_at_time)) for x in items),
        besides=tuple(carts.besides(here, bill, order.note)),
        total=here.money(order.total),
        vat=here.money(order.vat),
        due=here.money(due),
        ways=_ways(here, asked, CHOSEN.get(state, ())) if state in PAYABLE and mine else (),
        link=str(mine.get("link") or "") if state == "link" else "",
        code=str(mine.get("code") or "") if state == "cash" else "",
        receipt=receipt_of(db, order.id) if state == "paid" else "",
    )


def _called(item: OrderItem) -> str:
    return named(item.name, [one["name"] for one in item.options])


def _place(here: Here, order: Order) -> str:
    where = {"table": order.table_number, "address": order.address, "pickup": order.pickup}
    return carts.place_name(here.at(here.session.but(**where)))


def _state(order: Order, mine: dict[str, Any]) -> str:
    if order.status in BOUGHT or order.status is OrderStatus.REFUNDED:
        return "paid" if order.status in BOUGHT else "closed"
    if order.status is not OrderStatus.PENDING:
        return "closed"
    if mine.get("prompt") == "link":
        return "link" if mine.get("link") else "link_coming"
    return STATES.get(str(mine.get("prompt")), "unpaid")


def _ways(here: Here, session: Session, without: Collection[Way] = ()) -> tuple[tuple[str, str, str], ...]:
    found = [way for way in ways.offered(here, session) if way not in without]
    return tuple((way.value, here.say(ways.TITLES[way]), _detail(here, way)) for way in found)


def _detail(here: Here, way: Way) -> str:
    return "" if way is Way.MPESA else here.say(texts.WAYS_DETAIL[way])


def _order(db: Db, page: Page) -> Order | None:
    """The order this page is about: the one it names, or what its cart became."""
    box = (Conversation.workspace_id == page.workspace_id, Conversation.mailbox == page.box)
    mine = select(Order).join(Conversation, Conversation.id == Order.conversation_id).where(*box)
    newest = db.scalars(mine.order_by(Order.created_at.desc()).limit(LATELY)).all()
    tail = page.subject.partition(":")[0]
    return next((one for one in newest if page.subject == str(one.id) or tail == carts.tail(one.cart_id)), None)


def words_of(sheet: Sheet, waits: bool) -> dict[str, str]:
    """What the page says in the guest's language. `waits`: it was confirmed, and nothing has changed yet."""
    here = sheet.here
    return {
        "said": here.say(texts.PAGE["sent" if waits else sheet.state], amount=sheet.due),
        "title": here.say(texts.PAGE_ORDER, number=sheet.number) if sheet.number else here.say(texts.PAGE_TITLE),
        "total": here.say(texts.PAGE_PAID if sheet.state == "paid" else texts.PAGE_TOTAL),
        "others": here.say(texts.B_WAYS),
        "vat": here.say(texts.PAGE_VAT, amount=sheet.vat),
        "how": here.say(texts.WAYS),
        "phone": here.say(texts.PAGE_PHONE),
        "own": here.say(texts.PAGE_OWN_PHONE, phone=_hidden(here.payer())) if here.payer() else "",
        "link": here.say(texts.B_LINK),
        "confirm": here.say(texts.PAGE_CONFIRM),
        "chat": here.say(texts.PAGE_CHAT),
    }


def chat_of(program: Program, page: Page) -> str:
    """The address of the chat that a page belongs to; "" where the bar's number is not known."""
    return _chat(program, look_at(program.store.client, page.box))


def _chat(program: Program, seen: Seen) -> str:
    line = program.directory.line(str(seen.guest.get("channel", "")))
    return chat_address(line.display_number if line else "")


def too_old() -> str:
    """What is said of a link whose time is over: whose it was is not asked any more."""
    return wording(ENGLISH, texts.PAGE["old"], {})


def _hidden(phone: str) -> str:
    """Its middle hidden: a page can be looked at over a shoulder."""
    payer = figures.local_phone(phone)
    return f"{payer[:4]} ••• {payer[-3:]}"
