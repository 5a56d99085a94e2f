"""`flask dead-letters`: what an operator types about events that failed on every try."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from core.domain.statuses import DeadLetterState
from core.services.program import Program
from core.store.sql.tables import Activity, Channel, DeadLetter, Workspace
from tests.integration.sql.test_commands import app, shell

__all__ = ["app", "shell"]


@pytest.fixture
def letter_id(app: Flask, shell: FlaskCliRunner) -> UUID:
    """A dead letter of the demo venue."""
    shell.invoke(args=["seed"])
    program: Program = app.extensions["program"]
    with program.sessions.begin() as db:
        workspace_id = db.scalars(select(Workspace.id)).one()
        guest = {"workspace": str(workspace_id), "channel": str(db.scalars(select(Channel.id)).one_or_none())}
        body = {"kind": "text", "at": 1.0, "data": {"text": "two dawa"}, "guest": guest | {"phone": "254700000001"}}
        letter = DeadLetter(
            id=uuid4(), workspace_id=workspace_id, lane="conversations", mailbox="box", event_id="w:1", attempts=3,
            body=json.dumps(body), error="ValueError at x.py:1", at=datetime.now(UTC),
        )  # fmt: skip
        db.add(letter)
    return letter.id


def row(app: Flask, letter_id: UUID) -> DeadLetter:
    with app.extensions["program"].sessions.begin() as db:
        found: DeadLetter = db.get_one(DeadLetter, letter_id)
        return found


def test_they_are_listed_and_shown_with_what_went_wrong(shell: FlaskCliRunner, letter_id: UUID) -> None:
    listed = shell.invoke(args=["dead-letters", "list"])
    assert listed.exit_code == 0, listed.output
    assert str(letter_id) in listed.output and "ValueError at x.py:1" in listed.output and "dawa" not in listed.output
    shown = json.loads(shell.invoke(args=["dead-letters", "show", str(letter_id)]).stdout)
    assert (shown["state"], shown["body"]["data"]) == ("dead", {"text": "two dawa"}) and "guest" not in shown["body"]


def test_replay_brings_it_back_once_and_notes_who_sat_there(app: Flask, shell: FlaskCliRunner, letter_id: UUID) -> None:
    words = ["dead-letters", "replay", str(letter_id), "--reason", "mended"]
    assert shell.invoke(args=words).exit_code == 0
    again = shell.invoke(args=words)
    assert again.exit_code == 1 and "replayed or dropped already" in again.output and "Traceback" not in again.output
    letter = row(app, letter_id)
    assert (letter.state, letter.reason, letter.decided_by) == (DeadLetterState.REPLAYED, "mended", None)
    assert app.extensions["program"].store.knows([letter.replayed_as]) == [True]
    with app.extensions["program"].sessions.begin() as db:
        note = db.scalars(select(Activity).where(Activity.action == "dead_letter_replayed")).one()
    assert note.who.startswith("command of ")
    assert str(letter_id) not in shell.invoke(args=["dead-letters", "list"]).output
    assert str(letter_id) in shell.invoke(args=["dead-letters", "list", "--all"]).output


def test_drop_wants_a_reason(app: Flask, shell: FlaskCliRunner, letter_id: UUID) -> None:
    assert shell.invoke(args=["dead-letters", "drop", str(letter_id)]).exit_code == 2
    blank = shell.invoke(args=["dead-letters", "drop", str(letter_id), "--reason", " "])
    assert blank.exit_code == 1 and "Say why" in blank.output
    assert shell.invoke(args=["dead-letters", "drop", str(letter_id), "--reason", "served"]).exit_code == 0
    assert row(app, letter_id).state is DeadLetterState.DROPPED


@pytest.mark.parametrize(
    ("words", "said"),
    [(["show", str(uuid4())], "no such dead letter"), (["list", "--workspace", "nobody"], "No venue has this slug")],
)
@pytest.mark.usefixtures("letter_id")
def test_what_is_not_there_is_said_in_words(shell: FlaskCliRunner, words: list[str], said: str) -> None:
    answer = shell.invoke(args=["dead-letters", *words])
    assert answer.exit_code == 1 and said in answer.output and "Traceback" not in answer.output
