"""A night becomes a file of nobody, and the file becomes that night."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, text, update

from core.cipher import Cipher, install
from core.services.activity import Actor
from core.services.journal_export import NotANight, export, furnish, read_night, until
from core.services.journal_masks import Masks
from core.services.journal_replay import replay_night
from core.services.menu import load_menu
from core.services.menu_options import GroupDraft, OptionDraft, ask_questions, create_group
from core.services.price_lists import PriceListDraft, create_list
from core.services.program import Program
from core.services.recipes import servings
from core.store.redis.store import Store
from core.store.sql.engine import make_engine, make_sessions
from core.store.sql.journal import Span
from core.store.sql.tables import Product, Workspace
from sandbox.servers import PostgresServer, RedisServer
from tests.integration.journal.evening import Evening
from tests.integration.journal.test_replay import ANN, BEN, CAT, DAN, evening, spend
from tests.integration.money.house import make_program
from tests.integration.sql.bar import Bar
from tests.integration.sql.conftest import migrations

__all__ = ["evening"]

SAMPLES = sorted(
    path for path in Path("tests/samples").glob("*/*.json") if not path.name.endswith("expected.json")
)  # fmt: skip
SUMS = {
    "orders": "select status, total, table_number, count(*) from orders group by 1, 2, 3 order by 1, 2, 3",
    "lines": "select name, sum(quantity), sum(quantity * price_at_time) from order_items group by 1 order by 1",
    "payments": """select case when status in ('PENDING', 'UNKNOWN') then 'OPEN' else status::text end, amount, count(*)
                   from payments group by 1, 2 order by 1, 2""",
    "receipts": "select reference, state, amount from receipts order by 1",
    "stock": "select slug, on_hand, held from products order by 1",
    "messages": """select n, kinds, count(*) from (select mailbox, count(*) as n, array_agg(kind order by kind) as kinds
                   from messages group by 1) as boxes group by 1, 2 order by 1, 2""",
}
TRIED_WITH = "254700999888"


def sums(program: Program) -> dict[str, list[tuple[Any, ...]]]:
    """What a night came to, whoever the guests were."""
    with program.sessions.begin() as db:
        return {name: [tuple(row) for row in db.execute(text(query))] for name, query in SUMS.items()}


def exported(evening: Evening) -> list[str]:
    now = datetime.now(UTC)
    span = Span(now - timedelta(hours=1), now + timedelta(minutes=1))
    return list(export(evening.house.program, span))


@pytest.fixture
def elsewhere(server: PostgresServer, bar: Bar, mailbox_server: RedisServer) -> Iterator[Program]:
    """An empty database and an empty store, in which nothing is known of the bar."""
    with bar.sessions.kw["bind"].connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("drop database if exists elsewhere with (force)"))
        connection.execute(text("create database elsewhere"))
    url = server.url_of("elsewhere")
    command.upgrade(migrations(url), "head")
    engine = make_engine(url)
    store = Store(f"{mailbox_server.url.rpartition('/')[0]}/7")
    program = make_program(Bar(make_sessions(engine), bar.workspace_id, bar.channel_id), store, lambda job: None)
    yield program
    engine.dispose()


def test_a_file_of_nobody_runs_as_the_night_ran(evening: Evening, elsewhere: Program) -> None:
    spend(evening)
    evening.books()
    lines = exported(evening)
    install(Cipher(["another house has other keys"]))
    house, arrivals = read_night(lines)
    with elsewhere.sessions.begin() as db:
        furnish(db, house)
    replayed = replay_night(elsewhere, arrivals, until(house))
    assert replayed.webhooks == len(lines) - 1
    assert sums(elsewhere) == sums(evening.house.program)


def test_the_house_of_a_file_asks_what_it_asked_and_has_its_happy_hour(evening: Evening, elsewhere: Program) -> None:
    bar = evening.house.bar
    actor = Actor(bar.workspace_id, name="Amina")
    with bar.sessions.begin() as db:
        mixer = GroupDraft("Mixer", (OptionDraft("Tonic"), OptionDraft("Cola", Decimal(50))), least=1)
        ask_questions(db, actor, bar.products["Dawa"], [create_group(db, actor, mixer)[0]])
        happy = PriceListDraft(
            "Happy hour", {"week": {"fri": [["17:00", "19:00"]]}}, {bar.products["Dawa"]: Decimal(500)}
        )
        create_list(db, actor, happy)
    house, _ = read_night(exported(evening))
    with elsewhere.sessions.begin() as db:
        furnish(db, house)
    menus = []
    for sessions in (bar.sessions, elsewhere.sessions):
        with sessions.begin() as db:
            menus.append(load_menu(db, bar.workspace_id))
    for menu in menus:
        dawa = menu.product(str(bar.products["Dawa"]))
        assert dawa is not None and [one.name for one in dawa.groups[0].options] == ["Tonic", "Cola"]
    assert menus[0].price_lists == menus[1].price_lists != ()


def test_the_house_of_a_file_mixes_what_it_mixed(evening: Evening, elsewhere: Program) -> None:
    bar = evening.house.bar
    bar.keeps("Vodka", 90)
    bar.mixes("Dawa", {"Vodka": 50})
    house, _ = read_night(exported(evening))
    with elsewhere.sessions.begin() as db:
        furnish(db, house)
        rows = db.scalars(select(Product).where(Product.workspace_id == bar.workspace_id)).all()
        assert servings(db, rows)[bar.products["Dawa"]] == 1


def test_the_file_names_no_guest_and_opens_no_door(evening: Evening) -> None:
    evening.says(ANN, "hi, i am achieng, call 0712 345 670 or write to achieng@example.org")
    spend(evening)
    evening.written_down()
    with evening.house.program.sessions.begin() as db:
        db.execute(update(Workspace).values(debug_phone=TRIED_WITH))
    file = "\n".join(exported(evening))
    for told in (TRIED_WITH, ANN, BEN, CAT, DAN, "712345670", "712 345 670", "achieng", "Achieng", "k2-test-api-key"):
        assert told.casefold() not in file.casefold(), told
    assert "hi, i am Guest" in file and "2 dawa and 1 tusker to table 7" in file


def test_the_same_guest_is_the_same_nobody_everywhere() -> None:
    masks = Masks()
    first, again = masks.phone("254712345678"), masks.phone("+254712345678")
    assert again == f"+{first}" and masks.phone("0712345678") == "0" + first[3:]
    assert masks.text("pay from 0712 345 678") == f"pay from 0{first[3:]}"
    assert masks.phone("254799999999") != first


def test_a_guest_called_like_a_drink_changes_no_order() -> None:
    masks = Masks(frozenset({"jameson"}), spoken={"Jameson", "Achieng Otieno"})
    assert masks.text("2 jameson for achieng otieno") == "2 jameson for Guest 1"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_shape_is_masked_and_keeps_its_shape(path: Path) -> None:
    body, masks = json.loads(path.read_bytes()), Masks()
    masks.meet(body)
    masked = masks.put_over(body)
    assert shape(masked) == shape(body)
    said = json.dumps(masked)
    assert not [phone for phone in masks.phones if phone in said and phone not in masks.own]


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    return [shape(one) for one in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize("lines", [[], ["null"], ["{}"], ['{"format": 99}'], ["hello"]])
def test_what_is_no_night_is_named(lines: list[str]) -> None:
    with pytest.raises(NotANight, match="no night"):
        read_night(lines)


def test_a_damaged_line_is_named() -> None:
    _, arrivals = read_night(['{"format": 1}', '{"at": 1}'])
    with pytest.raises(NotANight, match="no webhook"):
        list(arrivals)
