"""Lists in a real database: what is asked is what comes, in its order, and never another house's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import MultiDict

from core.domain.listing.asked import read
from core.domain.statuses import OrderStatus
from core.services.listing import pages
from core.services.listing.orders import ORDERS
from core.services.listing.pages import Found
from core.store.sql.tables import Order, Workspace

NAIROBI = ZoneInfo("Africa/Nairobi")
MIDNIGHT = datetime(2026, 11, 20, tzinfo=NAIROBI)

Asking = Callable[..., list[int]]


@pytest.fixture
def house(sessions: sessionmaker[Session]) -> UUID:
    return opened(sessions, "house")


def opened(sessions: sessionmaker[Session], slug: str) -> UUID:
    with sessions.begin() as db:
        db.add(workspace := Workspace(id=uuid4(), name=slug, slug=slug))
    return workspace.id


def order(house: UUID, number: int, **more: object) -> Order:
    row = {
        "id": uuid4(), "workspace_id": house, "cart_id": uuid4().hex, "number": number, "total": Decimal(700),
        "currency": "KES", "vat_percent": Decimal(16), "vat": Decimal(96), "status": OrderStatus.CANCELLED,
        "expires_at": MIDNIGHT, "created_at": MIDNIGHT + timedelta(minutes=number),
    }  # fmt: skip
    return Order(**(row | more))


def find(sessions: sessionmaker[Session], workspace_id: UUID, **given: str | list[str]) -> Found:
    asked = read(ORDERS.columns, MultiDict(given).items(multi=True))
    with sessions.begin() as db:
        return pages.page(db, ORDERS, workspace_id, asked, NAIROBI)


@pytest.fixture
def asking(house: UUID, sessions: sessionmaker[Session]) -> Asking:
    rows = [
        order(house, 1, customer_name="Amina", total=Decimal(1500), created_at=MIDNIGHT),
        order(house, 2, customer_name="amina wanjiru", table_number=7, created_at=MIDNIGHT - timedelta(seconds=1)),
        order(house, 3, customer_name="100% Otieno", note="no_ice", status=OrderStatus.FAILED),
        order(house, 4, customer_name="Njeri", total=Decimal(1500), created_at=MIDNIGHT + timedelta(days=1)),
        order(house, 5, customer_name="=HYPERLINK(1)", address="Amina's gate"),
    ]
    with sessions.begin() as db:
        db.add_all([*rows, order(opened(sessions, "next-door"), 1, customer_name="Amina")])
    return lambda **given: [row["number"] for row in find(sessions, house, **given).rows]


def test_without_a_question_all_of_ones_own_come_newest_first(asking: Asking) -> None:
    assert asking() == [4, 5, 3, 1, 2]


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        (["customer_name.contains.AMINA"], [1, 2]),
        (["customer_name.is.amina"], [1]),
        (["customer_name.contains.100%"], [3]),
        (["note.contains.o_i"], [3]),
        (["note.contains.ox"], []),
        (["customer_name.contains.';drop table orders--"], []),
        (["number.is.3"], [3]),
        (["total.from.1500"], [1, 4]),
        (["total.to.1499.99", "table_number.is.7"], [2]),
        (["created_at.is.2026-11-20"], [1, 3, 5]),
        (["created_at.to.2026-11-19"], [2]),
        (["created_at.from.2026-11-21"], [4]),
        (["status.in.FAILED"], [3]),
        (["status.not.FAILED,PAID", "total.to.1000"], [2, 5]),
    ],
)
def test_every_kind_of_filter_finds_its_rows(asking: Asking, where: list[str], numbers: list[int]) -> None:
    assert sorted(asking(where=where)) == numbers


def test_what_always_counts_is_joined_with_one_of_the_groups(asking: Asking) -> None:
    groups = {"or1": ["table_number.is.7"], "or2": ["total.from.1500", "number.to.2"], "or3": ["number.is.3"]}
    assert sorted(asking(**groups)) == [1, 2, 3]
    assert sorted(asking(**groups, where="status.in.CANCELLED")) == [1, 2]


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        ("number", [1, 2, 3, 4, 5]),
        ("-number", [5, 4, 3, 2, 1]),
        ("-total,number", [1, 4, 2, 3, 5]),
        ("total", [2, 3, 5, 1, 4]),
        ("-total", [4, 1, 5, 3, 2]),
        ("customer_name,-number", [3, 5, 1, 4, 2]),
    ],
)
def test_rows_come_sorted_by_each_column_asked_for(asking: Asking, sort: str, numbers: list[int]) -> None:
    assert asking(sort=sort) == numbers


@pytest.mark.parametrize(("word", "numbers"), [("amina", [1, 2, 5]), ("no_ice", [3]), ("3", [3]), ("nobody", [])])
def test_a_word_is_looked_for_in_every_place_it_can_stand(asking: Asking, word: str, numbers: list[int]) -> None:
    assert sorted(asking(q=word)) == numbers


def test_pages_follow_each_other_without_gap_or_repetition(house: UUID, sessions: sessionmaker[Session]) -> None:
    same = datetime(2026, 1, 1, tzinfo=UTC)
    with sessions.begin() as db:
        db.add_all([order(house, number, created_at=same) for number in range(1, 36)])
    found = [find(sessions, house, size="10", page=str(page), sort="total") for page in (1, 2, 3, 4, 5)]
    seen = [row["id"] for page in found for row in page.rows]
    assert len(seen) == len(set(seen)) == 35
    assert {(page.count, page.about) for page in found} == {(35, False)}


def test_what_is_too_many_to_count_is_estimated(
    house: UUID, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "COUNTED", 20)
    with sessions.begin() as db:
        db.add_all([order(house, number) for number in range(1, 36)])
    found = find(sessions, house)
    assert found.about and found.count >= 20
    assert not find(sessions, house, where="number.to.20").about


def test_a_file_has_the_rows_of_all_pages_in_their_order(
    asking: Asking, house: UUID, sessions: sessionmaker[Session]
) -> None:
    asked = read(ORDERS.columns, [("sort", "number"), ("size", "10")])
    with sessions.begin() as db:
        rows = list(pages.all_rows(db, ORDERS, house, asked, NAIROBI, 4))
    assert [row["number"] for row in rows] == [1, 2, 3, 4]
