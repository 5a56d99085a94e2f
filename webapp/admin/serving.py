"""When a product or a category is served, and what guests are asked about a product."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for

from core.domain.permissions import Permission
from core.domain.typed_hours import WEEK, read_week, written_week
from core.errors import Rejected
from core.log import get_logger
from core.services.menu_options import ask_questions, groups_of, questions_of
from core.services.menu_pages import category_of, product_of
from core.services.price_lists import set_hours
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Category, Product
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.typed_forms import overtaken, uuid_of, version_in, week_in
from webapp.held import current_program

logger = get_logger(__name__)

SAVED = "Saved. Every chat follows with its next message."
PROBLEMS = {
    "too_many": "A product asks at most ten questions.",
    "gone": "One of these questions was taken away meanwhile. Look again.",
    "changed": "Somebody changed this meanwhile. Nothing of yours was written yet: save again to put yours over it.",
}


def register(admin: Blueprint) -> None:
    """Its pages."""
    pages = Pages(admin)
    pages.add("/products/<uuid:row_id>/serving", "product_serving", of_product, needs=Permission.EDIT_MENU)
    pages.add("/categories/<uuid:row_id>/serving", "category_serving", of_category, needs=Permission.EDIT_MENU)
    post = ("POST",)
    pages.add(
        "/products/<uuid:row_id>/serving", "set_product_hours", product_hours, needs=Permission.EDIT_MENU, methods=post
    )
    pages.add(
        "/categories/<uuid:row_id>/serving",
        "set_category_hours",
        category_hours,
        needs=Permission.EDIT_MENU,
        methods=post,
    )
    pages.add("/products/<uuid:row_id>/questions", "set_questions", questions, needs=Permission.EDIT_MENU, methods=post)


def of_product(row_id: UUID) -> Response:
    """The hours of a product, and its questions."""
    return _page(Product, row_id)


def of_category(row_id: UUID) -> Response:
    """The hours of a category."""
    return _page(Category, row_id)


def product_hours(row_id: UUID) -> Any:
    """They were changed."""
    return _hours(Product, row_id)


def category_hours(row_id: UUID) -> Any:
    """They were changed."""
    return _hours(Category, row_id)


def questions(row_id: UUID) -> Any:
    """Which questions a product asks."""
    program = current_program()
    wanted = [one for one in map(uuid_of, request.form.getlist("question")) if one]
    seen = [one for one in map(uuid_of, request.form["before"].split()) if one] if "before" in request.form else None
    try:
        with transaction(program.sessions) as db:
            followup = ask_questions(db, actor(), row_id, wanted, seen)
    except Rejected as error:
        return _page(Product, row_id, PROBLEMS[error.reason], status=409, wanted=wanted)
    follow_up(program, followup)
    logger.info("questions set", product_id=str(row_id), count=len(wanted))
    flash(SAVED, "success")
    return redirect(url_for("admin.product_serving", row_id=row_id))


def _hours(kind: type[Product] | type[Category], row_id: UUID) -> Any:
    program, typed = current_program(), week_in(request.form)
    row = _row(kind, row_id)
    try:
        hours = read_week(typed, row.hours)
        with transaction(program.sessions) as db:
            followup = set_hours(db, actor(), kind, row_id, version_in(request.form), hours)
    except ValueError as error:
        return _page(kind, row_id, str(error), typed, 400)
    except Rejected as error:
        return _page(kind, row_id, overtaken(error.detail, _row(kind, row_id).edited_at), typed, 409)
    follow_up(program, followup)
    logger.info("hours set", row_id=str(row_id))
    flash(SAVED, "success")
    return redirect(url_for("admin.product_serving" if kind is Product else "admin.category_serving", row_id=row_id))


def _row(kind: type[Product] | type[Category], row_id: UUID) -> Product | Category:
    mine = staff().workspace_id
    with transaction(current_program().sessions) as db:
        row = product_of(db, mine, row_id) if kind is Product else category_of(db, mine, row_id)
    return row or abort(404)


def _page(
    kind: type[Product] | type[Category],
    row_id: UUID,
    problem: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
    wanted: list[UUID] | None = None,
) -> Response:
    row = _row(kind, row_id)
    with transaction(current_program().sessions) as db:
        groups = groups_of(db, staff().workspace_id) if kind is Product else []
        asked = questions_of(db, staff().workspace_id, row_id) if kind is Product else []
    shown = {
        "row": row,
        "typed": typed or written_week(row.hours),
        "groups": groups,
        "asked": asked if wanted is None else wanted,
        "before": " ".join(map(str, asked)),
        "problem": problem,
    }
    return make_response(render_template("admin/serving.html", **shown, WEEK=WEEK, is_product=kind is Product), status)
