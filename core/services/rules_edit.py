"""The rules of a venue as staff change them in the office: one edit at a time, written down, heard by every chat."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Rejected
from core.services.activity import Actor
from core.services.editing import change, editor
from core.services.followup import Followup
from core.services.rules import document, read_rules
from core.store.sql.tables import Workspace


def change_rules(db: Session, actor: Actor, version: int, rules: Mapping[str, Any]) -> Followup:
    """Change what is named and leave the rest.

    Raises ValueError naming what cannot be meant, and Rejected: `changed`, with the name of whoever was quicker.
    """
    query = select(Workspace).where(Workspace.id == actor.workspace_id).with_for_update(key_share=True)
    workspace = db.scalars(query.execution_options(populate_existing=True)).one()
    if workspace.version != version:
        raise Rejected("changed", editor(db, workspace))
    values, now = read_rules(workspace, rules), read_rules(workspace, document(workspace))
    changed = change(db, actor, workspace, {name: value for name, value in values.items() if value != now[name]})
    return Followup(menus=frozenset({workspace.id})) if changed else Followup()
