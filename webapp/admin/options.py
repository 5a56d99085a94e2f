"""Questions that guests are asked about a product: size, mixer, doneness; and which answers are out."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for

from core.domain.permissions import Permission
from core.domain.typed import line, switch, whole
from core.errors import Rejected
from core.log import get_logger
from core.services.menu_edit import LANGUAGES
from core.services.menu_options import (
    DEAREST,
    LONGEST_NAME,
    GroupDraft,
    OptionDraft,
    create_group,
    delete_group,
    groups_of,
    options_of,
    products_asking,
    set_option_available,
    update_group,
)
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Option, OptionGroup
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.typed_forms import english_name, overtaken, uuid_of, version_in
from webapp.held import current_program

logger = get_logger(__name__)

SAVED = "Saved. Every chat follows with its next message."
SPARE = 4  # empty lines under the options there are
MOST_LINES = 34
NAME = line(0, LONGEST_NAME)
Line = dict[str, str]


@dataclass
class Typed:
    """A question as it stands in the form: its own fields, and a line for each option."""

    own: dict[str, str] = field(default_factory=lambda: {"least": "1", "most": "1"})
    lines: list[Line] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)


def register(admin: Blueprint) -> None:
    """Its pages."""
    pages = Pages(admin)
    pages.add("/options", "options", options, needs=Permission.SEE_MENU)
    pages.add("/options/new", "new_option_group", new, needs=Permission.EDIT_MENU)
    pages.add("/options/new", "add_option_group", create, needs=Permission.EDIT_MENU, methods=("POST",))
    pages.add("/options/<uuid:group_id>", "option_group", group, needs=Permission.EDIT_MENU)
    pages.add("/options/<uuid:group_id>", "save_option_group", save, needs=Permission.EDIT_MENU, methods=("POST",))
    pages.add(
        "/options/<uuid:group_id>/remove", "remove_option_group", remove, needs=Permission.EDIT_MENU, methods=("POST",)
    )
    pages.add("/options/<uuid:option_id>/out", "option_out", out, needs=Permission.MARK_OUT, methods=("POST",))


def options() -> str:
    """Every question with its answers."""
    mine = staff().workspace_id
    with transaction(current_program().sessions) as db:
        found = [
            (one, options_of(db, mine, one.id), len(products_asking(db, mine, one.id))) for one in groups_of(db, mine)
        ]
    return render_template("admin/options.html", groups=found)


def new() -> Response:
    """An empty form."""
    return _page(Typed())


def create() -> Any:
    """Somebody filled it in."""
    return _written(None)


def group(group_id: UUID) -> Response:
    """The form of one question."""
    row, found = _row(group_id)
    return _page(_as_typed(row, found), row)


def save(group_id: UUID) -> Any:
    """It was changed."""
    return _written(group_id)


def remove(group_id: UUID) -> Any:
    """Nobody asks it any more."""
    program = current_program()
    try:
        with transaction(program.sessions) as db:
            followup = delete_group(db, actor(), group_id, version_in(request.form))
    except Rejected as error:
        row, found = _row(group_id)
        return _page(_as_typed(row, found), row, overtaken(error.detail, row.edited_at), 409)
    follow_up(program, followup)
    logger.info("question removed", group_id=str(group_id))
    flash("Taken away.", "success")
    return redirect(url_for("admin.options"))


def out(option_id: UUID) -> Any:
    """A tap: this answer is out, or back. Every chat follows at once."""
    program = current_program()
    try:
        available = not switch(request.form.get("out", "yes"))
        with transaction(program.sessions) as db:
            followup = set_option_available(db, actor(), option_id, available)
    except ValueError:
        abort(400)
    except Rejected:
        abort(404)
    follow_up(program, followup)
    logger.info("option marked", option_id=str(option_id), available=available)
    return redirect(url_for("admin.options"))


def _written(group_id: UUID | None) -> Any:
    program, typed = current_program(), _typed()
    row = _row(group_id)[0] if group_id else None
    draft = _draft(typed)
    typed.problems |= draft.problems() if draft else {}
    if draft is None or typed.problems:
        return _page(typed, row, status=400)
    try:
        with transaction(program.sessions) as db:
            if group_id is None:
                _, followup = create_group(db, actor(), draft)
            else:
                followup = update_group(db, actor(), group_id, version_in(request.form), draft)
    except Rejected as error:
        row = _row(group_id)[0] if group_id else None
        return _page(typed, row, overtaken(error.detail, row.edited_at if row else None), 409)
    follow_up(program, followup)
    logger.info("question saved")
    flash(SAVED, "success")
    return redirect(url_for("admin.options"))


def _typed() -> Typed:
    names = ("name", "least", "most", *(f"name_{one}" for one in LANGUAGES))
    own = {name: request.form.get(name, "") for name in names}
    keys = ("id", "name", "price", *(f"name_{one}" for one in LANGUAGES))
    lines = [{key: request.form.get(f"{place}-{key}", "") for key in keys} for place in range(MOST_LINES)]
    return Typed(own, [one for one in lines if one["name"].strip()])


def _draft(typed: Typed) -> GroupDraft | None:
    """What was typed, read; what cannot be meant stands in its problems."""
    own = _read(typed, {"name": NAME, "least": whole(0, 30), "most": whole(1, 30)}, typed.own, "")
    drafts = []
    for place, one in enumerate(typed.lines, start=1):
        readers = {"name": NAME, "price": whole(-DEAREST, DEAREST)}
        read = _read(typed, readers, one | {"price": one["price"] or "0"}, f"Option {place}: ")
        id, name = uuid_of(one["id"]), read.get("name", "")
        drafts.append(OptionDraft(name, Decimal(read.get("price", 0)), _names(typed, one), id))
    if typed.problems:
        return None
    return GroupDraft(own["name"], tuple(drafts), own["least"], own["most"], _names(typed, typed.own))


def _read(typed: Typed, readers: dict[str, Any], said: Line, where: str) -> dict[str, Any]:
    values = {}
    for name, reader in readers.items():
        try:
            values[name] = reader(said[name])
        except ValueError as error:
            typed.problems["options" if where else name] = f"{where}{error}"
    return values


def _names(typed: Typed, said: Line) -> dict[str, str]:
    readers = {f"name_{one}": line(0, LONGEST_NAME) for one in LANGUAGES}
    found = _read(typed, readers, said, "Other languages: ")
    return {name.removeprefix("name_"): text for name, text in found.items() if text}


def _row(group_id: UUID) -> tuple[OptionGroup, list[Option]]:
    mine = staff().workspace_id
    with transaction(current_program().sessions) as db:
        row = next((one for one in groups_of(db, mine) if one.id == group_id), None)
        return row or abort(404), options_of(db, mine, group_id)


def _as_typed(row: OptionGroup, found: list[Option]) -> Typed:
    own = {"name": row.name, "least": str(row.least), "most": str(row.most)}
    lines = [{"id": str(one.id), "name": one.name, "price": f"{one.price:.0f}" if one.price else ""} | _said(one.names)
             for one in found]  # fmt: skip
    return Typed(own | _said(row.names), lines)


def _said(names: dict[str, str]) -> Line:
    return {f"name_{one}": names.get(one, "") for one in LANGUAGES}


def _page(typed: Typed, row: OptionGroup | None = None, problem: str = "", status: int = 200) -> Response:
    languages = {one: english_name(one) for one in LANGUAGES}
    lines = [*typed.lines, *({} for _ in range(SPARE))][:MOST_LINES]
    shown = {"typed": typed, "options": lines, "group": row, "problem": problem, "languages": languages}
    return make_response(render_template("admin/option_group.html", **shown), status)
