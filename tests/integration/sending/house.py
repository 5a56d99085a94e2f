"""What the bar says to its guests, as far as it leaves the house."""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from core.conversation import events
from core.conversation.replies import Reply
from core.jobs import Job
from core.services import history
from core.services.conversations import take_turns
from core.services.customers import GuestRef, find_guest
from core.services.letters import letter
from core.services.program import Program
from core.services.sending import send_messages
from core.store.redis.mailbox import Ending, Item
from core.store.redis.outbox import CAMPAIGN
from core.store.sql.tables import Activity, Message
from sandbox.simulators.control import Simulators
from tests.integration.sql.bar import Bar

NUMBER = "109876543210987"
BOX = "b" * 32
PHONE = "254712345678"
READY = {"kind": events.ORDER_STATUS, "data": {"number": 7, "status": "READY"}}


@dataclass
class House:
    """One guest writes, the bar answers, senders send."""

    bar: Bar
    program: Program
    simulators: Simulators
    rung: list[Job]

    def hears(self, text: str = "hi", at: float | None = None, **guest: Any) -> None:
        """The guest wrote."""
        self._push({"kind": "text", "data": {"text": text}, "external": f"wamid.{uuid4().hex}"}, at, guest)
        self._end()

    def talks(self, text: str) -> list[str]:
        """The guest writes and the real turn is taken: what the bar answers."""
        external = f"wamid.{uuid4().hex}"
        self._push({"kind": "text", "data": {"text": text}, "external": external}, None, {})
        take_turns(self.program, self.program.store.conversations.claim("bell"))
        return [content["body"] for body in self.sends() for content in body.values() if isinstance(content, dict)]

    def is_told(self, news: dict[str, Any]) -> None:
        """The house has news for the guest, and the real turn is taken."""
        self._push(news, None, {})
        take_turns(self.program, self.program.store.conversations.claim("bell"))

    def waits_for_a_turn(self, external_id: str) -> None:
        """The guest wrote, and nobody has answered yet."""
        self._push({"kind": "text", "data": {"text": "hi"}, "external": external_id}, None, {})

    def answers(self, *texts: str) -> list[str]:
        """The turn is taken: ids of the messages."""
        return self._end(*texts)

    def conversation(self) -> UUID:
        """The guest's rows in PostgreSQL."""
        ref = GuestRef(self.bar.workspace_id, self.bar.channel_id, BOX, "", PHONE, "Achieng")
        with self.bar.sessions.begin() as db:
            return find_guest(db, ref).conversation.id

    def advertises(self, text: str) -> None:
        """Something nobody asked for goes into the guest's outbox."""
        self.shows(Reply(text), rank=CAMPAIGN, plain=0)

    def shows(self, reply: Reply, **more: Any) -> None:
        """One reply, whatever is in it."""
        self._push({"kind": "text", "data": {}}, None, {})
        mailboxes = self.program.store.conversations
        [claim] = mailboxes.claim("bell")
        mailboxes.commit([(claim, Ending({}, (letter(claim, reply) | more,)))])

    def guest_record(self, **more: Any) -> str:
        """What the store knows of the guest."""
        known = json.loads(self.program.store.client.get(f"guest:{BOX}"))
        return json.dumps(known | more)

    def ends_turn(self, stopped: bool | None) -> None:
        """The guest opted out, or back in."""
        self._push({"kind": "text", "data": {}}, None, {})
        mailboxes = self.program.store.conversations
        [claim] = mailboxes.claim("bell")
        mailboxes.commit([(claim, Ending({}, stopped=stopped))])

    def says(self, *texts: str, body: dict[str, Any] | None = None, language: str = "") -> list[str]:
        """The bar has news for the guest (or answers with these texts): ids of the messages."""
        self._push(body or {"kind": "text", "data": {}}, None, {})
        return self._end(*texts, language=language)

    def sends(self) -> list[dict[str, Any]]:
        """All that is due goes out: the bodies that Meta took."""
        before = len(self.simulators.graph.messages())
        send_messages(self.program, "bell")
        return [message["body"] for message in self.simulators.graph.messages()[before:]]

    def a_while_passes(self) -> None:
        """Whatever waits is due now."""
        client = self.program.store.client
        client.delete(*client.keys("number:*") or ["none"])
        for box in client.zrange("lane:outbox:waiting", 0, -1):
            client.zadd("lane:outbox:waiting", {box: 1})
            client.hdel("lane:outbox:line_of", box)
        client.delete(*client.keys("lane:outbox:turns:*") or ["none"])
        self.program.store.outbox.sweep()

    def waits(self) -> float:
        """Seconds until the guest's next message is tried again."""
        found = self.program.store.client.zrange("lane:outbox:waiting", 0, 0, withscores=True)
        return found[0][1] / 1000 - time.time() if found else -1.0

    def saved(self) -> list[Message]:
        """The messages to the guest as PostgreSQL has them."""
        history.save_messages(self.program)
        with self.bar.sessions.begin() as db:
            return list(db.scalars(select(Message).where(Message.direction == "out").order_by(Message.at)))

    def alerts(self) -> list[dict[str, Any]]:
        """What staff are told."""
        with self.bar.sessions.begin() as db:
            found = db.scalars(select(Activity).where(Activity.action == "sending_stopped"))
            return [one.detail for one in found]

    def _push(self, body: dict[str, Any], at: float | None, guest: dict[str, Any]) -> None:
        known = {"channel": str(self.bar.channel_id), "workspace": str(self.bar.workspace_id), "rate": 1000}
        moment = time.time() if at is None else at
        item = Item(uuid4().hex, (BOX,), moment, body | {"at": moment}, known | {"phone": PHONE, "bsuid": ""} | guest)
        self.program.store.conversations.push([item])

    def _end(self, *texts: str, language: str = "") -> list[str]:
        mailboxes = self.program.store.conversations
        [claim] = mailboxes.claim("bell")
        replies = tuple(letter(claim, Reply(text), "", language, nth) for nth, text in enumerate(texts))
        said = [{name: one[name] for name in ("id", "at", "kind", "important")} | {"body": ""} for one in replies]
        note = {"type": "turn", "event": claim.id, "box": claim.box, "workspace": claim.guest["workspace"]}
        note |= {"kind": claim.body["kind"], "at": claim.body["at"], "data": {}, "external": "", "replies": said}
        mailboxes.commit([(claim, Ending({}, replies, note))])
        return [one["id"] for one in replies]
