"""Staff decide what costs what at which hour, and when a product or a heading is served at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.domain.timetables import read_schedule, written_schedule
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.editing import change, found, stamp
from core.services.followup import Followup
from core.services.stock import menu_changed
from core.store.sql.tables import Category, ListPrice, PriceList, Product, Workspace

LONGEST_NAME = 40
DEAREST = 1_000_000


@dataclass(frozen=True)
class PriceListDraft:
    """Other prices, in whole shillings by product id, while `hours` last.

    `hours`: `{"week": {"fri": [["17:00", "19:00"]]}, "dates": {"2026-12-24": []}}`; empty: at any hour. Where several
    lists hold at once, the lowest price counts.
    """

    name: str
    hours: Mapping[str, Any]
    prices: Mapping[UUID, Decimal] = field(default_factory=dict)
    active: bool = True

    def problems(self) -> dict[str, str]:
        """What cannot be meant, by field (`name`, `hours`, `prices`), each a sentence to stand beside it."""
        found: dict[str, str] = {}
        if not 0 < len(self.name.strip()) <= LONGEST_NAME:
            found["name"] = f"Write a name of at most {LONGEST_NAME} letters."
        if problem := problem_of_hours(self.hours):
            found["hours"] = problem
        if not all(0 < price <= DEAREST and price == price.to_integral_value() for price in self.prices.values()):
            found["prices"] = f"Prices are whole shillings, from 1 to {DEAREST:,}."
        return found


def problem_of_hours(hours: Mapping[str, Any]) -> str:
    """What of a schedule cannot be meant; empty where all of it can."""
    try:
        read_schedule("hours", hours, "UTC")
    except ValueError as error:
        return str(error)
    return ""


def lists_of(db: Session, workspace_id: UUID) -> list[PriceList]:
    """All price lists of a venue, by name, those at rest as well."""
    mine = (PriceList.workspace_id == workspace_id, PriceList.deleted_at.is_(None))
    return list(db.scalars(select(PriceList).where(*mine).order_by(PriceList.name, PriceList.id)))


def prices_of(db: Session, workspace_id: UUID, list_id: UUID) -> dict[UUID, Decimal]:
    """What a list says, by product."""
    mine = (ListPrice.workspace_id == workspace_id, ListPrice.price_list_id == list_id)
    rows = db.execute(select(ListPrice.product_id, ListPrice.price).where(*mine).order_by(ListPrice.product_id))
    return {row.product_id: row.price for row in rows}


def create_list(db: Session, actor: Actor, draft: PriceListDraft) -> tuple[UUID, Followup]:
    """Staff made a price list. Raises ValueError where `draft.problems()` has any; Rejected: `gone` (a
    product), `name_taken`."""
    _check(db, actor, draft, None)
    row = PriceList(workspace_id=actor.workspace_id, created_by=actor.user_id, **_fields(db, actor, draft))
    db.add(row)
    db.flush()
    _write_prices(db, row, draft.prices)
    record(db, actor, "price_list_created", "price_list", row.id, after=_seen(row, draft.prices))
    return row.id, menu_changed(actor.workspace_id)


def update_list(db: Session, actor: Actor, list_id: UUID, version: int, draft: PriceListDraft) -> Followup:
    """Staff changed a price list; `version` is the one they looked at.

    Raises ValueError where `draft.problems()` has any; Rejected: `gone`, `name_taken`, `changed`.
    """
    row = found(db, PriceList, actor.workspace_id, list_id, version)
    _check(db, actor, draft, list_id)
    before = _seen(row, prices_of(db, actor.workspace_id, list_id))
    for name, value in _fields(db, actor, draft).items():
        setattr(row, name, value)
    stamp(row, actor)
    _write_prices(db, row, draft.prices)
    record(db, actor, "price_list_changed", "price_list", list_id, before, _seen(row, draft.prices))
    return menu_changed(actor.workspace_id)


def delete_list(db: Session, actor: Actor, list_id: UUID, version: int) -> Followup:
    """Staff took a price list away. Raises Rejected: `gone`, `changed`."""
    row = found(db, PriceList, actor.workspace_id, list_id, version)
    before = _seen(row, prices_of(db, actor.workspace_id, list_id))
    row.deleted_at = func.now()
    stamp(row, actor)
    record(db, actor, "price_list_deleted", "price_list", list_id, before)
    return menu_changed(actor.workspace_id)


def set_hours(
    db: Session,
    actor: Actor,
    of: type[Product] | type[Category],
    row_id: UUID,
    version: int,
    hours: Mapping[str, Any],
) -> Followup:
    """Staff decided when a product, or all under a heading, is served; empty hours: whenever the house is open.

    Raises ValueError naming what cannot be meant; Rejected: `gone`, `changed`.
    """
    written = {"hours": _written(db, actor, hours)}
    row = (
        found(db, Product, actor.workspace_id, row_id, version)
        if of is Product
        else found(db, Category, actor.workspace_id, row_id, version)
    )
    return menu_changed(actor.workspace_id) if change(db, actor, row, written) else Followup()


def _written(db: Session, actor: Actor, hours: Mapping[str, Any]) -> dict[str, Any]:
    """With nothing in it that goes without saying."""
    return written_schedule(read_schedule("hours", hours, db.get_one(Workspace, actor.workspace_id).timezone))


def _check(db: Session, actor: Actor, draft: PriceListDraft, list_id: UUID | None) -> None:
    if problems := draft.problems():
        raise ValueError(next(iter(problems.values())))
    name = draft.name.strip().casefold()
    if any(one.name.casefold() == name and one.id != list_id for one in lists_of(db, actor.workspace_id)):
        raise Rejected("name_taken")
    known = (Product.workspace_id == actor.workspace_id, Product.id.in_(draft.prices), Product.deleted_at.is_(None))
    if len(set(db.scalars(select(Product.id).where(*known)))) < len(draft.prices):
        raise Rejected("gone")


def _fields(db: Session, actor: Actor, draft: PriceListDraft) -> dict[str, Any]:
    return {"name": draft.name.strip(), "hours": _written(db, actor, draft.hours), "active": draft.active}


def _write_prices(db: Session, row: PriceList, prices: Mapping[UUID, Decimal]) -> None:
    db.execute(delete(ListPrice).where(ListPrice.workspace_id == row.workspace_id, ListPrice.price_list_id == row.id))
    if prices:
        keys = {"workspace_id": row.workspace_id, "price_list_id": row.id}
        db.execute(insert(ListPrice), [keys | {"product_id": one, "price": price} for one, price in prices.items()])


def _seen(row: PriceList, prices: Mapping[UUID, Decimal]) -> dict[str, Any]:
    """As the log of changes keeps it."""
    said = {str(product_id): f"{price:.0f}" for product_id, price in prices.items()}
    return {"name": row.name, "hours": row.hours, "active": row.active, "prices": said}
