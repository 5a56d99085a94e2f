"""What guests choose of the products of a menu, and what they cost at which hour, for its snapshot."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain import options as domain
from core.domain import pricing
from core.domain.money import whole
from core.domain.timetables import read_schedule
from core.store.sql.tables import ListPrice, Option, OptionGroup, PriceList, ProductGroup


def groups_by_product(db: Session, workspace_id: UUID) -> dict[UUID, tuple[domain.OptionGroup, ...]]:
    """The questions of each product that asks any, with the options that can be had: two statements."""
    options = _options(db, workspace_id)
    mine = (ProductGroup.workspace_id == workspace_id, OptionGroup.deleted_at.is_(None))
    query = select(ProductGroup.product_id, OptionGroup).join(OptionGroup, OptionGroup.id == ProductGroup.group_id)
    ordered = query.where(*mine).order_by(ProductGroup.product_id, ProductGroup.position, OptionGroup.id)
    found: dict[UUID, list[domain.OptionGroup]] = defaultdict(list)
    for product_id, row in db.execute(ordered):
        group = domain.OptionGroup(str(row.id), row.name, tuple(options[row.id]), row.least, row.most, row.names)
        if group.options or group.required:
            found[product_id].append(group)
    return {product_id: tuple(groups) for product_id, groups in found.items()}


def _options(db: Session, workspace_id: UUID) -> dict[UUID, list[domain.Option]]:
    there = (Option.workspace_id == workspace_id, Option.available, Option.deleted_at.is_(None))
    found: dict[UUID, list[domain.Option]] = defaultdict(list)
    for row in db.scalars(select(Option).where(*there).order_by(Option.position, Option.id)):
        found[row.group_id].append(domain.Option(str(row.id), row.name, whole(row.price), row.names))
    return found


def price_lists(db: Session, workspace_id: UUID, zone: str) -> tuple[pricing.PriceList, ...]:
    """The lists in use that say anything, in the venue's zone: one statement."""
    in_use = (PriceList.workspace_id == workspace_id, PriceList.active, PriceList.deleted_at.is_(None))
    query = select(PriceList, ListPrice.product_id, ListPrice.price).join(ListPrice, _ON_LIST).where(*in_use)
    return _lists(db.execute(query.order_by(PriceList.name, PriceList.id, ListPrice.product_id)), zone)


_ON_LIST = (ListPrice.price_list_id == PriceList.id) & (ListPrice.workspace_id == PriceList.workspace_id)


def _lists(rows: Iterable[tuple[PriceList, UUID, Decimal]], zone: str) -> tuple[pricing.PriceList, ...]:
    lists: dict[UUID, PriceList] = {}
    prices: dict[UUID, dict[str, Decimal]] = defaultdict(dict)
    for row, product_id, price in rows:
        lists[row.id] = row
        prices[row.id][str(product_id)] = whole(price)
    return tuple(
        pricing.PriceList(row.name, read_schedule("hours", row.hours, zone), prices[id]) for id, row in lists.items()
    )
