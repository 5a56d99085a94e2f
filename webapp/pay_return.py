"""A guest comes back from a provider's page. What the address says is only a hint: we go and ask, and show the
guest's own page, which says where things stand and leads back to the chat."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, abort
from sqlalchemy import select

from core import clock
from core.errors import StoreUnavailable
from core.jobs import check_payment
from core.services.payment_accounts import payment_named
from core.services.payments import RETURN_PATH
from core.services.program import Program
from core.services.web_links import Page, installed
from core.store.sql.engine import transaction
from core.store.sql.tables import Conversation, Payment
from webapp.held import current_program

AGAIN_SECONDS = 5
# The page it leads to ends after half an hour: an address in a history must not renew it for ever.
A_DAY = timedelta(days=1)

blueprint = Blueprint("pay_return", __name__)


@blueprint.get(f"{RETURN_PATH}<reference>")
def returned(reference: str) -> Response:
    """From the page of a payment of the last day with this reference, which nobody else can make up."""
    program = current_program()
    payment_id = payment_named(program, reference)
    page = _page(program, UUID(payment_id)) if payment_id else None
    if page is None:
        abort(404)
    _go_and_ask(program, payment_id)
    return Response(status=303, headers={"Location": installed().url(page), "Cache-Control": "no-store"})


def _page(program: Program, payment_id: UUID) -> Page | None:
    with transaction(program.sessions) as db:
        columns = select(Payment.workspace_id, Conversation.mailbox, Payment.order_id)
        mine = columns.join(Conversation, Conversation.id == Payment.conversation_id).where(Payment.id == payment_id)
        found = db.execute(mine.where(Payment.created_at > clock.now() - A_DAY)).one_or_none()
    return Page(found.workspace_id, found.mailbox, str(found.order_id)) if found else None


def _go_and_ask(program: Program, payment_id: str) -> None:
    """The webhook is the shortcut, this is another; the sweep asks in any case."""
    try:
        if program.store.first_in(f"returned:{payment_id}", AGAIN_SECONDS):
            program.ring(check_payment(payment_id))
    except StoreUnavailable:
        return
