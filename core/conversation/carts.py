"""The cart: adding, changing, adding up, and noticing what the menu changed underneath."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.conversation import figures, opening, texts
from core.conversation.copies import but
from core.conversation.effects import CANCEL_ORDER, Effect
from core.conversation.here import Here
from core.conversation.session import Line, Session
from core.conversation.understanding.request import Wanted
from core.domain import pricing
from core.domain.hours import Shut
from core.domain.menu import Product
from core.domain.money import order_total
from core.domain.options import choices, fitting, open_group
from core.domain.statuses import OrderStatus

MOST_LINES = 30
MOST = 99
BODY_ROOM = 600
AT_THE_BAR = 0
ASKING = ("open", "checking", "review")
LAPSED = (OrderStatus.CANCELLED, OrderStatus.FAILED)


def total(lines: Sequence[Line]) -> Decimal:
    """What the cart costs."""
    return order_total((line.quantity, line.unit_price) for line in lines)


def bill(here: Here, session: Session) -> pricing.Bill:
    """What the guest pays: the cart and what bringing it costs, less their discount, and a tip."""
    return pricing.bill(total(session.lines), session.fee, here.discount, session.tip)


def fee(here: Here, session: Session) -> Decimal:
    """What the venue takes for bringing this order where it goes."""
    return here.menu.venue.delivery.fee if session.address else Decimal(0)


def besides(here: Here, costs: pricing.Bill, note: str) -> list[str]:
    """What is on the bill or the ticket besides the lines."""
    sums = ((costs.fee, texts.DELIVERY_FEE), (costs.discount, texts.DISCOUNT), (costs.tip, texts.TIP_LINE))
    said = [here.say(text, amount=here.money(amount)) for amount, text in sums if amount]
    return [*said, here.say(texts.ORDER_NOTE, note=note)] if note else said


def count(lines: Sequence[Line]) -> int:
    """How many things are in the cart."""
    return sum(line.quantity for line in lines)


def tail(cart_id: str) -> str:
    """A short name of a cart, for the ids of taps."""
    return hashlib.blake2s(cart_id.encode("utf-8", "replace"), digest_size=5).hexdigest()


def stamp(session: Session) -> str:
    """Cart and version, as a tap's id carries them."""
    return f"{tail(session.cart_id)}:{session.cart_version}"


def fresh(session: Session, args: tuple[str, ...]) -> bool:
    """Whether a tap belongs to the cart as it is now."""
    return bool(session.lines) and ":".join(args[:2]) == stamp(session)


def waiting(session: Session) -> bool:
    """Whether an order is placed and not yet paid."""
    return session.order.get("status") == OrderStatus.PENDING


def placed(session: Session) -> bool:
    """Whether the order that waits for its money is this very cart."""
    return waiting(session) and bool(session.cart_id) and session.order.get("cart") == session.cart_id


def pending(session: Session) -> bool:
    """Whether M-Pesa may still take the money: the prompt is open, or its outcome unknown."""
    return waiting(session) and session.order.get("prompt") in ASKING


def fixed(session: Session) -> bool:
    """Whether the cart is an order that some money is on its way for: it stays as it is, and more begins a new cart."""
    return placed(session) and (pending(session) or bool(session.order.get("part_paid")))


def changed(here: Here, lines: Sequence[Line]) -> Session:
    """The session with other lines, as a version of its own; a cart that was empty or placed begins anew (rule 7)."""
    session = here.session
    begun = session.cart_id and session.lines and not placed(session)
    return session.but(
        lines=tuple(lines),
        cart_id=session.cart_id if begun else here.event_id,
        cart_version=session.cart_version + 1,
        reviewed=session.reviewed if begun else 0,
        product_id="",
    )


def touched(session: Session) -> Session:
    """What the review showed has changed, be it only the table: it must be shown again."""
    return session.but(cart_version=session.cart_version + 1)


def withdrawal(session: Session) -> tuple[Effect, ...]:
    """A cart placed but unpaid is changed by withdrawing its order first."""
    return ({"kind": CANCEL_ORDER, "order_id": session.order["order_id"]},) if placed(session) else ()


def with_line(here: Here, lines: Sequence[Line], wanted: Wanted) -> tuple[Line, ...]:
    """The lines with some more of one product, made the same way."""
    product = here.catalogue.products[wanted.product_id]
    more = line_of(here, product, wanted.quantity, wanted.note, wanted.options)
    merged, found = [], False
    for line in lines:
        if (line.product_id, line.note, line.chosen) == (more.product_id, more.note, more.chosen):
            line, found = but(more, quantity=line.quantity + more.quantity), True
        merged.append(line)
    return (*merged, *(() if found else (more,)))


def line_of(here: Here, product: Product, quantity: int, note: str, chosen: Sequence[str] = ()) -> Line:
    """A line at the price of this hour, with what of the choice the product offers now."""
    price, options = here.price(product), choices(product.groups, fitting(product.groups, chosen))
    unit_price = pricing.with_choices(price, options) if options else price
    return Line(product.id, product.name, quantity, unit_price, note, options)


