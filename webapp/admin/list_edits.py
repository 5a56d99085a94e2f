"""What is changed in a list: one cell in place, or rows by one of the list's acts."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify, make_response, request, url_for
from sqlalchemy.orm import Session

from core.domain.listing.asked import Unreadable, read
from core.errors import TryAgain
from core.jobs import make_documents
from core.log import get_logger
from core.services import acting
from core.services.acting import WantedAct, want_act
from core.services.followup import Followup
from core.services.listing import pages as reading
from core.services.listing.acts import Act, carry_out, said
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from webapp.admin.list_files import SLOW
from webapp.admin.listed import MOST_CHOSEN, Edit, ListPage, Overtaken, Unfitting, house_of, ids_in, refused, row_of
from webapp.admin.login import actor, staff
from webapp.held import current_program

logger = get_logger(__name__)

LONGEST = 200


def edit_cell(one: ListPage, edit: Edit, row_id: UUID) -> Response:
    """What somebody typed into one cell."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not _is_version(given.get("version")):
        return refused("That cell cannot be changed here.", 400)
    try:
        with transaction(current_program().sessions) as db:
            followup = edit.write(db, actor(), row_id, given["version"], str(given.get("value", ""))[:LONGEST])
    except Overtaken as error:
        return refused(str(error), 409, row=_again(one, row_id))
    except Unfitting as error:
        return refused(str(error), 422)
    follow_up(current_program(), followup | _heard(one))
    return jsonify(row=_again(one, row_id))


def choices(one: ListPage, name: str) -> Response:
    """What can be chosen for a column that is edited, or for an act."""
    of_acts = {act.name: act.options for act in one.acts}
    found = one.edits[name].options if name in one.edits else of_acts.get(name)
    if found is None:
        return refused("Nothing can be chosen here.", 404)
    with transaction(current_program().sessions) as db:
        return jsonify(options=found(db, staff().workspace_id))


def act_on(one: ListPage, act: Act) -> Response:
    """One act, to the rows that were chosen or to all that are filtered."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        return refused("Choose rows of this list.", 400)
    value = str(given.get("value", ""))[:LONGEST]
    try:
        with transaction(current_program().sessions) as db:
            ids = _all(db, one) if given.get("all") is True else ids_in(_texts(given.get("ids")))
        if len(ids) > MOST_CHOSEN:
            return _later(one, act, value, ids)
    except Unreadable as error:
        return refused(str(error), 400)
    except TryAgain:
        return refused(SLOW, 503)
    outcome = carry_out(current_program().sessions, actor(), act, ids, value)
    follow_up(current_program(), outcome.followup | _heard(one))
    logger.info("rows changed", list=one.listing.name, act=act.name, done=outcome.done, left=len(outcome.left))
    return jsonify(**said(outcome))


def _all(db: Session, one: ListPage) -> list[UUID]:
    asked = read(one.listing.columns, request.args.items(multi=True))
    reading.be_quick(db)
    ids = reading.ids(db, one.listing, staff().workspace_id, asked, house_of(db).zone, acting.MOST_ROWS + 1)
    if len(ids) > acting.MOST_ROWS:
        raise Unreadable(f"These are more than {acting.MOST_ROWS:,} {one.listing.many}. Filter the list first.")
    return ids


def _later(one: ListPage, act: Act, value: str, ids: list[UUID]) -> Response:
    """The workers do it: where it says how far it is."""
    who = staff()
    with transaction(current_program().sessions) as db:
        document_id = want_act(db, who.workspace_id, who.user_id, WantedAct(one.listing, act, value, ids))
    follow_up(current_program(), Followup(jobs=(make_documents(),)))
    return make_response(jsonify(address=url_for("admin.export", document_id=document_id)), 202)


def _texts(given: Any) -> list[str]:
    return [str(one) for one in given] if isinstance(given, list) else []


def _heard(one: ListPage) -> Followup:
    """Others look at this list, too."""
    return Followup(lists=frozenset({(staff().workspace_id, one.listing.name)}))


def _is_version(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _again(one: ListPage, row_id: UUID) -> dict[str, Any] | None:
    with transaction(current_program().sessions) as db:
        rows = reading.rows(db, one.listing, staff().workspace_id, [row_id])
        return row_of(one, house_of(db), rows[0]) if rows else None
