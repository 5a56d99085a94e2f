"""One product of the menu: its form, its picture, and the tap that says it is out. Their list: `menu_lists`."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from core.documents.photos import LARGEST, TOO_LARGE, written_anew
from core.domain.menu_fields import product_readers
from core.domain.permissions import Permission
from core.domain.recipes import measured
from core.domain.typed import switch
from core.errors import Rejected
from core.log import get_logger
from core.services.menu_edit import LANGUAGES, mark_sold_out, remove_product, save_product
from core.services.menu_pages import categories, product_of
from core.services.pictures import set_picture
from core.services.recipe_edit import recipe_of
from core.services.recipes import servings
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Product
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.product_form import ProductForm, as_typed
from webapp.admin.typed_forms import overtaken, uuid_of, version_in
from webapp.held import current_program

logger = get_logger(__name__)

READERS = product_readers(LANGUAGES)
PROBLEMS = {
    "sku_taken": ("sku", "Another product has this code."),
    "name_taken": ("name", "Somebody has just added a product of this name. Save once more if you want two."),
    "no_category": ("category_id", "This category is gone. Choose another one."),
}
SAVED = "Saved. Every chat follows with its next message."
IN_USE = "Something is made of it: {}. Change what is in that first."
GONE = "This product was taken away meanwhile. Nothing was written."


def register(admin: Blueprint) -> None:
    """Its pages."""
    pages = Pages(admin)
    pages.add("/products/new", "new_product", new, needs=Permission.EDIT_MENU)
    pages.add("/products/new", "add_product", create, needs=Permission.EDIT_MENU, methods=("POST",))
    pages.add("/products/<uuid:product_id>", "product", product, needs=Permission.EDIT_MENU)
    pages.add("/products/<uuid:product_id>", "save_product", save, needs=Permission.EDIT_MENU, methods=("POST",))
    pages.add(
        "/products/<uuid:product_id>/picture", "save_picture", picture, needs=Permission.EDIT_MENU, methods=("POST",)
    )
    pages.add("/products/<uuid:product_id>/out", "sold_out", out, needs=Permission.MARK_OUT, methods=("POST",))
    pages.add(
        "/products/<uuid:product_id>/remove", "remove_product", remove, needs=Permission.EDIT_MENU, methods=("POST",)
    )


def new() -> Response:
    """An empty form."""
    return _page(ProductForm(data={"category_id": request.args.get("category", "")}))


def create() -> Any:
    """Somebody filled it in."""
    return _written(ProductForm(request.form), None)


def product(product_id: UUID) -> Response:
    """The form of one product."""
    with transaction(current_program().sessions) as db:
        row = product_of(db, staff().workspace_id, product_id)
    if row is None:
        abort(404)
    return _page(ProductForm(data=as_typed(row)), row)


def save(product_id: UUID) -> Any:
    """It was changed."""
    return _written(ProductForm(request.form), product_id)


def out(product_id: UUID) -> Any:
    """A tap: out for now, or back again. Every chat follows at once."""
    program = current_program()
    try:
        wanted = switch(request.form.get("sold_out", "yes"))
        with transaction(program.sessions) as db:
            followup = mark_sold_out(db, actor(), product_id, wanted)
    except ValueError:
        abort(400)
    except Rejected:
        abort(404)
    follow_up(program, followup)
    logger.info("product marked", sold_out=wanted, product_id=str(product_id))
    if request.form.get("from") == "stock":
        return redirect(url_for("admin.shelf", product_id=product_id))
    return redirect(url_for("admin.list_products"))


def remove(product_id: UUID) -> Any:
    """It is not sold any more."""
    program = current_program()
    try:
        with transaction(program.sessions) as db:
            followup = remove_product(db, actor(), product_id, version_in(request.form))
    except Rejected as error:
        if error.reason == "in_use":
            return _shown_again(product_id, IN_USE.format(error.detail), 409)
        return redirect(url_for("admin.list_products")) if error.reason == "gone" else _overtaken(product_id, error)
    follow_up(program, followup)
    logger.info("product removed", product_id=str(product_id))
    flash("Taken off the menu.", "success")
    return redirect(url_for("admin.list_products"))


def picture(product_id: UUID) -> Any:
    """Another picture, or none any more."""
    program, chosen = current_program(), request.files.get("picture")
    taken_away = request.form.get("do") == "remove"
    if not taken_away and (chosen is None or not chosen.filename):
        return _no_picture(product_id, "Choose a picture first.")
    try:
        jpeg = None if taken_away or chosen is None else written_anew(chosen.stream.read(LARGEST + 1))
        with transaction(program.sessions) as db:
            known = version_in(request.form)
            followup = set_picture(db, actor(), product_id, known, jpeg, program.settings.public_base_url)
    except ValueError as error:
        return _no_picture(product_id, str(error))
    except Rejected as error:
        return _overtaken(product_id, error)
    follow_up(program, followup)
    logger.info("picture saved", product_id=str(product_id), taken_away=taken_away)
    flash("The picture is taken away." if taken_away else "The picture is saved.", "success")
    return redirect(url_for("admin.product", product_id=product_id))


def _no_picture(product_id: UUID, problem: str) -> Response:
    """Said beside the field it was chosen in."""
    return _shown_again(product_id, "", 400, problem)


def _shown_again(product_id: UUID, problem: str, status: int, of_picture: str = "") -> Response:
    with transaction(current_program().sessions) as db:
        row = product_of(db, staff().workspace_id, product_id)
    if row is None:
        abort(404)
    return _page(ProductForm(data=as_typed(row)), row, problem, status=status, of_picture=of_picture)


def _written(form: ProductForm, product_id: UUID | None) -> Any:
    program, values = current_program(), form.read(READERS)
    category_id = uuid_of(form.typed("category_id"))
    if category_id is None:
        form.refuse("category_id", "Choose a category.")
    if values is None or category_id is None:
        return _again(form, product_id, 400)
    try:
        with transaction(program.sessions) as db:
            known = values | {"category_id": category_id}
            saved_id, followup = save_product(db, actor(), product_id, form.version.data or 0, known)
    except Rejected as error:
        return _refused(form, product_id, error)
    follow_up(program, followup)
    logger.info("product saved", product_id=str(saved_id))
    flash(SAVED, "success")
    return redirect(url_for("admin.list_products"))


def _refused(form: ProductForm, product_id: UUID | None, error: Rejected) -> Response:
    if error.reason in PROBLEMS:
        form.refuse(*PROBLEMS[error.reason])
        return _again(form, product_id, 409)
    with transaction(current_program().sessions) as db:
        row = product_of(db, staff().workspace_id, product_id) if product_id else None
    if row is None:
        return _page(form, problem=GONE, status=410)
    theirs = form.differing(as_typed(row))
    form.renew(row.version)
    return _page(form, row, overtaken(error.detail, row.edited_at), theirs, 409)


def _overtaken(product_id: UUID, error: Rejected) -> Response:
    with transaction(current_program().sessions) as db:
        row = product_of(db, staff().workspace_id, product_id)
    return _shown_again(product_id, overtaken(error.detail, row.edited_at if row else None), 409)


def _again(form: ProductForm, product_id: UUID | None, status: int) -> Response:
    with transaction(current_program().sessions) as db:
        row = product_of(db, staff().workspace_id, product_id) if product_id else None
    return _page(form, row, status=status)


def _page(
    form: ProductForm,
    row: Product | None = None,
    problem: str = "",
    theirs: list[tuple[str, str, str]] | None = None,
    status: int = 200,
    of_picture: str = "",
) -> Response:
    with transaction(current_program().sessions) as db:
        form.category_id.choices = _choices(db)
        made = (
            {"recipe": recipe_of(db, staff().workspace_id, row.id), "left": servings(db, [row])[row.id]} if row else {}
        )
    shown: dict[str, Any] = {
        "form": form,
        "product": row,
        "problem": problem,
        "theirs": theirs or [],
        "languages": LANGUAGES,
    }
    shown |= {"picture": {"problem": of_picture, "most": LARGEST, "too_large": TOO_LARGE}}
    fetched = current_program().settings.public_base_url.startswith("https://")
    return make_response(
        render_template("admin/product.html", **shown, **made, measured=measured, fetched=fetched), status
    )


def _choices(db: Session) -> list[SelectChoice]:
    return [SelectChoice(str(one.id), one.name) for one in categories(db, staff().workspace_id)]
