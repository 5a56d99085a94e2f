"""A guest whose turns are really taken, and what staff find in the books afterwards."""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from core.domain.statuses import Role
from core.services import history
from core.services.conversations import take_turns
from core.services.dead_letters import Decider
from core.services.settling import take_notices
from core.store.redis.mailbox import Item
from core.store.sql.tables import Activity, DeadLetter, Membership, Message, User
from tests.integration.money.house import House

PHONE = "254712345678"


@dataclass
class Guest:
    """One guest of the house, in a mailbox of their own."""

    house: House
    box: str = "c" * 32

    def says(self, text: str, at: float | None = None) -> str:
        return self._sends({"kind": "text", "data": {"text": text}}, at)

    def taps(self, tap: str, at: float | None = None) -> str:
        return self._sends({"kind": "tap", "data": {"id": tap, "title": "A button"}}, at)

    def is_served(self) -> None:
        """All turns that are due, then all notices, as workers take them; then what is written down."""
        store = self.house.program.store
        while claims := store.conversations.claim("bell", 16):
            take_turns(self.house.program, claims)
        while claims := store.payments.claim("bell"):
            take_notices(self.house.program, claims)
        history.save_messages(self.house.program)

    def reads(self) -> list[str]:
        """What waits to be sent to them, in order."""
        return [letter["reply"]["body"] for letter in self._outbox()]

    def buttons(self) -> dict[str, str]:
        """The taps under the last message, by their words."""
        return {title: id for id, title in self._outbox()[-1]["reply"].get("buttons", ())}

    def session(self) -> dict[str, Any]:
        return dict(json.loads(self.house.program.store.client.get(f"user_session:{self.box}") or "{}"))

    def forgets_the_time(self, seconds: float) -> None:
        """So much time passes since staff had the word."""
        session = self.session()
        session["aside"]["since"] -= seconds
        self.house.program.store.client.set(f"user_session:{self.box}", json.dumps(session))

    def _outbox(self) -> list[dict[str, Any]]:
        found = self.house.program.store.client.lrange(f"out:{self.box}", 0, -1)
        return [json.loads(letter) for letter in found]

    def _sends(self, body: dict[str, Any], at: float | None) -> str:
        moment, id = time.time() if at is None else at, uuid4().hex
        bar = self.house.bar
        known = {"channel": str(bar.channel_id), "workspace": str(bar.workspace_id), "phone": PHONE, "bsuid": ""}
        item = Item(
            id, (self.box,), moment, body | {"at": moment, "external": f"wamid.{id}"}, known | {"name": "Amina"}
        )
        self.house.program.store.conversations.push([item])
        return id


def letters(house: House) -> list[DeadLetter]:
    """All dead letters, oldest first."""
    return rows(house, select(DeadLetter).order_by(DeadLetter.at, DeadLetter.created_at))


def messages(house: House) -> list[Message]:
    """All messages, oldest first."""
    return rows(house, select(Message).order_by(Message.at))


def activity(house: House, action: str) -> list[Activity]:
    """What was noted of one kind."""
    return rows(house, select(Activity).where(Activity.action == action).order_by(Activity.seq))


def rows(house: House, query: Any) -> list[Any]:
    with house.bar.sessions.begin() as db:
        return list(db.scalars(query).all())


def somebody(house: House, name: str = "Wanjiru", reason: str = "") -> Decider:
    """A manager of this bar."""
    with house.bar.sessions.begin() as db:
        user = User(email=f"{uuid4().hex}@bar.example", name=name, password_hash="none")
        db.add(user)
        db.flush()
        db.add(Membership(workspace_id=house.bar.workspace_id, user_id=user.id, role=Role.MANAGER))
        user_id: UUID = user.id
    return Decider(user_id, name, reason)
