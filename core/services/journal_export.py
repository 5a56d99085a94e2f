"""A bad night becomes a file: the house as it was, then every webhook, with nobody's number and nobody's name in it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.domain.statuses import MovementReason
from core.providers.whatsapp.fields import items, mapping, text
from core.services import receiving
from core.services.journal_masks import Masks, Placed
from core.services.program import Program
from core.store.redis.arrivals import GOOD, Arrival
from core.store.sql.base import Base
from core.store.sql.engine import transaction
from core.store.sql.journal import Span, read
from core.store.sql.tables import (
    Category,
    Channel,
    ListPrice,
    Option,
    OptionGroup,
    Order,
    Payment,
    PriceList,
    Product,
    ProductGroup,
    ProviderAccount,
    RecipeLine,
    StockMovement,
    VenueTable,
    Workspace,
)

FORMAT = 1
HOUSE: tuple[type[Base], ...] = (
    Workspace, Channel, ProviderAccount, VenueTable, Category, Product, RecipeLine, OptionGroup, Option, ProductGroup,
    PriceList, ListPrice,
)  # fmt: skip
NOWHERE = "http://127.0.0.1:9"
BY_STAFF = (MovementReason.RECEIVED, MovementReason.CORRECTED)


class NotANight(ValueError):
    """The file was not written by `flask journal export`, or was damaged since."""


def export(program: Program, span: Span) -> Iterator[str]:
    """The lines of the file: first the house, then each webhook that was signed and can be read."""
    with transaction(program.sessions) as db:
        masks = Masks(_words_of_the_menu(db))
        _meet_everybody(program, db, span, masks)
        house = {"format": FORMAT, "since": span.since, "until": span.until, "tables": _house(db, span)}
    yield json.dumps(house, default=str)
    for arrival, body in _readable(program, span):
        line = {"at": arrival.at, "source": arrival.source, "outcome": arrival.outcome}
        yield json.dumps(line | {"workspaces": arrival.workspaces, "body": masks.put_over(body)})


def read_night(lines: Iterable[str]) -> tuple[dict[str, Any], Iterator[Arrival]]:
    """The house, and the webhooks. Raises NotANight, also while the webhooks are read."""
    found = iter(lines)
    house = _object(next(found, ""))
    if house.get("format") != FORMAT:
        raise NotANight("This is no night that `flask journal export` wrote.")
    return house, map(_arrival, found)


def furnish(db: Session, house: dict[str, Any]) -> None:
    """Put the house of a file into a database that does not have it."""
    for table in HOUSE:
        rows = [_loaded(table, row) for row in house["tables"].get(table.__tablename__, ())]
        if rows:
            db.execute(insert(table).on_conflict_do_nothing(), rows)
    stocked = select(StockMovement.product_id)
    for row in db.scalars(select(Product).where(Product.on_hand > 0, Product.id.not_in(stocked))):
        moved = {"product_id": row.id, "quantity": row.on_hand, "reason": MovementReason.RECEIVED}
        db.add(StockMovement(workspace_id=row.workspace_id, **moved))


def until(house: dict[str, Any]) -> datetime:
    """When the night of this file ended."""
    return datetime.fromisoformat(house["until"])


def _readable(program: Program, span: Span) -> Iterator[tuple[Arrival, Any]]:
    for arrival in read(program.sessions, span):
        try:
            body = json.loads(arrival.body) if arrival.signed else None
        except (ValueError, RecursionError):
            continue
        if isinstance(body, dict):
            yield arrival, body


def _meet_everybody(program: Program, db: Session, span: Span, masks: Masks) -> None:
    for arrival, body in _readable(program, span):
        masks.meet(body)
        if arrival.source == receiving.SOURCE:
            masks.meet_events(_messages(body))
    masks.meet_orders(_orders(db, span))


def _words_of_the_menu(db: Session) -> frozenset[str]:
    products = db.execute(select(Product.name, Product.nicknames)).all()
    options = db.scalars(select(Option.name)).all()
    said = [one.casefold() for name, nicknames in products for one in (name, *nicknames)]
    said += [name.casefold() for name in options]
    return frozenset(word for one in said for word in (one, *one.split()))


def _messages(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in items(body, "entry"):
        for change in items(entry, "changes"):
            value = mapping(change, "value")
            number = text(mapping(value, "metadata"), "phone_number_id")
            yield from ((number, text(message, "id")) for message in items(value, "messages"))


def _orders(db: Session, span: Span) -> list[Placed]:
    mine = (Order.created_at >= span.since, Order.created_at < span.until)
    attempts: dict[UUID, list[UUID]] = defaultdict(list)
    paid = select(Payment.order_id, Payment.id).join(Order, Order.id == Payment.order_id).where(*mine)
    for order_id, payment_id in db.execute(paid.order_by(Payment.created_at, Payment.id)):
        attempts[order_id].append(payment_id)
    found = db.execute(select(Order.id, Order.workspace_id, Order.cart_id).where(*mine))
    return [Placed(row.id, row.workspace_id, row.cart_id, tuple(attempts[row.id])) for row in found]


def _house(db: Session, span: Span) -> dict[str, list[dict[str, Any]]]:
    return {table.__tablename__: [_dumped(db, row, span) for row in _rows(db, table, span)] for table in HOUSE}


def _rows(db: Session, table: type[Base], span: Span) -> list[Any]:
    owner = table.__table__.c["id" if table is Workspace else "workspace_id"]
    query = select(table).where(owner == span.workspace_id) if span.workspace_id else select(table)
    return list(db.scalars(query))


def _dumped(db: Session, row: Any, span: Span) -> dict[str, Any]:
    found = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    found |= {name: None for name in ("created_by", "updated_by") if name in found}
    if isinstance(row, Workspace):
        found["debug_phone"] = None
    if isinstance(row, Channel | ProviderAccount):
        found["secrets"] = {name: _made_up(secret) for name, secret in row.secrets.items()}
    if isinstance(row, Channel):
        found |= {"api_url": NOWHERE, "display_number": ""}
    if isinstance(row, ProviderAccount):
        found["settings"] = found["settings"] | {"api_url": NOWHERE, "oauth_url": NOWHERE}
    if isinstance(row, Product):
        found |= {"on_hand": _stock_before(db, row.id, span), "held": 0, "picture_id": None}
    return found


def _made_up(secret: Any) -> Any:
    """A file opens no door, but under the same names, so that an account is filled in as it was."""
    return ["none"] * len(secret) if isinstance(secret, list) else "none"


def _stock_before(db: Session, product_id: UUID, span: Span) -> int:
    """What was there when the night began, and what staff brought in until it ended."""
    of_staff = and_(StockMovement.reason.in_(BY_STAFF), StockMovement.created_at < span.until)
    then = or_(StockMovement.created_at < span.since, of_staff)
    total = select(func.sum(StockMovement.quantity)).where(StockMovement.product_id == product_id, then)
    return max(0, db.scalar(total) or 0)


def _loaded(table: type[Base], row: dict[str, Any]) -> dict[str, Any]:
    columns = table.__table__.columns
    return {name: _value(columns[name], value) for name, value in row.items() if name in columns}


def _value(column: ColumnElement[Any], value: Any) -> Any:
    kind = column.type.python_type
    if not isinstance(value, str) or kind in (str, dict, list):
        return value
    return datetime.fromisoformat(value) if kind is datetime else kind(value)


def _arrival(line: str) -> Arrival:
    told = _object(line)
    if not {"at", "source", "outcome", "workspaces", "body"} <= told.keys():
        raise NotANight("A line of this file is no webhook.")
    body = json.dumps(told["body"]).encode()
    owners = tuple(told["workspaces"])
    return Arrival(told["at"], told["source"], GOOD, told["outcome"], owners, body, len(body))


def _object(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise NotANight("This is no night that `flask journal export` wrote.")
    return told
