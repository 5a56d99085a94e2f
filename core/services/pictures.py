"""Pictures of products: kept once by their content, and fetched by WhatsApp from an address nobody can guess."""

import hashlib
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.services.activity import Actor
from core.services.editing import change, found
from core.services.followup import Followup
from core.services.stock import menu_changed
from core.store.sql.tables import Picture, Product


def set_picture(db: Session, actor: Actor, product_id: UUID, version: int, jpeg: bytes | None, base: str) -> Followup:
    """A product gets another picture, or none. `base` is where the world finds us: WhatsApp fetches from https only.

    Raises Rejected: `gone`, `changed`.
    """
    product = found(db, Product, actor.workspace_id, product_id, version)
    picture_id = _kept(db, actor.workspace_id, jpeg) if jpeg else None
    link = f"{base}{path(picture_id)}" if picture_id and base.startswith("https://") else ""
    changed = change(db, actor, product, {"picture_id": picture_id, "photo": link})
    return menu_changed(actor.workspace_id) if changed else Followup()


def path(picture_id: UUID) -> str:
    """Where it is fetched."""
    return f"/pictures/{picture_id}.jpg"


def content_of(db: Session, picture_id: UUID) -> bytes | None:
    """For whoever knows its address; it is a product of a menu, and no secret."""
    return db.scalar(select(Picture.content).where(Picture.id == picture_id))


def _kept(db: Session, workspace_id: UUID, jpeg: bytes) -> UUID:
    """The same picture twice is one row."""
    digest = hashlib.sha256(jpeg).hexdigest()
    row = {"workspace_id": workspace_id, "digest": digest, "content": jpeg}
    db.execute(insert(Picture).values(row).on_conflict_do_nothing())
    mine = (Picture.workspace_id == workspace_id, Picture.digest == digest)
    return db.execute(select(Picture.id).where(*mine)).scalar_one()
