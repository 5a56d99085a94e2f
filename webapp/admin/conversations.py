"""What was said to whom: the conversations of the venue, one of them, and writing to a guest who asked for somebody."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from core import clock
from core.domain.permissions import Permission
from core.errors import Rejected, StoreUnavailable
from core.services import conversation_history as history
from core.services.conversation_history import Chat, Person, Place
from core.services.program import Program
from core.services.relay import follow_up
from core.services.staff_calls import open_calls
from core.services.staff_writing import Standing, Words, checked, hand_back, standing, write_to_guest
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.login import staff
from webapp.admin.markup import marked
from webapp.admin.said import REFUSALS, UNKNOWN, between, place_in, place_of, said, why_not
from webapp.admin.trouble import zone_of
from webapp.errors import wants_json
from webapp.held import current_program


def register(admin: Blueprint) -> None:
    """The addresses of these pages."""
    admin.add_app_template_filter(marked)
    pages, reads, answers = Pages(admin), Permission.READ_CHATS, Permission.ANSWER_GUESTS
    pages.add("/conversations", "conversations", conversations, needs=reads)
    pages.add("/conversations/of/<uuid:conversation_id>", "conversation_of", conversation_of, needs=reads)
    pages.add("/conversations/<box>", "conversation", conversation, needs=reads)
    pages.add("/conversations/<box>/now", "conversation_now", now, needs=reads, data=True)
    pages.add("/conversations/<box>/messages", "write", write, needs=answers, methods=("POST",))
    pages.add("/conversations/<box>/back", "hand_back", give_back, needs=answers, methods=("POST",))


def conversations() -> str:
    """Who waits for somebody, then the list, the newest first; `q` looks for a table, a phone number or a name."""
    program, who, wanted = current_program(), staff(), request.args.get("q", "")[:80]
    with program.sessions.begin() as db:
        found, more = history.conversations(db, who.workspace_id, wanted, _before())
        waiting = [] if wanted or _before() else _waiting(db, who.workspace_id)
        zone = zone_of(db.get_one(Workspace, who.workspace_id).timezone)
    named = with_names(program, found)
    rows = [(chat, said(chat.last, zone)) for chat in named]
    older = place_in(named[-1].last.place) if more else ""
    return render_template("admin/conversations.html", rows=rows, wanted=wanted, older=older, waiting=waiting)


def conversation_of(conversation_id: UUID) -> Any:
    """The way from a call on the board."""
    with current_program().sessions.begin() as db:
        box = history.box_of(db, staff().workspace_id, conversation_id)
    if box is None:
        abort(404)
    return redirect(url_for("admin.conversation", box=box))


def conversation(box: str) -> Response:
    """One conversation. That it was read is written down."""
    who = staff()
    with current_program().sessions.begin() as db:
        _known_or_404(db, box)
        history.note_reading(db, who.workspace_id, box, who.user_id)
    return _page(box)


def now(box: str) -> Response:
    """The same as it stands now, for the page's script."""
    with current_program().sessions.begin() as db:
        _known_or_404(db, box)
    return jsonify(_live(_shown(box)))


def write(box: str) -> Response:
    """A member of staff says something to the guest."""
    program, text = current_program(), request.form.get("text", "")
    try:
        words = Words(staff().workspace_id, staff().user_id, box, _key(), checked(text))
        follow_up(program, write_to_guest(program, words))
    except Rejected as error:
        return _refused(box, REFUSALS[error.reason].format(error.detail), text)
    except StoreUnavailable:
        return _refused(box, UNKNOWN, text, 503)
    if wants_json():
        return jsonify(_live(_shown(box)) | {"key": str(uuid4())})
    return make_response(redirect(url_for("admin.conversation", box=box)))


