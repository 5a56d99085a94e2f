"""Guests who asked for a person, and what WhatsApp says of the account: staff see to both."""

from typing import Any, cast
from uuid import UUID

from flask import Response, abort, current_app, jsonify, redirect, request, url_for

from core.services.calls import hand_back, open_calls, write_to
from core.services.followup import Followup
from core.services.notices import see, unseen
from core.services.program import Program
from core.services.relay import follow_up
from webapp.admin.login import staff

WORDS_LIMIT = 900


def calls() -> Response:
    """Who waits for a person, and what is urgent, for the board."""
    program, who = _program(), staff()
    with program.sessions.begin() as db:
        waiting = open_calls(db, who.workspace_id)
        urgent = [one.what for one in unseen(db, who.workspace_id) if one.loud]
    shown = [{"id": str(one.conversation_id), "guest": one.guest, "since": one.since.isoformat()} for one in waiting]
    return jsonify(calls=shown, urgent=urgent)


def done(conversation_id: UUID) -> Response:
    """Tap: done, back to the bot."""
    program, who = _program(), staff()
    with program.sessions.begin() as db:
        followup = hand_back(db, who.workspace_id, conversation_id, who.user_id)
    return _told(program, followup)


def write(conversation_id: UUID) -> Response:
    """A word to the guest."""
    text = _words(request.get_json(silent=True))
    program, who = _program(), staff()
    with program.sessions.begin() as db:
        followup = write_to(db, who.workspace_id, conversation_id, who.user_id, text)
    return _told(program, followup)


def seen(notice_id: UUID) -> Any:
    """Tap: somebody has seen to what WhatsApp said."""
    program, who = _program(), staff()
    with program.sessions.begin() as db:
        if not see(db, who.workspace_id, notice_id):
            abort(404)
    return redirect(url_for("admin.queues"))


def _words(body: Any) -> str:
    given = body.get("text") if isinstance(body, dict) else None
    if not isinstance(given, str):
        abort(400)
    # PostgreSQL keeps neither NUL nor half a surrogate pair.
    text = "".join(sign for sign in given if sign.isprintable() or sign == "\n").strip()
    if not 0 < len(text) <= WORDS_LIMIT:
        abort(400)
    return text


def _told(program: Program, followup: Followup | None) -> Response:
    if followup is None:
        abort(404)
    follow_up(program, followup)
    return calls()


def _program() -> Program:
    return cast(Program, current_app.extensions["program"])
