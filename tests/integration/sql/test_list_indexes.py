"""What a list may be sorted and searched by has an index: over a million rows nothing else would be quick."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from core.domain.listing.asked import Asked, Sort, read
from core.services.listing import pages
from core.services.listing.activity import ACTIVITY
from core.services.listing.customers import CUSTOMERS
from core.services.listing.declared import Listing
from core.services.listing.messages import MESSAGES
from core.services.listing.orders import ORDERS
from core.services.listing.payments import PAYMENTS
from core.store.sql.engine import make_sessions
from tests.bench.lists import FILL
from tests.integration.sql.test_lists import NAIROBI

LISTS = (ORDERS, PAYMENTS, CUSTOMERS, MESSAGES, ACTIVITY)
SORTS = [(listing, column.name) for listing in LISTS for column in listing.columns.values() if column.sortable]
# On an empty table PostgreSQL would read all of it and sort: these say what it can do, not what it likes.
NOBODY = UUID(int=0)
NO_OTHER_WAY = ("enable_seqscan", "enable_sort")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inside in plan.get("Plans", ()):
        yield from nodes(inside)


def planned(
    engine: Engine, listing: Listing, asked: Asked, *without: str, house: UUID = NOBODY
) -> list[dict[str, Any]]:
    with make_sessions(engine).begin() as db:
        for way in without:
            db.execute(text(f"set local {way} = off"))
        query = pages._sorted(listing, pages._ids(listing, house, asked, NAIROBI), asked).limit(25)
        return list(nodes(db.execute(pages._Explain(query)).scalar_one()[0]["Plan"]))


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(("listing", "column"), SORTS, ids=[f"{listing.name}-{column}" for listing, column in SORTS])
def test_every_sort_reads_an_index_in_its_order(
    engine: Engine, listing: Listing, column: str, descending: bool
) -> None:
    plan = planned(engine, listing, Asked(sorts=(Sort(column, descending),)), *NO_OTHER_WAY)
    assert {"Seq Scan", "Sort"}.isdisjoint(node["Node Type"] for node in plan), plan


@pytest.fixture(scope="module")
def crowded(engine: Engine) -> UUID:
    """A house with enough orders that reading all of them is never the quickest way."""
    workspace = "insert into workspaces (name, slug) values ('crowded', 'crowded') returning id"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        house = connection.scalar(text(workspace))
        connection.exec_driver_sql(FILL, {"house": str(house), "rows": 20_000})
        connection.execute(text("vacuum analyze orders"))  # what waits to go into a trigram index makes it dear
    assert isinstance(house, UUID)
    return house


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("q=peanut", "ix_orders_searched"),
        ("q=1234", "uq_orders_workspace_id_number"),
        ("where=customer_name.contains.zzzz", "ix_orders_searched"),
        ("where=status.in.REFUNDED", "ix_orders_list_status"),
        ("where=created_at.is.2026-11-18", "ix_orders_list"),
    ],
)
def test_what_is_looked_for_is_found_by_its_index(engine: Engine, crowded: UUID, query: str, index: str) -> None:
    asked = read(ORDERS.columns, [(query.partition("=")[0], query.partition("=")[2])])
    used = {node.get("Index Name") for node in planned(engine, ORDERS, asked, house=crowded)}
    assert index in used, used
