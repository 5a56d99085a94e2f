"""What is in a product: selling one takes that from the shelves."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for

from core.domain.permissions import Permission
from core.domain.recipes import MOST_LINES, WORDS, Part, measured, read_recipe
from core.errors import Rejected
from core.log import get_logger
from core.services.menu_pages import product_of
from core.services.recipe_edit import Ingredient, parts_of, recipe_of, set_recipe
from core.services.recipes import servings
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Product
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.typed_forms import overtaken, version_in
from webapp.held import current_program

logger = get_logger(__name__)

SPARE = 3  # empty lines under those there are
SAVED = "Saved. Every chat follows with its next message."
PROBLEMS = {
    "part_gone": "One of these was taken away meanwhile. Nothing was written: choose again.",
    "part_mixed": "{} is made of other things itself since a moment ago. Nothing was written: choose again.",
    "in_use": "{} is made of this, and nothing is made of what is made itself. Change that first.",
}
Typed = Sequence[tuple[str, str]]


def register(admin: Blueprint) -> None:
    """Its page."""
    pages, address = Pages(admin), "/products/<uuid:product_id>/recipe"
    pages.add(address, "recipe", recipe, needs=Permission.EDIT_MENU)
    pages.add(address, "save_recipe", save, needs=Permission.EDIT_MENU, methods=("POST",))


def recipe(product_id: UUID) -> Response:
    """The lines of one product."""
    row, lines, _ = _known(product_id)
    typed = [(str(one.id), str(one.quantity)) for one in lines]
    return _page(product_id, typed, counted=row.mixed and row.counted)


def save(product_id: UUID) -> Any:
    """They were changed."""
    program, typed, counted = current_program(), _typed(), bool(request.form.get("counted"))
    _, _, parts = _known(product_id)
    lines, problems = read_recipe(typed, product_id, parts)
    if problems:
        return _page(product_id, typed, counted, problems, status=400)
    try:
        with transaction(program.sessions) as db:
            followup = set_recipe(db, actor(), product_id, version_in(request.form), lines, counted)
    except Rejected as error:
        return _refused(product_id, typed, counted, error)
    follow_up(program, followup)
    logger.info("recipe saved", product_id=str(product_id), lines=len(lines))
    flash(SAVED, "success")
    return redirect(url_for("admin.recipe", product_id=product_id))


def _refused(product_id: UUID, typed: Typed, counted: bool, error: Rejected) -> Response:
    if error.reason in PROBLEMS:
        return _page(product_id, typed, counted, problem=PROBLEMS[error.reason].format(error.detail), status=409)
    row, lines, parts = _known(product_id)
    theirs = [(parts[str(one.id)], str(one.quantity)) for one in lines if str(one.id) in parts]
    mine = [(parts[chosen], quantity) for chosen, quantity in typed if chosen in parts]
    differing = [("What is in it", _in_words(theirs), _in_words(mine))] if theirs != mine else []
    return _page(
        product_id, typed, counted, problem=overtaken(error.detail, row.edited_at), theirs=differing, status=409
    )


def _in_words(lines: Sequence[tuple[Part, str]]) -> str:
    said = [f"{measured(int(quantity), part.unit)} {part.name}" for part, quantity in lines if quantity.isdecimal()]
    return ", ".join(said) or "nothing"


def _typed() -> list[tuple[str, str]]:
    """Every line of the form, the empty ones between them, too: what is wrong is told by the place of its line."""
    form = request.form
    return [(form.get(f"{at}-part", ""), form.get(f"{at}-quantity", "")[:20]) for at in range(MOST_LINES)]


def _known(product_id: UUID) -> tuple[Product, list[Ingredient], dict[str, Part]]:
    mine = staff().workspace_id
    with transaction(current_program().sessions) as db:
        row = product_of(db, mine, product_id) or abort(404)
        return row, recipe_of(db, mine, product_id), {str(one.id): one for one in parts_of(db, mine)}


def _page(
    product_id: UUID,
    typed: Typed,
    counted: bool,
    problems: Mapping[str, str] | None = None,
    *,
    problem: str = "",
    theirs: Sequence[tuple[str, str, str]] = (),
    status: int = 200,
) -> Response:
    row, lines, parts = _known(product_id)
    with transaction(current_program().sessions) as db:
        left = servings(db, [row])[row.id]
    filled = max((place for place, line in enumerate(typed, start=1) if any(line)), default=0)
    shown = [*typed[:filled], *[("", "")] * SPARE][:MOST_LINES]
    free = [one for one in parts.values() if not one.mixed and one.id != row.id]
    said = {"product": row, "recipe": lines, "typed": shown, "parts": free, "left": left, "counted": counted}
    told = {"problems": problems or {}, "problem": problem, "theirs": theirs}
    page = render_template("admin/recipe.html", **said, **told, words=WORDS, measured=measured)
    return make_response(page, status)
