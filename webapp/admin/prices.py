"""Price lists: what costs less while they last, happy hour above all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for

from core.domain.permissions import Permission
from core.domain.typed import line, price
from core.domain.typed_hours import WEEK, read_week, told, written_week
from core.errors import Rejected
from core.log import get_logger
from core.services.menu_pages import headings
from core.services.price_lists import (
    LONGEST_NAME,
    PriceListDraft,
    create_list,
    delete_list,
    lists_of,
    prices_of,
    update_list,
)
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import PriceList, Workspace
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.typed_forms import overtaken, uuid_of, version_in, week_in
from webapp.held import current_program

logger = get_logger(__name__)

SAVED = "Saved. Every chat follows with its next message."
PREFIX = "price-"
PROBLEMS = {"name_taken": "Another list has this name.", "gone": "A product was taken away meanwhile. Look again."}


@dataclass
class Typed:
    """A list as it stands in the form; `prices` by the product's id, empty where the list says nothing of it."""

    name: str = ""
    active: bool = True
    week: dict[str, str] = field(default_factory=dict)
    prices: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def register(admin: Blueprint) -> None:
    """Its pages."""
    pages = Pages(admin)
    pages.add("/prices", "prices", prices, needs=Permission.SEE_MENU)
    pages.add("/prices/new", "new_price_list", new, needs=Permission.EDIT_MENU)
    pages.add("/prices/new", "add_price_list", create, needs=Permission.EDIT_MENU, methods=("POST",))
    pages.add("/prices/<uuid:list_id>", "price_list", price_list, needs=Permission.EDIT_MENU)
    pages.add("/prices/<uuid:list_id>", "save_price_list", save, needs=Permission.EDIT_MENU, methods=("POST",))
    pages.add(
        "/prices/<uuid:list_id>/remove", "remove_price_list", remove, needs=Permission.EDIT_MENU, methods=("POST",)
    )


def prices() -> str:
    """Every list: when it counts, and for how much."""
    mine = staff().workspace_id
    with transaction(current_program().sessions) as db:
        found = [(one, len(prices_of(db, mine, one.id)), told(one.hours)) for one in lists_of(db, mine)]
    return render_template("admin/prices.html", found=found)


def new() -> Response:
    """An empty form."""
    return _page(Typed())


def create() -> Any:
    """Somebody filled it in."""
    return _written(None)


def price_list(list_id: UUID) -> Response:
    """The form of one list."""
    row, said = _row(list_id)
    return _page(_as_typed(row, said), row)


def save(list_id: UUID) -> Any:
    """It was changed."""
    return _written(list_id)


def remove(list_id: UUID) -> Any:
    """It never counts again."""
    program = current_program()
    try:
        with transaction(program.sessions) as db:
            followup = delete_list(db, actor(), list_id, version_in(request.form))
    except Rejected as error:
        row, said = _row(list_id)
        return _page(_as_typed(row, said), row, overtaken(error.detail, row.edited_at), 409)
    follow_up(program, followup)
    logger.info("price list removed", list_id=str(list_id))
    flash("Taken away.", "success")
    return redirect(url_for("admin.prices"))


def _written(list_id: UUID | None) -> Any:
    program, typed = current_program(), _typed()
    row = _row(list_id)[0] if list_id else None
    draft = _draft(typed, row)
    typed.problems |= draft.problems() if draft else {}
    if draft is None or typed.problems:
        return _page(typed, row, status=400)
    try:
        with transaction(program.sessions) as db:
            if row is None:
                _, followup = create_list(db, actor(), draft)
            else:
                followup = update_list(db, actor(), row.id, version_in(request.form), draft)
    except Rejected as error:
        return _refused(typed, list_id, error)
    follow_up(program, followup)
    logger.info("price list saved")
    flash(SAVED, "success")
    return redirect(url_for("admin.prices"))


def _refused(typed: Typed, list_id: UUID | None, error: Rejected) -> Response:
    row = _row(list_id)[0] if list_id else None
    if error.reason in PROBLEMS:
        return _page(typed, row, PROBLEMS[error.reason], 409)
    return _page(typed, row, overtaken(error.detail, row.edited_at if row else None), 409)


def _typed() -> Typed:
    said = {name.removeprefix(PREFIX): text for name, text in request.form.items() if name.startswith(PREFIX)}
    return Typed(request.form.get("name", ""), "active" in request.form, week_in(request.form), said)


def _draft(typed: Typed, row: PriceList | None) -> PriceListDraft | None:
    """What was typed, read; what cannot be meant stands in its problems."""
    read: dict[UUID, Decimal] = {}
    for product, text in typed.prices.items():
        product_id = uuid_of(product)
        if product_id is None or not text.strip():
            continue
        try:
            read[product_id] = price(text)
        except ValueError as error:
            typed.problems[product] = str(error)
    name = _read(typed, "name", lambda: line(0, LONGEST_NAME)(typed.name))
    hours = _read(typed, "hours", lambda: read_week(typed.week, row.hours if row else {}))
    return None if typed.problems else PriceListDraft(name, hours, read, typed.active)


def _read(typed: Typed, place: str, reading: Callable[[], Any]) -> Any:
    try:
        return reading()
    except ValueError as error:
        typed.problems[place] = str(error)


def _row(list_id: UUID) -> tuple[PriceList, dict[UUID, Decimal]]:
    mine = staff().workspace_id
    with transaction(current_program().sessions) as db:
        row = next((one for one in lists_of(db, mine) if one.id == list_id), None)
        return row or abort(404), prices_of(db, mine, list_id)


def _as_typed(row: PriceList, said: dict[UUID, Decimal]) -> Typed:
    return Typed(row.name, row.active, written_week(row.hours), {str(id): f"{one:.0f}" for id, one in said.items()})


def _page(typed: Typed, row: PriceList | None = None, problem: str = "", status: int = 200) -> Response:
    with transaction(current_program().sessions) as db:
        groups = headings(db, staff().workspace_id)
        currency = db.get_one(Workspace, staff().workspace_id).currency
    shown = {"typed": typed, "list": row, "problem": problem, "groups": groups, "currency": currency, "WEEK": WEEK}
    return make_response(render_template("admin/price_list.html", **shown), status)
