"""Stock: what is there, what somebody should buy, and every bottle that came or went."""

from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from core.domain.permissions import Permission
from core.domain.recipes import WORDS, measured
from core.domain.statuses import MovementReason
from core.domain.stock_moves import LONGEST_NOTE, Kind, readers
from core.errors import Rejected
from core.log import get_logger
from core.services.recipes import used_in
from core.services.relay import follow_up
from core.services.stock_edit import HISTORY, Shelf, history, move, running_low, shelf_of, shelves
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.trouble import zone_of
from webapp.admin.typed_forms import TypedForm, uuid_of
from webapp.held import current_program

logger = get_logger(__name__)

KINDS = (
    SelectChoice(Kind.RECEIVED.value, "A delivery came"),
    SelectChoice(Kind.COUNTED.value, "I counted: so many are there"),
    SelectChoice(Kind.WASTED.value, "Broken, spilt or past its date"),
    SelectChoice(Kind.ADJUSTED.value, "Put right, up or down (-)"),
)
REASONS = {
    MovementReason.RECEIVED: "Delivery",
    MovementReason.CORRECTED: "Counted",
    MovementReason.SOLD: "Sold",
    MovementReason.RETURNED: "Came back",
    MovementReason.WASTED: "Wasted",
    MovementReason.ADJUSTED: "Put right",
}
HELD = (
    "{0} of these are in orders that guests are paying for just now: at least {0} must be left. Try again in a while."
)


class MoveForm(TypedForm):
    """What somebody did at the shelf. `entry` is made with the form: sent twice, it counts once."""

    entry = HiddenField()
    kind = RadioField("What happened", choices=KINDS, default=Kind.RECEIVED.value, validate_choice=False)
    quantity = StringField("How many", validators=[InputRequired()], render_kw={"inputmode": "numeric"})
    note = StringField("Why, or from whom", render_kw={"maxlength": LONGEST_NOTE})


def register(admin: Blueprint) -> None:
    """Its pages."""
    pages = Pages(admin)
    pages.add("/stock", "stock", stock, needs=Permission.COUNT_STOCK)
    pages.add("/stock/<uuid:product_id>", "shelf", shelf, needs=Permission.COUNT_STOCK)
    pages.add("/stock/<uuid:product_id>", "move_stock", moved, needs=Permission.COUNT_STOCK, methods=("POST",))


def stock() -> str:
    """Every shelf, and first what runs low."""
    sought, only_low = request.args.get("q", "").strip()[:60], request.args.get("show") == "low"
    with transaction(current_program().sessions) as db:
        every, low = shelves(db, staff().workspace_id), running_low(db, staff().workspace_id)
    shown = [one for one in (low if only_low else every) if sought.casefold() in one.name.casefold()]
    groups = [(category, list(rows)) for category, rows in groupby(shown, lambda one: one.category)]
    said = {"shelves": shown, "groups": groups, "low": low, "q": sought, "only_low": only_low}
    return render_template("admin/stock.html", **said, measured=measured)


def shelf(product_id: UUID) -> Response:
    """One product: what is there, and its history."""
    return _page(product_id, MoveForm(data={"entry": uuid4()}))


def moved(product_id: UUID) -> Any:
    """Somebody stood at the shelf."""
    program, form = current_program(), MoveForm(request.form)
    entry, kind = uuid_of(form.typed("entry")), _kind(form)
    values = form.read(readers(kind, _shelf(product_id).unit)) if kind else None
    if entry is None or kind is None or values is None:
        return _page(product_id, form, 400)
    try:
        with transaction(program.sessions) as db:
            followup = move(db, actor(), product_id, entry, kind, values["quantity"], values["note"])
    except Rejected as error:
        if error.reason == "gone":
            abort(404)
        form.refuse("quantity", HELD.format(error.detail))
        return _page(product_id, form, 409)
    follow_up(program, followup)
    logger.info("stock moved", product_id=str(product_id), kind=kind.value)
    flash("Written down.", "success")
    return redirect(url_for("admin.shelf", product_id=product_id))


def _shelf(product_id: UUID) -> Shelf:
    with transaction(current_program().sessions) as db:
        return shelf_of(db, staff().workspace_id, product_id) or abort(404)


def _kind(form: MoveForm) -> Kind | None:
    try:
        return Kind(form.typed("kind"))
    except ValueError:
        form.refuse("kind", "Choose what happened.")
        return None


def _page(product_id: UUID, form: MoveForm, status: int = 200) -> Response:
    before = request.args.get("before", "")
    mine, place = staff().workspace_id, int(before) if before.isdecimal() and len(before) < 19 else None
    with transaction(current_program().sessions) as db:
        found = shelf_of(db, mine, product_id)
        if found is None:
            abort(404)
        used = used_in(db, mine, product_id)
        lines, zone = history(db, mine, product_id, place), zone_of(db.get_one(Workspace, mine).timezone)
    older = lines[-1].place if len(lines) == HISTORY else None
    shown = {"shelf": found, "form": form, "moves": lines, "zone": zone, "reasons": REASONS, "older": older}
    shown |= {"used": used, "unit": WORDS[found.unit], "measured": measured}
    return make_response(render_template("admin/shelf.html", **shown, before=place), status)
