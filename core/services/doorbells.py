"""The doorbells of the three lanes, and the sweep that makes up for lost ones."""

from core.services.conversations import take_turns
from core.services.program import Program
from core.services.sending import send_messages
from core.services.serving import serve
from core.services.settling import take_notices
from core.store.redis.mailbox import Swept

TURNS_AT_ONCE = 16


def sweep(program: Program) -> dict[str, Swept]:
    """Return overdue leases of every lane; answers per lane what was found."""
    store = program.store
    return {
        "conversations": store.conversations.sweep(),
        "payments": store.payments.sweep(),
        "outbox": store.outbox.sweep(),
    }


def serve_conversations(program: Program, bell: str) -> None:
    """Guests wrote: take their turns."""
    successor = serve(program.store.conversations, bell, lambda claims: take_turns(program, claims), TURNS_AT_ONCE)
    if successor:
        program.ring.conversations(successor)


def settle_payments(program: Program, bell: str) -> None:
    """Payment notices came in: settle them."""
    successor = serve(program.store.payments, bell, lambda claims: take_notices(program, claims), 1)
    if successor:
        program.ring.settlements(successor)


def send_replies(program: Program, bell: str) -> None:
    """Replies wait: send them."""
    successor = send_messages(program, bell)
    if successor:
        program.ring.senders([successor])


def serve_lane(program: Program, lane: str, bell: str) -> None:
    """Serve one lane here and now, because nobody else can be called."""
    {"conversations": serve_conversations, "payments": settle_payments, "outbox": send_replies}[lane](program, bell)
