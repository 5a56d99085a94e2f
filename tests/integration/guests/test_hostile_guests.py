"""Hostile names, notes, cards and forms through the whole house, books included: kept, and clean on the ticket."""

import json
import unicodedata
from time import time
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.domain.statuses import OrderStatus
from core.providers.whatsapp.webhook import read
from core.services import receiving
from core.services.conversations import take_turns
from core.services.history import save_messages
from core.services.program import Program
from core.store.sql.tables import DeadLetter, Order, OrderItem, Payment
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

    def __init__(self, bar: Bar, program: Program, name: str, phone: str = "254712345678") -> None:
        self.bar, self.program, self.phone = bar, program, phone
        self.name, self.bsuid = name, f"KE.{uuid4().hex}"
        line = program.directory.line(str(bar.channel_id))
        assert line is not None
        self.line = line

    def sends(self, message: dict[str, Any]) -> None:
        """One webhook, and its turn."""
        who = {"from": self.phone, "from_user_id": self.bsuid, "id": uuid4().hex, "timestamp": str(int(time()))}
        contact = {"profile": {"name": self.name}, "wa_id": self.phone, "user_id": self.bsuid}
        metadata = {"phone_number_id": self.line.phone_number_id}
        value = {"metadata": metadata, "contacts": [contact], "messages": [who | message]}
        body = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]}
        intake = read(json.dumps(body).encode(), time())
        self.program.store.conversations.push(receiving.items(self.program, intake.messages, [self.line]))
        while claims := self.program.store.conversations.claim("bell"):
            take_turns(self.program, claims)

    def says(self, text: str) -> None:
        self.sends({"type": "text", "text": {"body": text}})

    def taps(self, id: str) -> None:
        """A button, whoever was shown it."""
        reply = {"type": "button_reply", "button_reply": {"id": id, "title": "x"}}
        self.sends({"type": "interactive", "interactive": reply})

    def pays(self) -> None:
        """The newest tap that asks for the money."""
        self.taps([id for id in everything_shown(self.program) if id.startswith("pay:")][-1])


def everything_shown(program: Program) -> list[str]:
    """The ids of all taps that anybody was shown."""
    letters = (
        json.loads(one) for key in program.store.client.keys("out:*") for one in program.store.client.lrange(key, 0, -1)
    )
    replies = [letter["reply"] for letter in letters]
    return [tap[0] for reply in replies for tap in (*reply["buttons"], *reply["rows"])]


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


def test_nobody_orders_pays_or_cancels_with_the_taps_of_another_guest(bar: Bar, program: Program) -> None:
    hers, his = Stranger(bar, program, "Achieng"), Stranger(bar, program, "Otieno", "254733000111")
    hers.says("1 wings to table 7")
    hers.pays()
    with bar.sessions.begin() as db:
        order_id = str(db.scalars(select(Order)).one().id)
    shown = [
        *everything_shown(program),
        *(f"{action}:{order_id}" for action in ("retry", "other", "cancel", "pay", "this")),
    ]
    for id in shown:
        his.taps(id)
    with bar.sessions.begin() as db:
        assert [(str(order.id), order.status) for order in db.scalars(select(Order))] == [
            (order_id, OrderStatus.PENDING)
        ]
        assert [payment.phone for payment in db.scalars(select(Payment))] == ["254712345678"]
    assert bar.breaches() == []
