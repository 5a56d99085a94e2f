"""Dead letters: events that failed on every try. Staff read them; who runs the house replays or drops them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for

from core.conversation.events import FROM_GUESTS
from core.conversation.flow import LONG_AGO, TOO_LATE
from core.domain.permissions import Permission
from core.domain.statuses import DeadLetterState
from core.errors import Rejected, StoreUnavailable
from core.log import get_logger
from core.services import dead_letters
from core.services.dead_letters import CONVERSATIONS, LONGEST_REASON, Decider
from core.store.sql.tables import DeadLetter, User, Workspace
from webapp.admin.access import Pages
from webapp.admin.login import staff
from webapp.admin.trouble import zone_of
from webapp.held import current_program

REFUSALS = {
    "decided": "Somebody has decided on this one already.",
    "no_reason": "Say why it is dropped: whoever looks for it later wants to know.",
    "guest_unknown": "Nobody knows any more whose message this was: it can only be dropped.",
}
NOT_NOW = "The mailboxes do not answer right now. Nothing was done: please try again."
DIED = "The worker died each time, before it could say why"
# What of an event is shown, by name; everything else of it is for programs.
SHOWN = ("text", "title", "id", "type", "name", "address", "number", "status", "amount", "currency", "receipt",
         "outcome", "reason", "handle_id", "payment_id", "order_id", "provider", "source")  # fmt: skip

logger = get_logger(__name__)


def register(admin: Blueprint) -> None:
    """The addresses of these pages."""
    pages, decides = Pages(admin), Permission.DECIDE_LETTERS
    pages.add("/letters", "letters", letters, needs=Permission.READ_CHATS)
    pages.add("/letters/<uuid:letter_id>", "letter", letter, needs=Permission.READ_CHATS)
    pages.add("/letters/<uuid:letter_id>/replay", "replay_letter", replay, needs=decides, methods=("POST",))
    pages.add("/letters/<uuid:letter_id>/drop", "drop_letter", drop, needs=decides, methods=("POST",))


def letters() -> str:
    """Those nobody has decided on, and the newest of the others."""
    workspace_id = staff().workspace_id
    with current_program().sessions.begin() as db:
        waiting = dead_letters.letters(db, workspace_id, DeadLetterState.DEAD)
        others = [one for one in dead_letters.letters(db, workspace_id) if one.state is not DeadLetterState.DEAD]
        count = dead_letters.undecided(db, workspace_id)
        zone = zone_of(db.get_one(Workspace, workspace_id).timezone)
    shown = {"waiting": waiting, "others": others, "count": count}
    return render_template("admin/letters.html", **shown, zone=zone, died=DIED)


def letter(letter_id: UUID) -> Response:
    """One of them. That it was read is written down."""
    return _page(letter_id)


def replay(letter_id: UUID) -> Response:
    """A tap: back into its mailbox."""
    by = _decider()
    try:
        dead_letters.replay(current_program(), staff().workspace_id, letter_id, by)
    except Rejected as error:
        return _refused(letter_id, error)
    except StoreUnavailable:
        return _page(letter_id, NOT_NOW, 503)
    return _to(letter_id)


def drop(letter_id: UUID) -> Response:
    """A tap, and the reason: nothing will come of it."""
    by = _decider()
    try:
        with current_program().sessions.begin() as db:
            dead_letters.drop(db, staff().workspace_id, letter_id, by)
    except Rejected as error:
        return _refused(letter_id, error)
    return _to(letter_id)


def _decider() -> Decider:
    """Who asks, and why."""
    return Decider(staff().user_id, staff().name, request.form.get("reason", ""))


def _refused(letter_id: UUID, error: Rejected) -> Response:
    if error.reason == "not_found":
        abort(404)
    return _page(letter_id, REFUSALS[error.reason], 409)


def _to(letter_id: UUID) -> Response:
    return make_response(redirect(url_for("admin.letter", letter_id=letter_id)))


def _page(letter_id: UUID, problem: str = "", code: int = 200) -> Response:
    who = staff()
    try:
        with current_program().sessions.begin() as db:
            found = dead_letters.read_letter(db, who.workspace_id, letter_id, Decider(who.user_id, who.name))
            zone = zone_of(db.get_one(Workspace, who.workspace_id).timezone)
            decided_by = db.get(User, found.decided_by) if found.decided_by else None
    except Rejected:
        abort(404)
    shown = _shown(found) | {"zone": zone, "decided_by": decided_by.name if decided_by else "by command"}
    return make_response(render_template("admin/letter.html", **shown, longest=LONGEST_REASON, problem=problem), code)


def _shown(found: DeadLetter) -> dict[str, Any]:
    body = dead_letters.body_of(found)
    data = body.get("data") or {}
    parts = [(name.replace("_", " "), data[name]) for name in SHOWN if data.get(name) not in (None, "")]
    at = datetime.fromtimestamp(body["at"], UTC)
    return {
        "letter": found,
        "kind": str(body["kind"]).replace("_", " "),
        "parts": parts,
        "at": at,
        "error": found.error or DIED,
        "box": found.mailbox if found.lane == CONVERSATIONS else "",
        "advice": advice(found.lane, body["kind"], datetime.now(UTC) - at),
    }


def advice(lane: str, kind: str, age: timedelta) -> str:
    """What comes of it when it is replayed now."""
    if lane != CONVERSATIONS:
        return "It is settled as if it came now. Money that is in the books already is not counted again."
    if kind not in FROM_GUESTS:
        return "The guest is told this news now."
    if age > LONG_AGO:
        return "It is more than a day old: the guest gets no answer any more. Look after them in person, then drop it."
    if age > TOO_LATE:
        return "It is more than half an hour old: it orders and pays nothing, and the guest is told where things stand."
    return "The guest gets the answer now, and what they asked for is done."
