"""WhatsApp refuses a message because its guest wants nothing unasked: so shall it be."""

from uuid import UUID

from sqlalchemy import func, select, update

from core.errors import TryAgain
from core.log import get_logger
from core.services.program import Program
from core.store.sql.engine import transaction
from core.store.sql.tables import Conversation, Customer

log = get_logger(__name__)


def opt_out(program: Program, workspace_id: str, box: str) -> None:
    """Written down with the customer and beside the outbox. While PostgreSQL is down the latter has to do."""
    program.store.messages_stopped(box)
    if not workspace_id:
        return
    mine = (Conversation.workspace_id == UUID(workspace_id), Conversation.mailbox == box)
    whose = select(Conversation.customer_id).where(*mine).scalar_subquery()
    willing = update(Customer).where(Customer.id == whose, Customer.messages_stopped_at.is_(None))
    try:
        with transaction(program.sessions) as db:
            db.execute(willing.values(messages_stopped_at=func.now()))
    except TryAgain:
        log.warning("opt_out_not_written")
