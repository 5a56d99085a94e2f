"""Staff take an order for a guest by hand: what they want, where it goes, and the money for it."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session as Db

from core import clock
from core.conversation import carts, counter, figures
from core.conversation.counter import Tray
from core.conversation.here import Here
from core.conversation.opening import said as shut_words
from core.crashpoint import crashpoint
from core.domain.money import plain
from core.domain.permissions import Permission
from core.domain.typed import whole
from core.errors import Rejected
from core.log import get_logger
from core.services.by_hand import (
    NotPlaced,
    ask_phone,
    box_of,
    cart_of,
    chat_is_open,
    known_guest,
    menu_of,
    pay_cash,
    send_to_chat,
    take_order,
    taken_before,
)
from core.services.followup import Followup
from core.services.relay import follow_up
from core.services.resting import resting
from core.store.sql.engine import transaction
from webapp.admin.access import Pages, refused
from webapp.admin.by_hand_form import Slip, here_of, mpesa_number, problems_of, read_slip, with_lines
from webapp.admin.cash import PROBLEMS as CASH_PROBLEMS
from webapp.admin.cash import say_practised
from webapp.admin.login import actor, may, staff
from webapp.held import current_program

logger = get_logger(__name__)

PAY_WAYS = ("cash", "mpesa", "chat")
MOST_CASH = 999_999
PRICES_CHANGED = "Something changed while you were at it. Tell the guest what it costs now, then take the money."
NOTHING_IN_IT = "Nothing is in the order yet."
NO_PROMPTS = "M-Pesa does not work just now. Take cash."
NO_CHAT = "Only a guest whose number is known has a chat. Write their number first."
ASKED = {
    "live_attempt": "Another M-Pesa request is open for this order or on this phone. Wait for it, or take cash.",
    "already_paid": "This order is paid already.",
    "order_closed": "This order is over. Take a new one.",
    "too_many": "This number was asked too often within the hour. Take cash, or another number.",
    "closed": "What is in this order is not sold any more at this hour.",
}


class Problem(Exception):
    """Nothing was done: the sentence stands beside `field`."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(field)
        self.field = field
        self.sentence = sentence


def register(admin: Blueprint) -> None:
    """The addresses of these pages; `taken` has the page of an order that was taken."""
    pages = Pages(admin)
    pages.add("/by-hand", "by_hand", begin, needs=Permission.TAKE_ORDERS)
    pages.add("/by-hand", "by_hand_tapped", tapped, needs=Permission.TAKE_ORDERS, methods=("POST",))


def begin() -> Response:
    """An empty order."""
    slip = Slip()
    return page(slip, _here(slip))


def tapped() -> Any:
    """A button of the page: one more, one less, an option, on to the money, or the money itself."""
    try:
        slip = read_slip(request.form)
    except ValueError:
        abort(400)
    name, _, about = request.form.get("tap", "").partition(":")
    here = _here(slip)
    if name in PAY_WAYS:
        return _pay(slip, here, name)
    if _taken_before(slip):  # they went back to a page whose order stands: what they put together now is another one
        slip = replace(slip, entry=uuid4())
    tray = counter.tapped(here, name, about, request.form.getlist("option"), request.form.get("note", "").strip()[:200])
    here, notices = _renewed(with_lines(here, tray.lines))
    return _to_pay(slip, here, notices=notices) if name == "pay" else page(slip, here, tray, notices=notices)


def _to_pay(
    slip: Slip, here: Here, problems: dict[str, str] | None = None, notices: str = "", status: int = 200
) -> Response:
    """The order with its total; back to the list where it cannot be ordered like this."""
    wrong = problems_of(here, slip)
    if why := counter.not_yet(here) if here.session.lines else NOTHING_IN_IT:
        wrong["order"] = why
    if wrong:
        return page(slip, here, problems=wrong, notices=notices, status=status)
    return page(slip, here, problems=problems, notices=notices, step="pay", status=status)


def _renewed(here: Here) -> tuple[Here, str]:
    """The lines as the menu sells them now, and what changed in words."""
    lines, notices = carts.reprice(here, here.session.lines)
    return with_lines(here, lines), notices


def _pay(slip: Slip, here: Here, way: str) -> Any:
    """Place it and take the money, both or none; sent twice, it is placed and paid once."""
    if way == "cash" and not may(Permission.TAKE_CASH):
        return refused(Permission.TAKE_CASH)
    here, notices = _renewed(here)
    if not _taken_before(slip) and (notices or problems_of(here, slip) or not _as_shown(here)):
        return _to_pay(slip, here, {"order": PRICES_CHANGED}, notices, 409)
    try:
        order_id = _take(slip, here, way)
    except NotPlaced as refusal:
        follow_up(current_program(), refusal.followup)
        return _to_pay(slip, here, {"order": _why_not(here, refusal.outcome)}, status=409)
    except Problem as problem:
        return _to_pay(slip, here, {problem.field: problem.sentence}, status=422)
    logger.info("order taken by hand", order_id=str(order_id), way=way, user_id=str(staff().user_id))
    return redirect(url_for("admin.taken_by_hand", order_id=order_id, taken=slip.entry if way == "cash" else None), 303)


def _taken_before(slip: Slip) -> bool:
    with transaction(current_program().sessions) as db:
        return taken_before(db, staff().workspace_id, slip.entry) is not None


def _as_shown(here: Here) -> bool:
    """Whether it costs what the page said."""
    return bool(here.session.lines) and request.form.get("shown") == plain(carts.bill(here, here.session).total)


