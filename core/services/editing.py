"""Edits by staff, a row at a time: nobody writes over what another changed since the form was opened."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from core.errors import Rejected
from core.services.activity import Actor, record
from core.store.sql.tables import (
    Category,
    Channel,
    OptionGroup,
    PriceList,
    Product,
    ProviderAccount,
    User,
    VenueTable,
    Workspace,
)

Row = TypeVar("Row", Category, OptionGroup, PriceList, Product, VenueTable)
Edits = Category | OptionGroup | PriceList | Product | VenueTable
Kept = Edits | Channel | ProviderAccount | Workspace
KINDS: dict[type, str] = {
    Category: "category",
    OptionGroup: "option_group",
    PriceList: "price_list",
    Product: "product",
    VenueTable: "table",
    Workspace: "workspace",
}
TAKEN = {
    "uq_products_workspace_id_sku": "sku_taken",
    "uq_products_workspace_id_slug": "name_taken",
    "uq_categories_workspace_id_slug": "slug_taken",
    "uq_tables_workspace_id_number": "number_taken",
}


def found(db: Session, kind: type[Row], workspace_id: UUID, id: UUID, version: int | None = None) -> Row:
    """The row to be edited, locked. Raises Rejected: `gone`, or `changed` with the name of who did."""
    mine = (kind.workspace_id == workspace_id, kind.id == id, kind.deleted_at.is_(None))
    query = select(kind).where(*mine).with_for_update(key_share=True).execution_options(populate_existing=True)
    row = db.scalar(query)
    if row is None:
        raise Rejected("gone")
    if version is not None and row.version != version:
        raise Rejected("changed", editor(db, row))
    return row


def editor(db: Session, row: Kept) -> str:
    """Who changed it last; empty where nobody has."""
    return db.scalar(select(User.name).where(User.id == row.updated_by)) or ""


def add(db: Session, actor: Actor, row: Edits, said: Mapping[str, Any]) -> None:
    """A new row, and a line in the log with what was said of it. Raises Rejected where its name is taken."""
    row.created_by = row.updated_by = actor.user_id
    row.edited_at = clock.now()
    db.add(row)
    flush(db)
    record(db, actor, f"{KINDS[type(row)]}_added", KINDS[type(row)], row.id, after=said)


def change(db: Session, actor: Actor, row: Kept, values: Mapping[str, Any]) -> bool:
    """Write what is different, with a line in the log; answers whether anything was. Raises Rejected: taken."""
    after = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not after:
        return False
    before = {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    stamp(row, actor)
    flush(db)
    record(db, actor, f"{KINDS[type(row)]}_changed", KINDS[type(row)], row.id, before, after)
    return True


def remove(db: Session, actor: Actor, row: Edits, label: str) -> None:
    """Nobody sees it any more; orders that name it still do."""
    row.deleted_at = clock.now()
    stamp(row, actor)
    flush(db)
    record(db, actor, f"{KINDS[type(row)]}_removed", KINDS[type(row)], row.id, before={"name": label})


def stamp(row: Kept, actor: Actor) -> None:
    """Another version of it, by this person, now."""
    row.version += 1
    row.updated_by = actor.user_id
    row.edited_at = clock.now()


def flush(db: Session, taken: Mapping[str, str] = TAKEN) -> None:
    """Write; what breaks one of these constraints is Rejected with its reason."""
    try:
        db.flush()
    except IntegrityError as error:
        broken = str(getattr(getattr(error.orig, "diag", None), "constraint_name", ""))
        if broken not in taken:
            raise
        raise Rejected(taken[broken]) from None
