"""An item of the outbox: a reply, why it is sent, and how."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from core import clock
from core.conversation import events
from core.conversation.catalogues import ENGLISH, days, money
from core.conversation.replies import Reply
from core.domain.statuses import OrderStatus
from core.providers.whatsapp.templates import Filled
from core.store.redis.mailbox import Claim
from core.store.redis.outbox import NOTICE, REPLY, Letter

# News of which staff must hear when they do not reach the guest: about money, about an order that waits or is off, and
# what they wrote themselves.
IMPORTANT = frozenset(
    {events.PAYMENT_SETTLED, events.PAYMENT_EXPIRED, events.PAYMENT_REVIEW, events.ORDER_FAILED, events.MONEY_RETURNED}
    | {events.ORDER_TAKEN, events.PAYMENT_LINK, events.STAFF_SAID}
)
IMPORTANT_STATUSES = frozenset({OrderStatus.READY, OrderStatus.OUT_FOR_DELIVERY, OrderStatus.CANCELLED})


def letter(claim: Claim, reply: Reply, quiet_for: str = "", language: str = "", nth: int = 0) -> dict[str, Any]:
    """What is said of one event, as its `nth` reply. `releases` names the payment whose prompt may go out once this is
    sent (rule 9). The id is the same in every replay of the night: statuses name it."""
    kind, data, plain = claim.body["kind"], claim.body["data"], _plain_length(reply)
    template = template_of(kind, data, language)
    extras = ({"plain": plain} if plain else {}) | ({"template": template} if template else {})
    if kind in events.NEWS and "practice" in data:
        extras["practice"] = data["practice"]
    return extras | {
        "id": str(uuid5(NAMESPACE_URL, f"{claim.id}:{nth}")),
        "reply": reply.to_dict(),
        "cause": claim.id,
        "releases": quiet_for if reply.prompt else "",
        "at": clock.now().timestamp(),
        "trace": claim.body.get("trace", ""),
        "kind": kind if kind in events.NEWS else "reply",
        "rank": NOTICE if kind in (events.ORDER_STATUS, events.MONEY_RETURNED) else REPLY,
        "important": _is_important(kind, data),
    }


def _is_important(kind: str, data: dict[str, Any]) -> bool:
    return kind in IMPORTANT or (kind == events.ORDER_STATUS and data.get("status") in IMPORTANT_STATUSES)


def _plain_length(reply: Reply) -> int:
    """UTF-16 units of a text that may be merged with others: without taps, and not the one a prompt waits for."""
    if reply.buttons or reply.rows or reply.link or reply.document or reply.image or reply.prompt or reply.contact:
        return 0
    return len(reply.body.encode("utf-16-le")) // 2


def content(letter: Letter) -> Reply | Filled:
    """What is POSTed: the template where the guest has not written for a day, else the texts together."""
    template = letter.item.get("template")
    if template and not letter.window:
        return Filled(**template)
    if len(letter.items) == 1:
        reply = Reply.from_dict(letter.item["reply"])
        # What is likeliest to be refused can be done without: a picture (131053), a link's own button, WhatsApp's
        # button for the number.
        return replace(reply, image="", contact=False).in_words() if letter.tries else reply
    # Ten pictures of an album have ten answers, nine of them the same words.
    return Reply("\n\n".join(dict.fromkeys(item["reply"]["body"] for item in letter.items)))


def template_of(kind: str, data: dict[str, Any], language: str = "") -> dict[str, Any] | None:
    """The template that says the same as this news, filled in, if there is one."""
    name = _TEMPLATES.get(f"{kind}:{data['status']}" if kind == events.ORDER_STATUS else kind)
    if name is None or data.get("refund"):
        return None
    values = {word: data[word] for word in ("number", "receipt", "orders", "link") if data.get(word) is not None}
    if "amount" in data:
        values["amount"] = money(language or ENGLISH, Decimal(data["amount"]), data["currency"])
    if "first" in data:
        values["days"] = days(language or ENGLISH, data["first"], data["last"])
    return {"name": name, "language": language or ENGLISH, "values": values}


_TEMPLATES = {
    events.PAYMENT_SETTLED: "payment_received",
    events.MONEY_RETURNED: "money_returned",
    events.REPORT_READY: "report_ready",
    f"{events.ORDER_STATUS}:{OrderStatus.READY}": "order_ready",
    f"{events.ORDER_STATUS}:{OrderStatus.OUT_FOR_DELIVERY}": "order_on_its_way",
    f"{events.ORDER_STATUS}:{OrderStatus.CANCELLED}": "order_cancelled",
}
