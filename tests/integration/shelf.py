"""What is put on the shelf before a test begins, as staff write it down."""

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from core.domain.stock_moves import Kind
from core.services.activity import Actor
from core.services.followup import Followup
from core.services.stock_edit import move


def receive(db: Session, workspace_id: UUID, product_id: UUID, quantity: int) -> Followup:
    """A delivery came."""
    return move(db, Actor(workspace_id), product_id, uuid4(), Kind.RECEIVED, quantity)


def count(db: Session, workspace_id: UUID, product_id: UUID, on_hand: int) -> Followup:
    """Somebody counted. Raises Rejected: `held` with how many are."""
    return move(db, Actor(workspace_id), product_id, uuid4(), Kind.COUNTED, on_hand)
