"""After a new key was put in front of FIELD_ENCRYPTION_KEYS: everything sealed by an older one is sealed again."""

from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, type_coerce, update
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.types import Text

from core.cipher import installed
from core.store.sql.encrypted import EncryptedJson, EncryptedText
from core.store.sql.journal import rotate as rotate_journal
from core.store.sql.tables import Base, JournalEntry

BATCH = 500
FIRST = UUID(int=0)


def rotate_keys(sessions: sessionmaker[Session]) -> dict[str, int]:
    """Rows sealed again, by table. May be interrupted, repeated, and run while the program works."""
    tables = [table for table in Base.metadata.sorted_tables if _sealed(table)]
    rotated = {table.name: _rotate_table(sessions, table) for table in tables}
    return rotated | {JournalEntry.__tablename__: rotate_journal(sessions)}


def _sealed(table: Table) -> list[str]:
    return [column.name for column in table.columns if isinstance(column.type, EncryptedText | EncryptedJson)]


def _rotate_table(sessions: sessionmaker[Session], table: Table) -> int:
    after, changed = FIRST, 0
    while True:
        with sessions.begin() as db:
            rows = _batch(db, table, after)
            changed += sum(_reseal(db, table, dict(row)) for row in rows)
        if not rows:
            return changed
        after = rows[-1]["id"]


def _batch(db: Session, table: Table, after: UUID) -> list[Any]:
    columns = [type_coerce(table.c[name], Text).label(name) for name in _sealed(table)]
    query = select(table.c.id, *columns).where(table.c.id > after).order_by(table.c.id).limit(BATCH)
    return list(db.execute(query.with_for_update(key_share=True)).mappings())


def _reseal(db: Session, table: Table, row: dict[str, Any]) -> bool:
    """Blind indexes follow the column they look up."""
    row_id, cipher = row.pop("id"), installed()
    plain = {name: cipher.decrypt(sealed) for name, sealed in row.items() if sealed and not cipher.is_current(sealed)}
    if not plain:
        return False
    sealed = {name: type_coerce(cipher.encrypt(text), Text) for name, text in plain.items()}
    indexed = {column.name: column.info.get("blind_index_of") for column in table.columns}
    indexes = {name: cipher.index(plain[of]) for name, of in indexed.items() if of in plain}
    db.execute(update(table).where(table.c.id == row_id).values(**sealed, **indexes))
    return True
