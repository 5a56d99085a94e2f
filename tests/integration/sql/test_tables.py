"""The tables as migrations make them, and what they refuse by themselves."""

from collections.abc import Iterator
from enum import StrEnum
from uuid import uuid4

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Enum, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from core.cipher import Cipher, install
from core.domain import orders, payments
from core.domain.statuses import OrderStatus, PaymentStatus
from core.services.documents_wanted import want_report
from core.services.setup import seed_demo
from core.store.sql.engine import make_engine, make_sessions
from core.store.sql.tables import Base, Order, OrderItem, User, Workspace
from sandbox.servers import PostgresServer
from tests.integration.sql.bar import Bar, open_bar
from tests.integration.sql.conftest import migrations
from tests.integration.sql.venue_settings import development


@pytest.fixture
def empty(server: PostgresServer, engine: Engine) -> Iterator[str]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("drop database if exists round_trip with (force)"))
        connection.execute(text("create database round_trip"))
    yield server.url_of("round_trip")


@pytest.mark.parametrize("seeded", [False, True])
def test_up_down_up_leaves_no_trace_and_fits_the_program(empty: str, seeded: bool) -> None:
    config = migrations(empty)
    command.upgrade(config, "head")
    command.check(config)
    engine = make_engine(empty)
    if seeded:
        _fill(make_sessions(engine))
    command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"] and _words(engine) == {}
    command.upgrade(config, "head")
    assert set(inspect(engine).get_table_names()) == set(Base.metadata.tables) | {"alembic_version"}
    engine.dispose()


def _fill(sessions: sessionmaker[Session]) -> None:
    install(Cipher(["a key for these tests"]))
    with sessions.begin() as db:
        seed_demo(db, development())
    bar = open_bar(sessions)
    bar.keeps("Vodka", 500)
    bar.mixes("Dawa", {"Vodka": 50})
    bar.settle(bar.order(bar.guest(), Dawa=1)[0]["order_id"])
    with sessions.begin() as db:
        user = db.scalars(select(User)).first()
        assert user is not None
        want_report(db, bar.workspace_id, {"first": "2026-11-20", "last": "2026-11-20"}, {"user_id": user.id})


def test_there_is_one_migration_head() -> None:
    assert len(ScriptDirectory.from_config(migrations("")).get_heads()) == 1


def _words(engine: Engine) -> dict[str, set[str]]:
    with engine.connect() as connection:
        rows = connection.execute(
            text("select typname, enumlabel from pg_enum join pg_type on pg_type.oid = enumtypid")
        ).all()
    return {name: {label for other, label in rows if other == name} for name, _ in rows}


def test_the_database_knows_every_word_of_the_program(engine: Engine) -> None:
    columns = (column.type for table in Base.metadata.tables.values() for column in table.columns)
    used = {kind.name: kind.enum_class for kind in columns if isinstance(kind, Enum)}
    assert _words(engine) == {name: {word.value for word in kind} for name, kind in used.items() if kind}


@pytest.mark.parametrize(
    ("statuses", "moves", "start"),
    [(OrderStatus, orders.MOVES, OrderStatus.PENDING), (PaymentStatus, payments.MOVES, PaymentStatus.CREATED)],
)
def test_every_status_has_a_way_in(
    statuses: type[StrEnum], moves: tuple[tuple[StrEnum, StrEnum, str], ...], start: StrEnum
) -> None:
    assert {after for _, after, _ in moves} | {start} == set(statuses)
    assert len({move[:2] for move in moves}) == len(moves)


def test_a_row_cannot_reach_into_another_venue(bar: Bar) -> None:
    other = open_bar(bar.sessions)
    order_id = bar.order(bar.guest(), pay=False, Dawa=1)[0]["order_id"]
    with pytest.raises(IntegrityError, match="fk_order_items_workspace_id_product_id"), bar.sessions.begin() as db:
        order = db.get_one(Order, order_id)
        db.add(
            OrderItem(
                workspace_id=bar.workspace_id, order_id=order.id, product_id=other.products["Dawa"], position=9,
                name="Dawa", quantity=1, price_at_time=1, station="BAR",
            )
        )  # fmt: skip


@pytest.mark.parametrize("quantity", [0, 100])
def test_the_database_refuses_impossible_quantities(bar: Bar, quantity: int) -> None:
    bar.order(bar.guest(), pay=False, Dawa=1)
    with pytest.raises(IntegrityError), bar.sessions.begin() as db:
        db.execute(text("update order_items set quantity = :quantity"), {"quantity": quantity})


def test_ids_come_from_the_database_too(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as db:
        db.execute(text("insert into workspaces (name, slug) values ('Raw', :slug)"), {"slug": uuid4().hex})
        assert db.query(Workspace).one().currency == "KES"
