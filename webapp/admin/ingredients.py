"""Ingredients: what stands behind the bar and on no menu. How much of it there is stands under Stock."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from core.domain.permissions import Permission
from core.domain.recipes import LONGEST_NAME, UNITS, WORDS, ingredient_readers
from core.errors import Rejected
from core.log import get_logger
from core.services.ingredients import ingredient_of, remove_ingredient, save_ingredient
from core.services.recipes import used_in
from core.store.sql.engine import transaction
from core.store.sql.tables import Product
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.typed_forms import TypedForm, overtaken, version_in
from webapp.held import current_program

logger = get_logger(__name__)

TAKEN = "There is an ingredient of this name already."
GONE = "This ingredient was taken away meanwhile. Nothing was written."
IN_USE = "Something is made of it: {}. Change what is in that first."
NEEDED = [InputRequired()]
CALLED = {"pieces": "Pieces: limes, eggs, bottles", "ml": "Millilitres (ml)", "g": "Grams (g)"}


class IngredientForm(TypedForm):
    """Everything of an ingredient but its count; its unit only while it is new."""

    name = StringField("Name", validators=NEEDED, render_kw={"maxlength": LONGEST_NAME})
    unit = SelectField(
        "Counted in", validators=NEEDED, choices=[SelectChoice(word, CALLED[word]) for word in UNITS], default="ml",
        validate_choice=False,
    )  # fmt: skip
    low_stock = StringField(
        "Warn when so much is left", default="0", validators=NEEDED, render_kw={"inputmode": "numeric"}
    )


def register(admin: Blueprint) -> None:
    """Its pages."""
    edit = partial(Pages(admin).add, needs=Permission.EDIT_MENU)
    edit("/ingredients/new", "new_ingredient", new)
    edit("/ingredients/new", "add_ingredient", create, methods=("POST",))
    edit("/ingredients/<uuid:ingredient_id>", "ingredient", ingredient)
    edit("/ingredients/<uuid:ingredient_id>", "save_ingredient", save, methods=("POST",))
    edit("/ingredients/<uuid:ingredient_id>/remove", "remove_ingredient", remove, methods=("POST",))


def new() -> Response:
    """An empty form."""
    return _page(IngredientForm())


def create() -> Any:
    """Somebody filled it in."""
    return _written(IngredientForm(request.form), None)


def ingredient(ingredient_id: UUID) -> Response:
    """The form of one."""
    row = _row(ingredient_id) or abort(404)
    return _page(IngredientForm(data=as_typed(row)), row)


def save(ingredient_id: UUID) -> Any:
    """It was changed."""
    return _written(IngredientForm(request.form), ingredient_id)


def remove(ingredient_id: UUID) -> Any:
    """It is not kept any more."""
    try:
        with transaction(current_program().sessions) as db:
            remove_ingredient(db, actor(), ingredient_id, version_in(request.form))
    except Rejected as error:
        row = _row(ingredient_id) or abort(404)
        used = error.reason == "in_use"
        problem = IN_USE.format(error.detail) if used else overtaken(error.detail, row.edited_at)
        return _page(IngredientForm(data=as_typed(row)), row, problem, status=409)
    logger.info("ingredient removed", ingredient_id=str(ingredient_id))
    flash("Taken away.", "success")
    return redirect(url_for("admin.stock"))


def as_typed(row: Product) -> dict[str, Any]:
    """What stands in the form before anybody types."""
    return {"name": row.name, "unit": WORDS[row.unit], "low_stock": row.low_stock, "version": row.version}


def _written(form: IngredientForm, ingredient_id: UUID | None) -> Any:
    values = form.read(ingredient_readers(new=ingredient_id is None))
    if values is None:
        return _page(form, _row(ingredient_id), status=400)
    try:
        with transaction(current_program().sessions) as db:
            saved_id = save_ingredient(db, actor(), ingredient_id, form.version.data or 0, values)
    except Rejected as error:
        return _refused(form, ingredient_id, error)
    logger.info("ingredient saved", ingredient_id=str(saved_id))
    flash("Saved." if ingredient_id else "Saved. Write down how much of it is there.", "success")
    return redirect(url_for("admin.shelf", product_id=saved_id))


def _refused(form: IngredientForm, ingredient_id: UUID | None, error: Rejected) -> Response:
    row = _row(ingredient_id)
    if error.reason == "name_taken":
        form.refuse("name", TAKEN)
        return _page(form, row, status=409)
    if row is None:
        return _page(form, problem=GONE, status=410)
    theirs = form.differing({name: said for name, said in as_typed(row).items() if name != "unit"})
    form.renew(row.version)
    return _page(form, row, overtaken(error.detail, row.edited_at), theirs, 409)


def _row(ingredient_id: UUID | None) -> Product | None:
    if ingredient_id is None:
        return None
    with transaction(current_program().sessions) as db:
        return ingredient_of(db, staff().workspace_id, ingredient_id)


def _page(
    form: IngredientForm,
    row: Product | None = None,
    problem: str = "",
    theirs: list[tuple[str, str, str]] | None = None,
    status: int = 200,
) -> Response:
    with transaction(current_program().sessions) as db:
        used = used_in(db, staff().workspace_id, row.id) if row else []
    shown = {"form": form, "ingredient": row, "problem": problem, "theirs": theirs or [], "used": used}
    unit = WORDS[row.unit] if row else ""
    return make_response(render_template("admin/ingredient.html", **shown, unit=unit), status)
