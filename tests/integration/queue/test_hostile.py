"""Whatever stands in names, ids and cards: it is kept, served, and stops nobody else."""

import json
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.providers.whatsapp.webhook import read
from core.services import receiving
from core.services.directory import Line
from core.services.program import Addresses, Program
from core.store.redis.store import Store
from tests.integration.queue.guests import answer, commit, serve_one
from tests.unit.conversation.chat import Chat

PROGRAM = cast(Program, SimpleNamespace(addresses=Addresses("a secret of this test")))
LINE = Line("channel", "workspace", "1", "http://localhost", "v25.0", "", 80, "", (), "")
# With halves of surrogate pairs, NUL, marks that turn the direction of reading, and markup.
TEXT = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(["\ud83d", "\x00", "\u202e<b>", "[[", '"}]}'])
ANYTHING: Any = st.recursive(
    TEXT | st.integers() | st.floats() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("type", "id", "body", "caption", "payload", "text", "response_json", "phones")
PART = st.dictionaries(st.sampled_from(FIELDS), ANYTHING)
TYPES = (
    *("text", "interactive", "button", "contacts", "order", "location", "system", "image", "unsupported", "edit"),
    "of tomorrow",
)


@st.composite
def bodies(draw: Any) -> bytes:
    """A signed body whose every word is the guest's."""
    kind = draw(st.sampled_from(TYPES))
    part: Any = draw(PART | ANYTHING)
    if kind == "contacts":
        part = [{"phones": [{"phone": draw(TEXT)} for _ in range(draw(st.integers(0, 12)))], "origin": draw(TEXT)}]
    if kind == "order":
        part = {"product_items": [{"product_retailer_id": draw(TEXT), "quantity": draw(ANYTHING)}], "text": draw(TEXT)}
    message = {"id": draw(TEXT) or "x", "from": draw(TEXT), "from_user_id": draw(TEXT) or "u", "type": kind, kind: part}
    contact = {"profile": {"name": draw(TEXT)}, "wa_id": message["from"], "user_id": message["from_user_id"]}
    value = {"metadata": {"phone_number_id": "1"}, "contacts": [contact], "messages": [message]}
    entry = {"id": draw(TEXT), "time": draw(ANYTHING), "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies())
def test_hostile_words_are_kept_served_and_answered(store: Store, raw: bytes) -> None:
    store.client.flushall()
    intake = read(raw, 1_795_197_700.0)
    items = receiving.items(PROGRAM, intake.messages, [LINE])
    store.conversations.push(items)
    for message in intake.messages:
        claim = serve_one(store)
        assert claim.guest["name"] == message.name
        assert commit(store, claim, answer()) == "done"
        chat = Chat(phone=message.phone, name=message.name)
        chat.guest.says("2 sprite")
        chat.play(message.kind, claim.body["data"])
