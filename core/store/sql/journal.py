"""The journal of webhooks: its months, what is written into it, and what is read from it, in the order of arrival."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Select, cast, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from core.cipher import KEY_ID_LENGTH, installed
from core.store.redis.arrivals import Arrival
from core.store.sql.journal_packing import pack, reseal, unpack
from core.store.sql.tables import JournalEntry

BATCH = 500
SCHEMA = "journal"
_PARTITIONS = """select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                 where i.inhparent = 'webhook_journal'::regclass order by 1"""
_place = tuple_(JournalEntry.arrived_at, JournalEntry.position)
BEGINNING = (datetime.min.replace(tzinfo=UTC), 0)


@dataclass(frozen=True)
class Span:
    """Which entries: arrived from `since` until before `until`; of one workspace, or of all."""

    since: datetime
    until: datetime
    workspace_id: UUID | None = None


def months(first: datetime, count: int) -> list[date]:
    """The first days of so many months from this one on."""
    number = first.year * 12 + first.month - 1
    return [date((number + more) // 12, (number + more) % 12 + 1, 1) for more in range(count)]


def make_partitions(db: Session, wanted: Iterable[date]) -> list[str]:
    """Make what is missing of these months; answers their names."""
    there = set(partitions(db))
    missing = [month for month in wanted if _name(month) not in there]
    for month in missing:
        after = months(datetime(month.year, month.month, 1, tzinfo=UTC), 2)[1]
        bounds = f"from ('{month} 00:00+00') to ('{after} 00:00+00')"
        table = f"{SCHEMA}.{_name(month)}"
        db.execute(text(f"create table if not exists {table} partition of webhook_journal for values {bounds}"))
    return [_name(month) for month in missing]


def drop_partitions(db: Session, before: datetime) -> list[str]:
    """Drop the months of which nothing is as young as `before`; answers their names."""
    old = [name for name in partitions(db) if name < _name(before.date())]
    for name in old:
        db.execute(text(f"drop table {SCHEMA}.{name}"))
    return old


def partitions(db: Session) -> list[str]:
    """The months there are, the oldest first."""
    return list(db.scalars(text(_PARTITIONS)))


def save(db: Session, arrivals: Sequence[Arrival]) -> None:
    """Write these down, each once however often it is read from the stream."""
    make_partitions(db, {_moment(one.at).date().replace(day=1) for one in arrivals})
    if arrivals:
        db.execute(insert(JournalEntry).on_conflict_do_nothing(), [_row(one) for one in arrivals])


def read(sessions: sessionmaker[Session], span: Span) -> Iterator[Arrival]:
    """Every entry with its body, in the order of arrival; a batch at a time, each in a transaction of its own."""
    after = BEGINNING
    while True:
        with sessions.begin() as db:
            rows = db.scalars(_within(span).where(_place > after).order_by(_place).limit(BATCH)).all()
        yield from map(_arrival, rows)
        if len(rows) < BATCH:
            return
        after = (rows[-1].arrived_at, rows[-1].position)


def find(db: Session, position: int) -> Arrival | None:
    """One entry by its position."""
    row = db.scalar(select(JournalEntry).where(JournalEntry.position == position).limit(1))
    return _arrival(row) if row else None


def bytes_per_entry(db: Session) -> tuple[int, float]:
    """Entries, and what each takes on disk: rows, index and page headers."""
    sizes = [func.pg_total_relation_size(f"{SCHEMA}.{name}") for name in partitions(db)]
    total = sum(db.scalar(select(size)) or 0 for size in sizes)
    count = db.scalar(select(func.count()).select_from(JournalEntry)) or 0
    return count, total / count if count else 0.0


def rotate(sessions: sessionmaker[Session]) -> int:
    """Seal under the newest key what an older one sealed; answers how many. May be interrupted and repeated."""
    changed, after = 0, BEGINNING
    key = cast(installed().current.encode(), LargeBinary)
    old = select(JournalEntry).where(func.substr(JournalEntry.body, 1, KEY_ID_LENGTH) != key)
    while True:
        with sessions.begin() as db:
            rows = db.scalars(old.where(_place > after).order_by(_place).limit(BATCH)).all()
            for row in rows:
                row.body = reseal(row.body)
        if not rows:
            return changed
        changed, after = changed + len(rows), (rows[-1].arrived_at, rows[-1].position)


def rewrite(
    db: Session, span: Span, put_over: Callable[[bytes], bytes], after: tuple[datetime, int] = BEGINNING
) -> tuple[datetime, int] | None:
    """Put something over the bodies of the next batch behind the place `after`, in the caller's transaction; answers
    the place reached, None where nothing was left."""
    rows = db.scalars(_within(span).where(_place > after).order_by(_place).limit(BATCH)).all()
    for row in rows:
        body = unpack(row.body)
        if (other := put_over(body)) != body:
            row.body = pack(other)
    return (rows[-1].arrived_at, rows[-1].position) if rows else None


def _within(span: Span) -> Select[JournalEntry]:
    query = select(JournalEntry).where(JournalEntry.arrived_at >= span.since, JournalEntry.arrived_at < span.until)
    return query.where(JournalEntry.workspaces.contains([span.workspace_id])) if span.workspace_id else query


def _name(month: date) -> str:
    return f"y{month:%Y}m{month:%m}"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _row(arrival: Arrival) -> dict[str, Any]:
    return {
        "arrived_at": _moment(arrival.at),
        "position": arrival.position,
        "source": arrival.source,
        "signature": arrival.signature,
        "outcome": arrival.outcome,
        "workspaces": [UUID(one) for one in arrival.workspaces],
        "size": arrival.size,
        "others": arrival.others,
        "body": pack(arrival.body),
    }


def _arrival(row: JournalEntry) -> Arrival:
    return Arrival(
        at=row.arrived_at.timestamp(),
        source=row.source,
        signature=row.signature,
        outcome=row.outcome,
        workspaces=tuple(str(one) for one in row.workspaces),
        body=unpack(row.body),
        size=row.size,
        others=row.others,
        position=row.position,
    )
