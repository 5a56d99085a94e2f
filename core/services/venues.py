"""A venue by its slug, as whoever types a command names it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Rejected
from core.store.sql.tables import Workspace


def venue_called(db: Session, slug: str) -> Workspace:
    """Raises Rejected("no_such_workspace")."""
    found = db.scalar(select(Workspace).where(Workspace.slug == slug))
    if found is None:
        raise Rejected("no_such_workspace")
    return found
