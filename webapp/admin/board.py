"""The bar's board: what is open and who asks for somebody, live, and one tap to move an order on."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, render_template, request, url_for
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.domain.lateness import read_lateness
from core.domain.orders import BY_STAFF, OPEN
from core.domain.permissions import Permission
from core.domain.statuses import OrderStatus
from core.errors import IllegalTransition, Rejected, TryAgain
from core.log import get_logger
from core.services.dead_letters import undecided
from core.services.notices import urgent
from core.services.orders import advance_order, board_order, open_orders
from core.services.program import Program
from core.services.relay import follow_up
from core.services.sign_in import Staff, signed_in
from core.services.staff_calls import board_call, open_calls, see_call
from core.services.tickets import silent_printers
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.events import BoardStream
from webapp.admin.login import staff
from webapp.admin.streams import Streams
from webapp.errors import failure
from webapp.held import current_program

logger = get_logger(__name__)

NOBODY = UUID(int=0)
OVERTAKEN = "Somebody else has moved this order. The board shows how it stands now."


class Move(Schema):
    """Where to, and which version of the order the member of staff was looking at."""

    class Meta:
        """What else comes is not read."""

        unknown = EXCLUDE

    status = fields.Enum(OrderStatus, by_value=True, required=True, validate=validate.OneOf(sorted(BY_STAFF)))
    version = fields.Integer(required=True)


def register(admin: Blueprint) -> None:
    """The addresses of the board."""
    pages = Pages(admin)
    pages.add("/board", "board", board, needs=Permission.SEE_BOARD)
    pages.add("/board/orders", "orders", orders, needs=Permission.SEE_BOARD, data=True)
    pages.add("/board/events", "events", events, needs=Permission.SEE_BOARD, data=True)
    pages.add("/board/orders/<uuid:order_id>", "move", move, needs=Permission.MOVE_ORDERS, methods=("POST",))
    pages.add("/board/calls/<uuid:call_id>/seen", "see", see, needs=Permission.ANSWER_GUESTS, methods=("POST",))


def board() -> str:
    """The page; its script reads the orders."""
    with current_program().sessions.begin() as db:
        house = db.get_one(Workspace, staff().workspace_id)
    tickets = url_for("admin.ticket", order_id=NOBODY).removesuffix(f"/{NOBODY}")
    shown = {"lateness": read_lateness(house.lateness), "practises": house.dev_mode, "tickets": tickets}
    return render_template("admin/board.html", **shown, station=staff().role.value.upper())


def orders() -> Response:
    """All a board shows, with the stream's id as of before it was read: null while there is no stream."""
    program, who = current_program(), staff()
    try:
        stream = program.store.board.latest(str(who.workspace_id))
    except (TryAgain, RedisError):
        stream = None
    with program.sessions.begin() as db:
        cards, calls = open_orders(db, who.workspace_id), open_calls(db, who.workspace_id)
        warnings, letters = urgent(db, who.workspace_id), undecided(db, who.workspace_id)
        silent = silent_printers(db, who.workspace_id)
        practises = db.scalar(select(Workspace.dev_mode).where(Workspace.id == who.workspace_id))
    said = {"urgent": warnings, "letters": letters, "printers": silent, "practises": practises}
    rest = jsonify(stream=stream, calls=calls, **said)
    rest.data = b'{"orders":%s,%s' % (cards.encode(), rest.data[1:])  # the cards are JSON already
    return rest


def move(order_id: UUID) -> Response:
    """A tap: the order goes one step on, once, and its guest hears of it."""
    program, who, (status, version) = current_program(), staff(), _wanted()
    try:
        with program.sessions.begin() as db:
            followup = advance_order(db, who.workspace_id, order_id, status, who.user_id, version)
    except (IllegalTransition, Rejected):
        return as_it_stands(order_id, OVERTAKEN)
    follow_up(program, followup)
    logger.info("order moved", order_id=str(order_id), status=status.value, user_id=str(who.user_id))
    return as_it_stands(order_id)


def see(call_id: UUID) -> Response:
    """A tap: this call was seen. It leaves every board, once."""
    program, who = current_program(), staff()
    try:
        with program.sessions.begin() as db:
            followup = see_call(db, who.workspace_id, call_id, who.user_id)
            seen = board_call(db, who.workspace_id, call_id)
    except Rejected:
        abort(404)
    follow_up(program, followup)
    logger.info("call seen", call_id=str(call_id), user_id=str(who.user_id))
    return jsonify(seen)


def _wanted() -> tuple[OrderStatus, int]:
    try:
        body = cast(dict[str, Any], Move().load(request.get_json(silent=True) or request.form.to_dict()))
    except ValidationError:
        abort(400)
    return body["status"], body["version"]


def as_it_stands(order_id: UUID, problem: str = "") -> Response:
    """The order as the board shows it; with why nothing was done, where nothing was."""
    with current_program().sessions.begin() as db:
        order = board_order(db, staff().workspace_id, order_id)
    if order is None:
        abort(404)
    shown = order if order["status"] in OPEN else None
    body = {"order_id": str(order_id), "version": order["version"], "order": shown}
    return make_response(jsonify(**body, error=problem), 409) if problem else jsonify(body)


def events() -> Response:
    """The live stream of changes."""
    program, who = current_program(), staff()
    streams = cast(Streams, current_app.extensions["streams"])
    board, house = program.store.board, str(who.workspace_id)
    return streamed(lambda last_id: BoardStream(board, house, last_id, may_stay(program, who), streams))


def streamed(listening: Callable[[str], BoardStream]) -> Response:
    """A live stream, from where this browser left off; 503 where there is no place for one more."""
    stream = listening(request.headers.get("Last-Event-ID") or request.args.get("after", ""))
    if not stream.streams.enter():
        return _full()
    response = Response(stream.frames(), mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    response.call_on_close(stream.streams.leave)
    return response


def _full() -> Response:
    answer = failure(503)
    answer.headers["Retry-After"] = "5"
    return answer


def may_stay(program: Program, who: Staff) -> Callable[[], bool]:
    """Looks a login up again: whether whoever listens is still signed in there."""

    def look() -> bool:
        try:
            with program.sessions.begin() as db:
                now = signed_in(db, who.token)
        except (TryAgain, SQLAlchemyError) as error:
            # Nobody can be asked now, and cutting every board off would help nobody.
            logger.warning("login of a board not checked", error=type(error).__name__)
            return True
        return now is not None and now.workspace_id == who.workspace_id

    return look
