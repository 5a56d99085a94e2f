"""What staff do to an order on the board besides moving it on: take a tap back, another table, call it off."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, abort, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy.orm import Session

from core.domain.permissions import Permission
from core.errors import Rejected
from core.log import get_logger
from core.services.floor import call_off, move_to_table, undo_move
from core.services.followup import Followup
from core.services.refund_desk import Decision
from core.services.relay import follow_up
from webapp.admin.access import Pages
from webapp.admin.board import OVERTAKEN, as_it_stands
from webapp.admin.login import staff
from webapp.admin.money_words import PROBLEMS
from webapp.admin.typed_forms import Words
from webapp.held import current_program

logger = get_logger(__name__)

SENTENCES = PROBLEMS | {
    "too_late": "Ten seconds are over, or somebody else moved it. The board shows how it stands now.",
    "version_conflict": OVERTAKEN,
    "no_such_table": "There is no such table.",
}
Wish = dict[str, Any]
Act = Callable[[Session, UUID, Wish], Followup]


class Asked(Schema):
    """Which version of the order they were looking at."""

    class Meta:
        """What else comes is not read."""

        unknown = EXCLUDE

    version = fields.Integer(required=True)


class Seat(Asked):
    """Where the guests sit now."""

    table = fields.Integer(required=True, validate=validate.Range(1, 9999))


class CallOff(Asked):
    """Why, and which way the money goes. `key`: the same form sent twice counts once."""

    why = Words(required=True, validate=validate.Length(1, 500))
    key = fields.String(required=True, validate=validate.Regexp(r"[0-9A-Za-z-]{8,64}\Z"))
    cash = fields.Boolean(load_default=False)
    restock = fields.Boolean(load_default=False)


def register(admin: Blueprint) -> None:
    """The addresses of these taps."""
    pages, order = Pages(admin), "/board/orders/<uuid:order_id>"
    pages.add(f"{order}/undo", "undo", undo, needs=Permission.MOVE_ORDERS, methods=("POST",))
    pages.add(f"{order}/table", "seat", seat, needs=Permission.TAKE_ORDERS, methods=("POST",))
    pages.add(f"{order}/call-off", "call_off", call_order_off, needs=Permission.DECIDE_MONEY, methods=("POST",))


def undo(order_id: UUID) -> Response:
    """Their own last tap is taken back."""
    return _do(order_id, Asked(), lambda db, mine, wish: undo_move(db, mine, order_id, _me(), wish["version"]))


def seat(order_id: UUID) -> Response:
    """The guests sit elsewhere now."""
    return _do(
        order_id,
        Seat(),
        lambda db, mine, wish: move_to_table(db, mine, order_id, wish["table"], _me(), wish["version"]),
    )


def call_order_off(order_id: UUID) -> Response:
    """The order is not made, and all of its money goes back."""

    def act(db: Session, mine: UUID, wish: Wish) -> Followup:
        by = Decision(_me(), wish["why"], wish["key"])
        return call_off(db, mine, order_id, by, wish["version"], cash=wish["cash"], restock=wish["restock"])

    return _do(order_id, CallOff(), act)


def _me() -> UUID:
    return staff().user_id


def _do(order_id: UUID, schema: Schema, act: Act) -> Response:
    """One tap in one transaction; what they see afterwards is how the order stands."""
    try:
        wish = cast(Wish, schema.load(request.get_json(silent=True) or {}))
    except ValidationError:
        abort(400)
    program, mine = current_program(), staff().workspace_id
    try:
        with program.sessions.begin() as db:
            followup = act(db, mine, wish)
    except Rejected as error:
        return abort(404) if error.reason == "not_found" else as_it_stands(order_id, SENTENCES[error.reason])
    follow_up(program, followup)
    logger.info("order changed", order_id=str(order_id), how=type(schema).__name__, user_id=str(_me()))
    return as_it_stands(order_id)
