"""A house is tried out: one number is answered, and everybody else's messages are kept without a word."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.editing import editor, stamp
from core.services.followup import Followup
from core.store.sql.tables import Workspace


def answer_only(db: Session, actor: Actor, version: int, phone: str) -> Followup:
    """From the next message on only this number (digits with country) is answered; "" answers everybody again.

    News of orders and money reach everybody all the same. Raises Rejected: `changed`, with the name of who did.
    """
    query = select(Workspace).where(Workspace.id == actor.workspace_id).with_for_update(key_share=True)
    workspace = db.scalars(query.execution_options(populate_existing=True)).one()
    if workspace.version != version:
        raise Rejected("changed", editor(db, workspace))
    if (workspace.debug_phone or "") == phone:
        return Followup()
    workspace.debug_phone = phone or None
    stamp(workspace, actor)
    record(db, actor, "debug_mode_on" if phone else "debug_mode_off", "workspace", workspace.id)
    return Followup(menus=frozenset({workspace.id}))
