"""A guest's own discount: so many percent of every order, until somebody ends it. Who changed it is not lost."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.phone import normalise
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.customers import by_phone, profile_of
from core.services.venues import venue_called
from core.store.sql.tables import Conversation, Customer

MOST = 99


def set_discount(
    db: Session, slug: str, phone: str, percent: Decimal | None, active: bool, user_id: UUID | None = None
) -> dict[str, dict[str, object]]:
    """Give it (None: leave the percent as it was), or end it; answers what to keep beside their sessions, by mailbox.

    Raises Rejected: no_such_workspace, no_such_guest (nobody has written from that number), bad_percent.
    """
    if percent is not None and not 0 <= percent <= MOST:
        raise Rejected("bad_percent")
    workspace_id = venue_called(db, slug).id
    customer = by_phone(db, workspace_id, normalise(phone) or "")
    if customer is None:
        raise Rejected("no_such_guest")
    before = _given(customer)
    customer.discount_percent = customer.discount_percent if percent is None else percent
    customer.discount_active = active
    actor = Actor(workspace_id, user_id)
    record(db, actor, "guest_discount_set", "customer", customer.id, before, _given(customer))
    db.flush()
    mine = (Conversation.workspace_id == workspace_id, Conversation.customer_id == customer.id)
    return {box: profile_of(db, customer) for box in db.scalars(select(Conversation.mailbox).where(*mine))}


def _given(customer: Customer) -> dict[str, object]:
    return {"percent": customer.discount_percent, "active": customer.discount_active}
