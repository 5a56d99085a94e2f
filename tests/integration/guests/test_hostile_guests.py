"""Hostile names, notes, cards and forms through the whole house, books included: kept, and clean on the ticket."""

import json
import unicodedata
from time import time
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.providers.whatsapp.webhook import read
from core.services import receiving
from core.services.conversations import take_turns
from core.services.history import save_messages
from core.services.program import Program
from core.store.sql.tables import DeadLetter, Order, OrderItem
from tests.integration.sql.bar import Bar
from tests.unit.conversation.hostile import NUMBER, TEXT

STEPS = st.one_of(
    TEXT.map(lambda text: {"type": "text", "text": {"body": text}}),
    TEXT.map(lambda text: {"type": "text", "text": {"body": f"my name is {text}"}}),
    TEXT.map(lambda text: {"type": "image", "image": {"caption": text}}),
    st.lists(NUMBER, max_size=12).map(
        lambda numbers: {"type": "contacts", "contacts": [{"phones": [{"phone": number} for number in numbers]}]}
    ),
    TEXT.map(
        lambda text: {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": text}}}
    ),
    TEXT.map(
        lambda text: {"type": "order", "order": {"product_items": [{"product_retailer_id": text, "quantity": 2}]}}
    ),
    TEXT.map(
        lambda text: {
            "type": "interactive",
            "interactive": {
                "type": "nfm_reply",
                "nfm_reply": {"response_json": json.dumps({"name": text, "email": text})},
            },
        }
    ),
    st.tuples(st.floats(), TEXT).map(
        lambda place: {"type": "location", "location": {"latitude": place[0], "longitude": 36.8, "name": place[1]}}
    ),
)


class Stranger:
    """Whoever Meta says is writing, to a bar with books."""

    def __init__(self, bar: Bar, program: Program, name: str) -> None:
        self.bar, self.program = bar, program
        self.name, self.bsuid = name, f"KE.{uuid4().hex}"
        line = program.directory.line(str(bar.channel_id))
        assert line is not None
        self.line = line

    def sends(self, message: dict[str, Any]) -> None:
        """One webhook, and its turn."""
        who = {"from": "254712345678", "from_user_id": self.bsuid, "id": uuid4().hex, "timestamp": str(int(time()))}
        contact = {"profile": {"name": self.name}, "wa_id": "254712345678", "user_id": self.bsuid}
        metadata = {"phone_number_id": self.line.phone_number_id}
        value = {"metadata": metadata, "contacts": [contact], "messages": [who | message]}
        body = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]}
        intake = read(json.dumps(body).encode(), time())
        self.program.store.conversations.push(receiving.items(self.program, intake.messages, [self.line]))
        while claims := self.program.store.conversations.claim("bell"):
            take_turns(self.program, claims)

    def says(self, text: str) -> None:
        self.sends({"type": "text", "text": {"body": text}})

    def pays(self) -> None:
        """The newest tap that asks for the money."""
        letters = (json.loads(one) for key in self.program.store.client.keys("out:*") for one in self._outbox(key))
        taps = [button for letter in letters for button in letter["reply"]["buttons"] if "M-Pesa" in button[1]]
        reply = {"type": "button_reply", "button_reply": {"id": taps[-1][0], "title": taps[-1][1]}}
        self.sends({"type": "interactive", "interactive": reply})

    def _outbox(self, key: str) -> list[str]:
        return list(self.program.store.client.lrange(key, 0, -1))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=TEXT, steps=st.lists(STEPS, max_size=4))
def test_whatever_guests_send_ends_in_the_books_and_their_order_is_clean(
    bar: Bar, program: Program, name: str, steps: list[dict[str, Any]]
) -> None:
    program.store.client.flushall()
    guest = Stranger(bar, program, name)
    for step in steps:
        guest.sends(step)
    guest.says("english")
    guest.says("clear cart")
    guest.says("1 wings to table 7")
    guest.pays()
    save_messages(program)
    with bar.sessions.begin() as db:
        assert db.scalars(select(DeadLetter)).all() == []
        order = db.scalars(select(Order).order_by(Order.created_at.desc())).first()
        assert order is not None
        assert all(
            unicodedata.category(character) not in ("Cc", "Cf", "Cs") for character in order.customer_name + order.note
        )
        assert {item.name for item in db.scalars(select(OrderItem).where(OrderItem.order_id == order.id))} == {"Wings"}
    assert program.store.breaches() == {"I1": [], "I10": []}