def with_quantity(lines: Sequence[Line], index: int, quantity: int) -> tuple[Line, ...]:
    """The lines with another quantity at one place; zero takes the line out."""
    return tuple(
        but(line, quantity=quantity) if i == index else line for i, line in enumerate(lines) if i != index or quantity
    )


def too_much(here: Here, lines: Sequence[Line]) -> str:
    """The text that says why a cart cannot be this large, or nothing."""
    if len(lines) > MOST_LINES:
        return here.say(texts.TOO_MANY_LINES)
    return here.say(texts.QUANTITY_RANGE) if any(line.quantity > MOST for line in lines) else ""


def listed(here: Here, lines: Sequence[Line]) -> str:
    """The cart in words, a line each, short enough for one message."""
    rows, room = [], BODY_ROOM
    for i, line in enumerate(lines):
        row = here.say(
            texts.LINE,
            quantity=line.quantity,
            name=here.described(line),
            amount=here.money(line.quantity * line.unit_price),
        )
        row += f" ({line.note})" if line.note else ""
        room -= len(row) + 1
        if room < 0:
            rows.append(here.say(texts.MORE_LINES, count=len(lines) - i))
            break
        rows.append(row)
    return "\n".join(rows)


def renewed(here: Here) -> tuple[tuple[Line, ...], str]:
    """The lines at today's menu, and what changed in words, be it the fee."""
    lines, notices = reprice(here, here.session.lines)
    now = fee(here, here.session)
    if now != here.session.fee:
        notices = "\n".join(filter(None, (notices, here.say(texts.FEE_CHANGED, fee=here.money(now)))))
    return lines, notices


def reprice(here: Here, lines: Sequence[Line], asked: bool = False) -> tuple[tuple[Line, ...], str]:
    """Lines as the menu sells them now, and in words what is gone, cannot be had at this hour, or has another price.

    What lacks an option by now is taken out, unless that is `asked` next.
    """
    kept: list[Line] = []
    notices: list[str] = []
    shut: list[tuple[Shut, Product]] = []
    for line in lines:
        product = here.catalogue.products.get(line.product_id)
        if product is None or not product.available:
            notices.append(here.say(texts.LINE_GONE, name=here.called(line)))
        # Of a closed house the guest is told once, and the cart waits.
        elif (reason := opening.shut(here, product)) and reason is not Shut.HOUSE:
            shut.append((reason, product))
        else:
            now = line_of(here, product, line.quantity, line.note, line.chosen)
            lacking = not asked and open_group(product.groups, now.chosen) is not None
            notices += (
                [here.say(texts.OPTIONS_CHANGED, name=here.described(line))] if lacking else _changes(here, line, now)
            )
            kept += [] if lacking else [now]
    return tuple(kept), "\n".join(
        [*notices, *(f"{said} {here.say(texts.TAKEN_OUT)}" for said in opening.said(here, shut))]
    )


def _changes(here: Here, line: Line, now: Line) -> list[str]:
    """What the menu changed of a line underneath, in words."""
    gone = [one.name for one in line.options if one.id not in now.chosen]
    said = [here.say(texts.OPTION_GONE, name=here.called(line), options=figures.in_words(gone))] if gone else []
    if now.unit_price != line.unit_price:
        said.append(here.say(texts.PRICE_CHANGED, name=here.described(now), price=here.money(now.unit_price)))
    return said


def sold_out(here: Here) -> int | None:
    """The first line of what sold out while it was in the cart."""
    available = [p is not None and p.available for p in map(here.catalogue.products.get, _ids(here.session.lines))]
    return available.index(False) if False in available else None


def emptied(session: Session) -> Session:
    """The session with its cart put away as the last order, to be had again."""
    version = session.cart_version + 1
    return session.but(last_lines=session.lines, lines=(), cart_version=version, reviewed=0, note="", tip="", way="")


def settled(session: Session, status: str) -> Session:
    """The session once its order needs no money any more: the cart it came from is empty, and can be had again."""
    order = session.order | {"status": status, "prompt": "closed", "part_paid": False}
    ours = session.lines and session.cart_id and order.get("cart") == session.cart_id
    return emptied(session.but(order=order)) if ours else session.but(order=order)


def place_name(here: Here) -> str:
    """Where the order goes, in words."""
    session = here.session
    if session.address:
        return here.say(texts.TO_ADDRESS, address=session.address)
    if session.pickup:
        return here.say(texts.TO_PICKUP)
    return here.say(texts.TO_TABLE, table=session.table) if session.table else here.say(texts.TO_BAR)


def ordered(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines as the effect `place_order` carries them."""
    return [line.to_dict() for line in lines]


def _ids(lines: Sequence[Line]) -> list[str]:
    return [line.product_id for line in lines]
