"""The menu as a snapshot, made anew when staff edit it or something sells out."""

import hashlib
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain import menu as domain
from core.domain.delivery import read_delivery
from core.domain.features import read_features
from core.domain.hours import Schedule
from core.domain.money import whole
from core.domain.options import OptionGroup
from core.domain.paying import LINKS, PROVIDERS, Way, read_paying
from core.domain.statuses import Station
from core.domain.table_codes import code
from core.domain.timetables import read_hours, read_schedule
from core.services.menu_choices import groups_by_product, price_lists
from core.services.popularity import ranks
from core.services.recipes import servings
from core.store.sql.tables import Category, Product, ProviderAccount, VenueTable, Workspace


def load_menu(db: Session, workspace_id: UUID) -> domain.Menu:
    """Ten statements, and two more where something has a recipe.

    Its version is a digest of what it says, so that it changes when that does.
    """
    workspace = db.get_one(Workspace, workspace_id)
    venue = _venue(db, workspace)
    headings = _categories(db, workspace_id)
    open_headings = {category.id for category in headings}
    products = tuple(one for one in _products(db, workspace_id, venue.timezone) if one.category_id in open_headings)
    used = {product.category_id for product in products}
    categories = tuple(category for category in headings if category.id in used)
    lists, own = price_lists(db, workspace_id, venue.timezone), domain.read_wordings(workspace.wordings)
    menu = domain.Menu("", venue, categories, products, lists, own, workspace.debug_phone or "")
    digest = hashlib.sha256(json.dumps(menu.to_dict(), sort_keys=True).encode()).hexdigest()
    return replace(menu, version=digest[:16])


def _venue(db: Session, workspace: Workspace) -> domain.Venue:
    in_use = (VenueTable.workspace_id == workspace.id, VenueTable.active, VenueTable.deleted_at.is_(None))
    tables = db.scalars(select(VenueTable.number).where(*in_use).order_by(VenueTable.number)).all()
    return domain.Venue(
        id=str(workspace.id),
        name=workspace.name,
        currency=workspace.currency,
        vat_percent=workspace.vat_percent,
        timezone=workspace.timezone,
        tables=tuple(tables),
        serves_alcohol=workspace.serves_alcohol,
        age_gate=workspace.age_gate,
        minimum_age=workspace.minimum_age,
        delivers=workspace.delivers,
        payment_methods=_ways(db, workspace),
        asks=tuple(workspace.asks),
        minimum_order=workspace.minimum_order,
        hours=read_hours(workspace.hours, workspace.timezone),
        delivery=read_delivery(workspace.delivery),
        features=read_features(workspace.features),
        paying=read_paying(workspace.paying),
        table_codes=tuple(code(workspace.table_key, number) for number in tables),
    )


def _ways(db: Session, workspace: Workspace) -> tuple[str, ...]:
    """What the venue offers, but for links of providers it has no account with."""
    mine = (ProviderAccount.workspace_id == workspace.id, ProviderAccount.active)
    accounts = set(db.scalars(select(ProviderAccount.provider).where(*mine)))
    known = (Way(one) for one in workspace.payment_methods if one in Way.__members__)
    return tuple(way.value for way in known if way not in LINKS or PROVIDERS[way] in accounts)


def _categories(db: Session, workspace_id: UUID) -> list[domain.Category]:
    mine = (Category.workspace_id == workspace_id, Category.active, Category.deleted_at.is_(None))
    rows = db.execute(
        select(Category.id, Category.name, Category.names).where(*mine).order_by(Category.position, Category.name)
    )
    return [domain.Category(str(id), name, names) for id, name, names in rows]


def _products(db: Session, workspace_id: UUID, zone: str) -> tuple[domain.Product, ...]:
    on_menu = (Product.workspace_id == workspace_id, Product.in_menu, Product.deleted_at.is_(None))
    rows = db.scalars(select(Product).where(*on_menu).order_by(Product.position, Product.name)).all()
    left = servings(db, rows)
    best, groups, hours = ranks(db, workspace_id), groups_by_product(db, workspace_id), _hours(db, workspace_id)

    def whole_of(row: Product) -> domain.Product:
        schedules = _schedules(zone, hours.get(row.category_id), row.hours)
        return _product(row, left[row.id] > 0, best.get(row.id, 0), groups.get(row.id, ()), schedules)

    return tuple(map(whole_of, rows))


def _schedules(zone: str, *hours: dict[str, Any] | None) -> tuple[Schedule, ...]:
    return tuple(read_schedule("hours", one, zone) for one in hours if one)


def _hours(db: Session, workspace_id: UUID) -> dict[UUID | None, dict[str, Any]]:
    """Of the headings that keep any."""
    kept = (Category.workspace_id == workspace_id, Category.hours != {})
    return {row.id: row.hours for row in db.execute(select(Category.id, Category.hours).where(*kept))}


def _product(
    row: Product, there: bool, popularity: int, groups: tuple[OptionGroup, ...], hours: tuple[Schedule, ...]
) -> domain.Product:
    return domain.Product(
        id=str(row.id),
        name=row.name,
        price=whole(row.price),
        category_id=str(row.category_id),
        alcoholic=row.alcoholic,
        available=there and all(group.answerable for group in groups),
        description=row.description,
        nicknames=tuple(row.nicknames),
        code=row.sku or "",
        kitchen=row.station is Station.KITCHEN,
        names=row.names,
        descriptions=row.descriptions,
        photo=row.photo,
        allergens=tuple(row.allergens),
        popularity=popularity,
        groups=groups,
        hours=hours,
    )
