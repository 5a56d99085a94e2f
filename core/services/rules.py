"""The rules of a venue as one document: read by its people, checked before it counts."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.conversation.profile import DETAILS
from core.domain.delivery import read_delivery, written_delivery
from core.domain.features import read_features, written_features
from core.domain.invoicing import read_invoicing, written_invoicing
from core.domain.lateness import read_lateness
from core.domain.money import plain
from core.domain.paying import LONGEST_HOLD, read_paying, read_ways, written_paying
from core.domain.printing import read_printers, written_printers
from core.domain.table_codes import code
from core.domain.timetables import read_hours, written_hours
from core.services.venues import venue_called
from core.store.sql.tables import Channel, VenueTable, Workspace

SWITCHES = ("accepts_orders", "serves_alcohol", "age_gate", "delivers")
OLDEST = 99
LARGEST = 10**6
LONGEST_NAME = 80
SHORTEST_HOLD = 60


def rules_of(db: Session, slug: str) -> dict[str, Any]:
    """What counts at this venue. Raises Rejected where there is none."""
    return document(venue_called(db, slug))


def document(workspace: Workspace) -> dict[str, Any]:
    """What counts at this venue."""
    hours = read_hours(workspace.hours, workspace.timezone)
    return {
        "name": workspace.name,
        "timezone": workspace.timezone,
        **{name: getattr(workspace, name) for name in SWITCHES},
        "minimum_age": workspace.minimum_age,
        "asks": workspace.asks,
        "minimum_order": plain(workspace.minimum_order),
        "refund_limit": plain(workspace.refund_limit),
        "vat_percent": plain(workspace.vat_percent),
        "hold_seconds": workspace.hold_seconds,
        "hours": written_hours(hours),
        "delivery": written_delivery(read_delivery(workspace.delivery)),
        "features": vars(read_features(workspace.features)),
        "payment_methods": workspace.payment_methods,
        "paying": written_paying(read_paying(workspace.paying)),
        "invoicing": vars(read_invoicing(workspace.invoicing)),
        "lateness": vars(read_lateness(workspace.lateness)),
        "printers": written_printers(read_printers(workspace.printers)),
    }


def write_rules(db: Session, slug: str, rules: Mapping[str, Any]) -> UUID:
    """Change what is named and leave the rest. Raises ValueError naming what cannot be meant: nothing is changed."""
    workspace = venue_called(db, slug)
    for name, value in read_rules(workspace, rules).items():
        setattr(workspace, name, value)
    workspace.version, workspace.updated_by, workspace.edited_at = workspace.version + 1, None, clock.now()
    return workspace.id


def read_rules(workspace: Workspace, rules: Mapping[str, Any]) -> dict[str, Any]:
    """What is named, as the workspace's row keeps it. Raises ValueError naming what cannot be meant."""
    if strange := [name for name in rules if name not in READ]:
        raise ValueError(f"{strange[0]!r} is not one of {', '.join(READ)}")
    zone = rules.get("timezone", workspace.timezone)
    read_hours(rules.get("hours", workspace.hours), _zone(zone))
    return {name: READ[name](value) for name, value in rules.items()}


def chat_number(db: Session, slug: str) -> str:
    """The number that guests of this venue write to; "" where nobody has said it. Raises Rejected."""
    mine = (Channel.workspace_id == venue_called(db, slug).id, Channel.active, Channel.display_number != "")
    return db.scalar(select(Channel.display_number).where(*mine).order_by(Channel.created_at).limit(1)) or ""


def table_codes(db: Session, slug: str) -> list[tuple[int, str]]:
    """Each table with the code that its QR carries."""
    workspace = venue_called(db, slug)
    in_use = (VenueTable.workspace_id == workspace.id, VenueTable.active, VenueTable.deleted_at.is_(None))
    tables = db.scalars(select(VenueTable.number).where(*in_use).order_by(VenueTable.number))
    return [(number, code(workspace.table_key, number)) for number in tables]


def _name(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_NAME or not value.isprintable():
        raise ValueError(f"name: must be one line of at most {LONGEST_NAME} letters")
    return value.strip()


def _percent(value: Any) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"vat_percent: {value!r} is no number") from error
    if not (found.is_finite() and 0 <= found <= 100):
        raise ValueError("vat_percent: must be 0 to 100")
    return found.quantize(Decimal("0.01"))


def _hold(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not SHORTEST_HOLD <= value <= LONGEST_HOLD * 60:
        raise ValueError(f"hold_seconds: must be {SHORTEST_HOLD} to {LONGEST_HOLD * 60}")
    return value


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(value).key
    except (TypeError, ValueError, OSError, LookupError) as error:
        raise ValueError(f"timezone: {value!r} is not known") from error


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} must be true or false")
    return value


def _age(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= OLDEST:
        raise ValueError(f"minimum_age: must be 0 to {OLDEST}")
    return value


def _details(value: Any) -> list[str]:
    if not isinstance(value, list) or any(one not in DETAILS for one in value):
        raise ValueError(f"asks: must be a list of {', '.join(DETAILS)}")
    return list(dict.fromkeys(value))


def _shillings(name: str) -> Callable[[Any], Decimal]:
    def read(value: Any) -> Decimal:
        try:
            found = Decimal(str(value))
        except InvalidOperation as error:
            raise ValueError(f"{name}: {value!r} is no amount") from error
        if not (found.is_finite() and 0 <= found < LARGEST):
            raise ValueError(f"{name}: must be whole shillings")
        return found.to_integral_value()

    return read


def _hours(value: Any) -> dict[str, Any]:
    return written_hours(read_hours(value, "UTC"))


READ: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "timezone": _zone,
    **dict.fromkeys(SWITCHES, _switch),
    "minimum_age": _age,
    "asks": _details,
    "minimum_order": _shillings("minimum_order"),
    "refund_limit": _shillings("refund_limit"),
    "vat_percent": _percent,
    "hold_seconds": _hold,
    "hours": _hours,
    "delivery": lambda value: written_delivery(read_delivery(value)),
    "features": lambda value: written_features(read_features(value)),
    "payment_methods": read_ways,
    "paying": lambda value: written_paying(read_paying(value)),
    "invoicing": lambda value: written_invoicing(read_invoicing(value)),
    "lateness": lambda value: vars(read_lateness(value)),
    "printers": lambda value: written_printers(read_printers(value)),
}
