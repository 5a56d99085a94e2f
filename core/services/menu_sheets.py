"""The menu goes out as a sheet and comes back: looked at first, written only as it was looked at."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.documents.sheets import safe
from core.domain.menu_sheet import RECIPE, Change, Known, Plan, columns, plan
from core.domain.recipes import Part
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.followup import Followup
from core.services.menu_edit import LANGUAGES, save_category, save_product
from core.services.menu_pages import categories, headings
from core.services.recipe_edit import parts_of, recipes_in_words, set_recipe
from core.services.stock import menu_changed
from core.store.sql.tables import Category, Product

COLUMNS = columns(LANGUAGES)


def menu_rows(db: Session, workspace_id: UUID) -> list[list[str]]:
    """Every product as a file of ours has it, below the names of the columns."""
    return [list(COLUMNS), *([safe(one.typed[name]) for name in COLUMNS] for one in _known(db, workspace_id))]


def planned(db: Session, workspace_id: UUID, rows: Sequence[Sequence[str]]) -> Plan:
    """What these rows would change of the menu as it stands now."""
    names = [category.name for category in categories(db, workspace_id)]
    return plan(rows[0], rows[1:], _known(db, workspace_id), names, LANGUAGES, parts_of(db, workspace_id))


def state(db: Session, workspace_id: UUID) -> str:
    """A digest of what any plan is made from: it changes with every edit, and with no sale."""
    kept = [
        select(kind.id, kind.version)
        .where(kind.workspace_id == workspace_id, kind.deleted_at.is_(None))
        .order_by(kind.id)
        for kind in (Category, Product)
    ]
    told = "\n".join(f"{id} {version}" for query in kept for id, version in db.execute(query))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def write_sheet(db: Session, actor: Actor, rows: Sequence[Sequence[str]], looked_at: str) -> tuple[Plan, Followup]:
    """All of a file, or nothing. Raises Rejected: `changed` where somebody edited the menu since it was `looked_at`,
    `problems` where the file has some, and what `save_product` and `set_recipe` raise."""
    mine = (Product.workspace_id == actor.workspace_id, Product.deleted_at.is_(None))
    db.execute(select(Product.id).where(*mine).order_by(Product.id).with_for_update(key_share=True))
    if state(db, actor.workspace_id) != looked_at:
        raise Rejected("changed")
    wanted = planned(db, actor.workspace_id, rows)
    if wanted.problems:
        raise Rejected("problems")
    for name in wanted.categories:
        save_category(db, actor, None, None, {"name": name, "active": True})
    headed = {category.name: category.id for category in categories(db, actor.workspace_id)}
    written = [(_write(db, actor, change, headed), change) for change in wanted.changes]
    # What is made of nothing any more comes first: only then others may be made of it.
    for product_id, change in sorted(written, key=lambda one: bool(one[1].values.get(RECIPE))):
        if RECIPE in change.values:
            _mix(db, actor, product_id, change.values[RECIPE])
    counts = {"changed": len(wanted.changes), "unchanged": wanted.unchanged, "categories": len(wanted.categories)}
    record(db, actor, "menu_imported", "menu", None, after=counts)
    return wanted, menu_changed(actor.workspace_id)


def _write(db: Session, actor: Actor, change: Change, headed: dict[str, UUID]) -> UUID:
    place = {"category_id": headed[change.category]} if change.category else {}
    values = {name: value for name, value in change.values.items() if name != RECIPE}
    return save_product(db, actor, change.product_id, None, values | place)[0]


def _mix(db: Session, actor: Actor, product_id: UUID, recipe: Sequence[tuple[Part, int]]) -> None:
    """Whether finished ones are counted, too, stays as it is."""
    row = db.get_one(Product, product_id)
    lines = [(part.id, quantity) for part, quantity in recipe]
    set_recipe(db, actor, product_id, row.version, lines, row.mixed and row.counted)


def _known(db: Session, workspace_id: UUID) -> list[Known]:
    recipes = recipes_in_words(db, workspace_id)
    return [
        Known(product.id, _typed(product, heading.category.name) | {RECIPE: recipes.get(product.id, "")})
        for heading in headings(db, workspace_id)
        for product in heading.products
    ]


def _typed(product: Product, category: str) -> dict[str, str]:
    said = {f"name_{one}": product.names.get(one, "") for one in LANGUAGES}
    said |= {f"description_{one}": product.descriptions.get(one, "") for one in LANGUAGES}
    lists = {name: ", ".join(getattr(product, name)) for name in ("nicknames", "attributes", "allergens")}
    return said | lists | {
        "sku": product.sku or "",
        "name": product.name,
        "category": category,
        "price": f"{product.price:f}".removesuffix(".00"),
        "description": product.description,
        "station": product.station.value.lower(),
        "alcoholic": _yes(product.alcoholic),
        "in_menu": _yes(product.in_menu),
        "position": str(product.position),
        "low_stock": str(product.low_stock),
    }  # fmt: skip


def _yes(value: bool) -> str:
    return "yes" if value else "no"
