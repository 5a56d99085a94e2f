"""One order's page: its items, its money, and its whole story on one line of time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, abort, make_response, render_template, request

from core.domain.listing.words import METHOD, ORDER, ORDER_TONES, PAYMENT, PAYMENT_TONES
from core.domain.orders import BOUGHT
from core.domain.permissions import Permission
from core.domain.statuses import Direction, OrderStatus
from core.services.conversation_history import note_reading
from core.services.floor import UNDONE
from core.services.order_story import Story, items_of, story_of
from core.services.payment_accounts import provider_name
from core.services.practice import OVER, PAID
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, Workspace
from webapp.admin.access import Pages
from webapp.admin.login import may, staff
from webapp.admin.money_words import told
from webapp.admin.said import STATUSES
from webapp.admin.trouble import zone_of
from webapp.held import current_program

CAUSES = {"guest": "by the guest", UNDONE: "undone", "money_taken_back": "its money was taken back"}
CAUSES |= {PAID: "in practice, by nobody", OVER: "practice is over"}
BY_HAND = "taken_by_hand"
MARKS = {"good": "go", "busy": "second", "warn": "late", "bad": "stop"}


@dataclass(frozen=True)
class Step:
    """Something that happened. `side`: guest, bot, order or money; `fate` is how far a message got."""

    at: datetime
    side: str
    words: str
    by: str = ""
    fate: str = ""


def register(pages: Pages) -> None:
    """The addresses of this page."""
    pages.add("/orders/<uuid:order_id>", "order", order, needs=Permission.SEE_ORDERS)
    pages.add("/orders/<uuid:order_id>/inside", "order_inside", inside, needs=Permission.SEE_ORDERS, data=True)


def order(order_id: UUID) -> Response:
    """The page."""
    return page(order_id)


def page(order_id: UUID, problem: str = "", status: int = 200) -> Response:
    """The page; with why it was not called off, and what was typed for that."""
    mine = staff().workspace_id
    with transaction(current_program().sessions) as db:
        story = story_of(db, mine, order_id)
        if story is not None and story.said and may(Permission.READ_CHATS):
            note_reading(db, mine, story.box, staff().user_id)
        zone = zone_of(db.get_one(Workspace, mine).timezone)
    if story is None:
        abort(404)
    steps = sorted(_steps(story), key=lambda step: step.at)
    words: dict[str, Any] = {"ORDER": ORDER, "PAYMENT": PAYMENT, "METHOD": METHOD, "provider_name": provider_name}
    words |= {"ORDER_TONES": ORDER_TONES, "PAYMENT_TONES": PAYMENT_TONES, "mark": mark}
    off = {"problem": problem, "typed": request.form, "may_call_off": _may_call_off(story.order)}
    off["unpaid"] = story.order.status is OrderStatus.PENDING
    return make_response(
        render_template("admin/order.html", story=story, steps=steps, zone=zone, **words, **off), status
    )


def _may_call_off(order: Order) -> bool:
    """Money that is here goes back by those who decide about money."""
    if order.status in BOUGHT:
        return may(Permission.DECIDE_MONEY)
    return order.status is OrderStatus.PENDING and may(Permission.TAKE_ORDERS)


def inside(order_id: UUID) -> str:
    """What the row of a list unfolds to."""
    with transaction(current_program().sessions) as db:
        items = items_of(db, staff().workspace_id, order_id)
    return render_template("admin/_order_items.html", items=items)


def mark(tones: Mapping[str, str], status: str) -> str:
    """The colour of a status' badge."""
    return MARKS.get(tones.get(status, ""), "")


def _steps(story: Story) -> Iterator[Step]:
    yield _ordered(story)
    for move in (move for move in story.moves if move.from_status):
        by, why = story.names.get(str(move.user_id), ""), CAUSES.get(move.cause, "")
        yield Step(move.created_at, "order", ORDER[move.to_status], by, why)
    if may(Permission.SEE_MONEY):
        yield from _money(story)
    if may(Permission.READ_CHATS):
        yield from _said(story)


def _ordered(story: Story) -> Step:
    """By the guest themselves, which goes without saying, or by somebody at the counter."""
    first = next((move for move in story.moves if move.cause == BY_HAND), None)
    by = (story.names.get(str(first.user_id), ""), "taken by hand") if first else ("", "")
    return Step(story.order.created_at, "order", "Ordered", *by)


def _money(story: Story) -> Iterator[Step]:
    for payment in story.payments:
        yield Step(
            payment.created_at, "money", f"Asked for {payment.currency} {payment.amount:,.0f}, {METHOD[payment.method]}"
        )
    for line in story.diary:
        yield Step(line.created_at, "money", told(line.kind, line.detail, story.names, story.order.currency))
    for refund in story.refunds:
        words = f"Refund of {refund.currency} {refund.amount:,.0f}: {refund.reason.replace('_', ' ')}"
        yield Step(refund.created_at, "money", words, fate=refund.status.value.lower())


def _said(story: Story) -> Iterator[Step]:
    for message in story.said:
        side = "guest" if message.direction is Direction.IN else "bot"
        yield Step(message.at, side, message.body, fate=STATUSES[message.status] if message.status else "")
