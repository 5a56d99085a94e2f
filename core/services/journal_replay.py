"""A night runs again from the journal: into empty books as it was, into living ones without any second effect.

Into empty books the replay takes the turns itself (`journal_night`). Into living books only what nobody has handled is
brought, and the workers decide it as they decide whatever comes late: a tap of an hour ago orders nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.domain.statuses import Provider
from core.errors import Rejected
from core.jobs import QUEUES
from core.services import receiving, receiving_money
from core.services.journal_night import Night, by_lane, written_as_of_then
from core.services.program import Program
from core.store.redis.arrivals import Arrival
from core.store.redis.mailbox import Item
from core.store.sql.engine import transaction
from core.store.sql.tables import DeadLetter, Message, Order, Payment, PaymentEvent, TurnEffects

AT_ONCE = 100


@dataclass(frozen=True)
class Replayed:
    """What a replay did: webhooks looked at, and events it brought."""

    webhooks: int = 0
    events: int = 0


def books_are_empty(db: Session, workspace_id: UUID | None) -> bool:
    """Whether nothing was ever ordered, paid or said here."""
    tables = (Order, Payment, Message, TurnEffects)
    found = [exists().where(_mine(table.workspace_id, workspace_id)) for table in tables]
    return not db.scalar(select(or_(*found)))


def replay_night(
    program: Program, arrivals: Iterable[Arrival], until: datetime, workspace_id: UUID | None = None
) -> Replayed:
    """Everything once more, as it was, into empty books and an empty store. Sends nothing and asks nobody.

    Raises Rejected: `production`, `books_not_empty`, `store_not_empty`, or `workers_running`, which would send.
    """
    _check_empty(program, workspace_id)
    night, webhooks, events = Night(program), 0, 0
    with written_as_of_then():
        for arrival in _signed(arrivals):
            items, statuses, notes = _taken(program, arrival, workspace_id)
            night.arrive(datetime.fromtimestamp(arrival.at, UTC), items, statuses, notes)
            webhooks, events = webhooks + 1, events + len(items)
        night.pass_time(until)
        night.end()
    return Replayed(webhooks, events)


def replay_missing(program: Program, arrivals: Iterable[Arrival], workspace_id: UUID | None = None) -> Replayed:
    """Bring what nobody has handled; whatever left a trace in the books is left alone, also when the store forgot it.

    Statuses are not brought again: what they say of a message is in the books, and one of them may make us say the
    same thing another way.
    """
    signed, webhooks, events = _signed(arrivals), 0, 0
    while batch := list(islice(signed, AT_ONCE)):
        items = [item for arrival in batch for item in _taken(program, arrival, workspace_id)[0]]
        with transaction(program.sessions) as db:
            missing = _missing(db, items)
        webhooks, events = webhooks + len(batch), events + _bring(program, missing)
    return Replayed(webhooks, events)


def _check_empty(program: Program, workspace_id: UUID | None) -> None:
    if program.settings.production:
        raise Rejected("production")
    with transaction(program.sessions) as db:
        if not books_are_empty(db, workspace_id):
            raise Rejected("books_not_empty")
    if any(program.store.alive(queue) for queue in QUEUES):
        raise Rejected("workers_running")
    if not program.store.remembers_nothing():
        raise Rejected("store_not_empty")


def _signed(arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
    return (arrival for arrival in arrivals if arrival.signed)


def _taken(
    program: Program, arrival: Arrival, workspace_id: UUID | None
) -> tuple[list[Item], list[tuple[str, str]], list[str]]:
    """As the webhook took it, with the ids and times of then; the signature was good when it came."""
    if arrival.source in receiving_money.SOURCES:
        about = (arrival.source, arrival.body, arrival.workspaces, arrival.at)
        return receiving_money.take_in(program, *about)[0], [], []
    mine = {str(workspace_id)} if workspace_id else set(arrival.workspaces)
    signers = [line for line in program.directory.lines() if line.workspace_id in mine]
    taken = receiving.take_in(program, arrival.body, signers, arrival.at)
    return taken.items, taken.statuses, taken.notes


def _missing(db: Session, items: Sequence[Item]) -> list[Item]:
    known = _events_known(db, items) | _notices_known(db, items)
    return [item for item in items if item.id not in known]


def _events_known(db: Session, items: Sequence[Item]) -> set[str]:
    """A message is in the history; what is none, but had an effect, among the effects; what failed is a dead letter."""
    ids = [item.id for item in items]
    workspaces = {UUID(item.guest["workspace"]) for item in items if item.guest}
    return {
        str(id)
        for table in (Message, TurnEffects, DeadLetter)
        for id in db.scalars(select(table.event_id).where(table.workspace_id.in_(workspaces), table.event_id.in_(ids)))
    }


def _notices_known(db: Session, items: Sequence[Item]) -> set[str]:
    """The diary has a line for everything that was settled."""
    notices = {item.id: item for item in items if item.body["kind"] in receiving_money.KINDS}
    return {id for id, item in notices.items() if db.scalar(select(_is_told(item)))}


def _is_told(item: Item) -> ColumnElement[bool]:
    notice = receiving_money.event_of(item)
    workspaces = [UUID(one) for one in item.body["workspaces"]]
    told = (PaymentEvent.provider == Provider(notice.provider), PaymentEvent.dedupe_key == notice.key)
    return exists().where(PaymentEvent.workspace_id.in_(workspaces), *told)


def _bring(program: Program, items: list[Item]) -> int:
    """Into the mailboxes; the store lets in none that it still knows."""
    brought = 0
    for lane, mine in by_lane(program, items):
        pushed = lane.push(mine)
        brought += len(pushed.fresh)
        if pushed.bell:
            program.ring.lane(lane.lane, pushed.bell)
    return brought


def _mine(column: InstrumentedAttribute[UUID], workspace_id: UUID | None) -> ColumnElement[bool]:
    return column == workspace_id if workspace_id else column.is_not(None)
