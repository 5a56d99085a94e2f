"""A venue puts what its bot says in its own words, a text at a time."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.conversation.catalogues import Text, msgid
from core.conversation.own_words import Entry, ours, twin
from core.domain.menu import read_wordings
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.followup import Followup
from core.store.sql.tables import Workspace

OwnWords = dict[str, dict[str, Text]]


def own_words(db: Session, workspace_id: UUID) -> OwnWords:
    """What the venue says otherwise than we do, by language and English text."""
    return read_wordings(db.get_one(Workspace, workspace_id).wordings)


def put_in_own_words(
    db: Session, actor: Actor, language: str, entry: Entry, before: Sequence[str], said: Sequence[str]
) -> Followup:
    """These words from the next message on; none: ours again. Raises Rejected: `changed` where others were there than
    `before`, `twin` with the button that says the same by now."""
    query = select(Workspace).where(Workspace.id == actor.workspace_id).with_for_update(key_share=True)
    workspace = db.scalars(query.execution_options(populate_existing=True)).one()
    own, id = read_wordings(workspace.wordings).get(language, {}), entry.id
    if _forms(own.get(id)) != list(before):
        raise Rejected("changed")
    if other := twin(entry, said[0] if said else msgid(ours(language, entry.text)), language, own):
        raise Rejected("twin", other)
    if list(said) == list(before):
        return Followup()
    workspace.wordings = _with(workspace.wordings, language, id, list(said))
    words = ({"words": list(before)}, {"words": list(said)})
    record(db, actor, "wording_changed", "workspace", workspace.id, *words, detail={"language": language, "text": id})
    return Followup(menus=frozenset({workspace.id}))


def _forms(text: Text | None) -> list[str]:
    if text is None:
        return []
    return [text] if isinstance(text, str) else list(text)


def _with(wordings: dict[str, dict[str, Any]], language: str, id: str, said: list[str]) -> dict[str, Any]:
    mine = {key: one for key, one in wordings.get(language, {}).items() if key != id}
    if said:
        mine[id] = said[0] if len(said) == 1 else said
    rest = {key: one for key, one in wordings.items() if key != language}
    return rest | ({language: mine} if mine else {})