def give_back(box: str) -> Response:
    """A tap: the bot talks with this guest again."""
    program, who = current_program(), staff()
    try:
        with program.sessions.begin() as db:
            followup = hand_back(db, who.workspace_id, box, who.user_id)
    except Rejected:
        abort(404)
    follow_up(program, followup)
    flash("Handed back: the bot talks with this guest again.")
    return make_response(redirect(url_for("admin.conversation", box=box)))


def _key() -> UUID:
    try:
        return UUID(request.form.get("key", ""))
    except ValueError:
        abort(400)


def _refused(box: str, problem: str, text: str, code: int = 409) -> Response:
    if wants_json():
        return make_response(jsonify(error=problem), code)
    with current_program().sessions.begin() as db:
        _known_or_404(db, box)
    return _page(box, problem, text, code)


def _page(box: str, problem: str = "", text: str = "", code: int = 200) -> Response:
    shown = _shown(box)
    page = render_template("admin/conversation.html", **shown, problem=problem, text=text, key=uuid4())
    return make_response(page, code)


def _shown(box: str) -> dict[str, Any]:
    """All the page shows."""
    program, workspace_id, before = current_program(), staff().workspace_id, _before()
    with program.sessions.begin() as db:
        who = history.person(db, workspace_id, box)
        lines, more = history.messages(db, workspace_id, box, before)
        if who.conversation_id and before is None:
            lines += history.on_the_way(db, workspace_id, who.conversation_id)
        waiting = [one for one in _waiting(db, workspace_id) if one["conversation"] != str(who.conversation_id)]
        zone = zone_of(db.get_one(Workspace, workspace_id).timezone)
    stands = _stands(program, workspace_id, box)
    return {
        "box": box,
        "person": _known(program, box, who),
        "days": between(said(line, zone) for line in lines),
        "older": place_in(lines[0].place) if more else "",
        "past": before is not None,
        "waiting": waiting,
        "stands": stands,
        "why_not": why_not(stands),
        "until": stands.until.astimezone(zone).strftime("%A %H:%M") if stands and stands.until else "",
    }


def _waiting(db: Session, workspace_id: UUID) -> list[dict[str, Any]]:
    """Who asked for somebody and was not seen to, the longest waiting first, with the minutes they wait."""
    return [call | {"minutes": _minutes_since(call["called_at"])} for call in open_calls(db, workspace_id)]


def _minutes_since(moment: str) -> int:
    return max(0, int((clock.now() - datetime.fromisoformat(moment)).total_seconds() // 60))


def _live(shown: dict[str, Any]) -> dict[str, Any]:
    """What changes while somebody looks at the page."""
    return {
        "thread": render_template("admin/_thread.html", **shown),
        "standing": render_template("admin/_standing.html", **shown),
        "writable": not shown["why_not"],
        "talking": bool(shown["stands"] and (shown["stands"].silent or shown["stands"].called)),
    }


def _stands(program: Program, workspace_id: UUID, box: str) -> Standing | None:
    """None while the mailbox store does not answer."""
    try:
        return standing(program, workspace_id, box)
    except StoreUnavailable:
        return None


def with_names(program: Program, chats: list[Chat]) -> list[Chat]:
    """Who only looked around is in no book: the store knows their name for a day."""
    nameless = [chat.box for chat in chats if not chat.name]
    names = dict(zip(nameless, _told(program, nameless), strict=True))
    return [replace(chat, name=names[chat.box]) if chat.box in names else chat for chat in chats]


def _known(program: Program, box: str, who: Person) -> Person:
    return who if who.name else replace(who, name=_told(program, [box])[0])


def _told(program: Program, boxes: list[str]) -> list[str]:
    try:
        return [str(guest.get("name", "")) for guest in program.store.guests(boxes)]
    except StoreUnavailable:
        return ["" for _ in boxes]


def _known_or_404(db: Session, box: str) -> None:
    if not history.is_known(db, staff().workspace_id, box):
        abort(404)


def _before() -> Place | None:
    """From where on, as a link of ours names it; a link nobody can read leads to the newest."""
    return place_of(request.args.get("before", ""))
