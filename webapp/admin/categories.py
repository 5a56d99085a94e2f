"""Categories: the headings of the menu, in the venue's own order."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from core.domain.menu_fields import LONGEST_NAME, category_readers
from core.domain.permissions import Permission
from core.errors import Rejected
from core.log import get_logger
from core.services.menu_edit import LANGUAGES, remove_category, save_category, shift_category
from core.services.menu_pages import category_of, headings
from core.services.relay import follow_up
from core.services.setup import slug
from core.store.sql.engine import transaction
from core.store.sql.tables import Category
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.typed_forms import TypedForm, english_name, overtaken, version_in
from webapp.held import current_program

logger = get_logger(__name__)

READERS = category_readers(LANGUAGES)
PROBLEMS = {"slug_taken": ("slug", "Another category has this word.")}
GONE = "This category was taken away meanwhile. Nothing was written."
NOT_EMPTY = "There are products in this category. Move them to another one first, or switch it off."
SAVED = "Saved. Every chat follows with its next message."


class CategoryForm(TypedForm):
    """Everything of a category but its place."""

    name = StringField("Name", validators=[InputRequired()], render_kw={"maxlength": LONGEST_NAME})
    slug = StringField("Word in addresses", description="Left empty, it is made of the name.")
    active = BooleanField("Shown to guests, with all in it", default=True)


for _language in LANGUAGES:
    setattr(CategoryForm, f"name_{_language}", StringField(f"Name in {english_name(_language)}"))


def register(admin: Blueprint) -> None:
    """Its pages."""
    pages = Pages(admin)
    edit = partial(pages.add, needs=Permission.EDIT_MENU)
    pages.add("/categories", "categories", categories, needs=Permission.SEE_MENU)
    edit("/categories/new", "new_category", new)
    edit("/categories/new", "add_category", create, methods=("POST",))
    edit("/categories/<uuid:category_id>", "category", category)
    edit("/categories/<uuid:category_id>", "save_category", save, methods=("POST",))
    edit("/categories/<uuid:category_id>/shift", "shift_category", shift, methods=("POST",))
    edit("/categories/<uuid:category_id>/remove", "remove_category", remove, methods=("POST",))


def categories() -> str:
    """The headings in their order."""
    with transaction(current_program().sessions) as db:
        found = headings(db, staff().workspace_id)
    return render_template("admin/categories.html", groups=found)


def new() -> Response:
    """An empty form."""
    return _page(CategoryForm())


def create() -> Any:
    """Somebody filled it in."""
    return _written(CategoryForm(request.form), None)


def category(category_id: UUID) -> Response:
    """The form of one category."""
    row = _row(category_id)
    if row is None:
        abort(404)
    return _page(CategoryForm(data=as_typed(row)), row)


def save(category_id: UUID) -> Any:
    """It was changed."""
    return _written(CategoryForm(request.form), category_id)


def shift(category_id: UUID) -> Any:
    """A tap: one place up or down."""
    program, by = current_program(), {"up": -1, "down": 1}.get(request.form.get("to", ""))
    if by is None:
        abort(400)
    try:
        with transaction(program.sessions) as db:
            followup = shift_category(db, actor(), category_id, by)
    except Rejected:
        abort(404)
    follow_up(program, followup)
    logger.info("category shifted", category_id=str(category_id))
    return redirect(url_for("admin.categories", _anchor=f"c-{category_id}"))


def remove(category_id: UUID) -> Any:
    """An empty one goes."""
    program = current_program()
    try:
        with transaction(program.sessions) as db:
            followup = remove_category(db, actor(), category_id, version_in(request.form))
    except Rejected as error:
        return _not_removed(category_id, error)
    follow_up(program, followup)
    logger.info("category removed", category_id=str(category_id))
    flash("Taken away.", "success")
    return redirect(url_for("admin.categories"))


def as_typed(row: Category) -> dict[str, Any]:
    """What stands in the form before anybody types."""
    said = {f"name_{one}": row.names.get(one, "") for one in LANGUAGES}
    return said | {name: getattr(row, name) for name in ("name", "slug", "active", "version")}


def _not_removed(category_id: UUID, error: Rejected) -> Response:
    row = _row(category_id)
    if row is None:
        abort(404)
    problem = NOT_EMPTY if error.reason == "not_empty" else overtaken(error.detail, row.edited_at)
    return _page(CategoryForm(data=as_typed(row)), row, problem, status=409)


def _written(form: CategoryForm, category_id: UUID | None) -> Any:
    if not form.typed("slug").strip():
        form.slug.data = slug(form.typed("name"))
    program, values = current_program(), form.read(READERS)
    if values is None:
        return _page(form, _row(category_id), status=400)
    try:
        with transaction(program.sessions) as db:
            saved_id, followup = save_category(db, actor(), category_id, form.version.data or 0, values)
    except Rejected as error:
        return _refused(form, category_id, error)
    follow_up(program, followup)
    logger.info("category saved", category_id=str(saved_id))
    flash(SAVED, "success")
    return redirect(url_for("admin.categories", _anchor=f"c-{saved_id}"))


def _refused(form: CategoryForm, category_id: UUID | None, error: Rejected) -> Response:
    row = _row(category_id)
    if error.reason in PROBLEMS:
        form.refuse(*PROBLEMS[error.reason])
        return _page(form, row, status=409)
    if row is None:
        return _page(form, problem=GONE, status=410)
    theirs = form.differing(as_typed(row))
    form.renew(row.version)
    return _page(form, row, overtaken(error.detail, row.edited_at), theirs, 409)


def _row(category_id: UUID | None) -> Category | None:
    if category_id is None:
        return None
    with transaction(current_program().sessions) as db:
        return category_of(db, staff().workspace_id, category_id)


def _page(
    form: CategoryForm,
    row: Category | None = None,
    problem: str = "",
    theirs: list[tuple[str, str, str]] | None = None,
    status: int = 200,
) -> Response:
    shown = {"form": form, "category": row, "problem": problem, "theirs": theirs or [], "languages": LANGUAGES}
    return make_response(render_template("admin/category.html", **shown), status)
