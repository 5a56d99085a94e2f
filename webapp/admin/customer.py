"""One customer's page: their orders, what staff may say of them, and everything we keep of them as a file."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from core.conversation.catalogues import LOCALES
from core.domain.listing.words import ORDER, ORDER_TONES
from core.domain.permissions import Permission
from core.errors import Rejected, StoreUnavailable
from core.log import get_logger
from core.services.activity import Actor
from core.services.customer_page import change, copy_of, known, last_change
from core.services.customer_standing import LONGEST_NOTE, MOST_NOTES, add_note, block, take_note_away
from core.services.followup import Followup
from core.services.listing.every import known_anew
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.listed import Edit, Overtaken, Unfitting
from webapp.admin.login import actor, staff
from webapp.admin.order import mark
from webapp.admin.trouble import zone_of
from webapp.admin.typed_forms import english_name, overtaken, version_in
from webapp.held import current_program

logger = get_logger(__name__)

LANGUAGES = {code: english_name(code) for code in LOCALES}
LANGUAGE_CHOICES = [("", "As they write"), *LANGUAGES.items()]
PROBLEMS = {
    "bad_percent": "A discount is a whole number of percent between 0 and 99.",
    "no_such_language": f"The bot speaks {' and '.join(LOCALES)}; leave it empty to let the guest choose.",
    "note_empty": "A note needs words.",
    "note_long": f"A note has {LONGEST_NOTE} characters at most.",
    "notes_full": f"There are {MOST_NOTES} notes of this guest: delete one first.",
}


def register(pages: Pages) -> None:
    """The addresses of this page."""
    rule, edits = "/customers/<uuid:customer_id>", Permission.EDIT_CUSTOMERS
    pages.add(rule, "customer", customer, needs=Permission.SEE_CUSTOMERS)
    pages.add(rule, "save_customer", save, needs=edits, methods=("POST",))
    pages.add(f"{rule}/notes", "note_customer", note, needs=Permission.ANSWER_GUESTS, methods=("POST",))
    pages.add(f"{rule}/notes/<uuid:note_id>/delete", "delete_customer_note", unnote, needs=edits, methods=("POST",))
    pages.add(f"{rule}/block", "block_customer", set_block, needs=edits, methods=("POST",))
    pages.add(f"{rule}/copy.json", "customer_copy", copy, needs=edits)


def customer(customer_id: UUID) -> Response:
    """The page."""
    return _page(customer_id)


def save(customer_id: UUID) -> Any:
    """The form was sent."""
    form = request.form
    try:
        values = {name: _read(name, form.get(name, "")) for name in ("language", "discount_percent")}
        with transaction(current_program().sessions) as db:
            followup = _change(db, actor(), customer_id, version_in(form), values)
    except Overtaken as error:
        return _page(customer_id, overtaken(error.who, error.at), 409)
    except Unfitting as error:
        return _page(customer_id, code=422, problems={_field_of(error): str(error)})
    follow_up(current_program(), followup)
    flash("Saved.")
    return redirect(url_for("admin.customer", customer_id=customer_id))


def note(customer_id: UUID) -> Any:
    """Something about them was written down."""
    try:
        with transaction(current_program().sessions) as db:
            add_note(db, actor(), customer_id, request.form.get("note", ""))
    except Rejected as error:
        if error.reason == "not_found":
            abort(404)
        return _page(customer_id, note_problem=PROBLEMS[error.reason], code=422)
    flash("Noted.")
    return redirect(url_for("admin.customer", customer_id=customer_id))


def unnote(customer_id: UUID, note_id: UUID) -> Any:
    """One note goes."""
    with transaction(current_program().sessions) as db:
        take_note_away(db, actor(), customer_id, note_id)
    flash("The note is gone.")
    return redirect(url_for("admin.customer", customer_id=customer_id))


def set_block(customer_id: UUID) -> Any:
    """From now on they speak to staff only, or to the bot again."""
    blocked = request.form.get("blocked") == "yes"
    try:
        with transaction(current_program().sessions) as db:
            profiles = block(db, actor(), customer_id, blocked=blocked)
    except Rejected:
        abort(404)
    follow_up(current_program(), known_anew(actor(), {}))
    if _keep(profiles):
        flash("Blocked: the bot answers them no more." if blocked else "The bot talks with them again.")
    else:
        flash("It is written down, but the chats cannot be reached. Tap again in a minute.", "danger")
    logger.info("customer block changed", user_id=str(actor().user_id), blocked=blocked)
    return redirect(url_for("admin.customer", customer_id=customer_id))


def copy(customer_id: UUID) -> Response:
    """Everything we keep of them, as one JSON file. That it was taken is written down."""
    try:
        with transaction(current_program().sessions) as db:
            everything = copy_of(db, actor(), customer_id)
    except Rejected:
        abort(404)
    response = make_response(json.dumps(everything, ensure_ascii=False, indent=2))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="client-{customer_id}.json"'
    return response


def edit(column: str) -> Edit:
    """This column of the list, changed in place."""

    def write(db: Session, by: Actor, row_id: UUID, version: int, typed: str) -> Followup:
        return _change(db, by, row_id, version, {column: _read(column, typed)})

    options = (lambda *_: LANGUAGE_CHOICES) if column == "language" else None
    return Edit(Permission.EDIT_CUSTOMERS, write, options)


def _read(column: str, value: str) -> Any:
    text = value.strip()
    if column == "language":
        return text.lower()
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise Unfitting(PROBLEMS["bad_percent"])
    return Decimal(text)


def _change(db: Session, by: Actor, customer_id: UUID, version: int, values: Mapping[str, Any]) -> Followup:
    try:
        profiles = change(db, by, customer_id, version, values)
    except Rejected as error:
        if error.reason == "not_found":
            abort(404)
        if error.reason == "changed":
            who, at = last_change(db, by.workspace_id, customer_id) or ("The guest's own chat", None)
            raise Overtaken(who, at) from None
        raise Unfitting(PROBLEMS[error.reason]) from None
    logger.info("customer changed", user_id=str(by.user_id))
    return known_anew(by, profiles)


def _keep(profiles: dict[str, dict[str, Any]]) -> bool:
    """Beside their sessions, so that the next message is answered by it; else with their next visit."""
    try:
        for box, profile in profiles.items():
            current_program().store.known_anew(box, profile)
    except StoreUnavailable:
        logger.warning("profile_not_kept")
        return False
    return True


def _field_of(error: Unfitting) -> str:
    return "language" if str(error) == PROBLEMS["no_such_language"] else "discount_percent"


def _page(
    customer_id: UUID,
    problem: str = "",
    code: int = 200,
    note_problem: str = "",
    problems: Mapping[str, str] | None = None,
) -> Response:
    mine = staff().workspace_id
    try:
        with transaction(current_program().sessions) as db:
            found = known(db, mine, customer_id)
            venue = db.get_one(Workspace, mine)
    except Rejected:
        abort(404)
    words: dict[str, Any] = {"ORDER": ORDER, "ORDER_TONES": ORDER_TONES, "mark": mark, "languages": LANGUAGES}
    shown = {"known": found, "zone": zone_of(venue.timezone), "currency": venue.currency, "problem": problem}
    shown |= {"note_problem": note_problem, "longest_note": LONGEST_NOTE, "problems": problems or {}}
    return make_response(render_template("admin/customer.html", **words, **shown), code)
