"""How many statements one settlement costs: each is a journey to PostgreSQL, and a Friday has thousands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from tests.integration.books.desk import Desk

MOST = 14


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Every statement sent meanwhile; savepoints count, too."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(" ".join(statement.split())[:100])

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "savepoint", lambda *_: sent.append("SAVEPOINT"))
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_statements_of_a_settlement(desk: Desk) -> None:
    desk.paid(1, Dawa=1)
    _, _, prompt = desk.house.prompt(2, Dawa=1, Tusker=2, Wings=1)
    callback = desk.house.kopokopo.pay(prompt)
    with counted(desk.house.program.engine) as sent:
        desk.house.told(callback)
    assert len(sent) <= MOST, "\n".join(sent)