def _take(slip: Slip, here: Here, way: str) -> UUID:
    program, by = current_program(), actor()
    here = here.at(here.session.but(cart_id=cart_of(slip.entry)))
    with transaction(program.sessions) as db:
        order_id, followup = take_order(program, db, by, slip.digits, counter.ordered(here, slip.name))
        crashpoint("by_hand.placed")
        followup |= pay(db, order_id, way, slip.entry)
    crashpoint("by_hand.committed")
    follow_up(program, followup)
    return order_id


def pay(db: Db, order_id: UUID, way: str, entry: UUID) -> Followup:
    """The money of an order, in the way that was tapped, with what the form says. Raises Problem."""
    try:
        if way == "cash":
            received = Decimal(whole(1, MOST_CASH)(request.form.get("received", "")))
            taken, followup = pay_cash(db, staff().workspace_id, staff().user_id, order_id, entry, received)
            say_practised(taken)
            return followup
        if way == "chat":
            return send_to_chat(db, actor(), order_id, entry)
        if not takes_prompts():
            raise Problem("payer", NO_PROMPTS)
        return _prompted(db, order_id, mpesa_number(request.form.get("payer", "")))
    except ValueError as error:
        raise Problem("received" if way == "cash" else "payer", str(error)) from error
    except Rejected as error:
        raise _problem(error) from error


def takes_prompts() -> bool:
    """Whether the house takes M-Pesa just now, whatever the amount."""
    return counter.takes_prompt(_here(Slip()))


def _prompted(db: Db, order_id: UUID, phone: str) -> Followup:
    """An order that stands unpaid beside another open request is told of on its page, and stays."""
    outcome, followup = ask_phone(db, actor(), order_id, phone)
    own = outcome["result"] == "live_attempt" and outcome["order_id"] == str(order_id)  # the same tap again
    if outcome["result"] != "requested" and not own:
        flash(ASKED[outcome["result"]], "danger")
    return followup


def _problem(error: Rejected) -> Problem:
    if error.reason == "not_found":
        abort(404)
    if error.reason == "no_chat" or error.reason in ASKED:
        return Problem("chat", ASKED.get(error.reason, NO_CHAT))
    return Problem("received", CASH_PROBLEMS[error.reason])


def _why_not(here: Here, outcome: dict[str, Any]) -> str:
    """What PostgreSQL said of an order that the page still showed."""
    if outcome["result"] == "sold_out":
        left = [f"{one['name']}: {one['left']} left" if one["left"] else f"{one['name']} is sold out"
                for one in outcome["short"]]  # fmt: skip
        return f"{', '.join(left)}. Nothing was placed."
    if outcome["result"] == "too_little":
        return f"Orders begin at {here.money(outcome['minimum'])}. Nothing was placed."
    said = shut_words(here, [(one["reason"], one["name"]) for one in outcome.get("products", ())])
    return " ".join([*said, "Nothing was placed."]) if said else "The house takes no orders just now."


def _here(slip: Slip) -> Here:
    program, workspace_id = current_program(), staff().workspace_id
    menu = menu_of(program, workspace_id)
    with transaction(program.sessions) as db:
        known = known_guest(db, workspace_id, slip.digits)
    return here_of(slip, menu, clock.now(), known, resting(program.store))


def page(
    slip: Slip,
    here: Here,
    tray: Tray | None = None,
    *,
    problems: dict[str, str] | None = None,
    notices: str = "",
    step: str = "choose",
    status: int = 200,
) -> Response:
    """The page at one of its two steps; for its own script only what changes."""
    errors = (problems or {}) | ({"order": tray.problem} if tray and tray.problem else {})
    asked = {"asking": tray.asking if tray else "", "lacks": tray.lacks if tray else None}
    said = {"problems": errors, "notices": notices, "step": step}
    inside = "admin/_by_hand.html" if request.headers.get("HX-Request") else "admin/by_hand.html"
    return make_response(render_template(inside, **_shown(slip, here), **asked, **said), status)


def _shown(slip: Slip, here: Here) -> dict[str, Any]:
    """The order and the menu, as the page's template reads them."""
    lines, bill = here.session.lines, carts.bill(here, here.session)
    return {
        "slip": replace(slip, kept=counter.written_lines(lines)),
        "here": here,
        "ordered": lines,
        "counts": _counts(here),
        "bill": bill,
        "shown": plain(bill.total),
        "besides": carts.besides(here, bill, here.session.note),
        "place": carts.place_name(here),
        "sold": {id: counter.sold(here, one) for id, one in here.catalogue.products.items()},
        "chat": chat_is_open(current_program(), _box(slip)),
        "shut": bool(slip.digits),
        "received": request.form.get("received", "")[:9],
        "payer": request.form.get("payer", figures.local_phone(here.payer())),
        "prompts": counter.takes_prompt(here),
        "adults": here.menu.venue.age_gate and any(_alcoholic(here, line.product_id) for line in lines),
    }


def _box(slip: Slip) -> str:
    program = current_program()
    with transaction(program.sessions) as db:
        return box_of(program, db, staff().workspace_id, slip.digits) if slip.digits else ""


def _counts(here: Here) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in here.session.lines:
        counts[line.product_id] += line.quantity
    return counts


def _alcoholic(here: Here, product_id: str) -> bool:
    product = here.catalogue.products.get(product_id)
    return product is not None and product.alcoholic
