"""The one table: every state has a way in, a way out, a question and an answer."""

import ast
import string
from pathlib import Path

import pytest

from core.conversation import events, flow, states, texts
from core.conversation.here import Here
from core.conversation.session import Session, State
from core.conversation.understanding.keywords import _ACTIONS
from tests.unit.conversation.chat import Chat, check_replies


@pytest.mark.parametrize("state", State)
def test_every_state_asks_and_answers(state: State) -> None:
    stage = states.STATES[state]
    chat = Chat()
    turn = stage.ask(Here(Session(state=state), chat.menu, chat.now))
    assert len(turn.replies) == 1
    check_replies(turn)
    assert callable(stage.answer)


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_way_in_and_a_way_out(state: State) -> None:
    leads = [stage.leads_to for stage in states.STATES.values()] + [a.leads_to for a in states.ACTIONS.values()]
    assert state == State.GREETING or any(state in leads_to for leads_to in leads)
    assert states.STATES[state].leads_to - {state} or state == State.TALKING_TO_STAFF
    assert any(action.leads_to - {state} for action in states.ACTIONS.values())


def test_every_keyword_names_an_action() -> None:
    assert set(_ACTIONS.values()) <= set(states.ACTIONS)


def test_every_news_event_is_told() -> None:
    assert set(states.NEWS) == events.NEWS


def test_every_event_has_a_kind_of_its_own() -> None:
    kinds = [value for name, value in vars(events).items() if name.isupper() and isinstance(value, str)]
    assert len(set(kinds)) == len(kinds) and set(kinds) > events.NEWS


def test_titles_fit_their_taps() -> None:
    titles = {name: text for name, text in vars(texts).items() if name.startswith("B_")}
    too_long = {name for name, text in titles.items() if len(text.format(age=18)) > 20}
    rows = {text for name, text in vars(texts).items() if name.endswith("_ROW") and name != "SOLD_OUT_ROW"}
    assert not too_long
    assert all(len(row) <= 24 for row in rows)


def test_every_text_is_used() -> None:
    source = "".join(path.read_text() for path in Path(flow.__file__).parents[1].rglob("*.py"))
    names = [name for name in vars(texts) if name.isupper() and not name.startswith("_")]
    assert not [name for name in names if f"texts.{name}" not in source]


def test_texts_are_well_formed_templates() -> None:
    for name, text in vars(texts).items():
        if name.isupper() and isinstance(text, str):
            assert all(field is None or field.isidentifier() for _, field, _, _ in string.Formatter().parse(text)), name


def test_the_conversation_imports_no_clock_and_no_network() -> None:
    forbidden = {"requests", "redis", "sqlalchemy", "time", "random", "socket", "os", "logging"}
    for path in Path(flow.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text())
        imported = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        imported |= {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
        assert not imported & forbidden
